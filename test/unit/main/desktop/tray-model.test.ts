import { describe, expect, it } from "vitest";
import type { AppState } from "../../../../main/contract/state.ts";
import type { Connection } from "../../../../main/contract/servers.ts";
import { clockOfDay } from "../../../../main/contract/shared/clock.ts";
import { elapsed, trayModel } from "../../../../main/desktop/tray-model.ts";
import {
  at,
  someProfile,
  someReceipt,
  someServer,
  someSnapshot,
  someState,
  someWindow,
} from "../../../support/desktop/desktop-fixtures.ts";

const connected: Connection = { state: "connected", since: at(0), observedAt: at(0), roundTripMs: 1, clockAheadMs: 0 };
const lost: Connection = {
  state: "unreachable",
  since: at(0),
  failure: { code: "server.unreachable", message: "" },
  retryAt: at(1),
};

function stateWith(...servers: [Connection, ReturnType<typeof someReceipt>[]][]): AppState {
  return {
    ...someState(),
    servers: servers.map(([connection, maintenance]) => ({
      profile: someProfile,
      connection,
      snapshot: someSnapshot({ maintenance }),
      observedAt: at(0),
      history: {},
      historyAt: null,
      publicProofs: {},
    })),
  };
}
const now = Date.parse(at(0)) + 12 * 60_000;

describe("the tray", () => {
  it("is calm while all is live", () => {
    expect(trayModel(stateWith([connected, []]), now)).toEqual({
      look: "live",
      summary: "All sites are live",
      running: [],
      more: 0,
    });
    expect(trayModel(someState(), now).summary).toBe("No servers yet");
  });

  it("lists what is in maintenance with its elapsed time, and not what was brought back", () => {
    const model = trayModel(
      stateWith([connected, [someReceipt(), someReceipt({ id: "r-0", state: "reverted" })]]),
      now,
    );
    expect(model).toEqual({
      look: "maintenance",
      summary: "1 site in maintenance",
      running: [{ serverId: "web-01", receiptId: "r-1", label: "shop.example.com on web-01, 12 min", unsure: false }],
      more: 0,
    });
  });

  it("lists those that run longest, and says how many there are besides", () => {
    const receipts = Array.from({ length: 30 }, (_, index) =>
      someReceipt({ id: `r-${index}`, startedAt: at(29 - index) }),
    );
    const { running, more, summary } = trayModel(stateWith([connected, receipts]), now);
    expect(running.map(({ receiptId }) => receiptId)).toEqual(
      Array.from({ length: 12 }, (_, index) => `r-${29 - index}`),
    );
    expect([more, summary]).toEqual([18, "30 sites in maintenance"]);
  });

  it("warns of a server that cannot be reached, and marks what it knows of it as old", () => {
    const model = trayModel(stateWith([lost, [someReceipt()]]), now);
    expect(model).toMatchObject({
      look: "failed",
      summary: "1 site in maintenance, 1 server cannot be reached",
      running: [{ unsure: true }],
    });
  });
});

describe("the tray's lines", () => {
  const planned = (name: string, site: string, start: number) => {
    const server = someServer(name);
    const window = someWindow({
      sites: [{ site }],
      occurrences: [{ window: "w-1", start: at(start), end: at(start + 60), state: "planned", receipts: [] }],
    });
    return { ...server, snapshot: someSnapshot({ windows: [window] }) };
  };
  const next = (...servers: AppState["servers"]) => trayModel({ ...someState(), servers }, Date.parse(at(0))).next;

  it("say what is next, on whichever server, and when by the clock on the wall", () => {
    expect(next()).toBeUndefined();
    expect(next(planned("web-02", "blog", 300), planned("web-01", "shop", 120))).toMatch(
      /^shop.example.com on web-01, (today|tomorrow) \d\d:02$/,
    );
    expect(next(planned("web-01", "shop", -5))).toBeUndefined();
    expect(next(planned("web-01", "shop", 120), planned("web-02", "shop", 120))).toMatch(/^2 sites on 2 servers, /);
  });

  it("say until when a site is closed", () => {
    const running = (receipt: ReturnType<typeof someReceipt>) => {
      const snapshot = someSnapshot({ maintenance: [receipt] });
      const state: AppState = { ...someState(), servers: [{ ...someServer("web-01"), snapshot }] };
      return trayModel(state, now).running[0];
    };
    expect(running(someReceipt({ until: at(15 * 60) }))?.label).toMatch(
      /^shop.example.com on web-01, 12 min, until (tomorrow )?\d\d:15$/,
    );
    expect(running(someReceipt({ until: at(60) }))?.label).toBe("shop.example.com on web-01, 12 min, over its end");
  });

  it.each([
    ["2026-03-01T00:10", "2026-03-01T23:00", "today 23:00"],
    ["2026-03-01T23:50", "2026-03-02T00:10", "tomorrow 00:10"],
    ["2026-02-28T23:50", "2026-03-01T00:10", "tomorrow 00:10"],
    ["2026-03-01T12:00", "2026-03-29T02:00", "Sun 29 Mar 02:00"],
  ])("say at %s of %s: %s", (present, time, text) => {
    expect(
      clockOfDay(new Date(time).toISOString(), new Date(present).getTime())
        .replaceAll(/,/g, "")
        .replace("Mar 29", "29 Mar"),
    ).toBe(text);
  });
});

it.each([
  [-5, "under a minute"],
  [59_999, "under a minute"],
  [60_000, "1 min"],
  [59 * 60_000, "59 min"],
  [3 * 3_600_000 + 5 * 60_000, "3 h 05 min"],
  [24 * 3_600_000, "1 day"],
  [50 * 3_600_000, "2 days"],
])("says %i ms as %s", (time, text) => {
  expect(elapsed(time)).toBe(text);
});
