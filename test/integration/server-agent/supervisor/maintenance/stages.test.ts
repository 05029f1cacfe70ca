/**
 * Two phases on a real agent: what a stage holds, what its end lets go of, and that a commit says
 * and does the same however often it is sent.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { readdir } from "node:fs/promises";
import { request } from "node:http";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { StagedChange } from "../../../../../server-agent/contract/maintenance.ts";
import { runAgentVerb, smallConfig, startAgent, type TestAgent } from "../../../../../tools/driving/agent.ts";
import {
  answersOf,
  bringBack,
  CLOSED,
  commit,
  fleetConfig,
  LIVE,
  maintain,
  nextStages,
  OPERATION,
  SITES,
  stage,
  staging,
} from "../../../../support/agent/fleet.ts";
import { startLoad } from "../../../../../tools/driving/load.ts";
import { startOriginServer } from "../../../../../tools/driving/origin-server.ts";
import { Truth } from "../../../../../tools/driving/truth.ts";

function start(workers = 1) {
  return startAgent({ config: fleetConfig(), workers });
}
const NEVER = "20260131-220000-ffffff";

/** Everything that a change could have left a trace in. */
async function traces(agent: TestAgent): Promise<unknown> {
  return {
    config: (await agent.admin({ path: "/v1/config" })).text,
    generations: (await agent.call("listGenerations")).generations.map(({ generation, state, reason }) => ({
      generation,
      state,
      reason,
    })),
    maintenance: (await agent.call("listMaintenance")).maintenance.map(({ id, state, generation }) => ({
      id,
      state,
      generation,
    })),
    listeners: (await agent.call("getAgent")).listeners,
    files: await readdir(join(agent.stateDirectory, "generations")),
    answers: await answersOf(agent),
  };
}

