/** Sites of a real nginx beside the agent: found, prepared, closed, brought back, left alone. */
import { chmod, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect, type Page, test } from "@playwright/test";
import { AGENT_PROGRAM, makeFolder, startAgent, type TestAgent } from "../../tools/driving/agent.ts";
import { stateOf, value } from "../../tools/driving/call.ts";
import { type Desktop, startDesktop } from "../../tools/driving/desktop.ts";
import { HAS_NGINX, nginxFolder, startNginx, type NginxFolder } from "../../tools/driving/web-servers/nginx.ts";
import { get, HALF, startApp } from "./support/app-behind.ts";
import { findingsOn } from "./support/axe.ts";
import { faultsOf } from "./support/page-faults.ts";

const SHOP = "shop.example.com";
const APP = "app.example.com";
const DOCS = "docs.example.com";

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

/** A site with TLS, one of files, and an app behind a proxy. */
function threeSites(appPort: number): Promise<NginxFolder> {
  return nginxFolder({
    "sites-enabled/shop": `server {
    listen 127.0.0.1:@PORT1@ ssl;
    server_name ${SHOP} www.${SHOP};
    ssl_certificate @CERT@;
    ssl_certificate_key @KEY@;
    return 200 "shop";
}
`,
    "sites-enabled/docs": `server {
    listen 127.0.0.1:@PORT2@;
    server_name ${DOCS};
    root @ETC@/docs;
}
`,
    "sites-enabled/app": `server {
    listen 127.0.0.1:@PORT3@;
    server_name ${APP};
    location / {
        proxy_pass http://127.0.0.1:${String(appPort)};
        proxy_buffering off;
    }
}
`,
    "docs/index.html": "docs",
  });
}

/** One that stands beside web servers only. */
async function startBeside(): Promise<TestAgent> {
  const agent = await startAgent({
    config: {
      listeners: [],
      virtualHosts: [{ id: "default", hosts: ["*"], rules: [{ handler: { type: "error", status: 404 } }] }],
    },
  });
  // The workers of nginx are another user.
  await chmod(agent.folder, 0o755);
  return agent;
}

/** How this nginx is called: others may run on this machine. */
async function titleOf({ main }: NginxFolder): Promise<string> {
  const own = async () =>
    (await stateOf(page)).servers
      .flatMap(({ snapshot }) => snapshot?.webServers ?? [])
      .find(({ configuration }) => configuration === main)?.id;
  await expect.poll(own, { timeout: 30_000 }).toBeDefined();
  return (await own()) ?? "";
}

function button(name: string | RegExp) {
  return page.getByRole("button", { name, exact: true });
}

