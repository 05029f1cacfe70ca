/** `kill -9` around the start and the end of a window, and a hand-over while one runs. */
import { readdir, readFile, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { makeFolder, startAgent, type TestAgent } from "../../../../../tools/driving/agent.ts";
import { repetitions, SEED } from "../../../../support/repetitions.ts";
import { seededRandom } from "../../../../support/seeded-random.ts";
import { draft, untilOccurrence, wallClockIn } from "../../../../support/agent/windows.ts";

vi.setConfig({ testTimeout: repetitions(120_000, 300_000) });

function fileOf(folder: string, id: string) {
  return join(folder, "state/windows", `${id}.json`);
}

describe("an agent that was killed", () => {
  it("between the switch and its record, knows from the generation that a window was begun, and that it was ended", async () => {
    const folder = await makeFolder();
    const first = await startAgent({ folder });
    const { id } = await first.call("createWindow", { body: draft({ start: wallClockIn(1), duration: "PT1H" }) });
    const planned = await readFile(fileOf(folder, id), "utf8");
    const { occurrence } = await untilOccurrence(first, id, "running");
    await first.kill("SIGKILL");
    await writeFile(fileOf(folder, id), planned);
    const second = await startAgent({ folder });
    expect((await untilOccurrence(second, id, "running")).occurrence).toMatchObject({
      start: occurrence.start,
      end: occurrence.end,
      receipts: occurrence.receipts,
    });
    expect((await second.visit()).status).toBe(503);
    await second.call("endWindow", { params: { id }, body: { author: "ben" } });
    await second.kill("SIGKILL");
    // As it was before its end, and before its start.
    await writeFile(fileOf(folder, id), planned);
    const third = await startAgent({ folder });
    expect((await untilOccurrence(third, id, "ended")).occurrence.receipts).toEqual(occurrence.receipts);
    expect((await third.visit()).status).toBe(200);
    expect((await third.call("listMaintenance")).maintenance).toMatchObject([{ revert: { author: "ben" } }]);
    await third.close();
  });

  it("at any moment around start and end, starts the window once, ends it once, and leaves the configuration as it was", async () => {
    const random = seededRandom(SEED);
    const round = async () => {
      const folder = await makeFolder();
      let agent = await startAgent({ folder });
      const { config } = await agent.call("getConfig");
      const start = Math.ceil(Date.now() / 1000) * 1000 + 2000;
      const { id } = await agent.call("createWindow", {
        body: draft({ start: new Date(start).toISOString().slice(0, 19), duration: "PT10S" }),
      });
      for (const moment of [start, start + 10_000].map((at) => at - 5 + random.next() * 30)) {
        await new Promise((resolve) => setTimeout(resolve, Math.max(0, moment - Date.now())));
        await agent.kill("SIGKILL");
        agent = await startAgent({ folder });
      }
      const over = await untilOccurrence(agent, id, "ended");
      expect(over.window.occurrences).toHaveLength(1);
      expect((await agent.call("listMaintenance")).maintenance).toHaveLength(1);
      expect((await agent.call("getConfig")).config).toEqual(config);
      await agent.close();
    };
    console.log(`kill -9 around a window: seed ${String(SEED)}`);
    // Each waits for real seconds. The window is longer than a start takes on a busy machine.
    for (let batch = 0; batch < repetitions(1, 4); batch++) await Promise.all(Array.from({ length: 4 }, round));
  });

  it("sets a damaged window aside and serves on", async () => {
    const folder = await makeFolder();
    const first = await startAgent({ folder });
    const { id } = await first.call("createWindow", { body: draft({ start: wallClockIn(3600) }) });
    await first.kill("SIGKILL");
    await truncate(fileOf(folder, id), 100);
    await using second = await startAgent({ folder });
    expect(second.log()).toMatch(/damaged window file; not used/);
    expect(await second.call("listWindows")).toEqual({ windows: [] });
    expect((await second.call("getAgent")).problems).toEqual([
      "1 file in windows/ of the state directory: damaged, and not used.",
    ]);
    expect(await readdir(join(folder, "state/windows"))).toEqual([`${id}.json.corrupt`]);
    await second.kill("SIGKILL");
    await using third = await startAgent({ folder });
    expect((await third.call("getAgent")).problems, "it will not take place, and somebody counts on it").toEqual([
      "1 file in windows/ of the state directory: damaged, set aside at an earlier start (*.corrupt), and not used.",
    ]);
  });

  it("says of a damaged channel that it is not used, until it is stored anew", async () => {
    const folder = await makeFolder();
    const put = { params: { id: "ops" }, body: { kind: "command" as const, program: "tell" } };
    {
      await using agent = await startAgent({ folder });
      await agent.call("putChannel", put);
    }
    await truncate(join(folder, "state/channels/ops.json"), 10);
    const problems = async (agent: TestAgent) => (await agent.call("getAgent")).problems;
    {
      await using agent = await startAgent({ folder });
      expect(await problems(agent)).toHaveLength(1);
    }
    {
      await using agent = await startAgent({ folder });
      expect(await problems(agent)).toHaveLength(1);
      await agent.call("putChannel", put);
      expect(await problems(agent)).toBeUndefined();
    }
    await using agent = await startAgent({ folder });
    expect(await problems(agent)).toBeUndefined();
  });
});

describe("a hand-over", () => {
  it("passes windows on: the successor ends what runs", async () => {
    const folder = await makeFolder();
    await using agent = await startAgent({ folder });
    const { id } = await agent.call("createWindow", { body: draft({ start: wallClockIn(1), duration: "PT5S" }) });
    const { occurrence } = await untilOccurrence(agent, id, "running");
    const { pid } = await agent.call("handOver", { body: {} });
    expect((await agent.call("getAgent")).pid).toBe(pid);
    expect((await agent.call("getWindow", { params: { id } })).occurrences).toEqual([occurrence]);
    await untilOccurrence(agent, id, "ended");
    expect((await agent.visit()).status).toBe(200);
    expect((await agent.call("listMaintenance")).maintenance).toHaveLength(1);
  });
});