describe.each([1, 2])("with %i worker(s), a stage", (workers) => {
  it("changes nothing until its commit, which makes one generation with a receipt for every site", async () => {
    await using agent = await start(workers);
    await using events = await agent.events();
    await events.next();
    const before = await traces(agent);

    const staged = await stage(agent, maintain(...SITES));
    expect(staged).toMatchObject({
      operation: OPERATION,
      author: "anna",
      sites: SITES,
      state: "staged",
      baseGeneration: 1,
      receipts: [],
    });
    expect(Date.parse(staged.expiresAt) - Date.parse(staged.stagedAt)).toBe(30_000);
    expect(await nextStages(events)).toEqual([staged]);
    expect(await traces(agent)).toEqual(before);

    const { stage: committed, receipts } = await commit(agent, staged.id);
    expect(committed).toEqual({
      ...staged,
      state: "committed",
      generation: 2,
      endedAt: receipts[0]?.startedAt,
      receipts: receipts.map(({ id }) => id),
    });
    expect(
      receipts.map(({ site, state, generation, operation, author }) => ({
        site,
        state,
        generation,
        operation,
        author,
      })),
    ).toEqual(
      SITES.map((site) => ({ site, state: "in-maintenance", generation: 2, operation: OPERATION, author: "anna" })),
    );
    expect(await answersOf(agent)).toEqual(CLOSED);
    expect(await nextStages(events)).toEqual([committed]);
    expect((await agent.call("listGenerations")).generations.map(({ reason }) => reason)).toEqual([
      "New database: maintenance of shop, blog and wiki",
      expect.stringContaining("seeded") as string,
    ]);

    const back = await stage(agent, bringBack(...committed.receipts));
    const { receipts: reverted } = await commit(agent, back.id);
    expect(
      reverted.map(({ state, revert }) => [state, revert?.exact, revert?.operation?.id, revert?.generation]),
    ).toEqual(SITES.map(() => ["reverted", true, OPERATION.id, 3]));
    expect((await agent.call("getConfig")).config).toEqual(fleetConfig());
    expect(await answersOf(agent)).toEqual(LIVE);
  });

  it("that is aborted leaves no trace, and its end can be told again", async () => {
    await using agent = await start(workers);
    const before = await traces(agent);
    const { id } = await stage(agent, maintain(...SITES));
    const aborted = await agent.call("abortStage", { params: { id } });
    expect(aborted).toMatchObject({ id, state: "aborted", receipts: [] });
    expect(await agent.call("abortStage", { params: { id } })).toEqual(aborted);
    expect(await traces(agent)).toEqual(before);
    expect(await agent.tryCall("commitStage", { params: { id } })).toMatchObject({
      ok: false,
      error: { code: "stage.ended", details: { stage: id } },
    });
    expect(await traces(agent)).toEqual(before);
    // The number that it would have had is taken by the next change.
    expect((await agent.call("startMaintenance", { body: { site: "blog" } })).generation).toBe(2);
    expect(await answersOf(agent)).toEqual(["live shop", 503, "live wiki"]);
  });

  it("goes on to hold in a worker that comes later", async () => {
    await using agent = await start(workers);
    const { id } = await stage(agent, maintain(...SITES));
    const victims = (await agent.call("getAgent")).workers;
    for (const { pid } of victims) process.kill(pid, "SIGKILL");
    await agent.logged(new RegExp(`(new worker prepared the next generation[^]*){${String(workers)}}`));
    const { receipts } = await commit(agent, id);
    expect(receipts.map(({ site }) => site)).toEqual(SITES);
    for (let round = 0; round < 4; round++) expect(await answersOf(agent)).toEqual(CLOSED);
    expect((await agent.call("getAgent")).workers.map(({ pid }) => pid)).not.toContain(victims[0]?.pid);
    expect(agent.log()).not.toMatch(/ error (?:a )?new worker|failed to prepare|not responding/);
  });

  it("is committed truly although a worker hangs or dies at that moment", async () => {
    await using agent = await start(workers);
    const first = await stage(agent, maintain(...SITES));
    const stuck = (await agent.call("getAgent")).workers[0]?.pid ?? 0;
    process.kill(stuck, "SIGSTOP");
    const { stage: closed } = await commit(agent, first.id);
    for (let round = 0; round < 4; round++) expect(await answersOf(agent)).toEqual(CLOSED);
    const second = await stage(agent, bringBack(...closed.receipts));
    const { workers: doomed } = await agent.call("getAgent");
    const committing = commit(agent, second.id);
    for (const { pid } of doomed) process.kill(pid, "SIGKILL");
    await committing;
    for (let round = 0; round < 4; round++) expect(await answersOf(agent)).toEqual(LIVE);
  });
});

it("an abort while a fresh worker still prepares the stage leaves that worker ready for any other change", async () => {
  await using agent = await start();
  await using events = await agent.events();
  for (let round = 0; round < 5; round++) {
    const { id } = await stage(agent, maintain(...SITES));
    const victim = (await agent.call("getAgent")).workers[0]?.pid ?? 0;
    process.kill(victim, "SIGKILL");
    await events.until(
      (line) => line.type === "agent" && line.agent.workers.length === 1 && line.agent.workers[0]?.pid !== victim,
    );
    await agent.call("abortStage", { params: { id } });
    const { id: receipt } = await agent.call("startMaintenance", { body: { site: "blog" } });
    for (let visit = 0; visit < 2; visit++) expect(await answersOf(agent)).toEqual(["live shop", 503, "live wiki"]);
    await agent.call("revertMaintenance", { params: { id: receipt } });
    expect(await answersOf(agent)).toEqual(LIVE);
  }
  expect(agent.log()).not.toMatch(/not prepared|does not answer/);
});

