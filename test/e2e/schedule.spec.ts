/**
 * Planning through the window, with real agents: by the keyboard, with the pointer, on one server
 * and on two together.
 */
import { expect, type Locator, type Page, test } from "@playwright/test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { WindowDraft } from "../../server-agent/contract/windows.ts";
import { type TestAgent, startAgent } from "../../tools/driving/agent.ts";
import { fleetConfig } from "../support/agent/fleet.ts";
import { type SocketGate, startSocketGate } from "../support/http/socket-gate.ts";
import { findingsOn } from "./support/axe.ts";
import { stateOf, value } from "../../tools/driving/call.ts";
import { choose } from "../../tools/driving/choose.ts";
import { type Desktop, startDesktop } from "../../tools/driving/desktop.ts";
import { faultsOf } from "./support/page-faults.ts";

let desktop: Desktop;
let page: Page;
let agents: [TestAgent, TestAgent];
/** Before web-2. */
let gate: SocketGate;
let userData: string;
test.beforeEach(async () => {
  agents = [await startAgent({ config: fleetConfig() }), await startAgent({ config: fleetConfig() })];
  gate = await startSocketGate(agents[1].socketPath, agents[1].folder);
  userData = await mkdtemp(path.join(tmpdir(), "backsoon-schedule-"));
  // A zone without changes of the clocks, other than that of the sites.
  desktop = await startDesktop({ userData, env: { TZ: "Asia/Kathmandu" } });
  page = desktop.page;
  await value(page, "server.add", { kind: "local", name: "web-1", socketPath: agents[0].socketPath });
  await value(page, "server.add", { kind: "local", name: "web-2", socketPath: gate.socketPath });
  for (const name of ["web-1", "web-2"])
    await page.getByRole("checkbox", { name: `Select shop.example.com on ${name}` }).waitFor();
});
test.afterEach(async () => {
  const faults = await faultsOf(page);
  await desktop.close();
  await gate.close();
  for (const agent of agents) await agent.close();
  await rm(userData, { recursive: true, force: true, maxRetries: 10 });
  expect(faults).toEqual([]);
});

function button(name: string | RegExp) {
  return page.getByRole("button", { name, exact: true });
}
/** The button waits until the servers have said what it would do. */
async function pressOnceEnabled(name: string) {
  const wanted = dialog().getByRole("button", { name, exact: true });
  await expect(wanted).toBeEnabled();
  await wanted.press("Enter");
}
function dialog() {
  return page.getByRole("dialog");
}
async function windowsOn(agent: TestAgent) {
  return (await agent.call("listWindows")).windows;
}
function toast(text: string | RegExp) {
  return page.getByRole("region", { name: "Results" }).getByText(text);
}

/** The way back from what was done last. */
function undo() {
  return page.getByRole("region", { name: "Results" }).getByRole("button", { name: "Undo" }).last();
}

function plusDays(day: string, days: number): string {
  return new Date(Date.parse(day) + days * 86_400_000).toISOString().slice(0, 10);
}

/** By the clock on the wall in Kathmandu. */
const TODAY = new Date(Date.now() + 5.75 * 3_600_000).toISOString().slice(0, 10);
/** Wednesday of next week, so that all of the week is ahead. */
const DAY = plusDays(TODAY, 9 - ((new Date(TODAY).getUTCDay() + 6) % 7));

function draft(fields: Partial<WindowDraft> = {}): WindowDraft {
  return {
    title: "New disks",
    sites: [{ site: "shop" }],
    start: `${DAY}T06:00`,
    duration: "PT2H",
    zone: "Asia/Kathmandu",
    author: "anna",
    ...fields,
  };
}

/** The schedule, in a view, in the week of DAY. */
async function show(view: "Month" | "Week" | "List"): Promise<void> {
  await button("Schedule").press("Enter");
  await page.getByRole("heading", { name: "Schedule", level: 1 }).waitFor();
  await button(view).click();
  await button("Today").click();
  if (view === "Week" || (view === "Month" && !DAY.startsWith(TODAY.slice(0, 7)))) await button("Later").click();
}
function block(title: string): Locator {
  return page.getByRole("button", { name: new RegExp(`^${title}: `) }).first();
}

