/**
 * Windows on several servers: all or none, with real agents and replies that are lost at every
 * step.
 */
import { rm } from "node:fs/promises";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { socketConnector, openTransport } from "../../../../main/agent/socket-transport.ts";
import { FailureError } from "../../../../main/failures.ts";
import type { Result } from "../../../../main/contract/failures.ts";
import type { SeenWindow, WindowTarget, WindowTerms } from "../../../../main/contract/windows.ts";
import { type OpenDocument, openDocument } from "../../../../main/stores/document.ts";
import { type StoredUndo, undosDocument } from "../../../../main/stores/undos.ts";
import { Occurrences } from "../../../../main/windows/occurrences.ts";
import { OwnPages } from "../../../../main/maintenance/own-pages.ts";
import { PlannedWindows } from "../../../../main/windows/planned-windows.ts";
import { Undos } from "../../../../main/windows/undos.ts";
import { WindowGroup, type WindowsParts } from "../../../../main/windows/window-group.ts";
import type { MaintenanceWindow } from "../../../../server-agent/contract/windows.ts";
import type { RouteName } from "../../../../server-agent/contract/routes.ts";
import { decodeReply, encodeCall } from "../../../../server-agent/core/client/admin-call.ts";
import { type TestAgent, makeFolder, startAgent } from "../../../../tools/driving/agent.ts";
import { someServer } from "../../../support/desktop/desktop-fixtures.ts";
import { fleetConfig } from "../../../support/agent/fleet.ts";
import { keep } from "../../../support/keep.ts";

type Call = WindowsParts["call"];
/** `before`: the call never arrives. `after`: it is carried out, and nobody hears of it. */
type Loss = {
  serverId: string;
  name: RouteName;
  when: "before" | "after";
  times: number;
  /** Nothing is heard of the server afterwards. */ isLast?: boolean;
};

interface App {
  agents: Map<string, TestAgent>;
  windows: PlannedWindows;
  occurrences: Occurrences;
  undos: Undos;
  call: Call;
  lose: (loss: Loss) => void;
}

const both = ["s0", "s1"].map((name) => someServer(name));
function asItIs<T>(sites: T): Promise<Result<T>> {
  return Promise.resolve({ ok: true, value: sites });
}

const LOST = { ok: false, failure: { code: "server.unreachable", message: "The connection was lost." } } as const;

async function app(count: number): Promise<App> {
  const started = await Promise.all(
    Array.from({ length: count }, async () => keep(await startAgent({ config: fleetConfig() }))),
  );
  const agents = new Map(started.map((agent, at) => [`s${at}`, agent]));
  let loss: Loss | undefined;
  const call: Call = async (serverId, name, given) => {
    if (loss?.isLast === true && loss.times === 0 && loss.serverId === serverId) return LOST;
    const isLost = loss?.serverId === serverId && loss.name === name && loss.times > 0 ? loss : undefined;
    if (isLost !== undefined) isLost.times -= 1;
    if (isLost?.when === "before") return LOST;
    const transport = openTransport(socketConnector(agents.get(serverId)?.socketPath ?? ""), serverId);
    try {
      const { status, text } = await transport.call(encodeCall(name, given), 10_000);
      if (isLost !== undefined) return LOST;
      const reply = decodeReply(name, status, text);
      return reply.ok
        ? { ok: true, value: reply.value }
        : { ok: false, failure: { code: reply.error.code, message: reply.error.message } };
    } catch (error) {
      if (error instanceof FailureError) return { ok: false, failure: error.failure };
      throw error;
    } finally {
      transport.close();
    }
  };
  return { ...openWindows(call, agents), agents, call, lose: (next) => (loss = next) };
}