describe("while a stage is held", () => {
  it("every other change is refused and changes nothing, and everything that changes nothing goes on", async () => {
    await using agent = await start();
    const { id: receipt } = await agent.call("startMaintenance", { body: { site: "shop" } });
    const { id, expiresAt } = await stage(agent, maintain("blog", "wiki"));
    const before = await traces(agent);
    const attempts = [
      await agent.tryCall("putConfig", { body: smallConfig(), ifMatch: "*" }),
      await agent.tryCall("startMaintenance", { body: { site: "blog" } }),
      await agent.tryCall("revertMaintenance", { params: { id: receipt } }),
      await agent.tryCall("activateGeneration", { params: { n: 1 } }),
      await agent.tryCall("restart", { body: { mode: "graceful" } }),
      await agent.tryCall("restart", { body: { mode: "hard" } }),
      await agent.tryCall("stage", { body: staging(bringBack(receipt)) }),
    ];
    for (const attempt of attempts) {
      if (attempt.ok) throw new Error("it was not refused");
      expect(attempt.error).toMatchObject({ code: "stage.held", details: { stage: id } });
      expect(attempt.error.message).toMatch(/anna.*New database/);
      expect(attempt.error.message).toContain(expiresAt);
    }
    process.kill(agent.pid, "SIGHUP");
    await agent.logged(/restart refused code=stage.held/);
    expect(await traces(agent)).toEqual(before);

    expect(
      await agent.call("checkConfig", {
        body: { ...smallConfig(), listeners: [{ name: "new", address: "127.0.0.1", port: 0 }] },
      }),
    ).toEqual({
      ok: true,
      problems: [],
    });
    expect(await agent.call("checkConfig", { body: smallConfig().virtualHosts })).toMatchObject({ ok: false });
    expect((await agent.call("planMaintenance", { body: { site: "blog" } })).copycat).toBe("blog-copycat");
    expect(
      (await agent.call("proveMaintenance", { params: { id: receipt } })).cells.some(
        ({ outcome }) => outcome === "wrong",
      ),
    ).toBe(false);

    const { receipts } = await commit(agent, id);
    expect(receipts.map(({ site }) => site)).toEqual(["blog", "wiki"]);
    expect(await answersOf(agent)).toEqual(CLOSED);
    await agent.call("revertMaintenance", { params: { id: receipt } });
    expect(await answersOf(agent)).toEqual(["live shop", 503, 503]);
  });

  it("the command line says so, and can let go of it", async () => {
    await using agent = await start();
    const run = (...args: string[]) => runAgentVerb([...args, "--socket", agent.socketPath]);
    expect((await run("stages")).stdout).toBe("nothing is staged\n");
    const { id } = await stage(agent, maintain("shop", "blog"));
    expect((await run("status")).stdout).toMatch(
      new RegExp(
        `stage ${id} held for anna until .* \\("New database": shop, blog\\); other changes are refused until then`,
      ),
    );
    expect((await run("stages")).stdout).toMatch(
      new RegExp(`^${id}  held until .*  anna: "New database" on 3 servers, here shop, blog\n$`),
    );
    const refused = await run("maintenance", "on", "wiki");
    expect(refused).toMatchObject({ code: 1, stdout: "" });
    expect(refused.stderr).toMatch(/anna has staged .*\(stage\.held\)/);
    expect(await run("stages", "abort", id)).toMatchObject({
      code: 0,
      stdout: `stage ${id} is aborted; nothing was changed on shop, blog\n`,
    });
    expect((await run("status")).stdout).not.toContain("stage");
    expect(JSON.parse((await run("stages", "--json")).stdout)).toMatchObject({ stages: [{ id, state: "aborted" }] });
    expect((await run("maintenance", "on", "wiki")).code).toBe(0);
    expect((await run("stages", "abort", NEVER)).stderr).toMatch(/There is no stage .*not-found/);
    expect(await run("stages", "abort")).toMatchObject({ code: 2 });
    expect(await run("stages", "free", id)).toMatchObject({ code: 2 });
  });
});

