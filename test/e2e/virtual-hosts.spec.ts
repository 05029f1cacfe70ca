/**
 * The virtual hosts of a server, edited through the window on a real agent: in order, by keyboard
 * and pointer, as JSON; with the way back, and with somebody else at work.
 */
import { expect, type Locator, type Page, test } from "@playwright/test";
import { startAgent, type TestAgent } from "../../tools/driving/agent.ts";
import { freePort } from "../../tools/driving/free-port.ts";
import { fleetConfig } from "../support/agent/fleet.ts";
import { certificateFolder } from "../support/http/certificates.ts";
import { openRaw } from "../support/http/raw-client.ts";
import { startSocketGate } from "../support/http/socket-gate.ts";
import { stateOf, value } from "../../tools/driving/call.ts";
import { type Desktop, startDesktop } from "../../tools/driving/desktop.ts";
import { choose } from "../../tools/driving/choose.ts";
import { faultsOf } from "./support/page-faults.ts";

let desktop: Desktop;
let page: Page;
let agent: TestAgent;
test.beforeEach(async () => {
  agent = await startAgent({ config: fleetConfig() });
  desktop = await startDesktop();
  page = desktop.page;
  await value(page, "server.add", { kind: "local", name: "web-1", socketPath: agent.socketPath });
  await page.getByRole("checkbox", { name: "Select shop.example.com on web-1" }).waitFor();
  await button("web-1").click();
  await list().waitFor();
});
test.afterEach(async () => {
  const faults = await faultsOf(page);
  await desktop.close();
  await agent.close();
  expect(faults).toEqual([]);
});

function list() {
  return page.getByRole("region", { name: "Virtual hosts" });
}
function rows() {
  return list().getByRole("listitem");
}
function names() {
  return rows().locator("b").allTextContents();
}
function generation() {
  return page.getByText(/^generation \d+$/);
}
function button(name: string | RegExp) {
  return page.getByRole("button", { name, exact: true });
}
function dialog() {
  return page.getByRole("dialog");
}
/** Whom saving affects. */
function affected() {
  return dialog().getByRole("list", { name: "Whom it affects" });
}
async function config() {
  return (await agent.call("getConfig")).config;
}
async function ids() {
  return (await config()).virtualHosts.map(({ id }) => id);
}
/** The whole text of an editor, as long as all of its lines are drawn. */
async function contentOf(editor: Locator) {
  await expect(editor).toContainText("{");
  return (await editor.locator(".cm-line").allTextContents()).join("\n");
}
async function menu(of: string, item: string) {
  await button(`More for ${of}`).click();
  await page.getByRole("menuitem", { name: item }).click();
}
/** Somebody else changes what a site says. */
async function theySay(site: string) {
  const { virtualHosts, ...rest } = await config();
  const rules = [{ handler: { type: "respond" as const, body: `their ${site}` } }];
  await agent.call("putConfig", {
    body: { ...rest, virtualHosts: virtualHosts.map((each) => (each.id === site ? { ...each, rules } : each)) },
    ifMatch: "*",
  });
}

test("are moved, cloned, disabled and deleted, each with its way back", async () => {
  const before = await config();
  await rows().filter({ hasText: "wiki" }).dragTo(rows().first());
  await expect.poll(names).toEqual(["wiki", "shop", "blog", "default"]);
  expect(await ids()).toEqual(["wiki", "shop", "blog", "default"]);
  const grip = button(/^Position \d+: wiki\./);
  await grip.press("Alt+ArrowDown");
  await expect.poll(names).toEqual(["shop", "wiki", "blog", "default"]);
  await expect(grip).toBeFocused();
  await button("Move wiki down").click();
  await expect.poll(names).toEqual(["shop", "blog", "wiki", "default"]);
  expect(await config()).toEqual(before);

  await menu("shop", "Clone");
  await expect.poll(names).toEqual(["shop-copy", "shop", "blog", "wiki", "default"]);
  await expect(rows().first()).toContainText("Disabled");
  await button("Undo").click();
  await expect.poll(names).toEqual(["shop", "blog", "wiki", "default"]);
  await menu("blog", "Disable…");
  await expect(dialog()).toContainText("Visitors of blog.example.com get default instead of blog.");
  expect((await agent.visit({ host: "blog.example.com" })).status).toBe(200);
  await dialog().getByRole("button", { name: "Disable" }).click();
  await expect(rows().filter({ hasText: "blog" })).toContainText("Disabled");
  expect((await agent.visit({ host: "blog.example.com" })).status).toBe(404);
  await button("Undo").click();
  await expect(rows().filter({ hasText: "blog" })).toContainText("Live");
  await menu("wiki", "Delete…");
  await dialog().getByRole("button", { name: "Delete", exact: true }).click();
  await expect.poll(names).toEqual(["shop", "blog", "default"]);
  await button("Undo").click();
  await expect.poll(names).toEqual(["shop", "blog", "wiki", "default"]);
  expect(await config()).toEqual(before);

  // What somebody did meanwhile is not undone with it, so that Undo is not offered.
  await menu("shop", "Clone");
  await button("Undo").waitFor();
  await theySay("blog");
  await expect(button("Undo")).toHaveCount(0);
});

