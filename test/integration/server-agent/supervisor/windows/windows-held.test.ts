/** Who counts on a site being closed, and who opens it all the same. */
import { describe, expect, it } from "vitest";
import { makeFolder, startAgent, type TestAgent } from "../../../../../tools/driving/agent.ts";
import { CLOCK_PROGRAM, draft, setClock, untilOccurrence, wallClockIn } from "../../../../support/agent/windows.ts";

const HOUR = 3_600_000;

async function statusOf(agent: TestAgent) {
  return (await agent.visit()).status;
}

describe("a maintenance that is brought back by hand", () => {
  it("stays while the window of somebody else holds it, unless that is forced", async () => {
    await using agent = await startAgent();
    const { id } = await agent.call("startMaintenance", { body: { site: "shop", author: "anna" } });
    const { id: window } = await agent.call("createWindow", {
      body: draft({ start: wallClockIn(1), duration: "PT1H", author: "bob", title: "Disks" }),
    });
    const { occurrence } = await untilOccurrence(agent, window, "running");
    const refused = {
      ok: false,
      error: {
        code: "window.state",
        message: expect.stringMatching(`\`Disks\` of bob holds it until ${occurrence.end}`) as string,
        details: { window, receipt: id },
      },
    };
    expect(await agent.tryCall("revertMaintenance", { params: { id }, body: { author: "anna" } })).toMatchObject(
      refused,
    );
    const stage = {
      operation: { id: "operation-1", title: "Back", servers: 1 },
      changes: [{ kind: "revert" as const, receipt: id, how: "delete" as const }],
    };
    expect(await agent.tryCall("stage", { body: stage })).toMatchObject(refused);
    expect(await statusOf(agent)).toBe(503);
    await agent.call("revertMaintenance", { params: { id }, body: { author: "anna", force: true } });
    expect(await statusOf(agent)).toBe(200);
  });

  it("comes back where its own window holds it, or another one has ended", async () => {
    await using agent = await startAgent();
    const own = await agent.call("createWindow", { body: draft({ start: wallClockIn(1), duration: "PT1H" }) });
    const { occurrence } = await untilOccurrence(agent, own.id, "running");
    await agent.call("revertMaintenance", { params: { id: occurrence.receipts[0] ?? "" } });
    expect(await statusOf(agent)).toBe(200);
    const { id } = await agent.call("startMaintenance", { body: { site: "shop" } });
    const other = await agent.call("createWindow", { body: draft({ start: wallClockIn(1), duration: "PT1H" }) });
    await untilOccurrence(agent, other.id, "running");
    await agent.call("endWindow", { params: { id: other.id } });
    expect(await statusOf(agent)).toBe(503);
    await agent.call("revertMaintenance", { params: { id } });
    expect(await statusOf(agent)).toBe(200);
  });
});

describe("a window that is ended by hand", () => {
  it("ends all of its occurrences that run", async () => {
    await using agent = await startAgent({ program: CLOCK_PROGRAM, folder: await makeFolder() });
    const { id } = await agent.call("createWindow", {
      body: draft({ start: wallClockIn(3600), duration: "PT1H", rrule: "FREQ=DAILY" }),
    });
    await setClock(agent, 1.5 * HOUR);
    await untilOccurrence(agent, id, "running");
    await agent.call("extendWindow", { params: { id }, body: { minutes: 1440 } });
    await setClock(agent, 25.5 * HOUR);
    const running = async () =>
      (await agent.call("getWindow", { params: { id } })).occurrences.filter(({ state }) => state === "running").length;
    await expect.poll(running).toBe(2);
    const ended = await agent.call("endWindow", { params: { id }, body: { author: "anna" } });
    expect(ended.occurrences.map(({ state }) => state)).toEqual(["planned", "ended", "ended"]);
    expect(await statusOf(agent)).toBe(200);
  });
});

describe("a clock that was a day ahead", () => {
  it("has begun tomorrow's window today: its site comes back, and it takes place tomorrow", async () => {
    const folder = await makeFolder();
    await using agent = await startAgent({ program: CLOCK_PROGRAM, folder });
    const { id } = await agent.call("createWindow", {
      body: draft({ start: wallClockIn(24 * 3600), duration: "PT1H" }),
    });
    await setClock(agent, 24.2 * HOUR);
    await untilOccurrence(agent, id, "running");
    await setClock(agent, 0);
    expect(await statusOf(agent)).toBe(200);
    const states = async (of: TestAgent) =>
      (await of.call("getWindow", { params: { id } })).occurrences.map(({ state }) => state);
    expect(await states(agent)).toEqual(["planned"]);
    await setClock(agent, 24.2 * HOUR);
    await untilOccurrence(agent, id, "running");
    expect(await statusOf(agent)).toBe(503);
  });
});