describe("staging is refused and changes nothing", () => {
  it.each<[string, StagedChange[], object]>([
    [
      "for a site that is not there",
      maintain("shop", "nowhere"),
      { code: "not-found", details: { problems: [{ path: "/changes/1/options/site" }] } },
    ],
    [
      "for options that cannot be planned",
      [...maintain("shop"), { kind: "maintenance", options: { site: "blog", hosts: ["~("] } }],
      { code: "options.invalid", details: { problems: [{ path: "/changes/1/options/hosts/0" }] } },
    ],
    [
      "for a receipt that is not there",
      bringBack(NEVER),
      { code: "not-found", details: { problems: [{ path: "/changes/0/receipt" }] } },
    ],
    [
      "for a site twice",
      maintain("shop", "shop"),
      { code: "maintenance.already", details: { problems: [{ path: "/changes/1/options/site" }] } },
    ],
    ["without changes", [], { code: "options.invalid", details: { problems: [{ path: "/changes" }] } }],
  ])("%s", async (_why, changes, error) => {
    await using agent = await start();
    const before = await traces(agent);
    expect(await agent.tryCall("stage", { body: staging(changes) })).toMatchObject({ ok: false, error });
    expect(await agent.call("listStages")).toEqual({ stages: [] });
    expect(await readdir(join(agent.stateDirectory, "stages"))).toEqual([]);
    expect(await traces(agent)).toEqual(before);
    await agent.call("startMaintenance", { body: { site: "shop" } });
  });

  it("when somebody was quicker, in both directions", async () => {
    await using agent = await start();
    await agent.call("startMaintenance", { body: { site: "shop" } });
    const body = staging(maintain("blog"));
    expect(await agent.tryCall("stage", { body, ifMatch: 1 })).toMatchObject({
      ok: false,
      error: { code: "config.stale", details: { generation: 2 } },
    });
    const { id, baseGeneration } = await agent.call("stage", { body, ifMatch: 2 });
    expect(baseGeneration).toBe(2);
    await commit(agent, id);
    expect((await agent.call("getConfig")).generation).toBe(3);
  });

  it("when a change of the list is in the way of what somebody changed by hand", async () => {
    await using agent = await start();
    const { id } = await agent.call("startMaintenance", {
      body: { site: "shop", internalHosts: ["staff.example.com"] },
    });
    const { config } = await agent.call("getConfig");
    const virtualHosts = config.virtualHosts.map((host) =>
      host.id === "shop" ? { ...host, hosts: ["staff.example.com"] } : host,
    );
    await agent.call("putConfig", { body: { ...config, virtualHosts }, ifMatch: 2 });
    expect(await agent.tryCall("stage", { body: staging([...maintain("blog"), ...bringBack(id)]) })).toMatchObject({
      ok: false,
      error: { code: "maintenance.conflict", details: { receipt: id, problems: [{ path: "/changes/1/receipt" }] } },
    });
  });

  it("for an operation or a lease of the wrong form", async () => {
    await using agent = await start();
    const bad = { ...staging(maintain("shop")), operation: { ...OPERATION, id: "../../etc" }, leaseSeconds: 301 };
    const reply = await agent.tryCall("stage", { body: bad });
    expect(reply).toMatchObject({ ok: false, error: { code: "options.invalid" } });
    expect(!reply.ok && reply.error.details.problems?.map(({ path }) => path)).toEqual([
      "/operation/id",
      "/leaseSeconds",
    ]);
  });
});