/** The windows' part of the app, as it starts; `kept` is what it has stored. */
function openWindows(call: Call, agents: App["agents"], kept: OpenDocument<StoredUndo[]> = memory()) {
  const group = new WindowGroup({
    call,
    nameOf: (id) => (agents.has(id) ? id.toUpperCase() : undefined),
    author: () => "anna",
    log: () => undefined,
    patienceMs: 3000,
  });
  const undos = new Undos(kept, group, () => undefined);
  return { windows: new PlannedWindows(group, undos), occurrences: new Occurrences(group, undos), undos };
}

function memory(): OpenDocument<StoredUndo[]> {
  let value: StoredUndo[] = [];
  return {
    get value() {
      return value;
    },
    problem: undefined,
    save: (next) => (value = next),
  };
}

const TERMS: WindowTerms = { title: "New disks", start: "2090-01-06T02:00", zone: "Europe/Berlin", duration: "PT2H" };
const WEEKLY: WindowTerms = { ...TERMS, rrule: "FREQ=WEEKLY;BYDAY=FR" };
const LOGO = `data:image/png;base64,${"A".repeat(400)}`;
function targets({ agents }: App): WindowTarget[] {
  return [...agents.keys()].map((serverId) => ({ serverId, sites: [{ site: "shop", page: { logo: LOGO } }] }));
}
async function on({ agents }: App): Promise<MaintenanceWindow[][]> {
  return Promise.all([...agents.values()].map(async (agent) => (await agent.call("listWindows")).windows));
}
async function seen(each: App): Promise<SeenWindow[]> {
  return (await on(each)).flatMap((windows, at) =>
    windows.map(({ id, revision }) => ({ serverId: `s${at}`, id, revision })),
  );
}
function value<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(`${result.failure.code}: ${result.failure.message}`);
  return result.value;
}
function failure(result: Result<unknown>) {
  if (result.ok) throw new Error("it was not refused");
  return result.failure;
}

