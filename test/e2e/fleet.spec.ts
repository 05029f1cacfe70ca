/**
 * Several servers through the window: three real agents are switched together, brought back
 * together, and left alone together.
 */
import { expect, type Page, test } from "@playwright/test";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { type TestAgent, startAgent } from "../../tools/driving/agent.ts";
import { CLOSED, LIVE, answersOf, fleetConfig } from "../support/agent/fleet.ts";
import { type SocketGate, startSocketGate } from "../support/http/socket-gate.ts";
import { stateOf, value } from "../../tools/driving/call.ts";
import { type Desktop, startDesktop } from "../../tools/driving/desktop.ts";
import { faultsOf } from "./support/page-faults.ts";
import { configBytes } from "./support/practice-shop.ts";

const NAMES = ["web-1", "web-2", "web-3"];
const SHOP = "shop.example.com";

let desktop: Desktop;
let page: Page;
let agents: TestAgent[];
/** Before web-3. */
let gate: SocketGate;
let userData: string;
test.beforeEach(async () => {
  agents = await Promise.all(NAMES.map(() => startAgent({ config: fleetConfig() })));
  const last = agents[2];
  if (last === undefined) throw new Error("no agent");
  gate = await startSocketGate(last.socketPath, last.folder);
  userData = await mkdtemp(path.join(tmpdir(), "backsoon-fleet-"));
  desktop = await startDesktop({ userData });
  page = desktop.page;
  for (const [index, agent] of agents.entries())
    await value(page, "server.add", {
      kind: "local",
      name: NAMES[index] ?? "",
      socketPath: agent === last ? gate.socketPath : agent.socketPath,
    });
  for (const name of NAMES) await page.getByRole("checkbox", { name: `Select ${SHOP} on ${name}` }).waitFor();
});
test.afterEach(async () => {
  const faults = await faultsOf(page);
  await desktop.close();
  await gate.close();
  for (const agent of agents) await agent.close();
  await rm(userData, { recursive: true, force: true, maxRetries: 10 });
  expect(faults).toEqual([]);
});

function button(name: string) {
  return page.getByRole("button", { name, exact: true });
}
function everywhere() {
  return Promise.all(agents.map((agent) => answersOf(agent)));
}
function bytesEverywhere() {
  return Promise.all(agents.map(({ socketPath }) => configBytes(socketPath)));
}
function rowOf(name: string) {
  return page.getByRole("row").filter({ has: button(name) });
}
function receiptsEverywhere() {
  return Promise.all(agents.map(async (agent) => (await agent.call("listMaintenance")).maintenance[0]));
}
async function titles() {
  return (await receiptsEverywhere()).map((receipt) => {
    const page = receipt?.options.page;
    return typeof page === "object" ? page.title : undefined;
  });
}
async function operations() {
  return (await stateOf(page)).operations;
}

/** Through the wizard by clicks, up to the last step: the shop on all three servers. */
async function chooseShopEverywhere(): Promise<void> {
  await button("Put site in maintenance").click();
  await page.getByRole("radio", { name: "shop on web-1" }).check();
  await button("+ shop.example.com on 2 other servers").click();
  await page.getByRole("textbox", { name: "Reason" }).fill("New database");
  for (const step of ["What visitors see", "Who gets in", "When"]) await button(`Next: ${step}`).click();
  await expect(page.getByRole("heading", { name: "Decide when", level: 2 })).toBeVisible();
}