describe("the lease", () => {
  it("ends by itself, lets go of everything, and leaves nothing to commit", async () => {
    await using agent = await start();
    await using events = await agent.events();
    await events.next();
    const before = await traces(agent);
    const staged = await stage(agent, maintain(...SITES), { leaseSeconds: 1 });
    expect(await nextStages(events)).toEqual([staged]);
    const [expired] = await nextStages(events);
    expect(expired).toEqual({ ...staged, state: "expired", endedAt: staged.expiresAt });
    expect(Date.now()).toBeGreaterThanOrEqual(Date.parse(staged.expiresAt));
    const reply = await agent.tryCall("commitStage", { params: { id: staged.id } });
    expect(reply).toMatchObject({ ok: false, error: { code: "stage.ended", details: { stage: staged.id } } });
    expect(!reply.ok && reply.error.message).toContain(`its lease ended at ${staged.expiresAt}`);
    expect(await agent.call("abortStage", { params: { id: staged.id } })).toEqual(expired);
    expect(await traces(agent)).toEqual(before);
    await agent.call("startMaintenance", { body: { site: "shop" } });
  });

  it("does not end under a commit that came in time and had to wait for its turn", async () => {
    await using agent = await start();
    const { id, expiresAt } = await stage(agent, maintain(...SITES), { leaseSeconds: 1 });
    const worker = (await agent.call("getAgent")).workers[0]?.pid ?? 0;
    // A check of a document waits for the worker, and what comes after it waits for the check.
    process.kill(worker, "SIGSTOP");
    const check = agent.call("checkConfig", { body: smallConfig() });
    const committing = commit(agent, id);
    const late = agent.tryCall("startMaintenance", { body: { site: "wiki" } });
    while (Date.now() < Date.parse(expiresAt) + 100) await agent.call("listStages");
    expect((await agent.call("listStages")).stages).toMatchObject([{ id, state: "staged" }]);
    process.kill(worker, "SIGCONT");
    expect((await check).ok).toBe(true);
    const { stage: committed } = await committing;
    expect(committed.state).toBe("committed");
    expect(Date.parse(committed.endedAt ?? "")).toBeGreaterThan(Date.parse(expiresAt));
    expect(await late).toMatchObject({ ok: false, error: { code: "maintenance.already" } });
    expect(await answersOf(agent)).toEqual(CLOSED);
  });
});

