/** Switching several servers together: real agents, and an app that is cut off at every step. */
import { describe, expect, it } from "vitest";
import type { FleetTarget } from "../../../../main/contract/fleet.ts";
import { startAgent } from "../../../../tools/driving/agent.ts";
import { CLOSED, LIVE, SITES, answersOf, fleetConfig, maintain } from "../../../support/agent/fleet.ts";
import {
  allKnown,
  app,
  type Call,
  memory,
  over,
  reached,
  type Servers,
  value,
} from "../../../support/fleet/running-fleet.ts";
import { keep } from "../../../support/keep.ts";

/** Longer than a server may leave open whether it has switched. */
const COMMIT_PATIENCE_MS = 20_000;

async function servers(count: number): Promise<Servers> {
  const started = await Promise.all(
    Array.from({ length: count }, async () => keep(await startAgent({ config: fleetConfig() }))),
  );
  const agents = new Map(started.map((agent, at) => [`s${at}`, agent]));
  return { agents, ...reached(agents) };
}

function everywhere({ agents }: Servers) {
  return Promise.all([...agents.values()].map((agent) => answersOf(agent)));
}
function close({ agents }: Servers): FleetTarget[] {
  return [...agents.keys()].map((serverId) => ({ serverId, changes: maintain(...SITES) }));
}

