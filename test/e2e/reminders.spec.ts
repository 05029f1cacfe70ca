/**
 * Reminders outside of the window, with a real notification daemon: they appear, their buttons
 * work, and nothing is said twice.
 */
import { type Page, expect, test } from "@playwright/test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { stateOf, value } from "../../tools/driving/call.ts";
import { type Desktop, startDesktop } from "../../tools/driving/desktop.ts";
import { type NotificationDaemon, daemonMissing, startNotificationDaemon } from "./support/notification-daemon.ts";
import { startAgent, type TestAgent } from "../../tools/driving/agent.ts";
import { draft, untilReminder, wallClockIn } from "../support/agent/windows.ts";

const missing = process.platform === "linux" ? daemonMissing() : "the daemon of these tests is one for Linux";
test.skip(missing !== undefined, missing ?? "");

let userData: string;
let daemon: NotificationDaemon;
let agent: TestAgent;
let desktop: Desktop | undefined;

test.beforeEach(async () => {
  userData = await mkdtemp(path.join(tmpdir(), "backsoon-reminders-"));
  [daemon, agent] = await Promise.all([startNotificationDaemon(), startAgent()]);
});
test.afterEach(async () => {
  await quit();
  await agent.close();
  await daemon.close();
  await rm(userData, { recursive: true, force: true, maxRetries: 10 });
});

async function open(): Promise<Desktop> {
  return (desktop = await startDesktop({ userData, env: daemon.env }));
}

/** Opens the app with the agent in its list. */
async function openWithAgent(): Promise<Desktop> {
  const opened = await open();
  await value(opened.page, "server.add", { kind: "local", name: "web-01", socketPath: agent.socketPath });
  await expect
    .poll(async () => (await stateOf(opened.page)).servers[0]?.snapshot?.config.virtualHosts[0]?.id)
    .toBe("shop");
  return opened;
}
async function snapshotOf(page: Page) {
  return (await stateOf(page)).servers[0]?.snapshot;
}
async function quit(): Promise<void> {
  await desktop?.close();
  desktop = undefined;
}

async function status() {
  return (await agent.visit({ host: "shop.example.com" })).status;
}

test("says that a site is still closed after its end, and brings it back from there", async () => {
  await openWithAgent();
  await agent.call("startMaintenance", { body: { site: "shop", until: new Date(Date.now() + 1000).toISOString() } });
  expect(await status()).toBe(503);
  const note = await daemon.untilShown("shop.example.com is still in maintenance at the planned end");
  expect(note.urgency).toBe("CRITICAL");
  expect(note.actions.toSorted()).toEqual(["Bring back", "Extend 15 min", "Open"]);
  await daemon.press("Bring back");
  await expect.poll(status).toBe(200);
  await expect.poll(() => daemon.displayed()).toBe(0);
  const [reminder] = (await agent.call("listReminders")).reminders;
  expect(reminder).toMatchObject({ deliveries: [{ ok: true }], acted: { act: "bring-back" } });
  expect(reminder?.deliveries[0]?.to).toMatch(/^desktop:.+@.+/);
  expect(daemon.shown()).toHaveLength(1);
});

test("extends a planned maintenance that is over its end", async () => {
  await openWithAgent();
  const { id } = await agent.call("createWindow", { body: draft({ title: "New disks", atEnd: "stay-closed" }) });
  const note = await daemon.untilShown("shop.example.com is still in maintenance at the planned end");
  expect(note.actions.toSorted()).toEqual(["Bring back", "Extend 15 min", "Open"]);
  await daemon.press("Extend 15 min");
  await expect
    .poll(async () => (await agent.call("getWindow", { params: { id } })).occurrences[0]?.state)
    .toBe("running");
  const [occurrence] = (await agent.call("getWindow", { params: { id } })).occurrences;
  expect(Date.parse(occurrence?.end ?? "") - Date.now()).toBeGreaterThan(14 * 60_000);
  await expect.poll(() => daemon.displayed()).toBe(0);
  expect(await status()).toBe(503);
});

test("starts a window that waits for somebody, and shows in the window what it says outside of it", async () => {
  const { page } = await openWithAgent();
  await agent.call("createWindow", { body: draft({ title: "New disks", duration: "PT1H", atStart: "remind" }) });
  const title = "Time to start the maintenance of shop.example.com";
  expect((await daemon.untilShown(title)).actions.toSorted()).toEqual(["Open", "Start"]);
  const band = page.getByRole("region", { name: "What is due" });
  await expect(band.getByRole("button", { name: `Start: ${title}` })).toBeVisible();
  await daemon.press("Start");
  await expect.poll(status).toBe(503);
  await expect(band).toBeHidden();
  await expect.poll(() => daemon.displayed()).toBeLessThan(2);
});

test("holds everything back in quiet hours but a site that is closed after its end", async () => {
  const { page } = await openWithAgent();
  const clock = (minutes: number) => new Date(Date.now() + minutes * 60_000).toTimeString().slice(0, 5);
  await value(page, "settings.update", { quietHours: { from: clock(-60), to: clock(60) } });
  const { id } = await agent.call("createWindow", { body: draft({ title: "New disks", atEnd: "stay-closed" }) });
  await daemon.untilShown("shop.example.com is still in maintenance at the planned end");
  expect(daemon.shown()).toHaveLength(1);
  await agent.call("endWindow", { params: { id } });
  await expect.poll(async () => (await snapshotOf(page))?.reminders[0]?.kind).toBe("end");
  await value(page, "settings.update", { quietHours: null });
  await daemon.untilShown("The maintenance of shop.example.com is over");
  expect(daemon.shown()).toHaveLength(2);
});

test("tells once what happened while it was closed", async () => {
  const first = await openWithAgent();
  const planned = draft({ start: wallClockIn(3600), title: "New disks" });
  const { id } = await agent.call("createWindow", { body: planned });
  await expect.poll(async () => (await snapshotOf(first.page))?.windows[0]?.id).toBe(id);
  await quit();
  const before = daemon.shown().length;
  await agent.call("changeWindow", { params: { id }, ifMatch: 1, body: { ...planned, start: wallClockIn(1) } });
  await untilReminder(agent, "end");
  expect(await status()).toBe(200);

  await open();
  await daemon.untilShown("The maintenance of shop.example.com is over");
  await quit();
  const { page } = await open();
  await expect.poll(async () => (await snapshotOf(page))?.reminders.length).toBeGreaterThan(0);
  // By the time that this is said, the app has looked at everything that the server told.
  await agent.call("startMaintenance", { body: { site: "shop", until: new Date(Date.now() + 500).toISOString() } });
  await daemon.untilShown("shop.example.com is still in maintenance at the planned end");
  const titles = daemon.shown().map((each) => each.title);
  expect(titles.slice(before)).toEqual([
    "The maintenance of shop.example.com is over",
    "shop.example.com is still in maintenance at the planned end",
  ]);
});