describe("a commit", () => {
  it("whose reply is lost says the same when it is sent again", async () => {
    await using agent = await start();
    await using events = await agent.events();
    const { id } = await stage(agent, maintain(...SITES));
    const call = request({
      socketPath: agent.socketPath,
      path: `/v1/stages/${id}/commit`,
      method: "POST",
      agent: false,
    });
    call.on("error", () => undefined);
    call.once("finish", () => call.destroy());
    call.end();
    await events.until((line) => line.type === "stages" && line.stages[0]?.state === "committed");

    const again = await commit(agent, id);
    expect(again.stage).toMatchObject({
      id,
      state: "committed",
      generation: 2,
      receipts: again.receipts.map((receipt) => receipt.id),
    });
    expect(again.receipts.map(({ site }) => site)).toEqual(SITES);
    for (const receipt of again.receipts)
      await events.until(
        (line) => line.type === "maintenance" && line.receipt.id === receipt.id && line.receipt.proof !== undefined,
      );
    const third = await commit(agent, id);
    expect(third.stage).toEqual(again.stage);
    expect(third.receipts.every(({ proof }) => proof?.cells.every(({ outcome }) => outcome === "right"))).toBe(true);
    expect((await agent.call("getConfig")).generation).toBe(2);
    expect(await agent.tryCall("abortStage", { params: { id } })).toMatchObject({
      ok: false,
      error: {
        code: "stage.ended",
        details: { stage: id, generation: 2 },
        message: expect.stringMatching(/was committed .* revert its receipts/) as string,
      },
    });
    expect(await answersOf(agent)).toEqual(CLOSED);
  });

  it("sent twice at once makes one generation", async () => {
    await using agent = await start();
    const { id } = await stage(agent, maintain(...SITES));
    const [one, two] = await Promise.all([commit(agent, id), commit(agent, id)]);
    expect(two.stage).toEqual(one.stage);
    expect(two.receipts.map((receipt) => receipt.id)).toEqual(one.receipts.map((receipt) => receipt.id));
    expect((await agent.call("getConfig")).generation).toBe(2);
  });

  it("and an abort at once: one of them, and everyone is told the same", async () => {
    await using agent = await start();
    for (let round = 0; round < 10; round++) {
      const { id } = await stage(agent, maintain("shop"));
      const params = { params: { id } };
      const calls = [() => agent.tryCall("commitStage", params), () => agent.tryCall("abortStage", params)];
      if (round % 2 === 1) calls.reverse();
      const [first, second] = await Promise.all(calls.map((call) => call()));
      expect([first?.ok, second?.ok].filter(Boolean)).toHaveLength(1);
      const [ended] = (await agent.call("listStages")).stages;
      const [shop] = await answersOf(agent);
      expect(shop).toBe(ended?.state === "committed" ? 503 : "live shop");
      for (const receipt of ended?.receipts ?? []) await agent.call("revertMaintenance", { params: { id: receipt } });
    }
  });

  it("may bring a site back and put it in maintenance anew, and each receipt has its own counts", async () => {
    await using agent = await start();
    await using events = await agent.events();
    const { id: former } = await agent.call("startMaintenance", { body: { site: "shop", retryAfter: 60 } });
    for (let visit = 0; visit < 3; visit++) await agent.visit();
    await events.until((line) => line.type === "maintenance" && line.receipt.counts.refused === 3);
    const { id } = await stage(agent, [
      ...bringBack(former),
      { kind: "maintenance", options: { site: "shop", retryAfter: 900 } },
    ]);
    // Counted until the switch, not until it was staged.
    await agent.visit();
    const { receipts } = await commit(agent, id);
    expect(receipts.map(({ state, counts }) => [state, counts.refused])).toEqual([
      ["reverted", 4],
      ["in-maintenance", 0],
    ]);
    expect((await agent.visit()).headers["retry-after"]).toBe("900");
    const second = receipts[1]?.id ?? "";
    await events.until(
      (line) => line.type === "maintenance" && line.receipt.id === second && line.receipt.counts.refused === 1,
    );
    expect((await agent.call("getMaintenance", { params: { id: former } })).counts.refused).toBe(4);
    await agent.call("revertMaintenance", { params: { id: second } });
    expect((await agent.call("getConfig")).config).toEqual(fleetConfig());
  });

  it("of what is not there is not found", async () => {
    await using agent = await start();
    expect(await agent.tryCall("commitStage", { params: { id: NEVER } })).toMatchObject({
      ok: false,
      error: { code: "not-found" },
    });
    expect(await agent.tryCall("abortStage", { params: { id: NEVER } })).toMatchObject({
      ok: false,
      error: { code: "not-found" },
    });
  });

  it("of a hundred sites is one switch with a hundred receipts", async () => {
    const sites = Array.from({ length: 100 }, (_, index) => `site-${String(index)}`);
    const virtualHosts = sites.map((id) => ({
      id,
      hosts: [`${id}.example.com`],
      rules: [{ handler: { type: "respond" as const, body: id } }],
    }));
    await using agent = await startAgent({
      config: { ...fleetConfig(), virtualHosts: [...virtualHosts, ...fleetConfig().virtualHosts.slice(-1)] },
    });
    const { id } = await stage(agent, maintain(...sites));
    const { receipts } = await commit(agent, id);
    expect(new Set(receipts.map((receipt) => receipt.id)).size).toBe(100);
    expect(receipts.map(({ site }) => site)).toEqual(sites);
    expect((await agent.visit({ host: "site-77.example.com" })).status).toBe(503);
    const back = await stage(agent, bringBack(...receipts.map((receipt) => receipt.id)));
    await commit(agent, back.id);
    expect((await agent.call("getConfig")).config.virtualHosts).toEqual([
      ...virtualHosts,
      ...fleetConfig().virtualHosts.slice(-1),
    ]);
  });
});