describe("a window on several servers", () => {
  it("is one operation on all of them, and undone on all of them", async () => {
    const each = await app(3);
    const { windows, undo } = value(await each.windows.create(TERMS, targets(each)));
    const all = (await on(each)).flat();
    expect(all).toHaveLength(3);
    expect(new Set(all.map(({ operation }) => operation?.id)).size).toBe(1);
    expect(all[0]).toMatchObject({
      ...TERMS,
      operation: { title: "New disks", servers: 3 },
      author: "anna",
      sites: [{ site: "shop", page: { logo: LOGO } }],
    });
    expect(windows).toEqual(all.map(({ id }, at) => ({ serverId: `s${at}`, id })));
    value(await each.undos.run(undo ?? ""));
    expect(await on(each)).toEqual([[], [], []]);
    expect(failure(await each.undos.run(undo ?? "")).code).toBe("not-found");
  });

  it("is planned nowhere when one refuses, or is gone", async () => {
    const each = await app(2);
    const other = targets(each).map((target) =>
      target.serverId === "s1" ? { ...target, sites: [{ site: "shops" }] } : target,
    );
    expect(failure(await each.windows.create(TERMS, other))).toMatchObject({
      code: "options.invalid",
      message: expect.stringMatching(/^Nothing was planned on any server\.\nS1: .*did you mean `shop`/) as string,
    });
    expect(await on(each)).toEqual([[], []]);
    await each.agents.get("s1")?.kill("SIGKILL");
    expect(failure(await each.windows.create(TERMS, targets(each))).message).toContain("S1");
    expect((await each.agents.get("s0")?.call("listWindows"))?.windows).toEqual([]);
  });

  it("is undone where one is lost in between, and found where only the reply was", async () => {
    const each = await app(2);
    each.lose({ serverId: "s1", name: "createWindow", when: "before", times: 1 });
    expect(failure(await each.windows.create(TERMS, targets(each))).message).toMatch(
      /^Nothing was planned on any server\.\nS1: The connection was lost\./,
    );
    expect(await on(each)).toEqual([[], []]);
    each.lose({ serverId: "s1", name: "createWindow", when: "after", times: 1 });
    expect(value(await each.windows.create(TERMS, targets(each))).windows).toHaveLength(2);
    expect((await on(each)).map(({ length }) => length)).toEqual([1, 1]);
  });

  it("says by name where it could not be undone", async () => {
    const each = await app(2);
    each.lose({ serverId: "s1", name: "createWindow", when: "after", times: 1, isLast: true });
    expect(failure(await each.windows.create(TERMS, targets(each)))).toMatchObject({
      code: "windows.partial",
      message: expect.stringContaining("It could not be reverted on S1.") as string,
    });
    expect((await on(each)).map(({ length }) => length)).toEqual([0, 1]);
  });

  it("goes on to a server that lacks it", async () => {
    const each = await app(2);
    value(await each.windows.create(TERMS, targets(each)));
    const [kept, lost] = await seen(each);
    if (kept === undefined || lost === undefined) throw new Error("no windows");
    await each.agents.get("s1")?.call("removeWindow", { params: { id: lost.id } });
    value(await each.windows.finish({ serverId: "s0", id: kept.id }, ["s1"], (_server, sites) => asItIs(sites)));
    const [one, other] = (await on(each)).flat();
    expect(other?.operation).toEqual(one?.operation);
    expect(other?.sites).toEqual(one?.sites);
  });

  it("goes on with its own page, which is sent along", async () => {
    const each = await app(2);
    const pages = new OwnPages({ call: each.call }, () => ({ servers: both }));
    const files = [{ path: "index.html", content: Buffer.from("<h1>Ours</h1>").toString("base64") }];
    const { s0: root = "" } = value(await pages.send(["s0"], { files }));
    value(await each.windows.create(TERMS, [{ serverId: "s0", sites: [{ site: "shop", root }] }]));
    const [[kept]] = (await on(each)) as [[MaintenanceWindow], []];
    expect(await pages.find(["s1"], root)).toEqual({ roots: {}, elsewhere: true });
    const fit = pages.fitted.bind(pages);
    value(await each.windows.finish({ serverId: "s0", id: kept.id }, ["s1"], fit));
    const [, [there]] = (await on(each)) as [[MaintenanceWindow], [MaintenanceWindow]];
    const { s1: copied = "" } = (await pages.find(["s0", "s1"], root)).roots;
    expect(copied).toContain(each.agents.get("s1")?.folder);
    expect(there.sites).toEqual([{ site: "shop", root: copied }]);
    // What nobody has, and what is a folder of the servers' own.
    const nobody = root.replace(/[0-9a-f]{64}$/, "0".repeat(64));
    expect(failure(await pages.copy(["s1"], nobody))).toMatchObject({ code: "not-found" });
    expect(value(await pages.fitted("s1", [{ root: "/srv/page" }, {}]))).toEqual([{ root: "/srv/page" }, {}]);
  });
});

