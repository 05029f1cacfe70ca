/**
 * Promise 5: `kill -9` of the supervisor, of workers, and of both, at random moments of many
 * changes; and a write that fails in its middle.
 */
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { AGENT_PROGRAM, makeFolder, smallConfig, startAgent, type TestAgent } from "../../../../tools/driving/agent.ts";
import {
  CrashModel,
  isAnswerOf,
  isInMaintenance,
  markedConfig,
  withMarker,
  withoutCopycat,
} from "../../../support/agent/crash-model.ts";
import { STORED_KINDS } from "../../../../server-agent/store/stored-kinds.ts";
import { openRaw } from "../../../support/http/raw-client.ts";
import { seededRandom, type SeededRandom } from "../../../support/seeded-random.ts";
import { repetitions, SEED } from "../../../support/repetitions.ts";

const CHANGES_PER_AGENT = repetitions(21, 100);
const MAX_DELAY_MS = 30;
const VICTIMS = ["supervisor", "worker", "both"] as const;
/** Longer than a start takes. */
const MAX_START_MS = 250;

interface Counts {
  supervisor: number;
  worker: number;
  both: number;
  /** Supervisors killed before they served. */
  starting: number;
  /** Changes without a reply that were carried out. */
  carriedOut: number;
  /** Changes without a reply that were not. */
  lost: number;
  visits: number;
}

async function untilGone(pid: number): Promise<void> {
  for (;;) {
    try {
      process.kill(pid, 0);
    } catch {
      return;
    }
    await delay(1);
  }
}

/** Sends one change of a random kind. Resolves when it was acknowledged. */
async function sendChange(agent: TestAgent, model: CrashModel, random: SeededRandom, marker: string): Promise<void> {
  const { generation, config } = model.known;
  const receipt = model.receipts.at(-1);
  if (random.chance(0.35)) {
    model.pending = withMarker(config, marker);
    model.acknowledge((await agent.call("putConfig", { body: model.pending, ifMatch: generation })).generation);
  } else if (isInMaintenance(config)) {
    model.pending = withoutCopycat(config);
    const { revert } = await agent.call("revertMaintenance", { params: { id: receipt ?? "" } });
    model.acknowledge(revert?.generation ?? 0);
  } else {
    model.pending = (await agent.call("planMaintenance", { body: { site: "shop" } })).after;
    const started = await agent.call("startMaintenance", { body: { site: "shop" } });
    model.receipts.push(started.id);
    model.acknowledge(started.generation);
  }
}

/**
 * A visitor who asks again and again. Only the end of the supervisor, or of the worker that had
 * accepted the connection, excuses a failure.
 */
function startWitness(
  agent: TestAgent,
  model: CrashModel,
): { killing(whom: "supervisor" | "workers"): void; stop(): Promise<number> } {
  const now = { going: true, excused: false, supervisorLives: true };
  let visits = 0;
  const visiting = (async () => {
    while (now.going) {
      const { config } = model.known;
      try {
        model.witness(await agent.visit(), config);
        visits++;
      } catch (failure) {
        const { code } = failure as NodeJS.ErrnoException;
        if (code === undefined) throw failure;
        if (!now.excused || (now.supervisorLives && code === "ECONNREFUSED"))
          throw new Error(`a visitor got ${code}`, { cause: failure });
        if (!now.supervisorLives) return;
      }
    }
  })();
  visiting.catch(() => undefined);
  return {
    killing(whom) {
      now.excused = true;
      now.supervisorLives = whom === "workers";
    },
    async stop() {
      now.going = false;
      await visiting;
      return visits;
    },
  };
}

