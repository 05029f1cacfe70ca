/**
 * A clock that is set forward and back while windows are planned: a real agent whose clock the test
 * sets.
 */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { makeFolder, startAgent, type TestAgent } from "../../../../../tools/driving/agent.ts";
import { CLOCK_PROGRAM, draft, setClock, untilOccurrence, wallClockIn } from "../../../../support/agent/windows.ts";

const HOUR = 3_600_000;
const program = CLOCK_PROGRAM;

async function statusOf(agent: TestAgent) {
  return (await agent.visit()).status;
}
async function statesOf(agent: TestAgent, id: string) {
  return (await agent.call("getWindow", { params: { id } })).occurrences.map(({ state }) => state);
}

describe("a clock that is set", () => {
  it("forward into a window starts it late; forward over its end ends it; nothing starts twice when it is set back", async () => {
    const folder = await makeFolder();
    await using agent = await startAgent({ program, folder });
    const { id } = await agent.call("createWindow", { body: draft({ start: wallClockIn(3600), duration: "PT1H" }) });
    await setClock(agent, 1.5 * HOUR);
    const { occurrence } = await untilOccurrence(agent, id, "running");
    expect(occurrence.lateBySeconds).toBeGreaterThan(1700);
    expect(await statusOf(agent)).toBe(503);
    // Back before its start: what was begun goes on to its end.
    await setClock(agent, 0);
    expect(await statusOf(agent)).toBe(503);
    await setClock(agent, 2.5 * HOUR);
    await untilOccurrence(agent, id, "ended");
    expect(await statusOf(agent)).toBe(200);
    await setClock(agent, 0);
    await setClock(agent, 1.5 * HOUR);
    expect(await statesOf(agent, id)).toEqual(["ended"]);
    expect(await statusOf(agent)).toBe(200);
    expect((await agent.call("listMaintenance")).maintenance).toHaveLength(1);
  });

  it("forward by mistake over a window that then is ahead again does not lose it", async () => {
    const folder = await makeFolder();
    await using agent = await startAgent({ program, folder });
    const { id } = await agent.call("createWindow", { body: draft({ start: wallClockIn(3600), duration: "PT1H" }) });
    await setClock(agent, 24 * HOUR);
    await untilOccurrence(agent, id, "missed");
    await setClock(agent, 0);
    await untilOccurrence(agent, id, "planned");
    expect(await statesOf(agent, id)).toEqual(["planned"]);
    await setClock(agent, 1.2 * HOUR);
    await untilOccurrence(agent, id, "running");
  });

  it("forward by mistake over a start that somebody is to make reminds of it at its time all the same", async () => {
    await using agent = await startAgent({ program, folder: await makeFolder() });
    await agent.call("createWindow", {
      body: draft({ start: wallClockIn(3600), duration: "PT1H", atStart: "remind" }),
    });
    const kinds = async () => (await agent.call("listReminders")).reminders.map(({ kind }) => kind);
    await setClock(agent, 1.2 * HOUR);
    expect(await kinds()).toContain("start");
    await setClock(agent, 0);
    expect(await kinds()).not.toContain("start");
    await setClock(agent, 1.2 * HOUR);
    expect(await kinds()).toContain("start");
  });

  it("while the agent is not running: each occurrence of the absence is recorded as missed, and the one that should run starts", async () => {
    const folder = await makeFolder();
    const first = await startAgent({ program, folder });
    const { id } = await first.call("createWindow", {
      body: draft({ start: wallClockIn(3600), duration: "PT1H", rrule: "FREQ=DAILY" }),
    });
    await first.kill("SIGKILL");
    await writeFile(join(folder, "clock"), String((3 * 24 + 1.5) * HOUR));
    await using second = await startAgent({ program, folder });
    const { window } = await untilOccurrence(second, id, "running");
    expect(window.occurrences.map(({ state }) => state)).toEqual(["planned", "running", "missed", "missed", "missed"]);
    expect(await statusOf(second)).toBe(503);
  });
});
