/** `kill -9` of the successor and of the former agent, at every moment of a hand-over. */
import { readFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { AGENT_PROGRAM, makeFolder, ownerOf, startAgent, untilGone } from "../../../../../tools/driving/agent.ts";
import {
  expectUntouched,
  handOver,
  HOST,
  mortalFormer,
  mortalProgram,
  proxied,
  successorOf,
  untilAnswers,
} from "../../../../support/agent/hand-over.ts";
import { startLoad } from "../../../../../tools/driving/load.ts";
import { Truth } from "../../../../../tools/driving/truth.ts";
import { startOriginServer } from "../../../../../tools/driving/origin-server.ts";
import { repetitions } from "../../../../support/repetitions.ts";

describe("kill -9", () => {
  const stage = {
    operation: { id: "operation-1", title: "Both", servers: 2 },
    changes: [{ kind: "maintenance" as const, options: { site: "shop" } }],
  };

  it(
    "of the successor before it serves: the former agent goes on, and its visitors notice nothing",
    { timeout: 180_000 },
    async () => {
      await using origin = await startOriginServer();
      await using agent = await startAgent({ config: proxied(origin.url), workers: 2 });
      const load = startLoad({ host: HOST, port: agent.port }, new Truth(), { get: 4, fresh: 4, post: 2 });
      const moments = [
        ["before", "hello", 0],
        ["after", "hello", 0],
        ["on", "listener", 0],
        ["on", "begin", 0],
        ...[5, 10, 20, 30, 40, 60, 80, 100].map((ms) => ["on", "begin", ms] as const),
        ["before", "ready", 0],
        ["on", "go", 0],
      ] as const;
      for (const [moment, type, ms] of moments) {
        const held = await agent.call("stage", { body: { ...stage, leaseSeconds: 60 } });
        const outcome = await agent.tryCall("handOver", { body: { program: await mortalProgram(moment, type, ms) } });
        expect(outcome, `${moment} ${type}, ${String(ms)} ms`).toMatchObject({
          ok: false,
          error: { code: "hand-over.failed", message: expect.stringContaining("SIGKILL") as string },
        });
        expect((await agent.call("listStages")).stages.find(({ id }) => id === held.id)).toEqual(held);
        await agent.call("abortStage", { params: { id: held.id } });
        expect(ownerOf(agent.folder)).toBe(agent.pid);
      }
      const { requests, failures } = await load.stop();
      expect(failures).toEqual([]);
      await expectUntouched(agent);
      // And it still can.
      expect((await handOver(agent)).generation).toBe(3);
      console.log(`${String(moments.length)} successors killed: ${String(requests)} requests, 0 failed`);
    },
  );

  it("of the successor when its workers accept and the admin socket is its own: all is taken back", async () => {
    await using agent = await startAgent({ workers: 2 });
    const { id } = await agent.call("startMaintenance", { body: { site: "shop" } });
    const held = await agent.call("stage", {
      body: { ...stage, changes: [{ kind: "revert", receipt: id, how: "delete" }], leaseSeconds: 60 },
    });
    for (const [moment, type, workers] of [
      ["listening", "", 1],
      ["listening", "", 2],
      ["before", "serving", 0],
    ] as const) {
      const program = await mortalProgram(moment, type, 0, workers);
      const outcome = await agent.tryCall("handOver", { body: { program } });
      expect(outcome, `${moment} ${type}, ${String(workers)} workers`).toMatchObject({
        ok: false,
        error: { code: "hand-over.failed" },
      });
      expect((await agent.call("getAgent")).pid).toBe(agent.pid);
      expect((await agent.call("listStages")).stages).toEqual([held]);
      expect((await agent.visit()).status).toBe(503);
    }
    await agent.call("commitStage", { params: { id: held.id } });
    await expectUntouched(agent);
    await handOver(agent);
    expect((await agent.visit()).text).toBe("live");
  });

  it.each([
    ["on", "hello", "ends"],
    ["before", "listener", "ends"],
    ["after", "listener", "ends"],
    ["before", "begin", "ends"],
    ["after", "begin", "ends"],
    ["on", "ready", "ends"],
    ["after", "go", "goes on"],
    ["on", "serving", "goes on"],
    ["before", "alone", "goes on"],
    ["after", "alone", "goes on"],
  ] as const)("of the former agent, %s `%s`: the state is whole, and the successor %s", async (moment, type, what) => {
    await using agent = await startAgent();
    const { id, generation } = await agent.call("startMaintenance", { body: { site: "shop" } });
    const former = await handOver(agent, await mortalFormer(moment, type));
    const lost = await agent.tryCall("handOver", { body: { program: AGENT_PROGRAM } }).then(
      () => false,
      () => true,
    );
    // The very last message and the reply go out at the same moment.
    if (type !== "alone") expect(lost).toBe(true);
    await untilGone(former.pid);
    const successor = Number([...agent.log().matchAll(/handing over .*successor=(\d+)/g)].at(-1)?.[1]);
    if (what === "goes on") {
      await untilAnswers(agent);
      expect(await agent.call("getAgent")).toMatchObject({ pid: successor, generation });
      await agent.call("revertMaintenance", { params: { id } });
      expect((await agent.visit()).text).toBe("live");
      expect(ownerOf(agent.folder)).toBe(successor);
      expect(await readFile(path.join(agent.stateDirectory, "lock"), "utf8")).not.toContain("former");
    } else {
      await untilGone(successor);
      await using next = await startAgent({ folder: agent.folder });
      expect(next.generation).toBe(generation);
      await next.call("revertMaintenance", { params: { id } });
      expect((await next.visit()).text).toBe("live");
      expect(ownerOf(agent.folder)).toBe(next.pid);
    }
  });

  it(
    "of the former agent at random moments: there is one agent, or a way to start one",
    { timeout: 180_000 },
    async () => {
      const folder = await makeFolder();
      const outcomes: string[] = [];
      const rounds = repetitions(4, 20);
      for (let round = 0; round < rounds; round++) {
        await using agent = await startAgent({ folder });
        const { id, generation } = await agent.call("startMaintenance", { body: { site: "shop" } });
        void agent.tryCall("handOver", {}).catch(() => undefined);
        const pid = await successorOf(agent);
        await delay((round * 540) / (rounds - 1));
        await agent.kill("SIGKILL");
        // Either the successor had been told to serve, or it ends with the agent that has not told
        // it.
        const serves = await Promise.race([untilGone(pid).then(() => false), untilAnswers(agent).then(() => true)]);
        outcomes.push(serves ? "went on" : "ended");
        const next = serves ? agent : await startAgent({ folder });
        expect((await next.call("getAgent")).generation).toBe(generation);
        await next.call("revertMaintenance", { params: { id } });
        expect(ownerOf(folder)).toBe(serves ? pid : next.pid);
        await next.close();
        expect(ownerOf(folder)).toBe(undefined);
      }
      console.log(`successors: ${outcomes.join(", ")}`);
      expect(outcomes).toContain("ended");
    },
  );
});