test("are added and changed in fields, with each problem at its field", async () => {
  await button("Add a virtual host").click();
  await dialog().getByRole("button", { name: "Save" }).click();
  await expect(dialog().getByRole("alert")).toHaveCount(3);
  await dialog().getByLabel("Domains").fill("docs.example.com shop.example.com");
  await dialog().getByLabel("Name", { exact: true }).fill("shop");
  await choose(dialog().getByLabel("What answers"), "Redirect elsewhere");
  await dialog().getByLabel("Leads to").fill("https://www.example.com${path}");
  await expect(dialog().getByRole("alert")).toHaveText("Another virtual host has this id; choose another one.");
  await expect(dialog().getByRole("region", { name: "What changes" })).toContainText("1 problem");
  await dialog().getByLabel("Name", { exact: true }).fill("docs");
  await expect(affected()).toHaveText("Visitors of docs.example.com get docs instead of default.");
  await expect(dialog().getByRole("alert")).toHaveCount(0);
  await dialog().getByRole("button", { name: "Save" }).click();
  await expect.poll(names).toEqual(["shop", "blog", "wiki", "docs", "default"]);
  expect((await agent.visit({ host: "docs.example.com" })).status).toBe(308);

  await button("Edit docs").click();
  await dialog().getByText("Which rule answers now, before you save?").click();
  await dialog().getByLabel("Address", { exact: true }).fill("docs.example.com/x");
  await dialog().getByRole("button", { name: "Test", exact: true }).click();
  await expect(dialog().getByRole("region", { name: "Request tester" })).toContainText("docs answers with rule 1");
  await dialog().getByLabel("Leads to").fill("https://example.com/");
  await dialog().getByRole("button", { name: "Save" }).click();
  await expect(dialog()).toHaveCount(0);
  expect((await config()).virtualHosts[3]?.rules).toEqual([
    { handler: { type: "redirect", to: "https://example.com/", status: 308 } },
  ]);

  // What another virtual host needs of it is said, too.
  await agent.call("startMaintenance", { body: { site: "docs" } });
  await expect.poll(names).toHaveLength(6);
  await button("Edit docs").click();
  await dialog().getByLabel("Name", { exact: true }).fill("papers");
  await expect(dialog().getByRole("region", { name: "What changes" })).toContainText("copycatOf");
});

