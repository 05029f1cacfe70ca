/**
 * A stage and `kill -9`: what was staged is staged again, what was committed stays committed, and
 * never anything between.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdir, readFile, rmdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import type { Stage } from "../../../../../server-agent/contract/maintenance.ts";
import { seal } from "../../../../../server-agent/store/sealed-text.ts";
import { AGENT_PROGRAM, makeFolder, startAgent, type TestAgent } from "../../../../../tools/driving/agent.ts";
import {
  answersOf,
  bringBack,
  CLOSED,
  commit,
  fleetConfig,
  LIVE,
  maintain,
  OPERATION,
  SITES,
  stage,
} from "../../../../support/agent/fleet.ts";
import { seededRandom } from "../../../../support/seeded-random.ts";
import { repetitions, SEED } from "../../../../support/repetitions.ts";

function start(rest: Parameters<typeof startAgent>[0] = {}) {
  return startAgent({ config: fleetConfig(), ...rest });
}
async function stagesOf(agent: TestAgent) {
  return (await agent.call("listStages")).stages;
}
function fileOf(folder: string, id: string) {
  return join(folder, "state/stages", `${id}.json`);
}
async function readStage(folder: string, id: string) {
  return JSON.parse((await readFile(fileOf(folder, id), "utf8")).split("\n")[0] ?? "") as Stage;
}

describe("an agent that is started again", () => {
  it.each(["SIGKILL", "SIGTERM"] as const)("after %s holds the stage as before, and commits it", async (signal) => {
    await using first = await start({ workers: 2 });
    const staged = await stage(first, maintain(...SITES), { leaseSeconds: 300 });
    await first.kill(signal);
    expect(await readStage(first.folder, staged.id)).toEqual(staged);
    await using second = await start({ folder: first.folder, workers: 2 });
    expect(second.log()).toMatch(/restored pending stage/);
    expect(await stagesOf(second)).toEqual([staged]);
    expect(await answersOf(second)).toEqual(LIVE);
    expect(await second.tryCall("startMaintenance", { body: { site: "shop" } })).toMatchObject({
      ok: false,
      error: { code: "stage.held" },
    });
    const { stage: committed, receipts } = await commit(second, staged.id);
    expect(committed).toMatchObject({ id: staged.id, state: "committed", generation: 2, operation: OPERATION });
    expect(receipts.map(({ operation }) => operation)).toEqual(SITES.map(() => OPERATION));
    expect(await answersOf(second)).toEqual(CLOSED);
    await second.kill("SIGKILL");
    await using third = await start({ folder: first.folder });
    expect(await stagesOf(third)).toEqual([committed]);
    expect((await commit(third, staged.id)).receipts.map(({ id }) => id)).toEqual(committed.receipts);
    const back = await stage(third, bringBack(...committed.receipts));
    await third.kill("SIGKILL");
    await using fourth = await start({ folder: first.folder });
    expect((await commit(fourth, back.id)).receipts.map(({ revert }) => revert?.exact)).toEqual([true, true, true]);
    expect(await answersOf(fourth)).toEqual(LIVE);
  });

  it("does not hold a stage whose lease is over", async () => {
    await using first = await start();
    const staged = await stage(first, maintain(...SITES), { leaseSeconds: 1 });
    await first.kill("SIGKILL");
    while (Date.now() < Date.parse(staged.expiresAt)) await delay(20);
    await using second = await start({ folder: first.folder });
    expect(await stagesOf(second)).toEqual([{ ...staged, state: "expired", endedAt: staged.expiresAt }]);
    expect(await second.tryCall("commitStage", { params: { id: staged.id } })).toMatchObject({
      ok: false,
      error: { code: "stage.ended" },
    });
    expect(await answersOf(second)).toEqual(LIVE);
    await second.call("startMaintenance", { body: { site: "shop" } });
  });

  it("aborts a stage that was made for another document than the one that serves now, and says so", async () => {
    await using first = await start();
    const { id } = await stage(first, maintain(...SITES), { leaseSeconds: 300 });
    await first.kill("SIGKILL");
    await using second = await start({ folder: first.folder, args: ["--reseed"] });
    expect(second.generation).toBe(2);
    expect(second.log()).toMatch(
      /could not restore a pending stage; it was aborted, and nothing was changed .*generation 1, and 2 is active/,
    );
    expect(await stagesOf(second)).toMatchObject([{ id, state: "aborted" }]);
    expect((await readStage(first.folder, id)).state).toBe("aborted");
    await second.call("startMaintenance", { body: { site: "shop" } });
  });

  it("believes the generation and not the file of the stage", async () => {
    await using first = await start();
    const staged = await stage(first, maintain(...SITES), { leaseSeconds: 300 });
    const { stage: committed } = await commit(first, staged.id);
    await first.kill("SIGKILL");
    // As after a crash between the two files.
    await writeFile(fileOf(first.folder, staged.id), seal(staged));
    await using second = await start({ folder: first.folder });
    expect(await stagesOf(second)).toEqual([committed]);
    expect(await readStage(first.folder, staged.id)).toEqual(committed);
    expect((await commit(second, staged.id)).stage).toEqual(committed);
    expect(await answersOf(second)).toEqual(CLOSED);
  });

  it("sets a damaged stage aside and serves on", async () => {
    await using first = await start();
    const { id } = await stage(first, maintain(...SITES), { leaseSeconds: 300 });
    await first.kill("SIGKILL");
    const text = await readFile(fileOf(first.folder, id), "utf8");
    await writeFile(fileOf(first.folder, id), text.replace('"site":"shop"', '"site":"shot"'));
    await using second = await start({ folder: first.folder });
    expect(second.log()).toMatch(/damaged stage file; not used/);
    expect(await stagesOf(second)).toEqual([]);
    expect(await readdir(join(first.stateDirectory, "stages"))).toEqual([`${id}.json.corrupt`]);
    await second.call("startMaintenance", { body: { site: "shop" } });
  });

  it("keeps the latest twenty that ended", async () => {
    const folder = await makeFolder();
    {
      await using agent = await start({ folder });
      for (let count = 0; count < 23; count++)
        await agent.call("abortStage", { params: { id: (await stage(agent, maintain("shop"))).id } });
      expect(await stagesOf(agent)).toHaveLength(20);
      expect(await readdir(join(folder, "state/stages"))).toHaveLength(20);
    }
    await using agent = await start({ folder });
    const stages = await stagesOf(agent);
    expect(stages).toHaveLength(20);
    expect(stages.map(({ stagedAt }) => stagedAt)).toEqual(
      stages
        .map(({ stagedAt }) => stagedAt)
        .toSorted()
        .toReversed(),
    );
  });

  it("starts on a state directory of before there were stages", async () => {
    const folder = await makeFolder();
    await (await start({ folder })).close();
    await rmdir(join(folder, "state/stages"));
    await using agent = await start({ folder });
    expect((await commit(agent, (await stage(agent, maintain("shop"))).id)).stage.state).toBe("committed");
  });
});

const ROUNDS = repetitions(6, 16);
/** Longer than a start takes. */
const MAX_START_MS = 250;

