import { describe, expect, it } from "vitest";
import { alertsOf } from "../../main/reminders/alerts.ts";
import type { AppState, Connection, Receipt } from "../../main/ipc-contract.ts";
import { at, someProfile, someReceipt, someSnapshot, someState } from "../support/desktop-fixtures.ts";

const connected: Connection = { state: "connected", since: at(0), observedAt: at(0), roundTripMs: 1, clockAheadMs: 0 };
const lost: Connection = { state: "unreachable", since: at(0), failure: { code: "server.unreachable", message: "" }, retryAt: at(1) };

const alertsFor = (connection: Connection, maintenance: Receipt[], second: number) => {
  const state: AppState = {
    ...someState(),
    servers: [{ profile: someProfile, connection, snapshot: someSnapshot({ maintenance }), observedAt: at(0), history: {}, historyAt: null }],
  };
  return alertsOf(state, Date.parse(at(second)));
};

describe("alerts", () => {
  it("say that an announced end has passed, once per end", () => {
    const receipt = someReceipt({ until: at(30) });
    expect(alertsFor(connected, [receipt], 59)).toEqual([]);
    const [alert] = alertsFor(connected, [receipt], 60);
    expect(alert).toMatchObject({ title: "shop is still in maintenance", destination: { screen: "progress", serverId: "web-01", receiptId: "r-1" } });
    expect(alertsFor(connected, [receipt], 85)[0]?.id).toBe(alert?.id);
    expect(alertsFor(connected, [someReceipt({ until: at(40) })], 85)[0]?.id).not.toBe(alert?.id);
  });

  it("do not speak of what was brought back or has no end", () => {
    expect(alertsFor(connected, [someReceipt(), someReceipt({ state: "reverted", until: at(1) })], 99)).toEqual([]);
  });

  it("say that a server with a site in maintenance is lost, but not for a moment's break", () => {
    expect(alertsFor(lost, [someReceipt()], 14)).toEqual([]);
    expect(alertsFor(lost, [someReceipt()], 15)).toMatchObject([{ title: "web-01 cannot be reached", destination: { screen: "server", serverId: "web-01" } }]);
    expect(alertsFor(lost, [], 59)).toEqual([]);
  });

  it("are one for many sites of one server, and one again when more ends have passed", () => {
    const due = (count: number) => Array.from({ length: count }, (_, index) => someReceipt({ id: `r-${index}`, until: at(index) }));
    expect(alertsFor(connected, due(3), 70)).toHaveLength(3);
    const [alert, ...others] = alertsFor(connected, due(10), 70);
    expect([alert?.title, others]).toEqual(["10 sites are still in maintenance", []]);
    expect(alertsFor(connected, due(10), 89)[0]?.id).toBe(alert?.id);
    expect(alertsFor(connected, due(11), 89)[0]?.id).not.toBe(alert?.id);
    expect(alertsFor(lost, due(10), 70).map(({ title }) => title)).toEqual(["10 sites are still in maintenance", "web-01 cannot be reached"]);
  });
});