describe("a change", () => {
  it("keeps the sites with their logos, and is undone", async () => {
    const each = await app(2);
    value(await each.windows.create(TERMS, targets(each)));
    const { undo } = value(
      await each.windows.change(
        { ...TERMS, title: "Newer disks", start: "2090-01-07T03:00" },
        await seen(each),
        "/healthz",
      ),
    );
    for (const window of (await on(each)).flat())
      expect(window).toMatchObject({
        title: "Newer disks",
        operation: { title: "Newer disks" },
        sites: [{ page: { logo: LOGO }, health: "/healthz" }],
      });
    value(await each.undos.run(undo ?? ""));
    for (const window of (await on(each)).flat()) {
      expect(window).toMatchObject({ ...TERMS, revision: 3 });
      expect(window.sites).toEqual([{ site: "shop", page: { logo: LOGO } }]);
    }
  });

  it("of which the reply is lost is found; one that never arrived is undone on the others", async () => {
    const each = await app(2);
    value(await each.windows.create(TERMS, targets(each)));
    const later = { ...TERMS, start: "2090-01-07T03:00" };
    each.lose({ serverId: "s0", name: "changeWindow", when: "after", times: 1 });
    value(await each.windows.change(later, await seen(each)));
    each.lose({ serverId: "s0", name: "changeWindow", when: "before", times: 1 });
    expect(failure(await each.windows.change(TERMS, await seen(each))).message).toMatch(
      /^Nothing was changed on any server/,
    );
    for (const window of (await on(each)).flat()) expect(window).toMatchObject(later);
  });

  it("by somebody else in between is not overwritten", async () => {
    const each = await app(2);
    value(await each.windows.create(TERMS, targets(each)));
    const before = await seen(each);
    const [window] = (await on(each))[1] ?? [];
    if (window === undefined) throw new Error("no window");
    await each.agents.get("s1")?.call("changeWindow", {
      params: { id: window.id },
      body: { ...TERMS, sites: window.sites, title: "Mine" },
      ifMatch: "*",
    });
    expect(failure(await each.windows.change({ ...TERMS, title: "Yours" }, before)).code).toBe("window.stale");
    expect(failure(await each.windows.remove(before)).code).toBe("window.stale");
    expect((await on(each)).flat().map(({ title }) => title)).toEqual(["New disks", "Mine"]);
  });

  it("by somebody else in between is not undone, either", async () => {
    const each = await app(1);
    const { undo } = value(await each.windows.create(TERMS, targets(each)));
    const [[window] = []] = await on(each);
    const agent = each.agents.get("s0");
    if (window === undefined || agent === undefined) throw new Error("no window");
    const params = { id: window.id };
    await agent.call("changeWindow", { params, body: { ...TERMS, sites: window.sites, title: "Mine" }, ifMatch: "*" });
    expect(failure(await each.undos.run(undo ?? "")).message).toMatch(/revision is 2/);
    expect((await on(each)).flat()).toMatchObject([{ title: "Mine" }]);

    await agent.call("startWindow", { params });
    const extended = value(await each.occurrences.extend([{ serverId: "s0", id: window.id }], 15));
    await agent.call("extendWindow", { params, body: { minutes: 60 } });
    const ends = (await agent.call("getWindow", { params })).occurrences.map(({ end }) => end);
    expect(failure(await each.undos.run(extended.undo ?? "")).code).toBe("window.stale");
    expect((await agent.call("getWindow", { params })).occurrences.map(({ end }) => end)).toEqual(ends);
  });

  it("of one occurrence makes a window of its own out of it, and undoing it puts it back in its place", async () => {
    const each = await app(2);
    value(await each.windows.create(WEEKLY, targets(each)));
    const start = "2090-01-13T01:00:00Z";
    const { undo } = value(await each.windows.detach({ ...TERMS, start: "2090-01-14T04:00" }, await seen(each), start));
    for (const [series, single] of await on(each)) {
      expect(series?.occurrences).toContainEqual(
        expect.objectContaining({ state: "skipped", start: "2090-01-13T01:00:00.000Z" }),
      );
      expect(single).toMatchObject({ start: "2090-01-14T04:00", operation: { servers: 2 } });
      expect(single).not.toHaveProperty("rrule");
    }
    value(await each.undos.run(undo ?? ""));
    for (const [, single, ...more] of await on(each)) {
      expect(single).toMatchObject({ start: "2090-01-13T02:00", duration: "PT2H" });
      expect(more).toEqual([]);
    }
  });
});

describe("the plan of a change", () => {
  it("does not call the window's own occurrences an overlap, and others it does", async () => {
    const each = await app(1);
    value(await each.windows.create(TERMS, targets(each)));
    const [window] = await seen(each);
    if (window === undefined) throw new Error("no window");
    const later = { ...TERMS, start: "2090-01-06T03:00" };
    const overlaps = async (windows: { serverId: string; id: string }[], fresh: WindowTarget[]) =>
      value(await each.windows.plan(later, fresh, windows)).servers.flatMap(
        ({ plan }) => plan?.overlaps.map(({ window: id }) => id) ?? [],
      );
    expect(await overlaps([{ serverId: "s0", id: window.id }], [])).toEqual([]);
    expect(await overlaps([], targets(each))).toEqual([window.id]);
  });
});

