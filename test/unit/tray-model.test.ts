import { describe, expect, it } from "vitest";
import type { AppState, Connection } from "../../main/ipc-contract.ts";
import { elapsed, trayModel } from "../../main/tray-model.ts";
import { at, someProfile, someReceipt, someSnapshot, someState } from "../support/desktop-fixtures.ts";

const connected: Connection = { state: "connected", since: at(0), observedAt: at(0), roundTripMs: 1, clockAheadMs: 0 };
const lost: Connection = { state: "unreachable", since: at(0), failure: { code: "server.unreachable", message: "" }, retryAt: at(1) };

const stateWith = (...servers: [Connection, ReturnType<typeof someReceipt>[]][]): AppState => ({
  ...someState(),
  servers: servers.map(([connection, maintenance]) => ({
    profile: someProfile,
    connection,
    snapshot: someSnapshot({ maintenance }),
    observedAt: at(0),
    history: {},
    historyAt: null,
  })),
});
const now = Date.parse(at(0)) + 12 * 60_000;

describe("the tray", () => {
  it("is calm while all is live", () => {
    expect(trayModel(stateWith([connected, []]), now)).toEqual({ look: "live", summary: "All sites are live", running: [], more: 0 });
    expect(trayModel(someState(), now).summary).toBe("No servers yet");
  });

  it("lists what is in maintenance with its elapsed time, and not what was brought back", () => {
    const model = trayModel(stateWith([connected, [someReceipt(), someReceipt({ id: "r-0", state: "reverted" })]]), now);
    expect(model).toEqual({
      look: "maintenance",
      summary: "1 site in maintenance",
      running: [{ serverId: "web-01", receiptId: "r-1", label: "shop on web-01, 12 min", unsure: false }],
      more: 0,
    });
  });

  it("lists those that run longest, and says how many there are besides", () => {
    const receipts = Array.from({ length: 30 }, (_, index) => someReceipt({ id: `r-${index}`, startedAt: at(29 - index) }));
    const { running, more, summary } = trayModel(stateWith([connected, receipts]), now);
    expect(running.map(({ receiptId }) => receiptId)).toEqual(Array.from({ length: 12 }, (_, index) => `r-${29 - index}`));
    expect([more, summary]).toEqual([18, "30 sites in maintenance"]);
  });

  it("warns of a server that cannot be reached, and marks what it knows of it as old", () => {
    const model = trayModel(stateWith([lost, [someReceipt()]]), now);
    expect(model).toMatchObject({ look: "failed", summary: "1 site in maintenance, 1 server cannot be reached", running: [{ unsure: true }] });
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
