/** Every screen, light and dark, as axe sees it. */
import { expect, type Page, test } from "@playwright/test";
import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { startAgent } from "../../tools/driving/agent.ts";
import { fleetConfig, maintain, stage } from "../support/agent/fleet.ts";
import { startSocketGate } from "../support/http/socket-gate.ts";
import { freePort } from "../../tools/driving/free-port.ts";
import { draft } from "../support/agent/windows.ts";
import { findingsOn } from "./support/axe.ts";
import { stateOf, value } from "../../tools/driving/call.ts";
import { type Desktop, startDesktop } from "../../tools/driving/desktop.ts";
import { faultsOf } from "./support/page-faults.ts";
import { SHOP, startPracticeShop } from "./support/practice-shop.ts";
import { PASSPHRASE, startSshServer } from "./support/ssh-server.ts";

// Axe reads each screen twice.

let desktop: Desktop;
let page: Page;
test.beforeEach(async () => {
  desktop = await startDesktop();
  page = desktop.page;
});
test.afterEach(async () => {
  const faults = await faultsOf(page);
  await desktop.close();
  expect(faults).toEqual([]);
});

function button(name: string) {
  return page.getByRole("button", { name, exact: true });
}

test("the first start, and each screen with a server", async () => {
  const findings = await findingsOn(page, "empty overview");
  await button("Add a server").click();
  await page.getByRole("radio", { name: "An agent on this computer" }).check();
  findings.push(...(await findingsOn(page, "add a server, local")));
  await page.keyboard.press("Escape");
  await startPracticeShop(page, true);
  await expect.poll(async () => (await stateOf(page)).servers[0]?.history.shop?.length ?? 0).toBeGreaterThan(2);
  findings.push(...(await findingsOn(page, "overview")));
  await button(`More for ${SHOP} on Practice server`).click();
  await page.getByRole("menuitem").first().waitFor();
  findings.push(...(await findingsOn(page, "overview, menu of a site")));
  await page.keyboard.press("Escape");
  await button("Rows and order").click();
  await page.getByRole("menuitemradio").first().waitFor();
  findings.push(...(await findingsOn(page, "overview, rows and order")));
  await page.keyboard.press("Escape");
  await button(SHOP).click();
  await page.getByRole("heading", { name: SHOP, level: 1 }).waitFor();
  await page.getByRole("region", { name: "Requests now" }).getByRole("row").nth(1).waitFor();
  findings.push(...(await findingsOn(page, "site")));
  for (const screen of ["Servers", "History", "Settings"]) {
    await button(screen).click();
    await page.getByRole("heading", { name: screen, level: 1 }).waitFor();
    findings.push(...(await findingsOn(page, screen)));
  }
  await button("Servers").click();
  await button("Practice server").click();
  await page.getByRole("heading", { name: "Practice server", level: 1 }).waitFor();
  findings.push(...(await findingsOn(page, "server")));
  for (const tab of ["Test", "History", "Settings", "Reminders"]) {
    await page.getByRole("tab", { name: tab }).click();
    await page.getByRole("tabpanel", { name: tab }).getByRole("heading").first().waitFor();
    findings.push(...(await findingsOn(page, `server, ${tab}`)));
  }
  await button("Add a channel…").click();
  await page.getByRole("dialog").waitFor();
  await page.getByRole("dialog").getByRole("button", { name: "Add" }).click();
  findings.push(...(await findingsOn(page, "add a channel")));
  await page.keyboard.press("Escape");
  await page.keyboard.press("Control+k");
  await page.getByRole("dialog", { name: "Commands" }).waitFor();
  findings.push(...(await findingsOn(page, "palette")));
  expect(findings).toEqual([]);
});

test("what is due, above the screens", async () => {
  await using agent = await startAgent();
  await value(page, "server.add", { kind: "local", name: "web-01", socketPath: agent.socketPath });
  await agent.call("createWindow", { body: draft({ duration: "PT1H", atStart: "remind" }) });
  await agent.call("startMaintenance", { body: { site: "shop", until: new Date(Date.now() + 1000).toISOString() } });
  await expect
    .poll(async () => (await stateOf(page)).due.map(({ kind }) => kind).toSorted())
    .toEqual(["overrun", "start"]);
  const findings = await findingsOn(page, "overview with a reminder");
  await button("Settings").click();
  await page.getByRole("checkbox", { name: "Quiet hours" }).check();
  await page.getByRole("button", { name: /^Bring back: shop/ }).waitFor();
  findings.push(...(await findingsOn(page, "settings with reminders")));
  await page.getByRole("button", { name: /^Dismiss: Time to start/ }).click();
  await expect(page.getByRole("button", { name: /^Start: / })).toBeHidden();
  await page.getByRole("button", { name: /^Bring back: shop/ }).click();
  await expect(page.getByRole("region", { name: "What is due" }).getByRole("button")).toHaveCount(0);
  expect(findings).toEqual([]);
});

