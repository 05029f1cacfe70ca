/** Several sites changed at once: nothing is called changed that is not. */
import { describe, expect, it } from "vitest";
import {
  answered,
  asObserved,
  type ChangedSite,
  changedWords,
  changesOf,
  laterEnds,
} from "../../../../renderer/fleet/changed-sites.ts";
import { sitesOf } from "../../../../renderer/lib/sites.ts";
import { at, someReceipt, someServer } from "../../../support/desktop/desktop-fixtures.ts";

/** Seconds. */
const MINUTE = 60;
const ENDS = { until: at(30 * MINUTE) };
const sites = ["web-1", "web-2", "web-3"].flatMap((name) =>
  sitesOf(someServer(name, [someReceipt(ENDS)])).filter(({ receipt }) => receipt !== undefined),
);
const later = laterEnds(
  sites.map(({ receipt }) => receipt ?? {}),
  15,
  Date.parse(at(0)),
);
const sent = changesOf(sites, later);
const [one, two, three] = sent;
if (one === undefined || two === undefined || three === undefined) throw new Error("no sites");
const lost = { code: "server.silent", message: "It did not answer." } as const;
const stale = { code: "maintenance.conflict", message: "Edited by hand." } as const;

function outcome(
  { serverId, receiptId }: Pick<ChangedSite, "serverId" | "receiptId">,
  state: "done" | "refused" | "unknown",
) {
  return { serverId, receiptId, state, failure: state === "done" ? null : state === "refused" ? stale : lost };
}

describe("a change of several sites", () => {
  it("is sent as the end that it is to be, so that once more is not later still", () => {
    expect(later).toEqual([[{ until: at(45 * MINUTE) }], [{ until: at(45 * MINUTE) }], [{ until: at(45 * MINUTE) }]]);
    const now = Date.parse(at(40 * MINUTE));
    expect(laterEnds([{ until: at(30 * MINUTE) }, {}], 15, now)).toEqual([
      [{ until: at(55 * MINUTE) }],
      [{ until: at(55 * MINUTE) }],
    ]);
  });

  it("leaves out sites where nothing changes, and those without a receipt", () => {
    expect(changesOf(sites, [[], [{ until: null }]]).map(({ serverName }) => serverName)).toEqual(["web-2"]);
  });

  it("says which servers have it, by what each answered, though the receipts have the same id", () => {
    expect(changedWords(sent)).toBe("3 sites are being changed…");
    expect(
      changedWords(
        answered(
          sent,
          [one, two, three].map((each) => outcome(each, "done")),
        ),
      ),
    ).toBe("Changed on all 3 servers.");
    const partly = answered(sent, [outcome(one, "done"), outcome(two, "refused"), outcome(three, "unknown")]);
    expect(changedWords(partly)).toBe("Changed on web-1. Not changed on web-2. Not known whether changed on web-3.");
    const onOne = [one, { ...two, serverId: one.serverId, serverName: one.serverName, receiptId: "other" }];
    expect(changedWords(onOne.map((each, index) => ({ ...each, state: index === 0 ? "done" : "refused" })))).toBe(
      "Not changed on web-1.",
    );
  });

  it("looks at the receipt where nobody answered", () => {
    const [unknown] = answered([one], [outcome(one, "unknown")]);
    if (unknown === undefined) throw new Error("no site");
    expect(asObserved(unknown, someReceipt({ until: at(45 * MINUTE) })).state).toBe("done");
    expect(asObserved(unknown, someReceipt(ENDS)).state).toBe("unknown");
    expect(asObserved(unknown, undefined).state).toBe("unknown");
    const refused = { ...unknown, state: "refused" as const };
    expect(asObserved(refused, someReceipt({ until: at(45 * MINUTE) }))).toBe(refused);
  });
});
