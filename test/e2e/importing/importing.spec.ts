/**
 * Sites of another web server, imported through the window into a real agent: what is taken and
 * what not, the report, what visitors get, and the way back.
 */
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, request as ask } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, type Page, test } from "@playwright/test";
import { startAgent, type TestAgent } from "../../../tools/driving/agent.ts";
import { stateOf, value } from "../../../tools/driving/call.ts";
import { choose } from "../../../tools/driving/choose.ts";
import { freePort } from "../../../tools/driving/free-port.ts";
import { type Desktop, startDesktop } from "../../../tools/driving/desktop.ts";
import { fleetConfig } from "../../support/agent/fleet.ts";
import { findingsOn } from "../support/axe.ts";
import { faultsOf } from "../support/page-faults.ts";

let desktop: Desktop;
let page: Page;
let agent: TestAgent;
let folder: string;
test.beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "import-"));
  const listeners = [{ name: "http", address: "127.0.0.1", port: await freePort() }];
  agent = await startAgent({ config: { ...fleetConfig(), listeners } });
  desktop = await startDesktop();
  page = desktop.page;
  await value(page, "server.add", { kind: "local", name: "web-1", socketPath: agent.socketPath });
  await page.getByRole("checkbox", { name: "Select shop.example.com on web-1" }).waitFor();
  await button("web-1").click();
  await button("Import…").click();
});
test.afterEach(async () => {
  const faults = await faultsOf(page);
  await desktop.close();
  await agent.close();
  await rm(folder, { recursive: true });
  expect(faults).toEqual([]);
});

function button(name: string | RegExp) {
  return page.getByRole("button", { name, exact: true });
}
function dialog() {
  return page.getByRole("dialog");
}
/** The next file dialog of the system is answered with this file. */
async function chooseFile(name: string, content: string | Buffer) {
  const file = join(folder, name);
  await writeFile(file, content);
  await desktop.app.evaluate(({ dialog: system }, chosen) => {
    system.showOpenDialog = () => Promise.resolve({ canceled: false, filePaths: [chosen] });
  }, file);
  await button("Choose a file…").click();
}
function host(id: string) {
  return dialog()
    .getByRole("listitem")
    .filter({ has: page.getByText(id, { exact: true }) });
}
async function config() {
  return (await agent.call("getConfig")).config;
}

/** Answers the call as an agent does that does not know it. */
async function agentOfBefore(target: string, where: string) {
  const socketPath = join(where, "old.sock");
  const relay = createServer((request, response) => {
    const path = request.url?.replace("/v1/import", "/v1/not-known-yet");
    const { method, headers } = request;
    const asked = ask({ socketPath: target, path, method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(response);
    });
    asked.on("error", () => response.destroy());
    response.on("close", () => asked.destroy());
    request.pipe(asked);
  }).listen(socketPath);
  await once(relay, "listening");
  return {
    socketPath,
    [Symbol.asyncDispose]: async () => {
      relay.closeAllConnections();
      relay.close();
      await once(relay, "close");
    },
  };
}

/** As `nginx -T` prints it. */
const DUMP = `# configuration file /etc/nginx/nginx.conf:
events { }
http {
    gzip on;
    include /etc/nginx/sites-enabled/*;
}

# configuration file /etc/nginx/sites-enabled/docs:
server {
    listen 80;
    server_name docs.example.com;
    location / { return 200 "imported docs"; }
    location /staff/ { auth_request /check; proxy_pass http://127.0.0.1:9; }
}

# configuration file /etc/nginx/sites-enabled/news:
server {
    listen 80;
    server_name news.example.com;
    return 200 "imported news";
}

# configuration file /etc/nginx/sites-enabled/shop:
server {
    listen 80;
    server_name shop.example.com;
    return 200 "imported shop";
}

`;