describe("together", () => {
  it("three servers with three sites each are closed, and brought back", async () => {
    const all = await servers(3);
    const { fleet, until } = app(all);
    value(fleet.start("New database", close(all)));
    const closed = await until(over);
    expect(closed).toMatchObject({
      phase: "done",
      kind: "maintenance",
      servers: Array.from({ length: 3 }, () => ({ phase: "committed", sites: [...SITES] })),
    });
    expect(closed.skewMs).toBeGreaterThan(0);
    expect(await everywhere(all)).toEqual([CLOSED, CLOSED, CLOSED]);
    for (const { receipts } of closed.servers) expect(receipts).toHaveLength(3);

    value(
      fleet.start(
        "New database: back",
        closed.servers.map(({ serverId, receipts }) => ({
          serverId,
          changes: receipts.map((receipt) => ({ kind: "revert", receipt, how: "delete" })),
        })),
      ),
    );
    expect(await until((operation) => operation.kind === "revert" && over(operation))).toMatchObject({ phase: "done" });
    expect(await everywhere(all)).toEqual([LIVE, LIVE, LIVE]);
    for (const agent of all.agents.values()) expect((await agent.call("getConfig")).config).toEqual(fleetConfig());
  });

  it("one that refuses keeps all of them as they are, and says why", async () => {
    const all = await servers(3);
    await all.agents.get("s1")?.call("startMaintenance", { body: { site: "blog" } });
    const { fleet, until } = app(all);
    value(fleet.start("New database", close(all)));
    const operation = await until(over);
    expect(operation.phase).toBe("refused");
    expect(operation.servers.map(({ phase }) => phase)).toEqual(["undone", "refused", "undone"]);
    expect(operation.servers[1]?.failure?.code).toBe("maintenance.already");
    expect(await everywhere(all)).toEqual([LIVE, [LIVE[0], 503, LIVE[2]], LIVE]);
    // Nothing is held either.
    for (const agent of all.agents.values())
      expect((await agent.call("listStages")).stages.filter(({ state }) => state === "staged")).toEqual([]);
  });

  it("one that is gone in the first phase keeps all of them as they are", async () => {
    const all = await servers(3);
    await all.agents.get("s2")?.kill("SIGKILL");
    const { fleet, until } = app(all);
    value(fleet.start("New database", close(all)));
    expect((await until(over)).servers.map(({ phase }) => phase)).toEqual(["undone", "undone", "refused"]);
    all.agents.delete("s2");
    expect(await everywhere(all)).toEqual([LIVE, LIVE]);
  });

  it("what the person has not seen is not switched: another generation is a refusal", async () => {
    const all = await servers(2);
    const { fleet, until } = app(all);
    value(
      fleet.start(
        "New database",
        close(all).map((target, at) => ({ ...target, ifGeneration: at === 0 ? 1 : 7 })),
      ),
    );
    expect((await until(over)).servers[1]?.failure?.code).toBe("config.stale");
    expect(await everywhere(all)).toEqual([LIVE, LIVE]);
  });

  it("one that takes its time may be given up while nothing has changed yet; what it promises afterwards is let go", async () => {
    const all = await servers(3);
    const answers = Promise.withResolvers<undefined>();
    const asked = Promise.withResolvers<undefined>();
    const call: Call = async (serverId, name, given) => {
      const reply = all.call(serverId, name, given);
      if (name === "stage" && serverId === "s1") {
        asked.resolve(undefined);
        await answers.promise;
      }
      return reply;
    };
    const { fleet, until, latest } = app({ ...all, call });
    value(fleet.start("New database", close(all)));
    await asked.promise;
    await until(({ servers: parts }) => parts.filter(({ phase }) => phase === "staged").length === 2);
    value(fleet.undo(latest().id));
    expect((await until(over)).servers.map(({ phase, failure }) => [phase, failure])).toEqual([
      ["undone", null],
      ["undone", null],
      ["undone", null],
    ]);
    expect(latest().phase).toBe("undone");
    expect(await everywhere(all)).toEqual([LIVE, LIVE, LIVE]);
    const late = all.agents.get("s1");
    if (late === undefined) throw new Error("no agent");
    const events = await late.events();
    answers.resolve(undefined);
    await events.until(
      (line) => "stages" in line && line.stages.length > 0 && line.stages.every(({ state }) => state === "aborted"),
    );
    events.close();
    for (const agent of all.agents.values())
      expect((await agent.call("listStages")).stages.map(({ state }) => state)).toEqual(["aborted"]);

    // And it may be tried again.
    value(fleet.finish(latest().id));
    expect(await until(over)).toMatchObject({ phase: "done" });
    expect(await everywhere(all)).toEqual([CLOSED, CLOSED, CLOSED]);
  });

  it("input that makes no sense is refused before anything is asked", async () => {
    const all = await servers(1);
    const { fleet } = app(all);
    const [target] = close(all);
    if (target === undefined) throw new Error("no target");
    expect(fleet.start("twice", [target, target])).toMatchObject({ ok: false, failure: { code: "ipc.input" } });
    expect(fleet.start("nowhere", [{ ...target, serverId: "nobody" }])).toMatchObject({
      ok: false,
      failure: { code: "server.unknown" },
    });
    expect(
      fleet.start("both", [
        { ...target, changes: [...target.changes, { kind: "revert", receipt: "r", how: "delete" }] },
      ]),
    ).toMatchObject({ ok: false });
    expect(fleet.undo("unknown")).toMatchObject({ ok: false, failure: { code: "fleet.unknown" } });
  });
});