/** One change with a crash in it. Returns whether the supervisor was the victim. */
async function crashDuringChange(
  agent: TestAgent,
  model: CrashModel,
  random: SeededRandom,
  change: number,
  pids: Set<number>,
  counts: Counts,
): Promise<boolean> {
  const victim = VICTIMS[change % VICTIMS.length] ?? "both";
  const marker = `change ${String(change)}`;
  const workers = (await agent.call("getAgent")).workers.map(({ pid }) => pid);
  for (const pid of workers) pids.add(pid);
  const doomed = random.chance(0.5) ? workers : workers.slice(0, 1);
  const waitMs = random.next() * MAX_DELAY_MS;
  const witness = startWitness(agent, model);
  const sent = sendChange(agent, model, random, marker);
  // It may fail before it is waited for.
  sent.catch(() => undefined);
  await delay(waitMs);
  counts[victim]++;
  witness.killing(victim === "worker" ? "workers" : "supervisor");
  if (victim !== "supervisor") for (const pid of doomed) process.kill(pid, "SIGKILL");
  if (victim !== "worker") {
    await agent.kill("SIGKILL");
    await sent.catch((failure: unknown) => {
      if ((failure as NodeJS.ErrnoException).code === undefined) throw failure;
    });
    counts.visits += await witness.stop();
    return true;
  }
  await Promise.all(doomed.map((pid) => untilGone(pid)));
  // Connections made while the replacement comes up: all are answered.
  const meanwhile = await Promise.all([agent.visit(), agent.visit(), agent.visit()]);
  await sent;
  counts.visits += meanwhile.length + (await witness.stop());
  return false;
}

/**
 * Starts an agent on the same folder and kills it in the middle of its start, or a moment after it.
 */
async function crashDuringStart(folder: string, workers: number, afterMs: number): Promise<void> {
  const args = [
    "run",
    "--state",
    join(folder, "state"),
    "--socket",
    join(folder, "agent.sock"),
    "--workers",
    String(workers),
  ];
  const child = spawn(process.execPath, [AGENT_PROGRAM, ...args], { stdio: "ignore" });
  const ended = once(child, "exit");
  await delay(afterMs);
  expect(child.exitCode, "it does not end by itself").toBe(null);
  child.kill("SIGKILL");
  await ended;
}

const FOLDERS = Object.keys(STORED_KINDS).toSorted();

async function expectNoLeftovers(folder: string): Promise<void> {
  expect((await readdir(folder)).toSorted()).toEqual(["agent.sock", "config.json", "state"]);
  expect((await readdir(join(folder, "state"))).toSorted()).toEqual([...FOLDERS, "lock"].toSorted());
  const names = [
    ...(await readdir(join(folder, "state/generations"))),
    ...(await readdir(join(folder, "state/receipts"))),
  ];
  expect(names.filter((name) => !/^[\w-]+\.json$/.test(name))).toEqual([]);
}

async function crashAgain(workers: number, random: SeededRandom): Promise<Counts> {
  const counts: Counts = { supervisor: 0, worker: 0, both: 0, starting: 0, carriedOut: 0, lost: 0, visits: 0 };
  const folder = await makeFolder();
  const pids = new Set<number>();
  let agent = await startAgent({ folder, workers });
  // The same port for all agents that follow: each must get it back from the workers of the one
  // before.
  const config = markedConfig(agent.port, "change 0");
  const { generation } = await agent.call("putConfig", { body: config, ifMatch: 1 });
  const model = new CrashModel({ generation, config });
  for (let change = 1; change <= CHANGES_PER_AGENT; change++) {
    const isDown = await crashDuringChange(agent, model, random, change, pids, counts);
    const hadReply = model.pending === undefined;
    if (isDown) {
      if (random.chance(0.2)) {
        counts.starting++;
        await crashDuringStart(folder, workers, random.next() * MAX_START_MS);
      }
      agent = await startAgent({ folder, workers });
      expect(agent.listeners).toMatchObject([{ port: config.listeners[0]?.port }]);
      await expectNoLeftovers(folder);
    }
    const wasDone = await model.check(agent);
    if (!hadReply) counts[wasDone ? "carriedOut" : "lost"]++;
  }
  for (const { pid } of (await agent.call("getAgent")).workers) pids.add(pid);
  await agent.kill("SIGTERM");
  expect((await readdir(join(folder, "state"))).toSorted()).toEqual(FOLDERS);
  expect(await model.checkFiles(join(folder, "state"))).toBeGreaterThan(CHANGES_PER_AGENT / 10);
  await Promise.all([...pids].map((pid) => untilGone(pid)));
  return counts;
}

