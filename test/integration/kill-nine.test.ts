/** Promise 5: `kill -9` of the supervisor, of a worker, or of both, at any moment of 200 changes. */
import { describe, expect, it } from "vitest";
import { makeFolder, smallConfig, startAgent, type TestAgent } from "../support/agent.ts";

const CHANGES = 200;
const LONGEST_ROUND_MS = 400;

type Victim = "supervisor" | "worker" | "both";

/** What the last acknowledged change made, and what one that was under way would have made. */
interface Known {
  generation: number;
  inMaintenance: boolean;
  receipt: string | undefined;
}

/** Deterministic, so that a failure can be met again: mulberry32. */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** The agent after a crash: one of the two states that the last change allows, and all of it consistent. */
async function checkState(agent: TestAgent, known: Known): Promise<Known> {
  const { generation, config } = await agent.call("getConfig");
  expect([known.generation, known.generation + 1]).toContain(generation);
  const inMaintenance = config.virtualHosts.some(({ copycatOf }) => copycatOf === "shop");
  if (generation === known.generation) expect(inMaintenance).toBe(known.inMaintenance);
  if (!inMaintenance) expect(config).toEqual(smallConfig());
  const open = (await agent.call("listMaintenance")).maintenance.filter(({ state }) => state === "in-maintenance");
  expect(open.map(({ site }) => site)).toEqual(inMaintenance ? ["shop"] : []);
  if (known.receipt !== undefined) expect((await agent.call("getMaintenance", { params: { id: known.receipt } })).site).toBe("shop");
  expect((await agent.visit()).status).toBe(inMaintenance ? 503 : 200);
  expect(agent.log()).not.toMatch(/damaged/);
  return { generation, inMaintenance, receipt: open[0]?.id ?? known.receipt };
}

describe("kill -9 at random moments", () => {
  it.each([1, 2])("leaves a valid state each time (%i worker(s))", { timeout: 240_000 }, async (workers) => {
    const seed = Date.now() % 1_000_000;
    console.log(`kill -9 with ${String(workers)} worker(s): seed ${String(seed)}`);
    const random = randomNumbers(seed);
    const folder = await makeFolder();
    let known: Known = { generation: 1, inMaintenance: false, receipt: undefined };
    let changes = 0;
    let kills = 0;
    while (changes < CHANGES) {
      await using agent = await startAgent({ folder, workers });
      known = await checkState(agent, known);
      const victim = (["supervisor", "worker", "both"] as const satisfies readonly Victim[])[Math.floor(random() * 3)] ?? "both";
      const pids = (await agent.call("getAgent")).workers.map(({ pid }) => pid);
      const round = { killed: false };
      const timer = setTimeout(() => {
        round.killed = true;
        kills++;
        if (victim !== "supervisor") process.kill(pids[Math.floor(random() * pids.length)] ?? 0, "SIGKILL");
        if (victim !== "worker") process.kill(agent.pid, "SIGKILL");
      }, random() * LONGEST_ROUND_MS);
      try {
        // After the death of a worker alone the agent goes on: some more changes, then it is stopped in an orderly way.
        for (let after = 0; after < 3 && changes < CHANGES; after += round.killed ? 1 : 0) {
          const receipt = known.inMaintenance
            ? await agent.call("revertMaintenance", { params: { id: known.receipt ?? "" } })
            : await agent.call("startMaintenance", { body: { site: "shop" } });
          changes++;
          known = { generation: receipt.revert?.generation ?? receipt.generation, inMaintenance: !known.inMaintenance, receipt: receipt.id };
        }
      } catch (failure) {
        // The connection broke under a call: whether it was carried out, the next start shows.
        if (!round.killed || victim === "worker") throw failure;
      }
      clearTimeout(timer);
    }
    expect(kills).toBeGreaterThan(5);
    console.log(`${String(workers)} worker(s): ${String(changes)} changes, ${String(kills)} kills, generation ${String(known.generation)}`);
  });
});