test("three sites on three servers go into maintenance together, and come back byte for byte", async () => {
  const before = await bytesEverywhere();
  await chooseShopEverywhere();
  const preview = page.getByRole("region", { name: "Preview" });
  for (const name of NAMES)
    await expect(preview.getByRole("region", { name }).getByText("Ready", { exact: true })).toBeVisible();
  // A hard restart is for one site.
  await expect(page.getByRole("radio", { name: /^Hard/ })).toHaveCount(0);
  await button("Put 3 sites on 3 servers in maintenance").click();

  await expect(page.getByRole("heading", { name: "New database", level: 1 })).toBeVisible();
  await expect(page.getByText(/^3 sites on 3 servers are in maintenance, all within [\d.]+ ms\.$/)).toBeVisible();
  await expect(page.getByRole("progressbar", { name: "Prepare" })).toHaveAttribute("aria-valuetext", "3 of 3 prepared");
  await expect(page.getByRole("progressbar", { name: "Switch" })).toHaveAttribute("aria-valuenow", "3");
  const refused = [CLOSED[0], ...LIVE.slice(1)];
  expect(await everywhere()).toEqual([refused, refused, refused]);
  const [operation] = await operations();
  expect(operation).toMatchObject({ phase: "done", title: "New database" });
  expect(operation?.skewMs).toBeLessThan(5000);
  for (const name of NAMES) await expect(rowOf(name).getByText("In maintenance")).toBeVisible();

  // Each site's own progress is one click away, and one click back.
  await button(`${SHOP} on web-2`).click();
  await expect(page.getByRole("heading", { name: `${SHOP} is in maintenance` })).toBeVisible();
  await button("New database").click();

  // They are changed together; one that does not answer is named, and is asked once more.
  const latest = page.getByRole("region", { name: "Latest change" });
  await button("Extend 15 min: New database").click();
  await expect(latest).toContainText("Changed on all 3 servers.");
  expect((await receiptsEverywhere()).map((receipt) => receipt?.until)).not.toContain(undefined);
  gate.stopAt(/^PATCH /, "cut");
  await button("Change…").click();
  const dialog = page.getByRole("dialog", { name: "Change the maintenance of 3 sites on 3 servers" });
  await dialog.getByRole("textbox", { name: "Title" }).fill("A little longer");
  await dialog.getByRole("button", { name: "Change" }).click();
  await expect(latest).toContainText("Changed on web-1 and web-2. Not known whether changed on web-3.", {
    timeout: 30_000,
  });
  expect(await titles()).toEqual(["A little longer", "A little longer", undefined]);
  gate.open();
  await expect
    .poll(async () => (await stateOf(page)).servers[2]?.connection.state, { timeout: 30_000 })
    .toBe("connected");
  await latest.getByRole("button", { name: "Try again on 1 server" }).click();
  await expect(latest).toContainText("Changed on all 3 servers.", { timeout: 30_000 });
  expect(await titles()).toEqual(["A little longer", "A little longer", "A little longer"]);

  // On the overview they are one.
  await button("Overview 3 in maintenance").click();
  await expect(page.getByRole("region", { name: "New database: 3 sites on 3 servers in maintenance" })).toBeVisible();
  await button("Bring all back").click();
  await expect(page.getByText(/^3 sites on 3 servers are live again, all within [\d.]+ ms\.$/)).toBeVisible();
  expect(await everywhere()).toEqual([LIVE, LIVE, LIVE]);
  expect(await bytesEverywhere()).toEqual(before);

  await button("History").click();
  await expect(
    page.getByRole("row").filter({ has: page.getByRole("button", { name: /^New database, / }) }),
  ).toContainText("3 sites on 3 servers");
});

test("one server that was changed by somebody else in the last moment keeps all of them as they are, and is named", async () => {
  await chooseShopEverywhere();
  const start = button("Put 3 sites on 3 servers in maintenance");
  await expect(start).toBeEnabled();
  // The page is busy and hears of nothing while the blog goes into maintenance over there; then it
  // is clicked, with what was seen before.
  const isBusy = page.waitForEvent("console", (message) => message.text() === "busy");
  const clicked = start.evaluate((element) => {
    console.info("busy");
    for (const end = performance.now() + 2000; performance.now() < end;);
    (element as unknown as { click(): void }).click();
  });
  await isBusy;
  await agents[1]?.call("startMaintenance", { body: { site: "shop", reason: "somebody else" } });
  const elsewhere = await bytesEverywhere();
  await clicked;

  await expect(page.getByText("Nothing was changed anywhere: web-2 refused.")).toBeVisible();
  await expect(page.getByText("Somebody changed the configuration in between.")).toBeVisible();
  expect((await operations())[0]).toMatchObject({
    phase: "refused",
    servers: [{ phase: "undone" }, { phase: "refused", failure: { code: "config.stale" } }, { phase: "undone" }],
  });
  expect(await bytesEverywhere()).toEqual(elsewhere);
  expect(await everywhere()).toEqual([LIVE, [503, ...LIVE.slice(1)], LIVE]);

  // Looking at it again, with the same choices: who cannot take part is left out, and the others
  // go.
  await button("Back to the wizard").click();
  await expect(page.getByText("One site cannot take part as things are")).toBeVisible();
  await expect(button("Put 3 sites on 3 servers in maintenance")).toBeDisabled();
  await button(`Leave out ${SHOP} on web-2`).click();
  await button("Put 2 sites on 2 servers in maintenance").click();
  await expect(page.getByText(/^2 sites on 2 servers are in maintenance/)).toBeVisible();
  expect((await everywhere()).map(([shop]) => shop)).toEqual([503, 503, 503]);
});

