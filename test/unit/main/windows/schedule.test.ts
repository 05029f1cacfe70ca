import { beforeAll, describe, expect, it } from "vitest";
import type { ServerState } from "../../../../main/contract/servers.ts";
import { loadTemporal } from "../../../../main/windows/temporal.ts";
import type { Occurrence } from "../../../../server-agent/contract/windows.ts";
import { nextWindows, nextWords } from "../../../../renderer/lib/next-window.ts";
import { lackingServers } from "../../../../renderer/schedule/dialogs/incomplete.ts";
import { importTargets } from "../../../../renderer/schedule/dialogs/import-targets.ts";
import { at, someServer, someSnapshot, someWindow } from "../../../support/desktop/desktop-fixtures.ts";

beforeAll(loadTemporal);
/** Loaded when `Temporal` is there. */
async function scheduleOf(servers: readonly ServerState[], from: number, to: number, now: number) {
  return (await import("../../../../main/windows/schedule.ts")).scheduleOf(servers, from, to, now);
}

const [FROM, TO] = [Date.parse("2030-01-01T00:00:00Z"), Date.parse("2030-02-01T00:00:00Z")];
const NOW = Date.parse("2030-01-10T12:00:00Z");
function server(
  name: string,
  windows: Parameters<typeof someWindow>[0][],
  change: Partial<ServerState> = {},
): ServerState {
  return someServer(name, [], {
    snapshot: someSnapshot({ windows: windows.map(someWindow) }),
    observedAt: new Date(NOW).toISOString(),
    ...change,
  });
}
function record(start: string, state: Occurrence["state"], rest: Partial<Occurrence> = {}): Occurrence {
  return {
    window: "w-1",
    start,
    end: new Date(Date.parse(start) + 7_200_000).toISOString(),
    state,
    receipts: [],
    ...rest,
  };
}
const weekly = { rrule: "FREQ=WEEKLY" };
const OPERATION = { id: "operation-0001", title: "New disks", servers: 2 };
const AWAY: Partial<ServerState> = {
  connection: {
    state: "unreachable",
    since: at(0),
    failure: { code: "server.unreachable", message: "gone" },
    retryAt: null,
  },
};

it("tells where the server has other time zone data than the app", async () => {
  const { scheduleOf: schedule } = await import("../../../../main/windows/schedule.ts");
  const one = someSnapshot({ windows: [someWindow(weekly), someWindow({ ...weekly, id: "w-2", zone: "UTC" })] });
  const whyOf = (timeZoneData: string | undefined, own: string | undefined) => {
    const { timeZoneData: _data, ...agent } = one.agent;
    const snapshot = { ...one, agent: timeZoneData === undefined ? agent : { ...agent, timeZoneData } };
    const { occurrences } = schedule([{ ...server("web", []), snapshot }], FROM, TO, NOW, own);
    return [...new Set(occurrences.flatMap(({ zone, places }) => places.map(({ why }) => `${zone}: ${why ?? ""}`)))];
  };
  expect(whyOf("2026c", "2024a").toSorted()).toEqual([
    "Europe/Berlin: Computed with time zone data 2024a; the server has 2026c, and goes by that.",
    "UTC: ",
  ]);
  for (const [theirs, own] of [
    ["2026c", "2026c"],
    [undefined, "2026c"],
    ["2026c", undefined],
  ])
    expect(whyOf(theirs, own).toSorted()).toEqual(["Europe/Berlin: ", "UTC: "]);
});

