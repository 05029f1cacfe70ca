/** Reminders of real agents: made once, stored, told to everyone. */
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Reminder } from "../../../../../server-agent/contract/reminders.ts";
import { makeFolder, startAgent, type TestAgent } from "../../../../../tools/driving/agent.ts";
import {
  CLOCK_PROGRAM,
  draft,
  setClock,
  untilOccurrence,
  untilReminder,
  wallClockIn,
} from "../../../../support/agent/windows.ts";

const HOUR = 3_600_000;
const program = CLOCK_PROGRAM;
async function kindsOf(agent: TestAgent) {
  return (await agent.call("listReminders")).reminders.map(({ kind }) => kind);
}

describe("a window", () => {
  it("is told of before, when it starts and when it is over, once, by the stream and by the API; killed in between", async () => {
    const folder = await makeFolder();
    await using agent = await startAgent({ program, folder });
    const { id } = await agent.call("createWindow", {
      body: draft({ start: wallClockIn(24 * 3600 + 5), duration: "PT1H" }),
    });
    await setClock(agent, 23 * HOUR + 10_000);
    const ahead = await untilReminder(agent, "ahead");
    expect(ahead).toMatchObject({
      title: expect.stringMatching(/^shop\.example\.com goes into maintenance in (60 min|1 h)$/) as string,
      occurrence: { id },
      deliveries: [],
    });
    await agent.kill("SIGKILL");

    await using second = await startAgent({ program, folder });
    expect((await second.call("listReminders")).reminders).toEqual([ahead]);
    await setClock(second, 24 * HOUR + 20_000);
    await untilReminder(second, "start");
    await second.kill("SIGTERM");

    await using third = await startAgent({ program, folder });
    await setClock(third, 25 * HOUR + 20_000);
    await untilReminder(third, "end");
    expect(await kindsOf(third)).toEqual(["end", "start", "ahead"]);
    expect((await readdir(join(folder, "state/reminders"))).length).toBe(3);
  });

  it("that nobody started in time is told of as missed, once", async () => {
    const folder = await makeFolder();
    await using agent = await startAgent({ program, folder });
    await agent.call("createWindow", {
      body: draft({ start: wallClockIn(3600), duration: "PT1H", atStart: "remind" }),
    });
    await setClock(agent, 1.5 * HOUR);
    expect(await untilReminder(agent, "start")).toMatchObject({
      title: "Time to start the maintenance of shop.example.com",
    });
    expect((await agent.call("listWindows")).windows).toMatchObject([
      { state: "planned", occurrences: [{ state: "planned" }] },
    ]);
    await setClock(agent, 3 * HOUR);
    expect(await untilReminder(agent, "missed")).toMatchObject({
      text: expect.stringContaining("Nobody started it") as string,
    });
    await setClock(agent, 4 * HOUR);
    expect(await kindsOf(agent)).toEqual(["missed", "start"]);
  });

  it("that has run over its end is told of until somebody brings it back, and it is kept who did", async () => {
    await using agent = await startAgent({ program });
    const { id } = await agent.call("createWindow", {
      body: draft({ atEnd: "stay-closed", overrun: { remindEveryMinutes: 10 }, reminders: [] }),
    });
    await untilOccurrence(agent, id, "running");
    await setClock(agent, 60_000);
    const first = await untilReminder(agent, "overrun");
    expect(first.receipts).toHaveLength(1);
    await setClock(agent, 45 * 60_000);
    const all = (await agent.call("listReminders")).reminders;
    // Half an hour of sleep is one reminder, not three.
    expect(all.map(({ kind }) => kind)).toEqual(["overrun", "overrun"]);

    const told = await agent.call("noteDelivery", { params: { id: first.id }, body: { to: "desktop:anna@laptop" } });
    expect(told.deliveries).toMatchObject([{ to: "desktop:anna@laptop", ok: true, tries: 1 }]);
    const failed = await agent.call("noteDelivery", {
      params: { id: first.id },
      body: { to: "webhook:ops", ok: false, why: "404" },
    });
    expect(failed.deliveries).toMatchObject([{ ok: true }, { to: "webhook:ops", ok: false, why: "404" }]);

    await agent.call("endWindow", { params: { id }, body: { author: "ben" } });
    const acted = (await agent.call("listReminders")).reminders;
    expect(acted.map((reminder) => reminder.acted)).toMatchObject([
      { act: "bring-back", by: "ben" },
      { act: "bring-back", by: "ben" },
    ]);
  });
});

describe("maintenance by hand", () => {
  it("without an end is told of every four hours; whoever brings it back has acted", async () => {
    await using agent = await startAgent({ program });
    const { id } = await agent.call("startMaintenance", { body: { site: "shop", author: "anna", reason: "disks" } });
    await setClock(agent, 4.5 * HOUR);
    expect(await untilReminder(agent, "open-ended")).toMatchObject({
      title: "shop.example.com has been in maintenance for 4 h, with no end time",
      receipts: [id],
    });
    await setClock(agent, 13 * HOUR);
    await agent.call("revertMaintenance", { params: { id }, body: { author: "ben" } });
    const { reminders } = await agent.call("listReminders");
    expect(reminders).toHaveLength(2);
    await expect
      .poll(async () =>
        (await agent.call("listReminders")).reminders.every(({ acted }: Reminder) => acted?.by === "ben"),
      )
      .toBe(true);
  });

  it("whose end is over is told of; an unknown reminder cannot be noted", async () => {
    await using agent = await startAgent({ program });
    await agent.call("startMaintenance", { body: { site: "shop", until: new Date(Date.now() + HOUR).toISOString() } });
    await setClock(agent, 1.1 * HOUR);
    expect(await untilReminder(agent, "overrun")).toMatchObject({
      title: "shop.example.com is still in maintenance at the planned end",
    });
    expect(await agent.tryCall("noteDelivery", { params: { id: "none" }, body: { to: "x" } })).toMatchObject({
      ok: false,
      error: { code: "not-found" },
    });
  });
});
