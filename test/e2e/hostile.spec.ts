/**
 * A server that means harm, over a real sshd, beside an honest one: nothing it says runs, breaks
 * the page, or keeps the honest one from being used.
 */
import { expect, type Page, test } from "@playwright/test";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { startAgent, type TestAgent } from "../../tools/driving/agent.ts";
import { fleetConfig } from "../support/agent/fleet.ts";
import { EVIL_WORDS, type HostileAgent, hostileSnapshot, startHostileAgent } from "../support/agent/hostile-agent.ts";
import { makeKey, startSshd, type TestSshd, USER } from "../support/ssh/sshd.ts";
import { stateOf, value } from "../../tools/driving/call.ts";
import { choose } from "../../tools/driving/choose.ts";
import { type Desktop, startDesktop } from "../../tools/driving/desktop.ts";
import { faultsOf } from "./support/page-faults.ts";

let folder: string;
let hostile: HostileAgent;
let honest: TestAgent;
let sshd: TestSshd;
let desktop: Desktop;
let page: Page;
const left: string[] = [];

// One worker for all of them: they share what is started first.
test.describe.configure({ mode: "default" });
test.beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), "backsoon-hostile-"));
  await mkdir(path.join(folder, ".ssh"));
  const key = await makeKey(folder, "key");
  hostile = await startHostileAgent(path.join(folder, "agent.sock"));
  honest = await startAgent({ config: fleetConfig() });
  sshd = await startSshd({ authorizedKeys: [key.publicKey] });
  desktop = await startDesktop({
    env: { HOME: folder, SSH_AUTH_SOCK: undefined, DBUS_SESSION_BUS_ADDRESS: "disabled:" },
  });
  page = desktop.page;
  page.on("request", (request) => left.push(request.url()));
  page.on("dialog", (dialog) => left.push(`dialog: ${dialog.message()}`));
  const ssh = { host: "127.0.0.1", port: sshd.port, user: USER, identityFile: key.file };
  await value(page, "server.add", { kind: "local", name: "honest", socketPath: honest.socketPath });
  await value(page, "server.add", {
    kind: "ssh",
    name: "hostile",
    ssh,
    socketPath: hostile.socketPath,
    program: "backsoon-agent",
  });
  await page.getByRole("button", { name: "Trust this key" }).click();
  await connected("hostile");
});

test.afterAll(async () => {
  await desktop.close();
  await sshd.close();
  await hostile.close();
  await honest.close();
  await rm(folder, { recursive: true, force: true, maxRetries: 10 });
});

async function connectionOf(name: string) {
  return (await stateOf(page)).servers.find(({ profile }) => profile.name === name)?.connection;
}
function connected(name: string) {
  return expect.poll(async () => (await connectionOf(name))?.state, { timeout: 30_000 }).toBe("connected");
}
function button(name: string | RegExp) {
  return page.getByRole("button", { name, exact: typeof name === "string" }).first();
}

/** What it says is on the screen as words, and the screen is as it always is. */
async function harmless(screen: string): Promise<void> {
  await expect(page.getByText(EVIL_WORDS).first(), screen).toBeAttached();
  const found = await page.evaluate(() => ({
    harmed: (globalThis as { harmed?: number }).harmed,
    images: document.querySelectorAll('img[src="x"], main script').length,
    wide:
      document.documentElement.scrollWidth > innerWidth ||
      (document.querySelector("main")?.scrollWidth ?? 0) > (document.querySelector("main")?.clientWidth ?? 0),
  }));
  expect(found, screen).toEqual({ harmed: undefined, images: 0, wide: false });
}