test("get HTTPS and a password by form, as visitors then see it, and lose both again by one click", async () => {
  using certificates = certificateFolder();
  const [wiki, shop, other] = ["wiki", "shop", "other"].map((name) => certificates.make(name, [`${name}.example.com`]));
  const httpsPort = await freePort();
  const { virtualHosts, ...rest } = await config();
  await agent.call("putConfig", {
    body: {
      ...rest,
      virtualHosts: virtualHosts.map((each) => (each.id === "wiki" ? { ...each, tls: wiki } : each)),
    },
    ifMatch: "*",
  });
  await page.getByRole("tab", { name: "Settings" }).click();
  await button("Edit listeners and more").click();
  await dialog().getByRole("button", { name: "Listener", exact: true }).click();
  await dialog().getByLabel("Address", { exact: true }).nth(1).fill("127.0.0.1");
  await dialog().getByLabel("Port", { exact: true }).nth(1).fill(String(httpsPort));
  await dialog().getByLabel("Name", { exact: true }).nth(1).fill("https");
  await dialog().getByRole("button", { name: "HTTPS (TLS)" }).nth(1).click();
  await dialog().getByRole("button", { name: "Save" }).click();
  await expect(dialog()).toHaveCount(0);
  await page.getByRole("tab", { name: "Sites" }).click();
  const before = await config();
  const get = async (head = "") => {
    using client = await openRaw(httpsPort, "shop.example.com");
    return await client.ask(`GET /staff/x HTTP/1.1\r\nHost: shop.example.com\r\n${head}\r\n`);
  };

  await button("Edit shop").click();
  await dialog().getByRole("button", { name: "Certificate", exact: true }).click();
  await expect(dialog().getByRole("combobox", { name: "Certificate", exact: true })).toBeFocused();
  await dialog()
    .getByLabel("Certificate file")
    .fill(other?.certificate ?? "");
  await dialog()
    .getByLabel("Key file")
    .fill(other?.key ?? "");
  const changes = dialog().getByRole("region", { name: "What changes" });
  await expect(changes).toContainText("1 warning It can be saved as it is. Certificate: the certificate is not for");
  await dialog()
    .getByLabel("Certificate file")
    .fill(shop?.certificate ?? "");
  await expect(changes).not.toContainText("warning");
  await dialog().getByLabel("Key file").fill("/nowhere");
  await expect(dialog().getByRole("alert")).toContainText("/nowhere");
  await dialog()
    .getByLabel("Key file")
    .fill(shop?.key ?? "");
  await dialog().getByRole("button", { name: "Redirect HTTP to HTTPS" }).click();
  await dialog().getByLabel("HTTPS port as visitors see it").waitFor({ state: "hidden" });

  await dialog().getByRole("button", { name: "Add a rule" }).click();
  const rule = dialog().getByRole("region", { name: "Rules" }).getByRole("listitem").first();
  await rule.getByRole("button", { name: "Add a condition" }).click();
  await page.getByRole("menuitem", { name: "Path", exact: true }).click();
  await rule.getByLabel("Path", { exact: true }).fill("/staff/*");
  await choose(rule.getByLabel("What answers"), "Answer with a fixed text");
  await rule.getByLabel("Text", { exact: true }).fill("for staff");
  await rule.getByRole("button", { name: "Add an option" }).click();
  await page.getByRole("menuitem", { name: "Ask for name and password" }).click();
  await rule.getByLabel("Realm").fill("Staff");
  await rule.getByRole("button", { name: "Remove: Password file" }).click();
  await rule.getByRole("button", { name: "Users", exact: true }).click();
  await rule.getByLabel("Name of user 1").fill("anna");
  await rule.getByLabel("Password of user 1").fill("pass wörd");
  await page.keyboard.press("Enter");
  await expect(rule.getByText("Password set")).toBeVisible();
  await expect(rule.getByRole("button", { expanded: true })).toContainText(
    "path /staff/* → answers 200 with a fixed text",
  );
  // As JSON and back it is the same draft.
  await button("Edit as JSON").click();
  await expect(dialog().getByRole("textbox", { name: "Edit shop" })).toContainText("for staff");
  await button("Edit in fields").click();
  await expect(affected()).toHaveText("Visitors of shop.example.com get another answer.");
  await expect(dialog().getByRole("region", { name: "What changes" })).toContainText("shop: tls added");
  await dialog().getByRole("button", { name: "Save" }).click();
  await expect(dialog()).toHaveCount(0);

  expect((await agent.visit({ path: "/staff/x" })).status).toBe(308);
  expect((await get()).status).toBe(401);
  const password = Buffer.from("anna:pass wörd").toString("base64");
  expect(await get(`Authorization: Basic ${password}\r\n`)).toMatchObject({ status: 200, body: "for staff" });
  await button("Undo").click();
  await expect.poll(config).toEqual(before);
  expect(await agent.visit({ path: "/staff/x" })).toMatchObject({ status: 200, text: "live shop" });
});

