/**
 * The wizard's last step, planned instead of now: on two real agents, with their quietest times,
 * and starting by itself.
 */
import { expect, type Page, test } from "@playwright/test";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { seal } from "../../server-agent/store/sealed-text.ts";
import { makeFolder, startAgent, type TestAgent } from "../../tools/driving/agent.ts";
import { fleetConfig } from "../support/agent/fleet.ts";
import { stateOf, value } from "../../tools/driving/call.ts";
import { type Desktop, startDesktop } from "../../tools/driving/desktop.ts";
import { faultsOf } from "./support/page-faults.ts";

const SHOP = "shop.example.com";
const HOUR = 3_600_000;

let desktop: Desktop;
let page: Page;
let agents: TestAgent[];
let userData: string;

/**
 * A folder of an agent that has counted visits for two weeks: none at four o'clock UTC, many else.
 */
async function visitedFolder(): Promise<string> {
  const folder = await makeFolder();
  await mkdir(path.join(folder, "state/traffic"), { recursive: true });
  const now = Math.floor(Date.now() / HOUR);
  const hours = Array.from({ length: 14 * 24 }, (_, index) => new Date((now - 14 * 24 + index) * HOUR)).map(
    (start) => ({
      start: start.toISOString(),
      minutes: 60,
      requests: { shop: start.getUTCHours() === 4 ? 3 : 500 },
    }),
  );
  await writeFile(path.join(folder, "state/traffic/hours.json"), seal({ id: "hours", hours }));
  return folder;
}

test.beforeEach(async () => {
  agents = [
    await startAgent({ config: fleetConfig(), folder: await visitedFolder() }),
    await startAgent({ config: fleetConfig() }),
  ];
  userData = await mkdtemp(path.join(tmpdir(), "backsoon-planned-"));
  desktop = await startDesktop({ userData });
  page = desktop.page;
  for (const [index, { socketPath }] of agents.entries())
    await value(page, "server.add", { kind: "local", name: `web-${index + 1}`, socketPath });
  for (const name of ["web-1", "web-2"])
    await page.getByRole("checkbox", { name: `Select ${SHOP} on ${name}` }).waitFor();
});
test.afterEach(async () => {
  const faults = await faultsOf(page);
  await desktop.close();
  for (const agent of agents) await agent.close();
  await rm(userData, { recursive: true, force: true, maxRetries: 10 });
  expect(faults).toEqual([]);
});

function button(name: string | RegExp) {
  return page.getByRole("button", { name, exact: typeof name === "string" });
}
function radio(name: string | RegExp) {
  return page.getByRole("radio", { name });
}

test("a window on two servers is planned in the wizard at the quietest time, with all that was chosen", async () => {
  await button("Put site in maintenance").click();
  await radio("shop on web-1").check();
  await button("+ shop.example.com on web-2").click();
  await page.getByRole("textbox", { name: "Reason" }).fill("New database");
  await button("Review").click();
  await radio(/^Planned/).check();
  // Named after the reason until somebody says otherwise.
  await expect(page.getByRole("textbox", { name: "Title" })).toHaveValue("New database");
  await page.getByRole("combobox", { name: "Time zone" }).fill("UTC");
  const quiet = page.getByRole("group", { name: "Low-traffic times" });
  await quiet
    .getByRole("button", { name: /04:00 about 3 requests/ })
    .first()
    .click();
  await radio(/^Reopen if healthy/).check();
  await page.getByRole("checkbox", { name: "1 day before" }).uncheck();
  const preview = page.getByRole("region", { name: "Preview" });
  await expect(preview.getByRole("list", { name: "When it takes place" })).toContainText("04:00");
  // A window ends by itself, and nobody has to press anything.
  await expect(preview).toContainText("at its end");
  await expect(preview).not.toContainText("Bring all back");
  await button("Plan it").click();

  await expect(page.getByRole("heading", { name: "Schedule", level: 1 })).toBeVisible();
  const planned = await Promise.all(agents.map(async (agent) => (await agent.call("listWindows")).windows));
  for (const windows of planned) {
    expect(windows).toMatchObject([
      {
        title: "New database",
        reason: "New database",
        zone: "UTC",
        duration: "PT1H",
        atEnd: "reopen-if-healthy",
        reminders: ["-PT1H", "-PT10M", "start", "end"],
        sites: [{ site: "shop", page: "default", health: "/" }],
        operation: { title: "New database", servers: 2 },
      },
    ]);
    expect(windows[0]?.start).toMatch(/T04:00$/);
    expect(windows[0]?.sites[0]?.exceptions?.length).toBeGreaterThan(0);
  }
  expect(new Set(planned.flat().map(({ operation }) => operation?.id)).size).toBe(1);
  // Nothing is switched yet.
  for (const agent of agents) expect((await agent.visit({ host: SHOP })).status).toBe(200);

  // The way back takes it from both.
  await button("Undo").click();
  await expect
    .poll(async () => (await stateOf(page)).servers.map(({ snapshot }) => snapshot?.windows.length))
    .toEqual([0, 0]);
});

test("what is missing is said at its field, and nothing is planned", async () => {
  await button("Put site in maintenance").click();
  await radio("shop on web-2").check();
  await button("Review").click();
  await radio(/^Planned/).check();
  await expect(page.getByText("can be suggested once its visits have been counted for a day")).toBeVisible();
  await page.getByRole("textbox", { name: "Title" }).fill("");
  await page.getByRole("spinbutton", { name: "Minutes" }).fill("0");
  await button("Plan it").click();
  await expect(page.getByText("Describe the work in a few words.")).toBeVisible();
  await expect(page.getByText("Use at least one minute, and a year at most.")).toBeVisible();
  expect(await agents[1]?.call("listWindows")).toEqual({ windows: [] });
  // Going back to now loses nothing.
  await radio(/^Now/).check();
  await expect(button(`Put ${SHOP} in maintenance`)).toBeEnabled();
});