describe("removing and acting", () => {
  it("removes all or none, and plans them once more on undo, without what was skipped", async () => {
    const each = await app(2);
    value(await each.windows.create(WEEKLY, targets(each)));
    const skipped = value(await each.occurrences.skip(await seen(each), "2090-01-06T01:00:00Z"));
    expect(skipped.servers.map(({ failure: none }) => none)).toEqual([null, null]);
    each.lose({ serverId: "s1", name: "removeWindow", when: "before", times: 99 });
    expect(failure(await each.windows.remove(await seen(each))).message).toMatch(/^Nothing was removed on any server/);
    expect((await on(each)).map(({ length }) => length)).toEqual([1, 1]);
    each.lose({ serverId: "s1", name: "removeWindow", when: "after", times: 1 });
    const { undo } = value(await each.windows.remove(await seen(each)));
    expect(await on(each)).toEqual([[], []]);
    value(await each.undos.run(undo ?? ""));
    for (const window of (await on(each)).flat()) {
      expect(window.occurrences[0]).toMatchObject({ state: "planned", start: "2090-01-13T01:00:00.000Z" });
      expect(window.sites).toEqual([{ site: "shop", page: { logo: LOGO } }]);
    }
  });

  it("puts a skipped occurrence back as a window of its own", async () => {
    const each = await app(1);
    value(await each.windows.create({ ...WEEKLY, title: "Kernel" }, targets(each)));
    const { undo } = value(await each.occurrences.skip(await seen(each), "2090-01-06T01:00:00Z"));
    value(await each.undos.run(undo ?? ""));
    const [, single] = (await on(each)).flat();
    expect(single).toMatchObject({ title: "Kernel", start: "2090-01-06T02:00" });
    expect(single).not.toHaveProperty("rrule");
  });

  it("starts, extends and ends everywhere, also where a reply is lost, and names who could not", async () => {
    const each = await app(2);
    value(await each.windows.create(TERMS, targets(each)));
    const places = (await seen(each)).map(({ serverId, id }) => ({ serverId, id }));
    const failed = (servers: { name: string; failure: { code: string } | null }[]) =>
      servers.flatMap(({ name, failure: why }) => (why === null ? [] : [[name, why.code]]));
    const start = (await on(each)).flat()[0]?.occurrences[0]?.start ?? "";
    each.lose({ serverId: "s0", name: "startWindow", when: "after", times: 1 });
    expect(failed(value(await each.occurrences.start(places, start)).servers)).toEqual([]);
    expect((await on(each)).flat().map(({ state }) => state)).toEqual(["running", "running"]);
    expect(failed(value(await each.occurrences.start(places, start)).servers)).toEqual([
      ["S0", "window.state"],
      ["S1", "window.state"],
    ]);
    const ends = async () =>
      (await on(each)).flat().map(({ occurrences }) => occurrences.find(({ state }) => state === "running")?.end);
    const before = await ends();
    each.lose({ serverId: "s1", name: "extendWindow", when: "after", times: 1 });
    const { servers, undo } = value(await each.occurrences.extend(places, 15));
    expect(failed(servers)).toEqual([]);
    expect((await ends()).map((end, at) => Date.parse(end ?? "") - Date.parse(before[at] ?? ""))).toEqual([
      900_000, 900_000,
    ]);
    value(await each.undos.run(undo ?? ""));
    expect(await ends()).toEqual(before);
    await each.agents.get("s1")?.kill("SIGKILL");
    expect(failed(value(await each.occurrences.end(places)).servers)).toMatchObject([
      ["S1", expect.stringMatching(/^server\./)],
    ]);
    expect((await each.agents.get("s0")?.call("listWindows"))?.windows[0]?.state).not.toBe("running");
  });
});