/** The same, in the column of a day. */
function blockOn(title: string, day: string): Locator {
  return page.locator(`[data-day="${day}"]`).getByRole("button", { name: new RegExp(`^${title}: `) });
}

test("a window is planned with the keyboard only, seen in every view, moved, stretched, undone and removed", async () => {
  // What a new window reminds of is a setting.
  await value(page, "settings.update", { reminders: ["-PT1H", "end"] });
  await button("Settings").press("Enter");
  await expect(
    page.getByRole("group", { name: "Reminders of a new window" }).getByRole("checkbox", { checked: true }),
  ).toHaveCount(2);
  await button("Schedule").press("Enter");
  await page.getByRole("heading", { name: "Schedule", level: 1 }).waitFor();
  await button("Plan maintenance").press("Enter");
  await expect(dialog().getByRole("heading", { name: "Plan maintenance" })).toBeVisible();
  await dialog().getByRole("checkbox", { name: "shop.example.com on web-1" }).press("Space");
  await dialog().getByRole("textbox", { name: "Title" }).focus();
  await page.keyboard.type("New disks");
  const date = dialog().getByRole("group", { name: "Starts on" });
  for (const [part, text] of [
    ["month", DAY.slice(5, 7)],
    ["day", DAY.slice(8, 10)],
    ["year", DAY.slice(0, 4)],
  ] as const) {
    await date.getByRole("spinbutton", { name: part }).focus();
    await page.keyboard.type(text);
  }
  const time = dialog().getByRole("group", { name: "At", exact: true });
  await time.getByRole("spinbutton", { name: "hour" }).focus();
  await page.keyboard.type("06");
  await time.getByRole("spinbutton", { name: "minute" }).focus();
  await page.keyboard.type("30");
  await dialog().getByRole("combobox", { name: "Time zone" }).fill("Asia/Kathmandu");
  await expect(dialog().getByRole("list", { name: "When it takes place" })).toContainText("06:30 – 07:30");
  await button("Plan it").press("Enter");
  await expect(toast("“New disks” is planned")).toBeVisible();
  const [window] = await windowsOn(agents[0]);
  expect(window).toMatchObject({
    title: "New disks",
    start: `${DAY}T06:30`,
    duration: "PT1H",
    zone: "Asia/Kathmandu",
    sites: [{ site: "shop" }],
    reminders: ["-PT1H", "end"],
  });
  expect(window).not.toHaveProperty("operation");

  await show("Month");
  await expect(block("New disks")).toBeVisible();
  await button("List").click();
  await expect(page.getByRole("row").filter({ has: block("New disks") })).toContainText("06:30 – 07:30");
  await button("Week").click();
  await button("Today").click();
  await button("Later").click();

  // Held, it moves step by step; let go, it says what that does before it does it.
  await block("New disks").focus();
  await page.keyboard.down("Alt");
  for (const key of ["ArrowDown", "ArrowDown", "ArrowRight"]) await page.keyboard.press(key);
  await page.keyboard.up("Alt");
  await expect(dialog().getByRole("heading", { name: "Move “New disks”?" })).toBeVisible();
  await expect(dialog().getByRole("list", { name: "When it takes place" })).toContainText("07:00 – 08:00");
  await pressOnceEnabled("Move");
  await expect(toast("“New disks” is moved")).toBeVisible();
  expect((await windowsOn(agents[0]))[0]).toMatchObject({ start: `${plusDays(DAY, 1)}T07:00`, duration: "PT1H" });
  // Shown where it went, so that what is shown next is shown after the way back.
  await expect(blockOn("New disks", plusDays(DAY, 1))).toContainText("07:00 – 08:00");
  await undo().press("Enter");
  await expect(toast("Undone: “New disks” is moved")).toBeVisible();
  expect((await windowsOn(agents[0]))[0]).toMatchObject({ start: `${DAY}T06:30` });

  await expect(blockOn("New disks", DAY)).toContainText("06:30 – 07:30");
  await block("New disks").focus();
  await page.keyboard.press("Alt+Shift+ArrowDown");
  await expect(dialog().getByRole("heading", { name: "Stretch “New disks”?" })).toBeVisible();
  await pressOnceEnabled("Stretch");
  await expect(toast("“New disks” is stretched")).toBeVisible();
  expect((await windowsOn(agents[0]))[0]).toMatchObject({ start: `${DAY}T06:30`, duration: "PT1H15M" });
  // What is removed next is the window as it is now.
  await expect(blockOn("New disks", DAY)).toContainText("06:30 – 07:45");

  await block("New disks").press("Enter");
  await expect(page.getByRole("complementary", { name: "Details of New disks" })).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(block("New disks")).toBeFocused();
  await page.keyboard.press("Delete");
  const remove = dialog().getByRole("button", { name: "Remove", exact: true });
  await expect(remove).toBeEnabled();
  await remove.press("Enter");
  await expect(toast("“New disks” is removed")).toBeVisible();
  expect(await windowsOn(agents[0])).toEqual([]);
});