test("its words are words on every screen, and nothing leaves the app", async () => {
  for (const size of [
    { width: 1280, height: 800 },
    { width: 960, height: 640 },
  ]) {
    await desktop.app.evaluate(
      ({ BrowserWindow }, { width, height }) => BrowserWindow.getAllWindows()[0]?.setContentSize(width, height),
      size,
    );
    await button(/^Overview/).click();
    await harmless("overview");
    await choose(page.getByLabel("Group"), "By state");
    await harmless("overview by state");
    await choose(page.getByLabel("Group"), "By server");
    await button("Servers").click();
    await button("hostile").click();
    await expect(page.getByRole("heading", { name: "hostile", level: 1 })).toBeVisible();
    await harmless("server");
    await button("History").click();
    await harmless("history");
    await page.getByRole("table").getByRole("button", { name: EVIL_WORDS }).first().click();
    await expect(page.getByRole("region", { name: "Counts on all servers" })).toBeVisible();
    await harmless("progress on several servers");
    await button(/^Overview/).click();
    await page
      .getByRole("grid")
      .getByRole("button", { name: `0${EVIL_WORDS}` })
      .first()
      .click();
    await page.getByRole("region", { name: "Addresses" }).waitFor();
    await harmless("site");
    await button("Details").click();
    await expect(page.getByRole("region", { name: "Counts and drain" })).toBeVisible();
    await harmless("progress");
    await page.keyboard.press("Control+k");
    await page.getByRole("dialog", { name: "Commands" }).waitFor();
    await page.keyboard.type("hostile");
    await harmless("palette");
    await page.keyboard.press("Escape");
  }
  await button(/^Overview/).click();
  await page.getByRole("button", { name: "Put site in maintenance" }).first().click();
  await page
    .getByRole("radio", { name: /on hostile/ })
    .or(page.getByText(EVIL_WORDS))
    .first()
    .waitFor();
  await harmless("wizard: site");

  expect(left.filter((url) => !url.startsWith("app:") && !url.startsWith("backsoon"))).toEqual([]);
  expect(await faultsOf(page)).toEqual([]);
});

/** Resident memory of the main process and of the page, in MB. */
function memory(): Promise<number> {
  return desktop.app.evaluate(({ app }) =>
    app
      .getAppMetrics()
      .filter(({ type }) => type === "Browser" || type === "Tab")
      .reduce((sum, { memory: { workingSetSize } }) => sum + workingSetSize / 1024, 0),
  );
}

test("while it talks without end the honest one is used as ever; a line without an end is no agent's", async () => {
  await button(/^Overview/).click();
  await page
    .getByRole("button", { name: "Leave" })
    .click({ timeout: 2000 })
    .catch(() => undefined);
  const before = await memory();
  const endsAt = Date.now() + 20_000;
  hostile.talk(function* () {
    for (let revision = hostileSnapshot.revision + 1; Date.now() < endsAt; revision += 1)
      yield `${JSON.stringify({ type: "metrics", revision, at: hostileSnapshot.at, metrics: hostileSnapshot.metrics })}\n`;
  });
  const server = (await stateOf(page)).servers.find(({ profile }) => profile.name === "honest");
  const serverId = server?.profile.id ?? "";
  const siteRow = page.getByRole("row").filter({ hasText: "blog.example.com" });
  for (let time = 0; time < 3; time += 1) {
    const ifGeneration = (await honest.call("getConfig")).generation;
    const { id } = await value(page, "maintenance.start", { serverId, options: { site: "blog" }, ifGeneration });
    await expect(siteRow.getByText("Maintenance", { exact: true })).toBeVisible();
    await value(page, "maintenance.revert", { serverId, receiptId: id, how: "delete" });
    await expect(siteRow.getByText("Live", { exact: true })).toBeVisible();
  }
  expect((await connectionOf("hostile"))?.state).toBe("connected");
  expect((await memory()) - before).toBeLessThan(300);

  hostile.talk(function* () {
    const until = Date.now() + 30_000;
    yield '{"type":"metrics","';
    while (Date.now() < until) yield "A".repeat(65_536);
  });
  await expect
    .poll(
      async () => {
        const connection = await connectionOf("hostile");
        return connection?.state === "unreachable" ? connection.failure : undefined;
      },
      { timeout: 60_000 },
    )
    .toMatchObject({ code: "server.not-an-agent", message: expect.stringContaining("longer than") });
  await expect(page.getByText(/a line of the event stream is longer than/).first()).toBeVisible();
  expect((await memory()) - before).toBeLessThan(500);
  expect((await connectionOf("honest"))?.state).toBe("connected");
  expect(await faultsOf(page)).toEqual([]);
});