test("are taken from what nginx -T prints: one left out, one replaced, and undone", async () => {
  const before = await config();
  await chooseFile("nginx.txt", DUMP);
  await expect(dialog().getByRole("heading", { name: "Import from nginx.txt (nginx)" })).toBeVisible();
  expect(await findingsOn(page, "import")).toEqual([]);

  // Nobody loses a name unless somebody says so.
  await expect(host("shop.example.com").getByRole("checkbox")).not.toBeChecked();
  await expect(host("shop.example.com")).toContainText("shop answers for the same names here");
  await host("news.example.com").getByRole("checkbox").uncheck();
  await host("shop.example.com").getByRole("checkbox").check();
  await expect(host("shop.example.com").getByRole("combobox")).toHaveText("Replace shop");
  await choose(dialog().getByLabel("0.0.0.0:80"), `Use http (127.0.0.1:${String(before.listeners[0]?.port)})`);
  const changes = dialog().getByRole("region", { name: "What changes" });
  await expect(changes).toContainText("Visitors of docs.example.com get docs.example.com instead of default.");
  await expect(changes).toContainText("Visitors of shop.example.com get another answer.");
  await expect(changes).toContainText("docs.example.com added");

  // Why something is not as it was.
  await expect(dialog()).toContainText("is closed");
  await button("See why").click();
  const lines = dialog().getByRole("list", { name: "Lines of the report" });
  await expect(lines).toContainText("/etc/nginx/sites-enabled/docs");
  await expect(lines.getByRole("listitem").filter({ hasText: "auth_request /check;" })).toContainText("5");
  expect(await findingsOn(page, "import report")).toEqual([]);
  await button(/^Not carried over \d+$/).click();
  await expect(lines).toContainText("events {");
  await dialog().getByRole("tab", { name: "Virtual hosts" }).click();

  await button("Import 2 virtual hosts").click();
  await expect(dialog()).toHaveCount(0);
  expect((await config()).virtualHosts.map(({ id }) => id)).toEqual([
    "shop",
    "blog",
    "wiki",
    "docs.example.com",
    "default",
  ]);
  expect((await agent.visit({ host: "docs.example.com" })).text).toBe("imported docs");
  expect((await agent.visit({ host: "docs.example.com", path: "/staff/" })).status).toBe(403);
  expect((await agent.visit({ host: "shop.example.com" })).text).toBe("imported shop");
  expect((await agent.visit({ host: "news.example.com" })).status).toBe(404);
  await expect(page.getByText(/^2 virtual hosts imported from nginx\.txt: generation \d+ serves\.$/)).toBeVisible();

  await button("Undo").click();
  await expect.poll(async () => (await stateOf(page)).servers[0]?.snapshot?.config).toEqual(before);
  expect((await agent.visit({ host: "docs.example.com" })).status).toBe(404);
});

test("are not taken from what is no configuration, and that is said", async () => {
  const notice = dialog().getByRole("alert");
  await chooseFile("logo.png", Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 0, 1]));
  await expect(notice).toContainText("logo.png is not a text file");
  await chooseFile("large.conf", Buffer.alloc(20 * 1024 * 1024, "# much\n"));
  await expect(notice).toContainText("large.conf has 20 MB; at most 5 MB can be imported");
  await chooseFile("cut.conf", "http {\n  server {\n    listen 80;\n");
  await expect(notice).toContainText("cut.conf:4: unexpected end of the file");
  await chooseFile("words.txt", "hello\n");
  await expect(notice).toHaveCount(0);
  await button("Continue").click();
  await expect(notice).toHaveText("It is not clear which web server this is from: choose it.");
  await choose(dialog().getByLabel("Kind"), "Cherokee");
  await button("Continue").click();
  await expect(notice).toContainText("is no `KEY = VALUE`");
  await dialog().getByRole("radio", { name: "A file on web-1" }).check();
  await dialog().getByLabel("Path on the server").fill("/nowhere/nginx.conf");
  await button("Continue").click();
  await expect(notice).toContainText("cannot read /nowhere/nginx.conf");
  await page.keyboard.press("Escape");
  await expect(dialog()).toHaveCount(0);
});

test("need an agent that can import: an older one is upgraded first, says the app", async () => {
  await page.keyboard.press("Escape");
  await using old = await agentOfBefore(agent.socketPath, folder);
  await value(page, "server.add", { kind: "local", name: "web-0", socketPath: old.socketPath });
  await page.getByRole("navigation").getByRole("button", { name: "Overview" }).click();
  await button("web-0").click();
  await button("Import…").click();
  await chooseFile("nginx.txt", DUMP);
  await expect(dialog().getByRole("alert")).toContainText("The agent on web-0 is too old to import.");
  expect(await findingsOn(page, "import too old")).toEqual([]);
});

test("fit into a small window", async () => {
  await desktop.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.setContentSize(900, 600));
  expect(await findingsOn(page, "import source small")).toEqual([]);
  await chooseFile("nginx.txt", DUMP);
  await expect(dialog().getByRole("heading", { name: "Import from nginx.txt (nginx)" })).toBeVisible();
  await expect(dialog().getByRole("tab", { name: "Virtual hosts" })).toBeFocused();
  expect(await findingsOn(page, "import small")).toEqual([]);
  await dialog()
    .getByRole("tab", { name: /^Report/ })
    .click();
  await button(/^All \d+$/).click();
  expect(await findingsOn(page, "import report small")).toEqual([]);
  const wide = await dialog().evaluate((element) => element.scrollWidth > element.clientWidth);
  expect(wide).toBe(false);
});