describe("the schedule", () => {
  it("has what became of occurrences, and what is ahead by the calendar", async () => {
    const occurrences = [
      record("2030-01-06T01:00:00.000Z", "ended", { endedAt: "2030-01-06T02:00:00.000Z" }),
      record("2030-01-20T01:00:00.000Z", "skipped"),
    ];
    const schedule = await scheduleOf([server("web-1", [{ ...weekly, occurrences }])], FROM, TO, NOW);
    expect(schedule.occurrences.map(({ start, state, repeats }) => [start.slice(0, 10), state, repeats])).toEqual([
      ["2030-01-06", "ended", true],
      ["2030-01-13", "planned", true],
      ["2030-01-20", "skipped", true],
      ["2030-01-27", "planned", true],
    ]);
    expect(schedule.occurrences[1]).toMatchObject({
      startsAt: "2030-01-13T02:00",
      endsAt: "2030-01-13T04:00",
      zone: "Europe/Berlin",
      missingOn: 0,
    });
  });

  it("shows what ran where it really began and ended", async () => {
    const early = record("2030-01-13T01:00:00.000Z", "ended", {
      startedAt: "2030-01-12T20:00:00.000Z",
      endedAt: "2030-01-12T22:00:00.000Z",
    });
    const [first] = (await scheduleOf([server("web-1", [{ ...weekly, occurrences: [early] }])], FROM, TO, NOW))
      .occurrences;
    expect(first).toMatchObject({ start: "2030-01-12T20:00:00.000Z", end: "2030-01-12T22:00:00.000Z", state: "ended" });
  });

  it("says nothing of a past that nothing is known of", async () => {
    expect((await scheduleOf([server("web-1", [{}])], FROM, TO, NOW)).occurrences).toEqual([]);
  });

  it("shows once what several servers do together, with the one where somebody is needed most", async () => {
    const ran = (state: Occurrence["state"], end = "2030-01-06T03:00:00.000Z") => ({
      operation: OPERATION,
      occurrences: [record("2030-01-06T01:00:00.000Z", state, { end })],
    });
    const servers = [server("web-1", [ran("ended")]), server("web-2", [ran("overrun", "2030-01-06T03:30:00.000Z")])];
    const { occurrences } = await scheduleOf(servers, FROM, TO, NOW);
    expect(occurrences).toHaveLength(1);
    expect(occurrences[0]).toMatchObject({
      state: "overrun",
      end: "2030-01-06T03:30:00.000Z",
      missingOn: 0,
      places: [{ serverId: "web-1" }, { serverId: "web-2" }],
    });
  });

  it("has the window of each series just as the servers had it, so that what is changed is what was seen", async () => {
    const [alone, together] = [
      { id: "w-1", revision: 3, ...weekly },
      { id: "w-2", revision: 5, operation: OPERATION, start: "2030-01-20T02:00" },
    ];
    const { occurrences, windows } = await scheduleOf(
      [server("web-1", [alone, together]), server("web-2", [together])],
      FROM,
      TO,
      NOW,
    );
    for (const { series, places } of occurrences)
      expect(windows[series]).toMatchObject({ id: places[0]?.id, revision: places[0]?.revision });
    expect(Object.values(windows).map(({ id }) => id)).toEqual(["w-1", "w-2"]);
    expect((await scheduleOf([server("web-1", [alone])], FROM, FROM + 1, NOW)).windows).toEqual({});
  });

  it("counts the servers that lack it, and finds those that could have it", async () => {
    const window = { operation: { ...OPERATION, servers: 3 }, start: "2030-01-20T02:00" };
    const servers = [server("web-1", [window]), server("web-2", []), server("web-3", [], AWAY)];
    const [occurrence] = (await scheduleOf(servers, FROM, TO, NOW)).occurrences;
    expect(occurrence?.missingOn).toBe(2);
    expect(lackingServers(occurrence ?? { places: [] }, servers).map(({ profile }) => profile.id)).toEqual(["web-2"]);
  });

  it("does not claim to know what a server did that is away", async () => {
    const window = { start: "2030-01-10T12:00", duration: "PT30M" };
    const away = server("web-1", [window], { ...AWAY, observedAt: "2030-01-10T10:00:00.000Z" });
    const [occurrence] = (await scheduleOf([away], FROM, TO, NOW)).occurrences;
    expect(occurrence).toMatchObject({ state: "unknown", places: [{ state: "unknown" }] });
    expect(occurrence?.places[0]?.why).toContain("cannot be reached");
  });

  it("names what meets on a site of one server, and only that", async () => {
    const one = { id: "w-1", start: "2030-01-20T02:00" };
    const meets = { id: "w-2", title: "Kernel", start: "2030-01-20T03:00" };
    const after = { id: "w-3", title: "After", start: "2030-01-20T05:00" };
    const other = { id: "w-4", title: "Other site", sites: [{ site: "blog" }], start: "2030-01-20T02:00" };
    const { occurrences } = await scheduleOf(
      [server("web-1", [one, meets, after, other]), server("web-2", [one])],
      FROM,
      TO,
      NOW,
    );
    const conflicts = occurrences.map(({ series, conflicts: found }) => [
      series,
      ...found.flatMap(({ title, sites }) => [title, ...sites]),
    ]);
    expect(conflicts.sort()).toEqual([
      ["web-1/w-1", "Kernel", "shop"],
      ["web-1/w-2", "New disks", "shop"],
      ["web-1/w-3"],
      ["web-1/w-4"],
      ["web-2/w-1"],
    ]);
  });
});

describe("the next window of a site", () => {
  const planned = (id: string, start: string, change: Parameters<typeof someWindow>[0] = {}) => ({
    id,
    ...change,
    occurrences: [record(start, "planned", { window: id })],
  });

  it("is the one that starts first", () => {
    const servers = server("web-1", [
      planned("w-1", "2030-01-13T01:00:00.000Z"),
      planned("w-2", "2030-01-11T12:00:00.000Z", { title: "Kernel" }),
    ]);
    const next = nextWindows(servers).get("shop");
    expect(next?.window.title).toBe("Kernel");
    expect(next === undefined ? "" : nextWords(next, NOW)).toMatch(/12:00 · in 24 h 00 min$/);
    expect(nextWindows(servers).get("blog")).toBeUndefined();
  });

  it("waits for somebody where it only reminds", () => {
    const next = nextWindows(server("web-1", [planned("w-1", "2030-01-10T11:00:00.000Z", { atStart: "remind" })])).get(
      "shop",
    );
    expect(next === undefined ? "" : nextWords(next, NOW)).toMatch(/action needed$/);
  });
});

describe("an entry of a calendar file", () => {
  it("goes to the servers that it names, as far as they have its sites", () => {
    const servers = [server("web-1", []), server("web-2", []), server("web-3", [], AWAY)];
    const sites = [{ site: "shop" }, { site: "blog" }];
    expect(importTargets({ sites, servers: ["web-1", "web-3"] }, servers)).toEqual([
      { serverId: "web-1", sites: [{ site: "shop" }] },
    ]);
    expect(importTargets({ sites: [], servers: ["web-1"] }, servers)).toEqual([]);
  });
});