/** How long a commit takes here; crashes come within that time and a half. */
async function timeOfCommit(agent: TestAgent): Promise<number> {
  const { id } = await stage(agent, maintain(...SITES));
  const startedAt = performance.now();
  const { stage: committed } = await commit(agent, id);
  const took = performance.now() - startedAt;
  await commit(agent, (await stage(agent, bringBack(...committed.receipts))).id);
  return took;
}

/**
 * Waits for the moment of a round's crash. They are spread over this time; the first comes before
 * the call can arrive and the last after its reply, so that neither outcome is left to luck.
 */
async function momentOf(
  round: number,
  rounds: number,
  longestMs: number,
  random: { next(): number },
  reply: Promise<unknown>,
): Promise<void> {
  if (round === rounds - 1) await reply;
  else if (round > 0) await delay(((round + random.next()) / rounds) * longestMs);
}

/**
 * Starts an agent on the same folder and kills it in the middle of its start, or a moment after it.
 */
async function crashDuringStart(folder: string, afterMs: number): Promise<void> {
  const args = ["run", "--state", join(folder, "state"), "--socket", join(folder, "agent.sock"), "--workers", "2"];
  const child = spawn(process.execPath, [AGENT_PROGRAM, ...args], { stdio: "ignore" });
  const ended = once(child, "exit");
  await delay(afterMs);
  child.kill("SIGKILL");
  await ended;
}