test("several sites are chosen on the overview, put in maintenance, and brought back together", async () => {
  const before = await bytesEverywhere();
  for (const [site, name] of [
    ["shop", "web-1"],
    ["blog", "web-1"],
    ["wiki", "web-3"],
  ])
    await page.getByRole("checkbox", { name: `Select ${site ?? ""}.example.com on ${name ?? ""}` }).check();
  await button("Put 3 in maintenance").click();
  await expect(page.getByRole("heading", { name: "Put 3 sites on 2 servers in maintenance" })).toBeVisible();
  await button("Review").click();
  await button("Put 3 sites on 2 servers in maintenance").click();
  await expect(page.getByText(/^3 sites on 2 servers are in maintenance/)).toBeVisible();
  expect(await everywhere()).toEqual([[503, 503, LIVE[2]], LIVE, [LIVE[0], LIVE[1], 503]]);

  await button("Overview 3 in maintenance").click();
  for (const name of ["web-1", "web-3"])
    await page.getByRole("checkbox", { name: `Select every site: ${name}` }).check();
  await button("Bring back 3").click();
  await expect(page.getByText(/^3 sites on 2 servers are live again/)).toBeVisible();
  expect(await bytesEverywhere()).toEqual(before);
});

const COMMIT = /^POST \/v1\/stages\/[^/]+\/commit /;

test("a server that is lost while all switch: the others are undone, and one button finishes once it is there again", async () => {
  await chooseShopEverywhere();
  gate.stopAt(COMMIT, "cut");
  await button("Put 3 sites on 3 servers in maintenance").click();
  await gate.stopped;
  await expect(page.getByText("Everything is prepared, and all servers switch now.")).toBeVisible();
  await expect(page.getByText("It is not known whether web-3 switched; web-1 and web-2 are as before.")).toBeVisible({
    timeout: 30_000,
  });
  await expect(rowOf("web-3").getByText("Unknown")).toBeVisible();
  expect(await everywhere()).toEqual([LIVE, LIVE, LIVE]);

  // The overview says it, too, as long as somebody has to decide.
  await page.getByRole("button", { name: /^Overview/ }).click();
  const banner = page.getByRole("region", { name: "New database: Not finished" });
  await expect(banner).toContainText("Try again switches all 3 servers.");
  gate.open();
  await expect
    .poll(async () => (await stateOf(page)).servers[2]?.connection.state, { timeout: 30_000 })
    .toBe("connected");
  await banner.getByRole("button", { name: "Try again" }).click();
  await expect(page.getByText(/^3 sites on 3 servers are in maintenance, all within/)).toBeVisible({ timeout: 30_000 });
  expect((await everywhere()).map(([shop]) => shop)).toEqual([503, 503, 503]);
});

test("an app that ends while all switch finds on its next start what each server did, and finishes", async () => {
  await chooseShopEverywhere();
  gate.stopAt(COMMIT, "swallow");
  await button("Put 3 sites on 3 servers in maintenance").click();
  await gate.stopped;
  for (const name of ["web-1", "web-2"]) await expect(rowOf(name).getByText("In maintenance")).toBeVisible();
  expect(await faultsOf(page)).toEqual([]);
  const ended = once(desktop.app.process(), "exit");
  desktop.app.process().kill("SIGKILL");
  await ended;
  await desktop.close();
  gate.open();

  desktop = await startDesktop({ userData });
  page = desktop.page;
  const banner = page.getByRole("region", { name: "New database: Interrupted" });
  await expect(banner).toContainText(
    "Backsoon stopped in the middle of this. web-1 and web-2 are in maintenance; web-3 is prepared but not switched.",
  );
  await expect(banner).toContainText(
    "Finish switches web-3, too. Undo brings web-1 and web-2 back, and drops what is prepared on web-3.",
  );
  await banner.getByRole("button", { name: "Finish" }).click();
  await expect(page.getByText("3 sites on 3 servers are in maintenance.")).toBeVisible();
  expect((await everywhere()).map(([shop]) => shop)).toEqual([503, 503, 503]);
  await button("Bring all back").click();
  await expect(page.getByText(/^3 sites on 3 servers are live again/)).toBeVisible();
  expect(await everywhere()).toEqual([LIVE, LIVE, LIVE]);
});

test("an own page of one server is sent to another from the wizard, before its site is closed with it", async () => {
  const [first, second] = agents;
  if (first === undefined || second === undefined) throw new Error("no agents");
  const content = Buffer.from("<h1>Our own page</h1>").toString("base64");
  const { root } = await first.call("putOwnPage", { body: { files: [{ path: "index.html", content }] } });
  await value(page, "preset.save", { name: "Ours", site: null, options: { root } });
  await button(`Maintenance… for ${SHOP} on web-2`).click();
  await button("Ours").click();
  await page.getByRole("button", { name: "Next: What visitors see" }).click();
  await expect(page.getByText("The page that was sent is not on web-2 yet.")).toBeVisible();
  await button("Send it there").click();
  await expect(page.getByText(/^The page that was sent is on the server/)).toBeVisible();
  await button("Review").click();
  await page.getByRole("button", { name: `Put ${SHOP} in maintenance` }).click();
  await expect(page.getByRole("heading", { name: `${SHOP} is in maintenance` })).toBeVisible();
  expect((await second.visit({ host: SHOP })).text).toBe("<h1>Our own page</h1>");
});
