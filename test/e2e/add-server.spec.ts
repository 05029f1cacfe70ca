/**
 * A server of one's own, over SSH: from its address to its sites in the overview, and what the
 * connection asks later on.
 */
import { expect, type Page, test } from "@playwright/test";
import { mkdtemp, readFile, readdir, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { freePort } from "../../tools/driving/free-port.ts";
import { stateOf } from "../../tools/driving/call.ts";
import { choose } from "../../tools/driving/choose.ts";
import { type Desktop, startDesktop } from "../../tools/driving/desktop.ts";
import { HAS_NGINX, nginxFolder, startNginx } from "../../tools/driving/web-servers/nginx.ts";
import { faultsOf } from "./support/page-faults.ts";
import { PASSPHRASE, type SshServer, startSshServer } from "./support/ssh-server.ts";

/** An upload, a start, and an agent that answers. */
const INSTALLED_MS = 30_000;

let userData: string;
let server: SshServer;
let desktop: Desktop;
let page: Page;
test.beforeEach(async () => {
  userData = await mkdtemp(path.join(os.tmpdir(), "backsoon-e2e-data-"));
  server = await startSshServer("web-01");
  await open();
});
test.afterEach(async () => {
  try {
    await close();
  } finally {
    await server.close();
    await rm(userData, { recursive: true, force: true, maxRetries: 10 });
  }
});

async function open(): Promise<void> {
  desktop = await startDesktop({ userData, env: server.env });
  page = desktop.page;
}
async function close(): Promise<void> {
  const faults = await faultsOf(page);
  await desktop.close();
  expect(faults).toEqual([]);
}

function button(name: string | RegExp) {
  return page.getByRole("button", { name, exact: typeof name === "string" });
}
function step(name: string) {
  return page.getByRole("heading", { name, level: 2 });
}
function textbox(name: string) {
  return page.getByRole("textbox", { name, exact: true });
}
function connected() {
  return page.getByText("Connected", { exact: true });
}

/** From the button to the question for the host key. */
async function connect(): Promise<void> {
  await button("Add a server").click();
  await expect(textbox("Address")).toBeFocused();
  await button(/^web-01/).click();
  await expect(textbox("Address")).toHaveValue("web-01");
  await page.keyboard.press("Enter");
}

/** Everything the app has written. */
async function filesOf(folder: string): Promise<string> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const texts = entries
    .filter((entry) => entry.isFile())
    .map((entry) => readFile(path.join(entry.parentPath, entry.name), "latin1"));
  return (await Promise.all(texts)).join("\n");
}

/** Adds the server, installs its agent and waits until it is connected. */
async function addServer(port: number): Promise<void> {
  await connect();
  await button("Trust this key").click();
  await page.getByLabel(/^Passphrase of .*id_work$/).fill(PASSPHRASE);
  await page.keyboard.press("Enter");
  await expect(step("What was found")).toBeFocused();
  await page.getByRole("radio", { name: /^Backsoon serves the sites itself/ }).check();
  await page.keyboard.press("Control+Enter");
  await textbox("Domains").fill("shop.example.com, www.shop.example.com");
  await textbox("Port").fill(String(port));
  await page.keyboard.press("Enter");
  await expect(step("Give it a name")).toBeVisible({ timeout: INSTALLED_MS });
  await page.keyboard.press("Enter");
  await expect(connected()).toBeVisible();
}

