/** Windows start and end by themselves, on a real agent. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { makeFolder, startAgent } from "../../../../../tools/driving/agent.ts";
import { CLOCK_PROGRAM, draft, untilOccurrence, wallClockIn } from "../../../../support/agent/windows.ts";

const shop = { host: "shop.example.com" };

describe("a window", () => {
  it("closes its site at its start, tells its end, and brings it back at its end", async () => {
    await using agent = await startAgent();
    const before = await agent.call("getConfig");
    const window = await agent.call("createWindow", { body: draft() });
    expect(window).toMatchObject({ revision: 1, state: "planned", occurrences: [{ state: "planned" }] });
    expect((await agent.visit(shop)).status).toBe(200);
    const { occurrence } = await untilOccurrence(agent, window.id, "running");
    const answer = await agent.visit(shop);
    expect(answer.status).toBe(503);
    expect(Number(answer.headers["retry-after"])).toBeLessThanOrEqual(2);
    const [receipt] = (await agent.call("listMaintenance")).maintenance;
    expect(receipt).toMatchObject({
      id: occurrence.receipts[0],
      until: occurrence.end,
      author: "anna",
      reason: "New disks",
      window: { id: window.id, start: occurrence.start },
    });
    const ended = await untilOccurrence(agent, window.id, "ended");
    expect(ended.window.state).toBe("over");
    expect(Date.parse(ended.occurrence.endedAt ?? "")).toBeGreaterThanOrEqual(Date.parse(ended.occurrence.end));
    expect((await agent.visit(shop)).text).toBe("live");
    expect((await agent.call("getConfig")).config).toEqual(before.config);
    expect((await agent.call("listMaintenance")).maintenance).toMatchObject([
      { state: "reverted", revert: { author: "anna", exact: true } },
    ]);
  });

  it("survives a restart before its start and while it runs, and starts once", async () => {
    const folder = await makeFolder();
    const first = await startAgent({ folder });
    const { id } = await first.call("createWindow", { body: draft({ start: wallClockIn(3), duration: "PT6S" }) });
    await first.kill("SIGKILL");
    const second = await startAgent({ folder });
    const running = await untilOccurrence(second, id, "running");
    await second.kill("SIGKILL");
    const third = await startAgent({ folder });
    expect((await third.visit(shop)).status).toBe(503);
    expect((await third.call("getWindow", { params: { id } })).occurrences).toEqual([running.occurrence]);
    const { occurrence } = await untilOccurrence(third, id, "ended");
    expect(occurrence).toMatchObject({ receipts: running.occurrence.receipts });
    expect((await third.visit(shop)).text).toBe("live");
    expect((await third.call("listMaintenance")).maintenance).toHaveLength(1);
    await third.close();
  });

  it("starts late and says so, or is recorded as missed, when the agent was not running", async () => {
    const folder = await makeFolder();
    const first = await startAgent({ folder });
    const late = await first.call("createWindow", { body: draft({ start: wallClockIn(3600), duration: "PT1H" }) });
    const over = await first.call("createWindow", {
      body: draft({ start: wallClockIn(3600), duration: "PT2S", sites: [{ site: "default" }] }),
    });
    await first.kill("SIGKILL");
    // An hour and six seconds later.
    await writeFile(join(folder, "clock"), "3606000");
    const second = await startAgent({ folder, program: CLOCK_PROGRAM });
    const { occurrence } = await untilOccurrence(second, late.id, "running");
    expect(occurrence.lateBySeconds).toBeGreaterThanOrEqual(5);
    expect((await second.visit(shop)).status).toBe(503);
    expect((await untilOccurrence(second, over.id, "missed")).occurrence.why).toBe("the agent was not running");
    expect((await second.visit({ host: "other.example.com" })).status).toBe(404);
    await second.close();
  });
});