/** Drags by so many pixels, like a hand does. */
async function drag(from: Locator, dx: number, dy: number, atEdge = false): Promise<void> {
  // Waits until it lies still: another week has come, or what was there has moved.
  await from.hover();
  const box = await from.boundingBox();
  if (box === null) throw new Error("nothing to drag");
  const [x, y] = [box.x + box.width / 2, atEdge ? box.y + box.height - 3 : box.y + 12];
  await page.mouse.move(x, y);
  await page.mouse.down();
  for (let step = 1; step <= 5; step += 1) await page.mouse.move(x + (dx * step) / 5, y + (dy * step) / 5);
  await page.mouse.up();
}

test("a series is dragged: one time of it alone, then all; conflicts are named, one time is skipped and put back", async () => {
  await agents[0].call("createWindow", { body: draft({ rrule: "FREQ=WEEKLY" }) });
  await agents[0].call("createWindow", {
    body: draft({ title: "Kernel", start: `${DAY}T07:00`, zone: "Europe/Berlin", duration: "PT1H" }),
  });
  await show("Week");
  await expect(block("New disks")).toBeVisible();
  // 44 pixels are an hour.
  await drag(blockOn("New disks", DAY), 0, 44);
  await expect(dialog().getByRole("radio", { name: /^This one only/ })).toBeChecked();
  await dialog().getByRole("button", { name: "Move", exact: true }).click();
  await expect(toast("“New disks” is moved")).toBeVisible();
  const [series, , single] = await windowsOn(agents[0]);
  expect(series?.occurrences).toContainEqual(expect.objectContaining({ state: "skipped" }));
  expect(single).toMatchObject({ start: `${DAY}T07:00`, duration: "PT2H" });
  expect(single).not.toHaveProperty("rrule");
  await undo().click();
  await expect(toast("Undone: “New disks” is moved")).toBeVisible();

  await button("Later").click();
  await drag(blockOn("New disks", plusDays(DAY, 7)), 0, 88, true);
  await expect(dialog().getByRole("heading", { name: "Stretch “New disks”?" })).toBeVisible();
  await dialog()
    .getByRole("radio", { name: /^All of them/ })
    .check();
  await dialog().getByRole("button", { name: "Stretch all", exact: true }).click();
  await expect(toast("“New disks” is stretched")).toBeVisible();
  expect((await windowsOn(agents[0]))[0]).toMatchObject({
    rrule: "FREQ=WEEKLY",
    start: `${DAY}T06:00`,
    duration: "PT4H",
  });

  await blockOn("New disks", plusDays(DAY, 7)).press("Delete");
  await dialog().getByRole("button", { name: "Skip", exact: true }).click();
  await expect(toast("One occurrence of “New disks” is skipped")).toBeVisible();
  await expect(page.getByRole("button", { name: /^New disks: .*Skipped/ })).toBeVisible();
  await undo().click();
  await expect(toast(/^Undone: One occurrence/)).toBeVisible();
  await expect(page.getByRole("button", { name: /^New disks: .*; Planned$/ })).toBeVisible();

  // Of an hour in the other's time: said where it is planned, and in every view afterwards.
  await button("Today").click();
  await button("Later").click();
  await drag(blockOn("Kernel", DAY), 0, -4 * 44);
  await expect(dialog().getByRole("list", { name: "Conflicts" })).toContainText(
    "the site stays closed until the last of both ends",
  );
  await dialog().getByRole("button", { name: "Move", exact: true }).click();
  await expect(page.getByRole("button", { name: /^Kernel: .*conflicts with “New disks”/ })).toBeVisible();
  await block("Kernel").click();
  const details = page.getByRole("complementary", { name: "Details of Kernel" });
  await expect(details).toContainText("shop is also in “New disks”: closed until");
  await expect(details).toContainText("Europe/Berlin");

  // Of a series only the next one can be started before its time.
  const start = page
    .getByRole("complementary", { name: "Details of New disks" })
    .getByRole("button", { name: "Start now" });
  await button("Later").click();
  for (const weeks of [2, 3]) {
    await button("Later").click();
    await blockOn("New disks", plusDays(DAY, weeks * 7)).click();
    await expect(start).toHaveCount(weeks === 2 ? 1 : 0);
  }
  await expect(page.getByRole("button", { name: "Skip this one…" })).toBeVisible();
});

