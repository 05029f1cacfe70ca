/** The agent's own processes: the channel between them, and a hand-over to another one. */
import { setTimeout as delay } from "node:timers/promises";
import { expect } from "vitest";
import { untilGone } from "../../../tools/driving/agent.ts";
import { expectUntouched, HOST, mortalProgram, successorOf } from "../agent/hand-over.ts";
import { openRaw } from "../http/raw-client.ts";
import { type Bench, type Cells, startBench, whileSlow, whileStopped } from "./bench.ts";
import { fill, onSmallDisk } from "./small-disk.ts";

async function workersOf({ agent }: Bench): Promise<number[]> {
  return (await agent.call("getAgent")).workers.map(({ pid }) => pid);
}

/**
 * The supervisor stands still in the middle of a switch, which the workers have answered meanwhile:
 * none of them is taken for stuck.
 */
async function supervisorStopped(bench: Bench): Promise<void> {
  const { agent } = bench;
  const workers = await workersOf(bench);
  for (const pid of workers) process.kill(pid, "SIGSTOP");
  const closing = agent.call("startMaintenance", { body: { site: "shop" } });
  // Until it has asked them; if it has not, the rest holds all the more.
  await delay(500);
  process.kill(agent.pid, "SIGSTOP");
  for (const pid of workers) process.kill(pid, "SIGCONT");
  await whileStopped([agent.pid], () => Promise.resolve());
  await closing;
  expect((await agent.visit()).status).toBe(503);
  expect(await workersOf(bench)).toEqual(workers);
}

export const channel: Cells<"channel"> = {
  async stopped() {
    await using bench = await startBench();
    const { agent } = bench;
    const workers = await workersOf(bench);
    using half = await openRaw(agent.port);
    await half.ask(`GET / HTTP/1.1\r\nHost: ${HOST}\r\n\r\n`);
    await half.write("GET / HTTP/1.1\r\nHo");
    const asked: ReturnType<typeof agent.visit>[] = [];
    await whileStopped(workers, async () => {
      for (let count = 0; count < 5; count++) asked.push(agent.visit());
      await half.write(`st: ${HOST}\r\n\r\n`);
    });
    expect((await Promise.all(asked)).map(({ text }) => text)).toEqual(asked.map(() => "live"));
    expect((await half.read()).body, "what came meanwhile is read first").toBe("live");
    const [first = 0] = await workersOf(bench);
    process.kill(first, "SIGSTOP");
    bench.visitNews();
    await bench.switchTwice();
    expect(await workersOf(bench)).not.toContain(first);
    await bench.check();
    await supervisorStopped(bench);
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