test("adding a server over SSH, what its connection asks, and a changed host key", async () => {
  const server = await startSshServer("web-01");
  const userData = await mkdtemp(path.join(os.tmpdir(), "backsoon-e2e-data-"));
  await desktop.close();
  desktop = await startDesktop({ userData, env: server.env });
  page = desktop.page;
  try {
    await button("Add a server").click();
    await page.getByRole("button", { name: /^web-01/ }).waitFor();
    await page.getByText("More: port").click();
    await button("Connect").click();
    await page.getByRole("alert").first().waitFor();
    const findings = await findingsOn(page, "add a server, address missing");
    await page.getByRole("button", { name: /^web-01/ }).click();
    await page.keyboard.press("Enter");
    await page.getByRole("form", { name: /^Is this really/ }).waitFor();
    findings.push(...(await findingsOn(page, "add a server, host key")));
    await button("Trust this key").click();
    const passphrase = page.getByLabel(/^Passphrase of .*id_work$/);
    await passphrase.fill("wrong");
    await page.keyboard.press("Enter");
    await page.getByText("That passphrase was wrong.").waitFor();
    findings.push(...(await findingsOn(page, "add a server, passphrase")));
    await passphrase.fill(PASSPHRASE);
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "What was found" }).waitFor();
    findings.push(...(await findingsOn(page, "add a server, agent")));
    await page.getByRole("radio", { name: /^Backsoon serves the sites itself/ }).check();
    await button("Next: Install").click();
    await page.getByRole("textbox", { name: "Port" }).fill(String(await freePort()));
    await page.getByText("5. Write the first configuration").click();
    findings.push(...(await findingsOn(page, "add a server, install")));
    await button("Install the agent").click();
    await page.getByRole("heading", { name: "Give it a name" }).waitFor();
    findings.push(...(await findingsOn(page, "add a server, name")));
    await button("Add server").click();
    await page.getByText("Connected", { exact: true }).waitFor();
    await server.setUpAnew();
    const changed = page.getByRole("region", { name: /has changed$/ });
    await changed.waitFor({ timeout: 30_000 });
    findings.push(...(await findingsOn(page, "server, host key changed")));
    await button("The server was reinstalled…").click();
    await page.getByRole("dialog").waitFor();
    findings.push(...(await findingsOn(page, "server, trust the new key")));
    await page.keyboard.press("Escape");
    await desktop.close();

    desktop = await startDesktop({ userData, env: server.env });
    page = desktop.page;
    await button("Servers").click();
    await page.getByText("Action needed").waitFor();
    findings.push(...(await findingsOn(page, "servers, one waits")));
    await button("web-01").click();
    await button("The server was reinstalled…").click();
    await page.getByRole("button", { name: /^Trust the new key of / }).click();
    await page.getByRole("region", { name: "A question of the connection" }).waitFor();
    findings.push(...(await findingsOn(page, "server, question")));
    await button("Settings").click();
    await page.getByRole("region", { name: "A question of web-01" }).waitFor();
    findings.push(...(await findingsOn(page, "a question above the screen")));
    expect(findings).toEqual([]);
  } finally {
    await server.close();
    await rm(userData, { recursive: true, force: true, maxRetries: 10 });
  }
});

/** The built-in page in English and German, seen in both, and in a colour. */
async function writeInTwoLanguages() {
  const preview = page.frameLocator(`iframe[title="The page on a desktop"]`);
  await preview.getByRole("heading", { name: "Back soon" }).waitFor();
  await page.getByRole("textbox", { name: "Title" }).fill("Back at ten");
  await button("Add a language").click();
  await page.getByRole("menuitem", { name: "German" }).click();
  const title = page.getByRole("textbox", { name: "Title" });
  await expect(title).toHaveAttribute("placeholder", "Gleich wieder da");
  await title.fill("Um zehn zurück");
  await preview.getByRole("heading", { name: "Um zehn zurück" }).waitFor();
  const language = page.getByRole("combobox", { name: "Language of the preview" });
  await language.click();
  await expect(page.getByRole("option")).toHaveText(["English", "German"]);
  await page.getByRole("option", { name: "English" }).click();
  await preview.getByRole("heading", { name: "Back at ten" }).waitFor();
  await expect(title).toHaveValue("Back at ten");
  const colour = page.getByRole("textbox", { name: "Colour" });
  await colour.fill("greenish");
  await colour.press("Tab");
  await expect(colour).toHaveAttribute("aria-invalid", "true");
  await page.getByRole("group", { name: "Suggested colours" }).getByRole("button", { name: "Green" }).click();
  await expect(colour).toHaveValue("#0a7d5c");
  await expect(preview.locator("body")).toHaveCSS("border-top-color", "rgb(10, 125, 92)");
}