test("a window that runs is extended and brought back, and what became of it stays", async () => {
  await agents[0].call("createWindow", { body: draft({ title: "Kernel" }) });
  await show("Week");
  await block("Kernel").click();
  const details = page.getByRole("complementary", { name: "Details of Kernel" });
  await details.getByRole("button", { name: "Start now" }).click();
  await expect(details.getByText("Running").first()).toBeVisible();
  expect((await agents[0].visit()).status).toBe(503);
  const end = async () =>
    (await windowsOn(agents[0]))[0]?.occurrences.find(({ state }) => state === "running")?.end ?? "";
  const before = await end();
  await details.getByRole("button", { name: "Extend 15 min" }).click();
  await expect(toast("“Kernel” is extended by 15 min")).toBeVisible();
  expect(Date.parse(await end()) - Date.parse(before)).toBe(900_000);
  await undo().click();
  await expect.poll(end).toBe(before);
  await details.getByRole("button", { name: "Bring back" }).click();
  await expect(toast("“Kernel” has ended")).toBeVisible();
  expect((await agents[0].visit()).status).toBe(200);
  // It began and ended today, and that is where it stands from now on.
  await button("List").click();
  await expect(page.getByRole("row").filter({ has: block("Kernel") })).toContainText("Ended");
});

test("on two servers: planned on both or on none, and one that lacks it is named and finished", async () => {
  await show("List");
  const plan = async () => {
    await button("Plan maintenance").first().click();
    for (const name of ["web-1", "web-2"])
      await dialog()
        .getByRole("checkbox", { name: `shop.example.com on ${name}` })
        .check();
    await dialog().getByRole("textbox", { name: "Title" }).fill("New database");
    await expect(dialog().getByRole("list", { name: "When it takes place" })).toBeVisible();
  };
  await plan();
  gate.stopAt(/POST \/v1\/windows HTTP/, "cut");
  await button("Plan it").click();
  await expect(dialog().getByRole("alert").filter({ hasText: "It could not be reverted on web-2." })).toBeVisible({
    timeout: 60_000,
  });
  expect(await windowsOn(agents[0])).toEqual([]);
  expect(await windowsOn(agents[1])).toEqual([]);
  await button("Cancel").click();
  gate.open();
  await expect
    .poll(async () => (await stateOf(page)).servers[1]?.connection.state, { timeout: 30_000 })
    .toBe("connected");

  await plan();
  await button("Plan it").click();
  await expect(toast("“New database” is planned")).toBeVisible();
  const [[first], [second]] = [await windowsOn(agents[0]), await windowsOn(agents[1])];
  expect(first?.operation).toMatchObject({ title: "New database", servers: 2 });
  expect(second?.operation).toEqual(first?.operation);
  const row = page.getByRole("row").filter({ has: block("New database") });
  await expect(row).toHaveCount(1);
  await expect(row).toContainText("shop on 2 servers");

  await agents[1].call("removeWindow", { params: { id: second?.id ?? "" } });
  await expect(row).toContainText("missing on 1 server");
  await block("New database").click();
  await button("Finish…").click();
  await expect(dialog().getByRole("checkbox", { name: "web-2" })).toBeChecked();
  await dialog().getByRole("button", { name: "Finish", exact: true }).click();
  await expect(row).toContainText("shop on 2 servers");
  expect((await windowsOn(agents[1]))[0]?.operation).toEqual(first?.operation);

  // The overview says when it is the next time.
  await button("Overview").click();
  await expect(
    page.getByRole("row").filter({ has: page.getByRole("checkbox", { name: "Select shop.example.com on web-2" }) }),
  ).toContainText("02:00");
});