it(
  "kill -9 at random moments of many changes leaves the last acknowledged state, or that of the change under way",
  { timeout: 300_000 },
  async () => {
    console.log(`kill -9: seed ${String(SEED)}`);
    const startedAt = performance.now();
    const lanes = await Promise.all([1, 2].map((workers) => crashAgain(workers, seededRandom(SEED + workers))));
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(0);
    for (const [index, counts] of lanes.entries())
      console.log(`${String(index + 1)} worker(s), ${String(CHANGES_PER_AGENT)} changes: ${JSON.stringify(counts)}`);
    console.log(`${seconds} s`);
    const sum = (key: keyof Counts) => lanes.reduce((total, counts) => total + counts[key], 0);
    for (const victim of VICTIMS) expect(sum(victim)).toBeGreaterThan(CHANGES_PER_AGENT / 5);
    // Or no crash came in the middle of anything.
    expect(sum("carriedOut") + sum("lost")).toBeGreaterThan(CHANGES_PER_AGENT / 10);
  },
);

it("a connection to a worker of a killed supervisor never gets an answer of the past", async () => {
  await using first = await startAgent();
  const config = markedConfig(first.port, "live");
  await first.call("putConfig", { body: config, ifMatch: 1 });
  using held = await openRaw(first.port);
  const request = "GET / HTTP/1.1\r\nHost: shop.example.com\r\n\r\n";
  expect((await held.ask(request)).body).toBe("live");
  await first.kill("SIGKILL");
  await using second = await startAgent({ folder: first.folder });
  await second.call("startMaintenance", { body: { site: "shop" } });
  expect((await second.visit()).status).toBe(503);
  await held.write(request);
  expect(await held.rest(), "closed, and not answered by the generation of before").toBe("");
});

describe("a write that fails in its middle", () => {
  const prlimit = spawnSync("prlimit", ["--version"]).status === 0;
  const limitFiles = (agent: TestAgent, bytes: string) =>
    execFileSync("prlimit", ["--pid", String(agent.pid), `--fsize=${bytes}:`]);

  it("changes nothing, leaves nothing behind, and succeeds when there is room again", async (context) => {
    context.skip(!prlimit, "the program prlimit (util-linux) is missing");
    await using agent = await startAgent();
    const [first, ...rest] = smallConfig().virtualHosts;
    const large = {
      ...smallConfig(),
      virtualHosts: [
        {
          ...first,
          id: "shop",
          hosts: ["shop.example.com"],
          rules: [{ handler: { type: "respond" as const, body: "x".repeat(50_000) } }],
        },
        ...rest,
      ],
    };
    const before = (await agent.admin({ path: "/v1/config" })).text;
    const listeners = (await agent.call("getAgent")).listeners;
    limitFiles(agent, "20000");

    for (let attempt = 0; attempt < 2; attempt++) {
      const withListener = {
        ...large,
        listeners: [...large.listeners, { name: "second", address: "127.0.0.1", port: 0 }],
      };
      expect(await agent.tryCall("putConfig", { body: withListener, ifMatch: 1 })).toMatchObject({
        ok: false,
        error: { code: "store.failed" },
      });
      expect((await agent.admin({ path: "/v1/config" })).text).toBe(before);
      expect((await agent.call("getAgent")).listeners).toEqual(listeners);
      expect((await agent.visit()).text).toBe("live");
      expect(await readdir(join(agent.stateDirectory, "generations"))).toEqual(["000001.json"]);
    }
    expect(agent.log()).toMatch(/could not store a generation; nothing has changed generation=2 why="?EFBIG/);
    // What fits is stored meanwhile.
    const { id } = await agent.call("startMaintenance", { body: { site: "shop" }, ifMatch: 1 });
    expect((await agent.visit()).status).toBe(503);
    await agent.call("revertMaintenance", { params: { id } });

    limitFiles(agent, "unlimited");
    expect(await agent.call("putConfig", { body: large, ifMatch: 3 })).toEqual({ generation: 4 });
    expect((await agent.visit()).text).toHaveLength(50_000);
    await agent.kill("SIGKILL");
    await using again = await startAgent({ folder: agent.folder });
    expect(again.generation).toBe(4);
    expect(isAnswerOf(await again.visit(), large)).toBe(true);
  });
});