test("a site of nginx is prepared, closed while a download goes on, and nginx is left as it was", async () => {
  test.skip(!HAS_NGINX, "nginx is not installed");
  await using app = await startApp();
  await using folder = await threeSites(app.port);
  await using nginx = await startNginx(folder);
  await using agent = await startBeside();
  const before = await folder.snapshot();
  await value(page, "server.add", { kind: "local", name: "web-01", socketPath: agent.socketPath });

  const title = await titleOf(folder);
  const findings = await findingsOn(page, "overview, nginx not prepared");
  await button(`Prepare ${title} on web-01`).click();
  const prepare = page.getByRole("dialog", { name: `Prepare ${title}` });
  for (const name of [SHOP, DOCS, APP]) await expect(prepare.getByRole("checkbox", { name })).toBeChecked();
  const diff = prepare.getByRole("region", { name: `Changes in ${folder.etc}/sites-enabled/docs` });
  await expect(diff.getByRole("row").filter({ hasText: "include" })).toContainText("added");
  await expect(prepare.getByRole("region", { name: "Commands" })).toContainText("nginx");
  await prepare.getByRole("checkbox", { name: DOCS }).uncheck();
  await expect(diff).toBeHidden();
  await prepare.getByRole("checkbox", { name: DOCS }).check();
  await expect(prepare.getByRole("radio", { name: "Reload now" })).toBeChecked();
  findings.push(...(await findingsOn(page, "prepare nginx")));
  // Nothing was done yet.
  expect(await folder.snapshot()).toEqual(before);
  await prepare.getByRole("button", { name: "Prepare 3 sites" }).click();
  const prepared = page.getByRole("dialog", { name: `${title} is prepared` });
  await expect(prepared.getByText("asks the agent", { exact: false })).toHaveCount(3, { timeout: 30_000 });
  findings.push(...(await findingsOn(page, "nginx is prepared")));

  const download = await get(folder.port(3), APP, "/download");
  await prepared.getByRole("button", { name: "Put site in maintenance" }).click();
  await page.getByRole("radio", { name: APP }).check();
  findings.push(...(await findingsOn(page, "wizard, sites of nginx")));
  await button("Review").click();
  await expect(page.getByText(`${title} does not say which requests still run; they end by themselves.`)).toBeVisible();
  await expect(page.getByRole("radio", { name: /^Hard/ })).toBeDisabled();
  await page.getByRole("button", { name: /^Put .* in maintenance$/ }).click();
  await expect(page.getByRole("heading", { name: `${APP} is in maintenance` })).toBeVisible({ timeout: 30_000 });
  expect(await get(folder.port(3), APP)).toMatchObject({ status: 503 });
  expect(await get(folder.port(1), SHOP, "/", true)).toMatchObject({ status: 200 });
  await expect(page.getByText("not known", { exact: true })).toBeVisible();
  await expect(page.getByText("everything as planned")).toBeVisible({ timeout: 30_000 });
  await seeAsVisitors(folder.port(3), folder.port(2));
  await quitAndCancel();
  findings.push(...(await findingsOn(page, "maintenance of a site of nginx")));
  app.release();
  expect(await download.rest).toEqual({ bytes: 2 * HALF, isWhole: true });

  await button(/^Overview/).click();
  findings.push(...(await findingsOn(page, "overview, a site of nginx in maintenance")));
  await button("web-01").click();
  await button(`Remove the hook from ${title}…`).click();
  const removing = page.getByRole("dialog", { name: `Remove the hook from ${title}` });
  await expect(removing.getByRole("checkbox", { name: APP })).toBeDisabled();
  await page.keyboard.press("Escape");
  await expect(removing).toBeHidden();

  await button(/^Overview/).click();
  await page
    .getByRole("region", { name: new RegExp(`^${APP}`) })
    .getByRole("button", { name: "Bring back" })
    .click();
  await expect.poll(async () => (await get(folder.port(3), APP)).status).toBe(200);
  await button("web-01").click();
  const card = page.getByRole("article", { name: title, exact: true });
  await expect(card.getByText(/^Ready, checked \d+ s ago$/)).toHaveCount(3);
  await expect(card).toContainText("certificate until");
  findings.push(...(await findingsOn(page, "server with a prepared nginx")));
  await button(`Remove the hook from ${title}…`).click();
  findings.push(...(await findingsOn(page, "remove the hook")));
  await removing.getByRole("button", { name: "Remove from 3 sites" }).click();
  await expect(page.getByText("All else in the configuration")).toBeVisible({ timeout: 30_000 });
  await button("Close").click();
  // The button that opened the dialog is gone.
  await expect(page.getByRole("heading", { name: "web-01", level: 1 })).toBeFocused();
  await expect(card.getByText("Not prepared", { exact: true })).toHaveCount(3);
  expect(await folder.snapshot()).toEqual(before);
  expect(await nginx.log()).not.toContain("[emerg]");
  expect(findings).toEqual([]);
});

/** Who quits is told what stays closed, and may stay. */
async function quitAndCancel(): Promise<void> {
  const asked = await desktop.app.evaluate(async ({ dialog, Menu }) => {
    const { promise, resolve } = Promise.withResolvers<string>();
    dialog.showMessageBox = ((_window: unknown, { message }: { message: string }) => {
      resolve(message);
      return Promise.resolve({ response: 1, checkboxChecked: false });
    }) as typeof dialog.showMessageBox;
    const items = Menu.getApplicationMenu()?.items.flatMap(({ submenu }) => submenu?.items ?? []);
    items?.find(({ label }) => label === "Quit")?.click();
    return promise;
  });
  expect(asked).toBe(`In maintenance: ${APP} on web-01`);
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
}

/**
 * What visitors get stands beside what the agent sees: unknown without a name in DNS, then where it
 * was asked, once at an nginx that serves something else.
 */
async function seeAsVisitors(closed: number, other: number): Promise<void> {
  const visitors = page.getByRole("region", { name: "What visitors get" });
  const heading = page.getByRole("heading", { level: 1 });
  const ask = async (port: number) => {
    await visitors.getByRole("textbox", { name: "Address" }).fill(`127.0.0.1:${String(port)}`);
    await visitors.getByRole("button", { name: "Ask there" }).click();
  };
  await expect(visitors).toContainText("Not seen from this computer: this computer's DNS does not know the name");
  await expect(heading).toHaveText(`${APP} is in maintenance`);
  await ask(other);
  await expect(heading).toHaveText(/^app\.example\.com is not closed: nginx\S* at 127\.0\.0\.1 answered 200$/);
  await expect(page.getByText(/^Not closed · 1 wrong answer$/)).toBeVisible();
  await expect(visitors.getByRole("alert")).toContainText("Visitors get this in place of the maintenance page.");
  await shots("public-other");
  await button(/^Overview/).click();
  await expect(page.getByRole("row", { name: APP })).toContainText("Not closed");
  await shots("public-overview");
  await button(`Details of ${APP}`).click();
  await ask(closed);
  await expect(visitors).toContainText(/nginx\S* at 127\.0\.0\.1 answered 503, with the maintenance page/);
  await expect(heading).toHaveText(`${APP} is in maintenance`);
  await shots("public-page");
}