it("kill -9 around a commit leaves it staged or committed, and what serves agrees", { timeout: 120_000 }, async () => {
  console.log(`kill -9 around commits: seed ${String(SEED)}`);
  const random = seededRandom(SEED);
  const folder = await makeFolder();
  const outcomes = { replied: 0, committed: 0, staged: 0 };
  let agent = await start({ folder, workers: 2 });
  // The first one is slower than any that follows.
  await timeOfCommit(agent);
  const longestDelayMs = 1.5 * (await timeOfCommit(agent));
  let { generation } = await agent.call("getConfig");
  for (let round = 0; round < ROUNDS; round++) {
    const staged = await stage(agent, maintain(...SITES), { leaseSeconds: 300 });
    const replied = agent.tryCall("commitStage", { params: { id: staged.id } }).then(
      (reply) => reply,
      () => undefined,
    );
    await momentOf(round, ROUNDS, longestDelayMs, random, replied);
    await agent.kill("SIGKILL");
    const reply = await replied;
    if (random.chance(0.3)) await crashDuringStart(folder, random.next() * MAX_START_MS);
    agent = await start({ folder, workers: 2 });

    const [found] = await stagesOf(agent);
    const config = await agent.call("getConfig");
    const { maintenance } = await agent.call("listMaintenance");
    const opened = maintenance.filter(({ state }) => state === "in-maintenance");
    if (found?.state === "staged") {
      expect(reply, "what was replied is not forgotten").toBeUndefined();
      expect(found).toEqual(staged);
      expect(config).toEqual({ generation, config: fleetConfig() });
      expect(opened).toEqual([]);
      expect(await answersOf(agent)).toEqual(LIVE);
      outcomes.staged++;
    } else {
      expect(found).toMatchObject({
        id: staged.id,
        state: "committed",
        generation: generation + 1,
        receipts: opened.map(({ id }) => id).toReversed(),
      });
      expect(config.generation).toBe(generation + 1);
      expect(await answersOf(agent)).toEqual(CLOSED);
      outcomes[reply === undefined ? "committed" : "replied"]++;
    }
    const { stage: committed, receipts } = await commit(agent, staged.id);
    expect(committed.generation).toBe(generation + 1);
    expect(receipts.map(({ site, state }) => [site, state])).toEqual(SITES.map((site) => [site, "in-maintenance"]));
    expect(await answersOf(agent)).toEqual(CLOSED);
    const back = await stage(agent, bringBack(...committed.receipts));
    generation = (await commit(agent, back.id)).stage.generation ?? 0;
    expect((await agent.call("getConfig")).config).toEqual(fleetConfig());
  }
  await agent.close();
  console.log(`${String(ROUNDS)} commits, crashes within ${longestDelayMs.toFixed(1)} ms: ${JSON.stringify(outcomes)}`);
  // Or no crash came in the middle of anything.
  expect(outcomes.staged).toBeGreaterThan(0);
  expect(outcomes.committed + outcomes.replied).toBeGreaterThan(0);
});

it(
  "kill -9 while something is being staged leaves it held or not there at all, and the site as it was",
  { timeout: 120_000 },
  async () => {
    const random = seededRandom(SEED + 1);
    const folder = await makeFolder();
    const outcomes = { held: 0, gone: 0 };
    let agent = await start({ folder });
    await timeOfCommit(agent);
    const startedAt = performance.now();
    const { id } = await stage(agent, maintain(...SITES));
    // Of an agent that was started a moment ago, it is the first call of its kind.
    const longestDelayMs = 6 * (performance.now() - startedAt);
    await agent.call("abortStage", { params: { id } });
    const { generation } = await agent.call("getConfig");
    for (let round = 0; round < ROUNDS / 2; round++) {
      const staging = stage(agent, maintain(...SITES), { leaseSeconds: 300 }).catch(() => undefined);
      await momentOf(round, ROUNDS / 2, longestDelayMs, random, staging);
      await agent.kill("SIGKILL");
      const staged = await staging;
      agent = await start({ folder });
      const held = (await stagesOf(agent)).filter(({ state }) => state === "staged");
      if (staged !== undefined) expect(held).toEqual([staged]);
      expect(held.length).toBeLessThanOrEqual(1);
      expect(await agent.call("getConfig")).toEqual({ generation, config: fleetConfig() });
      expect(await answersOf(agent)).toEqual(LIVE);
      for (const { id } of held) await agent.call("abortStage", { params: { id } });
      expect((await readdir(join(folder, "state/stages"))).filter((name) => !name.endsWith(".json"))).toEqual([]);
      outcomes[held.length === 0 ? "gone" : "held"]++;
    }
    await agent.close();
    expect(outcomes.gone).toBeGreaterThan(0);
    expect(outcomes.held).toBeGreaterThan(0);
    console.log(
      `${String(ROUNDS / 2)} stagings, crashes within ${longestDelayMs.toFixed(1)} ms: ${JSON.stringify(outcomes)}`,
    );
  },
);
