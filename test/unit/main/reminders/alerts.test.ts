import { describe, expect, it } from "vitest";
import { alertsOf } from "../../../../main/reminders/alerts.ts";
import type { AppState } from "../../../../main/contract/state.ts";
import type { Connection } from "../../../../main/contract/servers.ts";
import type { MaintenanceWindow, Occurrence } from "../../../../server-agent/contract/windows.ts";
import type { Receipt } from "../../../../server-agent/contract/maintenance.ts";
import type { Reminder } from "../../../../server-agent/contract/reminders.ts";
import { spanText } from "../../../../server-agent/core/reminders/span-text.ts";
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

function alertsFor(connection: Connection, maintenance: Receipt[], second: number) {
  const state: AppState = {
    ...someState(),
    servers: [
      {
        profile: someProfile,
        connection,
        snapshot: someSnapshot({ maintenance }),
        observedAt: at(0),
        history: {},
        historyAt: null,
        publicProofs: {},
      },
    ],
  };
  return alertsOf(state, Date.parse(at(second)));
}

describe("alerts", () => {
  it("say that an announced end has passed, once per end", () => {
    const receipt = someReceipt({ until: at(30) });
    expect(alertsFor(connected, [receipt], 59)).toEqual([]);
    const [alert] = alertsFor(connected, [receipt], 60);
    expect(alert).toMatchObject({
      title: "shop.example.com is still in maintenance",
      destination: { screen: "progress", serverId: "web-01", receiptId: "r-1" },
    });
    expect(alertsFor(connected, [receipt], 85)[0]?.id).toBe(alert?.id);
    expect(alertsFor(connected, [someReceipt({ until: at(40) })], 85)[0]?.id).not.toBe(alert?.id);
  });

  it("do not speak of what was brought back or has no end", () => {
    expect(alertsFor(connected, [someReceipt(), someReceipt({ state: "reverted", until: at(1) })], 99)).toEqual([]);
  });

  it("say that a server with a site in maintenance is lost, but not for a moment's break", () => {
    expect(alertsFor(lost, [someReceipt()], 14)).toEqual([]);
    expect(alertsFor(lost, [someReceipt()], 15)).toMatchObject([
      { title: "web-01 cannot be reached", destination: { screen: "server", serverId: "web-01" } },
    ]);
    expect(alertsFor(lost, [], 59)).toEqual([]);
  });

  it("are one for many sites of one server, and one again when more ends have passed", () => {
    const due = (count: number) =>
      Array.from({ length: count }, (_, index) => someReceipt({ id: `r-${index}`, until: at(index) }));
    expect(alertsFor(connected, due(3), 70)).toHaveLength(3);
    const [alert, ...others] = alertsFor(connected, due(10), 70);
    expect([alert?.title, others]).toEqual(["10 sites are still in maintenance", []]);
    expect(alertsFor(connected, due(10), 89)[0]?.id).toBe(alert?.id);
    expect(alertsFor(connected, due(11), 89)[0]?.id).not.toBe(alert?.id);
    expect(alertsFor(lost, due(10), 70).map(({ title }) => title)).toEqual([
      "10 sites are still in maintenance",
      "web-01 cannot be reached",
    ]);
  });
});

const occurrence: Occurrence = { window: "w-1", start: at(30), end: at(50), state: "planned", receipts: [] };
function reminder(change: Partial<Reminder> = {}): Reminder {
  return {
    id: "w-1-ahead-10",
    kind: "ahead",
    due: at(1),
    title: "shop goes into maintenance in 10 min",
    text: "New disks.",
    sites: ["shop"],
    occurrence: { id: "w-1", start: at(30) },
    receipts: [],
    deliveries: [],
    ...change,
  };
}
const closed = someReceipt({ id: "r-1", until: at(50) });

interface Told {
  reminders: Reminder[];
  state?: Occurrence["state"];
  maintenance?: Receipt[];
  window?: Partial<MaintenanceWindow>;
}

function serverThat(name: string, { reminders, state = "planned", maintenance = [], window = {} }: Told) {
  const server = someServer(name, maintenance);
  const windows = [
    someWindow({ occurrences: [{ ...occurrence, state, receipts: maintenance.map(({ id }) => id) }], ...window }),
  ];
  return { ...server, snapshot: someSnapshot({ ...server.snapshot, reminders, windows }) };
}
function told(second: number, ...servers: ReturnType<typeof serverThat>[]) {
  return alertsOf({ ...someState(), servers }, Date.parse(at(second)));
}
function one(second: number, about: Told) {
  return told(second, serverThat("web-01", about));
}