/** Pictures in both colours, of the smallest window and at 200 %, where `SHOTS` names a folder. */
async function shots(name: string): Promise<void> {
  const folder = process.env.SHOTS;
  if (folder === undefined) return;
  const take = (kind: string) => page.screenshot({ path: `${folder}/${name}-${kind}.png` });
  const size = (width: number, height: number) => page.setViewportSize({ width, height });
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    await take(colorScheme);
  }
  await size(900, 600);
  await take("small");
  // As wide as 1280 pixels are at 200 %.
  await size(640, 396);
  await take("zoomed");
  await size(1280, 793);
  await page.emulateMedia({ colorScheme: "light" });
}

test("a hook that was edited away is said, and its site cannot be closed until it is back", async () => {
  test.skip(!HAS_NGINX, "nginx is not installed");
  await using app = await startApp();
  await using folder = await threeSites(app.port);
  await using nginx = await startNginx(folder);
  await using agent = await startBeside();
  await value(page, "server.add", { kind: "local", name: "web-01", socketPath: agent.socketPath });
  const title = await titleOf(folder);
  const takeHookAway = async () => {
    await writeFile(
      `${folder.etc}/sites-enabled/docs`,
      folder.filled(`server {\n    listen 127.0.0.1:@PORT2@;\n    server_name ${DOCS};\n    root @ETC@/docs;\n}\n`),
    );
    process.kill(nginx.pid, "SIGHUP");
  };
  await button(`Prepare ${title} on web-01`).click();
  await page.getByRole("button", { name: "Prepare 3 sites" }).click();
  await page
    .getByRole("dialog", { name: `${title} is prepared` })
    .getByRole("button", { name: "Close" })
    .click();
  await expect(button(DOCS)).toBeVisible();

  await takeHookAway();
  await button("web-01").click();
  const card = page.getByRole("article", { name: title, exact: true });
  await expect(async () => {
    await button("Look again").click();
    await expect(card.getByText("Lost", { exact: true })).toBeVisible({ timeout: 2000 });
  }).toPass({ timeout: 30_000 });
  const findings = await findingsOn(page, "server, nginx has lost a hook");
  await button("Put site in maintenance").click();
  await expect(page.getByRole("radio", { name: new RegExp(DOCS) })).toBeDisabled();
  await expect(page.getByText("It cannot be closed:")).toContainText(`${title} does not ask the agent on`);
  findings.push(...(await findingsOn(page, "wizard, a site that cannot be closed")));
  await button(`Show ${title} for ${DOCS}`).click();
  await button(`Prepare ${title}…`).click();
  await page.getByRole("button", { name: "Prepare 1 site" }).click();
  await expect(page.getByRole("dialog", { name: `${title} is prepared` })).toBeVisible({ timeout: 30_000 });
  await button("Close").click();
  await expect(card.getByText(/^Ready, checked \d+ s ago$/)).toHaveCount(3);

  const server = (await stateOf(page)).servers[0];
  await value(page, "maintenance.start", {
    serverId: server?.profile.id ?? "",
    options: { site: DOCS },
    ifGeneration: server?.snapshot?.agent.generation ?? 0,
  });
  await button(/^Overview/).click();
  await page.getByRole("row", { name: DOCS }).getByText("Maintenance").waitFor();
  await takeHookAway();
  await value(page, "webServers.look", { serverId: server?.profile.id ?? "" });
  await expect(page.getByRole("row", { name: DOCS })).toContainText("Not seen closed", { timeout: 30_000 });
  findings.push(...(await findingsOn(page, "overview, nobody knows whether it is closed")));
  await button(`Details of ${DOCS}`).click();
  await expect(page.getByRole("heading", { level: 1 })).toContainText("may be open");
  findings.push(...(await findingsOn(page, "maintenance that may be open")));
  await agent.kill("SIGKILL");
  await expect(page.getByRole("region", { name: "On the server" })).toContainText(
    `backsoon-agent maintenance off ${DOCS} --socket ${agent.socketPath}`,
    { timeout: 30_000 },
  );
  findings.push(...(await findingsOn(page, "maintenance of an agent out of reach")));
  expect(findings).toEqual([]);
});

test("an agent that knows no web servers is said to be too old for them", async () => {
  const program = path.join(await makeFolder(), "agent.mjs");
  // One that has no such call answers it like any other address.
  await writeFile(program, (await readFile(AGENT_PROGRAM, "utf8")).replaceAll('"/v1/web-servers', '"/v0/web-servers'));
  await using agent = await startAgent({ program });
  await value(page, "server.add", { kind: "local", name: "web-01", socketPath: agent.socketPath });
  await button("web-01").click();
  const section = page.getByRole("region", { name: "Web servers" });
  await expect(section.getByRole("status")).toContainText("is too old to stand beside a web server");
  await expect(section.getByRole("button")).toHaveCount(0);
  expect(await findingsOn(page, "server, an agent that is too old")).toEqual([]);
});