describe("a disk that is full", () => {
  const prlimit = spawnSync("prlimit", ["--version"]).status === 0;
  const limitFiles = (agent: TestAgent, bytes: string) =>
    execFileSync("prlimit", ["--pid", String(agent.pid), `--fsize=${bytes}:`]);

  it("refuses the stage, or leaves it held for another commit within its lease", async (context) => {
    context.skip(!prlimit, "the program prlimit (util-linux) is missing");
    await using agent = await start();
    const before = await traces(agent);
    limitFiles(agent, "10");
    expect(await agent.tryCall("stage", { body: staging(maintain(...SITES)) })).toMatchObject({
      ok: false,
      error: { code: "store.failed" },
    });
    expect(await agent.call("listStages")).toEqual({ stages: [] });
    limitFiles(agent, "unlimited");
    const { id } = await stage(agent, maintain(...SITES));
    limitFiles(agent, "10");
    for (let attempt = 0; attempt < 2; attempt++)
      expect(await agent.tryCall("commitStage", { params: { id } })).toMatchObject({
        ok: false,
        error: { code: "store.failed" },
      });
    expect((await agent.call("listStages")).stages).toMatchObject([{ id, state: "staged" }]);
    expect(await traces(agent)).toEqual(before);
    limitFiles(agent, "unlimited");
    expect((await commit(agent, id)).stage).toMatchObject({ state: "committed", generation: 2 });
    expect(await answersOf(agent)).toEqual(CLOSED);
  });

  it("does not let an aborted stage come back", async (context) => {
    context.skip(!prlimit, "the program prlimit (util-linux) is missing");
    await using agent = await start();
    const { id } = await stage(agent, maintain(...SITES), { leaseSeconds: 300 });
    limitFiles(agent, "10");
    expect((await agent.call("abortStage", { params: { id } })).state).toBe("aborted");
    await agent.kill("SIGKILL");
    await using again = await startAgent({ folder: agent.folder });
    expect((await again.call("listStages")).stages.filter(({ state }) => state === "staged")).toEqual([]);
    await again.call("startMaintenance", { body: { site: "shop" } });
  });
});

it("switching by stages under load on 2 workers interrupts nobody", { timeout: 120_000 }, async () => {
  const HOST = "shop.example.com";
  await using origin = await startOriginServer();
  await using agent = await startAgent({
    workers: 2,
    config: {
      listeners: [{ name: "http", address: "127.0.0.1", port: 0 }],
      upstreams: { app: { targets: [origin.url] } },
      virtualHosts: [
        { id: "shop", hosts: [HOST], rules: [{ handler: { type: "proxy", upstream: "app" } }] },
        ...fleetConfig().virtualHosts.slice(1),
      ],
    },
  });
  const truth = new Truth();
  const load = startLoad({ host: HOST, port: agent.port }, truth, { get: 16, fresh: 8, post: 8 });
  const changeTo = async (state: "live" | "maintenance", changes: StagedChange[]): Promise<string[]> => {
    // Staging is no switch: the site must answer as before.
    const { id } = await stage(agent, changes);
    await load.rounds(1);
    const { stage: committed } = await truth.changeTo(state, () => commit(agent, id));
    await load.rounds(1);
    return committed.receipts;
  };
  const SWITCHES = 40;
  for (let switches = 0; switches < SWITCHES; switches += 2) {
    const retryAfter = 120;
    const receipts = await changeTo("maintenance", [
      { kind: "maintenance", options: { site: "shop", retryAfter } },
      { kind: "maintenance", options: { site: "blog", retryAfter } },
    ]);
    await changeTo("live", bringBack(...receipts));
  }
  const result = await load.stop();
  expect(result.failures).toEqual([]);
  expect(result.live).toBeGreaterThan(SWITCHES);
  expect(result.maintenance).toBeGreaterThan(SWITCHES);
  console.log(`${String(SWITCHES)} staged switches: ${String(result.requests)} requests, 0 failed`);
});