test("a key with a passphrase, the host key, the agent installed as a process, its sites in the overview", async () => {
  await connect();

  const question = page.getByRole("form", { name: /^Is this really/ });
  await expect(question).toContainText(server.sshd.fingerprint);
  await expect(question).toContainText("ED25519");
  await button("Trust this key").click();
  const passphrase = page.getByLabel(/^Passphrase of .*id_work$/);
  await expect(passphrase).toBeFocused();
  await page.keyboard.type("not this one");
  await page.keyboard.press("Enter");
  await expect(page.getByText("That passphrase was wrong.")).toBeVisible();
  await expect(passphrase).toHaveValue("");
  await page.keyboard.type(PASSPHRASE);
  await page.keyboard.press("Enter");

  await expect(step("What was found")).toBeFocused();
  await expect(page.getByText("none found")).toBeVisible();
  await page.keyboard.press("Escape");
  const leaving = page.getByRole("dialog", { name: "Leave without adding the server?" });
  await expect(leaving).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(leaving).toBeHidden();
  await page.getByRole("radio", { name: /^Backsoon serves the sites itself/ }).check();
  await page.keyboard.press("Control+Enter");

  // Nothing is there before it is asked for, and what is shown is what is run.
  const folder = path.join(server.remoteHome, "backsoon");
  await page.getByRole("radio", { name: "Plain process" }).check();
  await expect(textbox("Folder on the server").first()).toHaveValue(folder);
  const port = await freePort();
  await textbox("Port").fill("0");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("alert").filter({ hasText: "from 1 to 65535" })).toBeVisible();
  await textbox("Domains").fill("shop.example.com");
  await textbox("Port").fill(String(port));
  await page.getByText("5. Write the first configuration").click();
  await expect(page.getByRole("region", { name: "What will be done" })).toContainText(`"port": ${port}`);
  await expect(readdir(server.remoteHome)).resolves.toEqual([]);
  await button("Install the agent").click();
  await expect(step("Give it a name")).toBeVisible({ timeout: INSTALLED_MS });
  await expect(page.getByText("is installed and answers")).toBeVisible();
  await expect(textbox("Name")).toHaveValue("web-01");
  await textbox("Fleet (optional)")
    .or(page.getByRole("combobox", { name: "Fleet (optional)" }))
    .fill("Shop");
  await page.keyboard.press("Enter");

  await expect(page.getByRole("heading", { name: "web-01", level: 1 })).toBeVisible();
  await expect(connected()).toBeVisible();
  await button("Overview").click();
  await expect(button("shop.example.com")).toBeVisible();
  await choose(page.getByLabel("Group"), "By fleet");
  await expect(page.getByRole("row", { name: /Shop\s+1 server, 2 sites/ })).toBeVisible();

  // One connection at a time, and the secret nowhere but in memory.
  const { servers, questions } = await stateOf(page);
  expect(questions).toEqual([]);
  expect(servers).toMatchObject([
    {
      profile: {
        kind: "ssh",
        name: "web-01",
        fleet: "Shop",
        ssh: { host: "web-01" },
        socketPath: `${folder}/agent.sock`,
      },
    },
  ]);
  expect(JSON.stringify(await stateOf(page))).not.toContain(PASSPHRASE);
  expect(await page.content()).not.toContain(PASSPHRASE);
  expect(await filesOf(userData)).not.toContain(PASSPHRASE);
  await button("Settings").click();
  await expect(page.getByRole("region", { name: "Secrets" })).toContainText("kept in memory only");
});

test("a web server that runs there is found; its port is never proposed, and is refused at its field", async () => {
  test.skip(!HAS_NGINX, "no nginx on this machine");
  await using folder = await nginxFolder({ "conf.d/a.conf": "server { listen 127.0.0.1:@PORT1@; }" });
  await using nginx = await startNginx(folder);
  await connect();
  await button("Trust this key").click();
  await page.getByLabel(/^Passphrase of .*id_work$/).fill(PASSPHRASE);
  await page.keyboard.press("Enter");
  await expect(step("What was found")).toBeFocused();
  await expect(page.getByText(new RegExp(`nginx ${nginx.instance.version}`))).toBeVisible();

  // This server has no systemd for a service that runs as root.
  const ways = page.getByRole("group", { name: "Who serves the sites" });
  const beside = ways.getByRole("radio", { name: /^Beside nginx\b/ });
  await expect(beside).toBeDisabled();
  await expect(ways).toContainText("Not possible: There is no systemd on this server.");
  await expect(ways.getByRole("radio", { name: /^Backsoon serves the sites itself/ })).toBeChecked();
  await page.keyboard.press("Control+Enter");

  const port = textbox("Port");
  await expect(port).not.toHaveValue(String(folder.port(1)));
  await expect(page.getByRole("region", { name: "What will be done" })).toBeVisible();
  await port.fill(String(folder.port(1)));
  const problem = page.getByRole("alert").filter({ hasText: `Port ${folder.port(1)} is taken on this server.` });
  await expect(problem).toBeVisible();
  await expect(port).toHaveAttribute("aria-invalid", "true");
  await page.keyboard.press("Enter");
  await expect(step("Install the agent")).toBeVisible();
  await expect(readdir(server.remoteHome)).resolves.toEqual([]);
  await port.fill(String(await freePort()));
  await expect(problem).toBeHidden();
  await page.keyboard.press("Escape");
  await button("Leave").click();
});