test("every view, the details and the dialogs as axe sees them, and in a small window", async () => {
  const findings: string[] = [];
  await show("List");
  await page.getByText("Nothing is planned").first().waitFor();
  findings.push(...(await findingsOn(page, "schedule, empty")));
  await agents[0].call("createWindow", { body: draft({ rrule: "FREQ=WEEKLY;BYDAY=MO,WE,FR" }) });
  await agents[0].call("createWindow", {
    body: draft({ title: "Kernel", start: `${DAY}T07:00`, duration: "PT3H", rrule: "FREQ=DAILY;COUNT=5" }),
  });
  await agents[0].call("createWindow", {
    body: draft({
      title: "Database",
      sites: [{ site: "blog" }],
      start: `${DAY}T04:00`,
      zone: "Europe/Berlin",
      duration: "PT30H",
    }),
  });
  const running = await agents[1].call("createWindow", {
    body: draft({ title: "Search index", sites: [{ site: "wiki" }] }),
  });
  await agents[1].call("startWindow", { params: { id: running.id } });
  for (const view of ["Month", "List", "Week"] as const) {
    await show(view);
    await block("Kernel").waitFor();
    findings.push(...(await findingsOn(page, `schedule, ${view}`)));
  }
  await block("Kernel").click();
  await page.getByRole("complementary").waitFor();
  findings.push(...(await findingsOn(page, "schedule, details")));
  await desktop.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.setSize(900, 600));
  findings.push(...(await findingsOn(page, "schedule, details, small")));
  await button("Close the details").click();
  findings.push(...(await findingsOn(page, "schedule, week, small")));
  await button("Month").click();
  findings.push(...(await findingsOn(page, "schedule, month, small")));
  await button("Plan maintenance").click();
  await button("Plan it").click();
  await dialog().getByText("Choose at least one site.").waitFor();
  findings.push(...(await findingsOn(page, "schedule, plan, small")));
  await dialog().getByRole("button", { name: "Starts on: pick from a calendar" }).click();
  await page.getByRole("grid").waitFor();
  findings.push(...(await findingsOn(page, "schedule, calendar")));
  await page.keyboard.press("Escape");
  await desktop.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.setSize(1280, 900));
  await dialog().getByRole("checkbox", { name: "shop.example.com on web-1" }).check();
  await dialog().getByRole("textbox", { name: "Title" }).fill("Again");
  await choose(dialog().getByRole("combobox", { name: "Repeat" }), "Weekly");
  await dialog().getByRole("list", { name: "When it takes place" }).waitFor();
  findings.push(...(await findingsOn(page, "schedule, plan, whole")));
  await page.keyboard.press("Escape");
  findings.push(...(await findingsOn(page, "schedule, discard")));
  await dialog().getByRole("button", { name: "Discard" }).click();
  await button("Week").click();
  await block("New disks").focus();
  await page.keyboard.press("Alt+ArrowDown");
  await dialog().getByRole("list", { name: "When it takes place" }).waitFor();
  findings.push(...(await findingsOn(page, "schedule, move")));
  await page.keyboard.press("Escape");
  gate.stopAt(/.*/, "cut");
  await page.getByRole("region", { name: "Servers that are away" }).waitFor({ timeout: 30_000 });
  findings.push(...(await findingsOn(page, "schedule, a server away")));
  expect(findings).toEqual([]);
});
