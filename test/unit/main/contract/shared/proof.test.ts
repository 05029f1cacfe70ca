/** What headline, pill, tray and notification say follows what was observed. */
import { describe, expect, it } from "vitest";
import { causesOf, isWrong, quietWords, verdictOf, verdictWords } from "../../../../../main/contract/shared/proof.ts";
import { trayModel } from "../../../../../main/desktop/tray-model.ts";
import { alertsOf } from "../../../../../main/reminders/alerts.ts";
import { receiptPill } from "../../../../../renderer/history/history-entries.ts";
import { sitesOf, stateLabel } from "../../../../../renderer/lib/sites.ts";
import type { Receipt } from "../../../../../server-agent/contract/maintenance.ts";
import type { Proof, ProofCell } from "../../../../../server-agent/contract/proof.ts";
import { at, someReceipt, someServer, someState } from "../../../../support/desktop/desktop-fixtures.ts";

function cell(changes: Partial<ProofCell> = {}): ProofCell {
  return {
    host: "shop.example.com",
    listener: "http",
    path: "/",
    probe: "page",
    outcome: "right",
    expected: "503 by shop-copycat",
    observed: "503 by shop-copycat",
    message: "The copycat answered as planned.",
    ...changes,
  };
}
const TAKEN = cell({ outcome: "wrong", observed: "200 by wild", message: "wild answered instead of shop-copycat." });
const BARE = cell({ outcome: "wrong", probe: "api", message: "A program did not get JSON." });
const LET_THROUGH = cell({ path: "/healthz", expected: "the original shop", observed: "200 by shop" });

function proved(...cells: ProofCell[]): Receipt {
  const proof: Proof = { generation: 2, observedAt: at(1), durationMs: 3, cells };
  return someReceipt({ proof });
}

describe("a proof in words", () => {
  it.each<[string, Receipt, string]>([
    ["nothing was observed yet", someReceipt(), "is in maintenance"],
    ["everything is as planned", proved(cell(), LET_THROUGH), "is in maintenance"],
    ["another site answers everything", proved(TAKEN, TAKEN, LET_THROUGH), "is not closed: wild answers instead"],
    ["another site answers something", proved(TAKEN, cell()), "is not closed everywhere: wild answers instead"],
    ["an answer has a fault", proved(cell(), BARE), "does not answer as planned"],
    ["nobody answers", proved(cell({ outcome: "wrong", observed: "no answer" })), "does not answer as planned"],
  ])("where %s", (_name, receipt, words) => {
    expect(verdictWords(receipt, undefined)).toBe(words);
    expect(isWrong(verdictOf(receipt, undefined))).toBe(words !== "is in maintenance");
  });

  it("tells of the way back, too", () => {
    const revert = { how: "delete", generation: 3, at: at(5), author: "m", switchMs: 1, exact: true } as const;
    const back = (...cells: ProofCell[]) =>
      someReceipt({
        state: "reverted",
        revert: { ...revert, proof: { generation: 3, observedAt: at(6), durationMs: 1, cells } },
      });
    expect(verdictWords(back(LET_THROUGH), undefined)).toBe("is live again");
    expect(verdictWords(back({ ...LET_THROUGH, outcome: "wrong", observed: "404 by default" }), undefined)).toBe(
      "is back, but does not answer as planned",
    );
  });

  it("groups wrong answers by their cause", () => {
    const passed = { ...TAKEN, message: "wild answered instead of shop. The configuration says so." };
    expect(causesOf([TAKEN, passed]).map(({ message }) => message)).toEqual([
      "wild answered instead of shop-copycat and shop.",
    ]);
    expect(causesOf([BARE, TAKEN, TAKEN]).map(({ message, cells }) => [message, cells.length])).toEqual([
      ["wild answered instead of shop-copycat.", 2],
      ["A program did not get JSON.", 1],
    ]);
  });

  it("is followed by the overview, the tray and the notification: none calls it in maintenance", () => {
    const server = someServer("web-1", [proved(TAKEN, TAKEN)]);
    const state = { ...someState(), servers: [server] };
    const site = sitesOf(server).find(({ id }) => id === "shop");
    expect(site === undefined ? "" : [site.state, stateLabel(site)]).toEqual(["failed", "Not closed"]);
    expect(receiptPill({ receipt: proved(TAKEN), seen: undefined, away: false })).toEqual({
      state: "failed",
      label: "Not closed",
    });
    expect(receiptPill({ receipt: proved(cell()), seen: undefined, away: false })).toMatchObject({
      state: "maintenance",
    });
    const tray = trayModel(state, Date.parse(at(30)));
    expect(tray).toMatchObject({ look: "failed", summary: "1 site is not closed as planned" });
    expect(tray.running[0]?.label).toContain("not closed");
    expect(alertsOf(state, Date.parse(at(30)))).toMatchObject([
      {
        kind: "not-closed",
        title: "shop.example.com is not closed: wild answers instead",
        text: "wild answered instead of shop-copycat. (web-1)",
        urgent: true,
        actions: ["bring-back"],
      },
    ]);
    expect(alertsOf({ ...state, servers: [someServer("web-1", [proved(cell())])] }, Date.parse(at(30)))).toEqual([]);
  });
});

describe("a switch after which nobody comes", () => {
  const words = (changes: Partial<Receipt["counts"]>, before: number[], second: number) =>
    quietWords(someReceipt({ counts: { ...someReceipt().counts, ...changes } }), before, Date.parse(at(second)));

  it("is said after some seconds, and that there were visitors before", () => {
    expect(words({}, [], 9)).toBe("");
    expect(words({}, [0, 0], 11)).toBe("No visitor has reached this agent since the switch");
    expect(words({}, [0, 2, 0], 11)).toMatch(/though the site had some before/);
    expect(words({ drained: 1 }, [], 11)).toMatch(/though the site had some before/);
    expect(words({ refused: 1 }, [2], 11)).toBe("");
    expect(words({ excepted: 1 }, [2], 11)).toBe("");
  });
});