test("after a new start the question stands above the screen; a host key that has changed stops the connection until it is replaced", async () => {
  await addServer(await freePort());
  const before = server.sshd.fingerprint;
  await close();

  await open();
  const band = page.getByRole("region", { name: "A question of web-01" });
  await expect(band).toBeVisible();
  await band.getByLabel(/^Passphrase of .*id_work$/).fill(PASSPHRASE);
  await page.keyboard.press("Enter");
  await expect(band).toBeHidden();
  await expect(button("shop.example.com")).toBeVisible();

  await server.setUpAnew();
  await button("Servers").click();
  const row = page.getByRole("row").filter({ hasText: "web-01" });
  await expect(row.getByText("Action needed")).toBeVisible({ timeout: 30_000 });
  await row.getByRole("button", { name: "web-01", exact: true }).click();
  const changed = page.getByRole("region", { name: /has changed$/ });
  await expect(changed).toContainText(before);
  await expect(changed).toContainText("trusted in this app");
  await expect(changed).toContainText(server.sshd.fingerprint);
  expect(server.sshd.fingerprint).not.toBe(before);
  await button("The server was reinstalled…").click();
  await button(/^Trust the new key of /).click();
  await expect(connected()).toBeVisible();
  await expect(changed).toBeHidden();
});

test("the agent is upgraded or uninstalled from its server's screen, after everything that is run was shown", async () => {
  const port = await freePort();
  await addServer(port);
  await button("More for web-01").click();
  await page.getByRole("menuitem", { name: "Upgrade or uninstall the agent…" }).click();
  // The passphrase is known for as long as the app runs.
  await expect(step("What was found")).toBeFocused();
  await expect(page.getByRole("heading", { name: "Agent of a server", level: 1 })).toBeVisible();
  await page.getByRole("radio", { name: /^Uninstall the agent/ }).check();
  await page.keyboard.press("Control+Enter");
  await expect(step("Uninstall the agent")).toBeFocused();
  const planned = page.getByRole("region", { name: "What will be done" });
  await expect(planned).toContainText("Remove the program");
  await expect(planned).not.toContainText("Delete its configuration");
  await page.getByLabel("Also delete its configuration and its history").check();
  await expect(planned).toContainText("Delete its configuration and its history");

  await button("Uninstall the agent…").click();
  const sure = page.getByRole("dialog", { name: /^Uninstall the agent on / });
  await expect(sure).toContainText("2 sites stop being served: shop.example.com and all other hosts.");
  await sure.getByRole("button", { name: "Cancel" }).click();
  expect((await fetch(`http://127.0.0.1:${port}/`, { headers: { connection: "close" } })).status).toBeLessThan(500);
  await button("Uninstall the agent…").click();
  await sure.getByRole("button", { name: "Uninstall", exact: true }).click();
  await expect(step("The agent is uninstalled")).toBeVisible({ timeout: INSTALLED_MS });
  await expect(page.getByText("web-01 is still in the list.")).toBeVisible();
  await expect(readdir(server.remoteHome)).resolves.toEqual([]);
  await expect(fetch(`http://127.0.0.1:${port}/`)).rejects.toThrow();
  await button("Remove from the list").click();
  await expect(page.getByRole("heading", { name: "Servers", level: 1 })).toBeVisible();
  expect(await stateOf(page)).toMatchObject({ servers: [], install: null });
});

test("a server that is not there, one that is given up, and a key that is not trusted", async () => {
  await button("Add a server").click();
  await textbox("Address").fill(`127.0.0.1:${await freePort()}`);
  await page.keyboard.press("Enter");
  await expect(page.getByText("The connection was refused")).toBeVisible();
  await button(/^Where/).click();
  await textbox("Address").fill("web-01");
  await page.keyboard.press("Enter");
  await button("Do not connect").click();
  await expect(page.getByText("The host key was not accepted")).toBeVisible();
  await button("Connect again").click();
  await button("Trust this key").click();
  await button("Skip this key").click();
  await expect(page.getByText(/No passphrase was given for .*id_work/)).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("heading", { name: "Overview", level: 1 })).toBeVisible();
  expect(await stateOf(page)).toMatchObject({ servers: [], questions: [] });
});