test("each step of the wizard, the progress, and the way back", async () => {
  await startPracticeShop(page, true);
  await button("Put site in maintenance").click();
  const findings = await findingsOn(page, "wizard, nothing chosen");
  await page.getByRole("button", { name: /^Next: / }).click();
  findings.push(...(await findingsOn(page, "wizard, site missing")));
  await page.getByRole("radio", { name: SHOP }).check();
  await expect(page.getByRole("region", { name: "Preview" }).getByText("Choose a site to see")).toBeHidden();
  findings.push(...(await findingsOn(page, "wizard, site")));
  await button("How it works").click();
  for (const step of ["Copycat", "Domains", "What visitors see", "Who gets in", "Order", "When"]) {
    await button(`Next: ${step}`).click();
    if (step === "What visitors see") await writeInTwoLanguages();
    if (step === "Who gets in") {
      await page.getByRole("checkbox", { name: /^People with a staff pass/ }).check();
      await page.getByRole("textbox", { name: "Make a pass for" }).fill("Ben Bell, Anna");
    }
    findings.push(...(await findingsOn(page, `wizard, ${step}`)));
  }
  const start = button(`Put ${SHOP} in maintenance`);
  await expect(start).toBeEnabled();
  await page.keyboard.press("Escape");
  await page.getByRole("dialog", { name: /^Leave without/ }).waitFor();
  findings.push(...(await findingsOn(page, "wizard, leaving")));
  await page.keyboard.press("Escape");
  await start.click();
  await page.getByRole("heading", { name: `${SHOP} is in maintenance` }).waitFor();
  await expect(page.getByLabel("right:")).not.toHaveCount(0);
  // What somebody waits for stands first.
  await expect(page.getByRole("main").getByRole("region").first()).toHaveAccessibleName("Staff passes");
  await page.getByText("What was changed, and how it is undone").click();
  findings.push(...(await findingsOn(page, "progress")));
  await button("More").click();
  await page.getByRole("menuitem").first().waitFor();
  findings.push(...(await findingsOn(page, "progress, menu")));
  await page.keyboard.press("Escape");
  await button(`Extend 15 min: ${SHOP}`).click();
  await expect(page.getByText(/ · until \d\d:\d\d/)).toBeVisible();
  await button("Change…").click();
  const dialog = page.getByRole("dialog", { name: `Change the maintenance of ${SHOP}` });
  await expect(dialog.getByRole("radio", { name: "At a time" })).toBeChecked();
  await dialog.getByRole("textbox", { name: "Title" }).fill("Half an hour more");
  await dialog.getByRole("textbox", { name: "Let in, too" }).fill("healthz");
  await dialog.getByRole("alert").getByText("neither a path").waitFor();
  findings.push(...(await findingsOn(page, "progress, change")));
  await dialog.getByRole("textbox", { name: "Let in, too" }).fill("/status");
  await dialog.getByRole("button", { name: "Change", exact: true }).click();
  const edits = page.getByRole("region", { name: "Changed while it ran" });
  await expect(edits.getByRole("listitem")).toHaveText([/end now \d\d:\d\d$/, /page, exceptions$/]);
  // The wizard has made two; their links are here until they are hidden.
  const passes = page.getByRole("region", { name: "Staff passes" });
  await expect(passes.getByRole("button", { name: "Copy the link for Ben Bell to shop.localhost" })).toBeVisible();
  await passes.getByRole("button", { name: "Hide the links for Anna" }).click();
  await passes.getByRole("textbox", { name: "Name" }).fill("Carl");
  await passes.getByRole("button", { name: "Make a pass" }).click();
  await expect(passes.getByText(/\/\.well-known\/backsoon\/pass#/).first()).toBeVisible();
  await expect(passes.getByRole("button", { name: "Copy the link for Ben Bell to shop.localhost" })).toBeVisible();
  await expect(passes.getByRole("listitem")).toHaveText([/Carl.*not used yet/, /Anna/, /Ben Bell/]);
  findings.push(...(await findingsOn(page, "progress, changed")));
  await passes.getByRole("button", { name: "Revoke the pass of Anna" }).click();
  await page.getByRole("alertdialog").or(page.getByRole("dialog")).getByRole("button", { name: "Revoke" }).click();
  await expect(passes.getByRole("listitem")).toHaveText([/Carl/, /Ben Bell/]);
  await button("Overview 1 in maintenance").click();
  await page.getByRole("heading", { name: "Overview", level: 1 }).waitFor();
  findings.push(...(await findingsOn(page, "overview in maintenance")));
  await page.getByRole("button", { name: `Details of ${SHOP}` }).click();
  await button("Bring back").click();
  await page.getByRole("heading", { name: `${SHOP} is live again` }).waitFor();
  findings.push(...(await findingsOn(page, "live again")));
  await button("History").click();
  await page.getByRole("heading", { name: "History", level: 1 }).waitFor();
  findings.push(...(await findingsOn(page, "history")));
  await page.getByRole("button", { name: new RegExp(`^${SHOP} on`) }).click();
  await page.frameLocator("iframe").getByRole("heading").waitFor();
  findings.push(...(await findingsOn(page, "receipt")));
  expect(findings).toEqual([]);
});

test("several servers: the wizard, the progress, a refusal, what is not finished, and what they leave on the other screens", async () => {
  const agents = [await startAgent({ config: fleetConfig() }), await startAgent({ config: fleetConfig() })] as const;
  const gate = await startSocketGate(agents[1].socketPath, agents[1].folder);
  try {
    await value(page, "server.add", { kind: "local", name: "web-1", socketPath: agents[0].socketPath });
    await value(page, "server.add", { kind: "local", name: "web-2", socketPath: gate.socketPath });
    const select = (site: string, server: string) =>
      page.getByRole("checkbox", { name: `Select ${site}.example.com on ${server}` });
    await select("shop", "web-1").check();
    await select("shop", "web-2").check();
    const findings = await findingsOn(page, "overview, several selected");
    await button("Put 2 in maintenance").click();
    await page.getByRole("checkbox", { name: "wiki on web-2" }).check();
    findings.push(...(await findingsOn(page, "wizard, several sites")));
    await button("How it works").click();
    await button("Domains").click();
    findings.push(...(await findingsOn(page, "wizard, domains of several sites")));
    await button("Review").click();

    // Somebody else is about to switch there, and a site has gone into maintenance meanwhile.
    const held = await stage(agents[0], maintain("blog"));
    await agents[1].call("startMaintenance", { body: { site: "wiki" } });
    await page.getByRole("alert").filter({ hasText: "One site cannot take part" }).waitFor();
    await expect(page.getByText("anna is about to switch sites here").first()).toBeVisible();
    findings.push(...(await findingsOn(page, "wizard, end with several sites")));
    await agents[0].call("abortStage", { params: { id: held.id } });
    await button("Leave out wiki.example.com on web-2").click();
    await button("Put 2 sites on 2 servers in maintenance").click();
    await page.getByText("2 sites on 2 servers are in maintenance").waitFor();
    findings.push(...(await findingsOn(page, "fleet, done")));
    await page.getByRole("button", { name: /^Overview/ }).click();
    await page
      .getByRole("region", { name: "shop.example.com on 2 servers: 2 sites on 2 servers in maintenance" })
      .waitFor();
    findings.push(...(await findingsOn(page, "overview, closed together")));

    await stage(agents[0], maintain("blog"));
    await page.getByText("anna is about to switch sites here").first().waitFor();
    findings.push(...(await findingsOn(page, "overview, held by somebody else")));
    await button("Bring all back").click();
    await page.getByText("Nothing was changed anywhere").waitFor();
    findings.push(...(await findingsOn(page, "fleet, refused")));
    const [latest] = (await agents[0].call("listStages")).stages;
    await agents[0].call("abortStage", { params: { id: latest?.id ?? "" } });

    gate.stopAt(/\/commit /, "cut");
    await button("Try again").click();
    await page.getByText("It is not known whether web-2 switched").waitFor({ timeout: 30_000 });
    findings.push(...(await findingsOn(page, "fleet, not finished")));
    await button("Forget").click();
    await page.getByRole("dialog").waitFor();
    findings.push(...(await findingsOn(page, "fleet, forgetting")));
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: /^Overview/ }).click();
    await page.getByRole("region", { name: /: Not finished$/ }).waitFor();
    findings.push(...(await findingsOn(page, "overview, not finished")));
    await button("History").click();
    await page.getByRole("heading", { name: "History", level: 1 }).waitFor();
    findings.push(...(await findingsOn(page, "history, several servers")));
    expect(findings).toEqual([]);
  } finally {
    await gate.close();
    for (const agent of agents) await agent.close();
  }
});