test("are asked about first in production, and are there again where the server is reached otherwise", async () => {
  await menu("web-1", "Name, fleet, environment…");
  await choose(dialog().getByLabel("Environment"), "Production");
  await dialog().getByRole("checkbox", { name: "Ask before every change on this server" }).check();
  await dialog().getByRole("button", { name: "Save" }).click();
  await expect(dialog()).toHaveCount(0);
  await expect(page.getByText("production", { exact: true })).toBeVisible();
  await menu("shop", "Clone");
  await expect(dialog()).toContainText("This changes the configuration on web-1");
  await page.keyboard.press("Escape");
  await expect(page.getByText("Not confirmed", { exact: true })).toBeVisible();
  expect(await ids()).toEqual(["shop", "blog", "wiki", "default"]);
  await menu("shop", "Clone");
  await page.keyboard.press("Enter");
  await expect.poll(ids).toEqual(["shop-copy", "shop", "blog", "wiki", "default"]);

  const gate = await startSocketGate(agent.socketPath, agent.folder);
  try {
    await menu("web-1", "Edit the connection…");
    await dialog().getByLabel("Admin socket").fill(gate.socketPath);
    await dialog().getByRole("button", { name: "Save and connect" }).click();
    await expect(dialog()).toHaveCount(0);
    await expect.poll(names).toEqual(["shop-copy", "shop", "blog", "wiki", "default"]);
    expect((await stateOf(page)).servers.map(({ profile }) => profile.socketPath)).toEqual([gate.socketPath]);
  } finally {
    await gate.close();
  }
});

test("what is dragged is what was taken hold of, also when somebody else moves it meanwhile", async () => {
  const before = await config();
  await rows().filter({ hasText: "wiki" }).hover();
  await page.mouse.down();
  await rows().filter({ hasText: "blog" }).hover();
  const [shop, blog, wiki, last] = before.virtualHosts;
  if (shop === undefined || blog === undefined || wiki === undefined || last === undefined)
    throw new Error("there are four");
  await agent.call("putConfig", { body: { ...before, virtualHosts: [wiki, shop, blog, last] }, ifMatch: "*" });
  await expect.poll(names).toEqual(["wiki", "shop", "blog", "default"]);
  // A drag goes on where the pointer moves.
  await rows().filter({ hasText: "blog" }).hover();
  await rows().filter({ hasText: "shop" }).hover();
  await page.mouse.up();
  await expect.poll(ids).toEqual(["shop", "wiki", "blog", "default"]);
});

test("are edited as JSON: checked at their lines, not lost by Escape, not written over somebody else's change", async () => {
  const open = async () => {
    await button("Edit shop").click();
    await button("Edit as JSON").click();
  };
  await open();
  const text = dialog().getByRole("textbox", { name: "Edit shop" });
  const written = await contentOf(text);
  // Untouched, it closes at once.
  await page.keyboard.press("Escape");
  await expect(dialog()).toHaveCount(0);

  await open();
  await text.fill(written.replace('"body"', '"bdy"'));
  await expect(
    dialog()
      .getByRole("button", { name: /^Line \d+, \/rules\/0\/handler/ })
      .first(),
  ).toBeVisible();
  await dialog().getByRole("button", { name: "Save" }).click();
  await expect(text).toBeFocused();
  await text.fill(written.replace("live shop", "new shop"));
  await expect(affected()).toHaveText("Visitors of shop.example.com get another answer.");
  await text.press("Escape");
  await expect(dialog().getByRole("alert")).toHaveText("Discard what you have entered?");
  await expect(dialog().getByRole("button", { name: "Keep editing" })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(text).toBeFocused();
  await expect(text).toContainText("new shop");
  await page.mouse.click(5, 5);
  await expect(dialog().getByRole("alert")).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(text).toBeFocused();

  // A change elsewhere is kept; one of the same virtual host is not written over.
  await theySay("shop");
  await expect(generation()).toHaveText("generation 2");
  await text.press("End");
  await text.pressSequentially(" ");
  await dialog().getByRole("button", { name: "Save" }).click();
  await expect(dialog()).toContainText("Somebody changed the configuration in between");
  // The check of what was typed last ends afterwards, and does not take that away.
  await expect(dialog()).toContainText("The agent found no problems.");
  await expect(dialog()).toContainText("Somebody changed the configuration in between");
  expect((await agent.visit({ host: "shop.example.com" })).text).toBe("their shop");
  await text.press("Escape");
  await dialog().getByRole("button", { name: "Discard" }).click();
  await expect(dialog()).toHaveCount(0);

  await open();
  await text.fill((await contentOf(text)).replace("their shop", "our shop"));
  await theySay("blog");
  await expect(generation()).toHaveText("generation 3");
  await expect(affected()).toHaveText("Visitors of shop.example.com get another answer.");
  await dialog().getByRole("button", { name: "Save" }).click();
  await expect(dialog()).toHaveCount(0);
  expect((await agent.visit({ host: "shop.example.com" })).text).toBe("our shop");
  expect((await agent.visit({ host: "blog.example.com" })).text).toBe("their blog");
});
