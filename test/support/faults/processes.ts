/** The agent's own processes: the channel between them, and a hand-over to another one. */
import { expect } from "vitest";
import { untilGone } from "../../../tools/driving/agent.ts";
import { expectUntouched, mortalProgram, successorOf } from "../agent/hand-over.ts";
import { type Bench, type Cells, startBench, whileSlow, whileStopped } from "./bench.ts";
import { fill, onSmallDisk } from "./small-disk.ts";

async function workersOf({ agent }: Bench): Promise<number[]> {
  return (await agent.call("getAgent")).workers.map(({ pid }) => pid);
}

export const channel: Cells<"channel"> = {
  async stopped() {
    await using bench = await startBench();
    const { agent } = bench;
    const workers = await workersOf(bench);
    const asked: ReturnType<typeof agent.visit>[] = [];
    await whileStopped(workers, () => {
      for (let count = 0; count < 5; count++) asked.push(agent.visit());
      return Promise.resolve();
    });
    expect((await Promise.all(asked)).map(({ text }) => text)).toEqual(asked.map(() => "live"));
    const [first = 0] = await workersOf(bench);
    process.kill(first, "SIGSTOP");
    bench.visitNews();
    await bench.switchTwice();
    expect(await workersOf(bench)).not.toContain(first);
    await bench.check();
  },

  async killed() {
    await using bench = await startBench();
    const { agent } = bench;
    const [first = 0] = await workersOf(bench);
    const closing = agent.call("startMaintenance", { body: { site: "shop" } });
    process.kill(first, "SIGKILL");
    const { id } = await closing;
    expect((await agent.visit()).status).toBe(503);
    await untilGone(first);
    bench.visitNews();
    await agent.call("revertMaintenance", { params: { id } });
    expect((await agent.visit()).text).toBe("live");
    await bench.switchTwice();
    await bench.check();
  },

  async slow() {
    await using bench = await startBench();
    bench.visitNews();
    await whileSlow(bench.agent.pid, async () => {
      for (let round = 0; round < 10; round++) await bench.switchTwice();
    });
    await bench.check();
  },
};

/** Whoever owns the state now, it is one, and it does what it is told. */
async function expectOneOwner(
  bench: Bench,
  reply: { ok: true; value: { pid: number } } | { ok: false },
): Promise<void> {
  expect((await bench.agent.call("getAgent")).pid).toBe(reply.ok ? reply.value.pid : bench.agent.pid);
  await bench.switchTwice();
  await bench.check();
}

export const handOver: Cells<"handOver"> = {
  async stopped() {
    await using bench = await startBench();
    bench.visitNews();
    const handing = bench.agent.tryCall("handOver", {});
    await whileStopped([await successorOf(bench.agent)], () => Promise.resolve());
    await expectOneOwner(bench, await handing);
  },

  async killed() {
    await using bench = await startBench();
    bench.visitNews();
    const program = await mortalProgram("on", "begin", 20);
    expect(await bench.agent.tryCall("handOver", { body: { program } })).toMatchObject({
      ok: false,
      error: { code: "hand-over.failed" },
    });
    await expectUntouched(bench.agent);
    await bench.check();
  },

  async slow() {
    await using bench = await startBench();
    bench.visitNews();
    const handing = bench.agent.tryCall("handOver", {});
    const reply = await whileSlow(await successorOf(bench.agent), () => handing);
    await expectOneOwner(bench, reply);
  },

  async fullDisk() {
    await using bench = await startBench({ wrapper: onSmallDisk });
    bench.visitNews();
    const makeRoom = await fill(bench.agent);
    const reply = await bench.agent.tryCall("handOver", {});
    await makeRoom((await bench.agent.call("getAgent")).pid);
    await expectOneOwner(bench, reply);
  },
};