describe("undo after a restart of the app", () => {
  /** The same agents, and an app that knows only what the one before it has stored. */
  async function restarting(count: number) {
    const each = await app(count);
    const folder = await makeFolder();
    keep({ close: () => rm(folder, { recursive: true, force: true }) });
    const write = (name: string, content: unknown) =>
      writeFileSync(join(folder, `${name}.json`), JSON.stringify(content));
    const restart = (): App => ({
      ...each,
      ...openWindows(each.call, each.agents, openDocument(undosDocument, folder, write, new Date())),
    });
    return { restart, folder };
  }

  it("brings back what was changed, moved out of its series and removed", async () => {
    const { restart } = await restarting(2);
    value(await restart().windows.create(WEEKLY, targets(restart())));
    const changed = value(await restart().windows.change({ ...WEEKLY, title: "Later" }, await seen(restart())));
    value(await restart().undos.run(changed.undo ?? ""));
    expect((await on(restart())).flat().map(({ title }) => title)).toEqual(["New disks", "New disks"]);

    const series = await seen(restart());
    const detached = value(
      await restart().windows.detach({ ...TERMS, start: "2090-01-14T04:00" }, series, "2090-01-13T01:00:00Z"),
    );
    value(await restart().undos.run(detached.undo ?? ""));
    for (const [, single, ...more] of await on(restart())) {
      expect(single).toMatchObject({ start: "2090-01-13T02:00" });
      expect(more).toEqual([]);
    }

    const seriesNow = async () => (await seen(restart())).filter(({ id }) => series.some((window) => window.id === id));
    const removed = value(await restart().windows.remove(await seriesNow()));
    expect((await on(restart())).flat()).toHaveLength(2);
    value(await restart().undos.run(removed.undo ?? ""));
    expect((await on(restart())).map(({ length }) => length)).toEqual([2, 2]);
    // It is undone once.
    expect(failure(await restart().undos.run(removed.undo ?? "")).code).toBe("not-found");
  });

  it("is refused where someone else has changed the window since, and stays for the other servers", async () => {
    const { restart } = await restarting(2);
    value(await restart().windows.create(TERMS, targets(restart())));
    const { undo } = value(await restart().windows.change({ ...TERMS, title: "Later" }, await seen(restart())));
    const [, [window] = []] = await on(restart());
    if (window === undefined) throw new Error("no window");
    const agent = restart().agents.get("s1");
    const body = { ...TERMS, sites: window.sites, title: "Mine" };
    await agent?.call("changeWindow", { params: { id: window.id }, body, ifMatch: "*" });
    expect(failure(await restart().undos.run(undo ?? "")).message).toMatch(/S1: .*revision is 3/);
    expect((await on(restart())).flat().map(({ title }) => title)).toEqual(["New disks", "Mine"]);
    // What is undone already is not asked for again.
    expect(failure(await restart().undos.run(undo ?? "")).message).toMatch(/revision is 3/);
    expect((await on(restart()))[0]).toMatchObject([{ title: "New disks", revision: 3 }]);
  });

  it("is kept for the latest 50 changes of one day", async () => {
    const { folder, restart } = await restarting(1);
    const undos = Array.from({ length: 60 }, (_none, index) => ({
      id: `u${index}`,
      at: new Date(Date.now() - index * 3_600_000).toISOString(),
      stages: [{ how: "each", steps: [{ kind: "remove", serverId: "s0", id: `gone${index}`, revision: 1 }] }],
    }));
    writeFileSync(join(folder, "undos.json"), JSON.stringify({ version: 1, content: undos }));
    expect(failure(await restart().undos.run("u24")).code).toBe("not-found");
    value(await restart().undos.run("u23"));
    const present = undos.map((undo) => ({ ...undo, at: new Date().toISOString() }));
    writeFileSync(join(folder, "undos.json"), JSON.stringify({ version: 1, content: present }));
    expect(failure(await restart().undos.run("u50")).code).toBe("not-found");
    value(await restart().undos.run("u49"));
  });
});