describe("lost in the second phase", () => {
  it("the others are undone; once it is there again, one button finishes everywhere or undoes everywhere", async () => {
    const all = await servers(3);
    const lost = all.agents.get("s2");
    if (lost === undefined) throw new Error("no agent");
    let killed: Promise<void> | undefined;
    let behind = COMMIT_PATIENCE_MS;
    const call: Call = async (serverId, name, given) => {
      if (name === "commitStage" && serverId === "s2") {
        await (killed ??= lost.kill("SIGKILL"));
        behind = 0;
      }
      return all.call(serverId, name, given);
    };
    const { fleet, until } = app({ ...all, call }, memory(), () => performance.now() - behind);
    // Taking back makes a generation, too; it is what the person has seen, so that trying again is
    // no surprise.
    value(
      fleet.start(
        "New database",
        close(all).map((target) => ({ ...target, ifGeneration: 1 })),
      ),
    );
    const operation = await until(over);
    expect(operation.phase).toBe("incomplete");
    expect(operation.servers.map(({ phase }) => phase)).toEqual(["undone", "undone", "unknown"]);
    expect(await answersOf(all.agents.get("s0") ?? lost)).toEqual(LIVE);

    all.agents.set("s2", keep(await startAgent({ folder: lost.folder })));
    fleet.observe("s2");
    expect(["staged", "undone"]).toContain((await until(allKnown)).servers[2]?.phase);
    value(fleet.finish(operation.id));
    expect(await until(over)).toMatchObject({ phase: "done" });
    expect(await everywhere(all)).toEqual([CLOSED, CLOSED, CLOSED]);
    value(fleet.undo(operation.id));
    expect(await until(over)).toMatchObject({ phase: "undone" });
    expect(await everywhere(all)).toEqual([LIVE, LIVE, LIVE]);

    // Somebody else's change in between is none that was seen.
    const { generation, config } = (await all.agents.get("s0")?.call("getConfig")) ?? {};
    if (config === undefined || generation === undefined) throw new Error("no configuration");
    const changed = { ...config, virtualHosts: config.virtualHosts.filter(({ id }) => id !== "wiki") };
    await all.agents.get("s0")?.call("putConfig", { body: changed, ifMatch: generation });
    value(fleet.finish(operation.id));
    expect((await until(over)).servers.map(({ failure }) => failure?.code)).toEqual([
      "config.stale",
      undefined,
      undefined,
    ]);
  });

  it("a reply that is lost is asked for again, and nothing is done twice", async () => {
    const all = await servers(2);
    let dropped = 0;
    const call: Call = async (serverId, name, given) => {
      const reply = await all.call(serverId, name, given);
      if (name !== "commitStage" || dropped > 0) return reply;
      dropped += 1;
      return { ok: false, failure: { code: "ssh.lost", message: "the connection ended" } };
    };
    const { fleet, until } = app({ ...all, call });
    value(fleet.start("New database", close(all)));
    expect(await until(over)).toMatchObject({ phase: "done" });
    expect(dropped).toBe(1);
    for (const agent of all.agents.values())
      expect(agent.generation + 1).toBe((await agent.call("getConfig")).generation);
  });
});

describe("the app ends in between", () => {
  /**
   * The app's last call of all is the `count`th: it is carried out, and the app hears no more.
   * `cut` resolves when that has come to pass.
   */
  const cutAfter = (all: Servers, count: number): { call: Call; cut: Promise<undefined> } => {
    const cut = Promise.withResolvers<undefined>();
    let calls = 0;
    let answered = 0;
    const call: Call = async (serverId, name, given) => {
      calls += 1;
      if (calls > count) return new Promise(() => undefined);
      const reply = await all.call(serverId, name, given);
      answered += 1;
      if (answered === count) cut.resolve(undefined);
      return calls >= count ? new Promise(() => undefined) : reply;
    };
    return { call, cut: cut.promise };
  };

  it.each([
    [1, "finish"],
    [2, "undo"],
    [3, "finish"],
    [4, "undo"],
    [4, "finish"],
    [5, "undo"],
    [5, "finish"],
    [6, "finish"],
    [6, "undo"],
  ] as const)(
    "after %i calls; the next start finds what is there, and can %s",
    async (count, act) => {
      const all = await servers(3);
      const document = memory();
      const { call, cut } = cutAfter(all, count);
      const first = app({ ...all, call }, document);
      value(first.fleet.start("New database", close(all)));
      await cut;

      const next = app(all, document);
      expect(next.latest().phase).toBe("interrupted");
      for (const id of all.agents.keys()) next.fleet.observe(id);
      const { id, phase } = await next.until(allKnown);
      expect(["interrupted", "undone", "done"]).toContain(phase);
      value(act === "finish" ? next.fleet.finish(id) : next.fleet.undo(id));
      expect(await next.until(over)).toMatchObject({ phase: act === "finish" ? "done" : "undone" });
      const wanted = act === "finish" ? CLOSED : LIVE;
      expect(await everywhere(all)).toEqual([wanted, wanted, wanted]);
    },
    60_000,
  );
});