describe("what an agent reminds of", () => {
  it("is said in its words, with the server's name, as long as it is ahead", () => {
    const [alert] = one(2, { reminders: [reminder()] });
    expect(alert).toMatchObject({
      kind: "ahead",
      title: "shop goes into maintenance in 10 min",
      text: "New disks. (web-01)",
      urgent: false,
      news: false,
      actions: [],
      destination: { screen: "schedule" },
      tells: [{ serverId: "web-01", reminderId: "w-1-ahead-10" }],
    });
    expect(one(30, { reminders: [reminder()] })).toEqual([]);
    expect(one(2, { reminders: [reminder()], state: "skipped" })).toEqual([]);
    expect(one(2, { reminders: [reminder()], window: { id: "another" } })).toEqual([]);
    // A later one of a series: the agent shows the next occurrence only.
    expect(one(2, { reminders: [reminder()], window: { occurrences: [] } })).toHaveLength(1);
  });

  it("is not said once somebody has acted, or the next word about the same thing has come", () => {
    expect(one(2, { reminders: [reminder({ acted: { act: "skip", by: "ben", at: at(1) } })] })).toEqual([]);
    const start = reminder({ id: "w-1-start", kind: "start", due: at(30) });
    expect(
      one(31, { reminders: [start, reminder()], state: "running", maintenance: [closed] }).map(({ id }) => id),
    ).toEqual(["reminder:web-01:w-1-start"]);
    const end = reminder({ id: "w-1-end", kind: "end", due: at(50) });
    expect(one(51, { reminders: [end, start, reminder()], state: "ended" })).toMatchObject([
      { kind: "end", news: true, urgent: false, actions: [] },
    ]);
  });

  it("offers to start what waits for somebody", () => {
    const waits = reminder({ kind: "start", due: at(30) });
    const window = { atStart: "remind" as const, occurrences: [] };
    expect(one(31, { reminders: [waits], window })).toMatchObject([
      { actions: ["start"], news: false, targets: [{ window: "w-1", start: at(30) }] },
    ]);
    expect(
      one(31, { reminders: [waits], state: "running", maintenance: [closed], window: { atStart: "remind" } }),
    ).toMatchObject([{ actions: [] }]);
  });

  it("is urgent when a site is closed after its end, and offers to bring it back or to move the end", () => {
    const overrun = reminder({ kind: "overrun", due: at(50), receipts: ["r-1"] });
    expect(one(51, { reminders: [overrun], state: "overrun", maintenance: [closed] })).toMatchObject([
      {
        urgent: true,
        actions: ["bring-back", "extend"],
        targets: [{ receipts: ["r-1"] }],
        destination: { screen: "progress", serverId: "web-01", receiptId: "r-1" },
      },
    ]);
    expect(
      one(51, { reminders: [overrun], state: "ended", maintenance: [someReceipt({ state: "reverted" })] }),
    ).toEqual([]);
    // By hand: its own end can be moved, where it has one.
    const { occurrence: _occurrence, ...byHand } = reminder({ kind: "open-ended", due: at(50), receipts: ["r-1"] });
    expect(one(51, { reminders: [byHand], maintenance: [someReceipt()], window: { occurrences: [] } })).toMatchObject([
      { urgent: true, actions: ["bring-back"] },
    ]);
    const late = { ...byHand, kind: "overrun" as const };
    const ended = someReceipt({ until: at(50) });
    expect(one(51, { reminders: [late], maintenance: [ended], window: { occurrences: [] } })).toMatchObject([
      { urgent: true, actions: ["bring-back", "extend"] },
    ]);
  });

  it("is not said a second time in the app's own words, also long after the end", () => {
    const overrun = reminder({ kind: "overrun", due: at(50), receipts: ["r-1"] });
    expect(
      told(500, serverThat("web-01", { reminders: [overrun], state: "overrun", maintenance: [closed] })),
    ).toHaveLength(1);
  });

  it("leads to the certificates where one could not be renewed", () => {
    const { occurrence: _occurrence, ...failed } = reminder({ kind: "certificate", due: at(1) });
    const destination = { screen: "server", serverId: "web-01", at: "certificates" };
    expect(one(2, { reminders: [failed] })).toMatchObject([{ kind: "certificate", news: true, destination }]);
  });

  it("is one for all servers of an operation, and works on all of them", () => {
    const operation = { id: "operation-0001", title: "New database", servers: 2 };
    const overrun = (milliseconds: number) =>
      reminder({
        id: "w-1-overrun",
        kind: "overrun",
        due: new Date(Date.parse(at(50)) + milliseconds).toISOString(),
        receipts: ["r-1"],
        operation,
      });
    const about = (name: string, milliseconds: number) =>
      serverThat(name, { reminders: [overrun(milliseconds)], state: "overrun", maintenance: [closed] });
    const alerts = told(52, about("web-01", 300), about("web-02", 0));
    expect(alerts).toMatchObject([
      {
        text: "New disks. (web-01, web-02)",
        actions: ["bring-back", "extend"],
        targets: [{ serverId: "web-01" }, { serverId: "web-02" }],
        destination: { screen: "overview" },
      },
    ]);
    expect(alerts[0]?.tells).toHaveLength(2);
    // The one that is heard first does not make it another alert.
    expect(told(52, about("web-01", 300)).map(({ id }) => id)).toEqual(alerts.map(({ id }) => id));
    // Once one of them is back, the other goes on saying it.
    const back = serverThat("web-01", { reminders: [overrun(300)], state: "ended", maintenance: [] });
    expect(told(52, back, about("web-02", 0))).toMatchObject([{ targets: [{ serverId: "web-02" }] }]);
  });

  it("of a server whose sites are still closed is not hidden by another one of its operation that is back", () => {
    const operation = { id: "operation-0001", title: "New database", servers: 2 };
    const open = { operation, receipts: ["r-1"] };
    const end = reminder({ id: "w-1-end", kind: "end", due: at(55), ...open });
    const overrun = reminder({ id: "w-1-overrun", kind: "overrun", due: at(50), ...open });
    const servers = [
      serverThat("web-01", { reminders: [end], state: "ended" }),
      serverThat("web-02", { reminders: [overrun], state: "overrun", maintenance: [closed] }),
    ] as const;
    const alerts = told(56, ...servers);
    expect(alerts.map(({ kind, urgent }) => [kind, urgent])).toEqual([
      ["end", false],
      ["overrun", true],
    ]);
    expect(new Set(alerts.map(({ about }) => about)).size).toBe(2);
  });

  it("of a window that is over leaves alone what another one holds, or what somebody else has closed", () => {
    const end = reminder({ id: "w-1-end", kind: "end", due: at(50), receipts: ["r-1"] });
    const own = someReceipt({ id: "r-1", until: at(90), window: { id: "w-1", start: at(30) } });
    const other = someWindow({
      id: "w-2",
      occurrences: [{ ...occurrence, window: "w-2", end: at(90), state: "running", receipts: ["r-1"] }],
    });
    const over = (maintenance: Receipt[], ...windows: MaintenanceWindow[]) => {
      const server = serverThat("web-01", { reminders: [end], state: "ended", maintenance });
      return told(51, {
        ...server,
        snapshot: someSnapshot({ ...server.snapshot, windows: [...server.snapshot.windows, ...windows] }),
      });
    };
    expect(over([own])).toMatchObject([
      { urgent: true, actions: ["bring-back", "extend"], targets: [{ receipts: ["r-1"] }] },
    ]);
    expect(over([own], other)).toMatchObject([{ urgent: false, news: true, actions: [] }]);
    expect(over([someReceipt({ id: "r-1" })])).toMatchObject([{ urgent: false, news: true, actions: [] }]);
  });

  it("ends the window that runs, not what it has closed", () => {
    const soon = reminder({ id: "w-1-end-ahead", kind: "end-ahead", due: at(40), receipts: ["r-1"] });
    expect(one(41, { reminders: [soon], state: "running", maintenance: [closed] })).toMatchObject([
      { targets: [{ window: "w-1", runs: true }] },
    ]);
  });

  it("shows its times as the clocks here do", () => {
    const times = { from: "2030-01-06T01:00:00.000Z", to: "2030-01-06T03:00:00.000Z" };
    const details = { what: '"New disks"', ...times, zone: "Asia/Tokyo", notes: ["Late."] };
    expect(one(2, { reminders: [reminder({ details })] })).toMatchObject([
      { text: `"New disks": ${spanText(times)}. Late. (web-01)` },
    ]);
  });

  it("has nothing of a stranger's that could turn a line", () => {
    const [alert] = one(2, { reminders: [reminder({ title: "a\u202Eb\nc", text: "x".repeat(5000) })] });
    expect(alert?.title).toBe("a b c");
    expect(alert?.text.length).toBeLessThan(300);
  });
});
