/**
 * The app as a program: what it keeps between starts, that it runs once, and what it leaves behind.
 */
import { expect, test } from "@playwright/test";
import { spawn } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { electronRuntime } from "../../tools/electron-runtime.mjs";
import { call, stateOf, value } from "../../tools/driving/call.ts";
import { type Desktop, startDesktop } from "../../tools/driving/desktop.ts";

let folder: string;
let desktop: Desktop | undefined;

test.beforeEach(async () => {
  folder = await fs.mkdtemp(path.join(os.tmpdir(), "backsoon-start-"));
});
test.afterEach(async () => {
  await desktop?.close();
  desktop = undefined;
  await fs.rm(folder, { recursive: true, force: true, maxRetries: 10 });
});

async function start(args: string[] = []): Promise<Desktop> {
  return (desktop = await startDesktop({ userData: folder, args }));
}
async function restart(): Promise<Desktop> {
  await desktop?.close();
  return start();
}
async function kept(name: string) {
  return (await fs.readdir(folder)).filter((file) => file.startsWith(name));
}

test("remembers settings, servers and the window, in files for this account only", async () => {
  const first = await start();
  await value(first.page, "settings.update", { appearance: "dark", author: "marta" });
  const { serverId } = await value(first.page, "server.add", {
    kind: "local",
    name: "web-01",
    socketPath: "/run/nothing/here.sock",
  });
  expect(
    await call(first.page, "server.add", {
      kind: "local",
      name: "again",
      socketPath: "/run/nothing/../nothing/here.sock",
    }),
  ).toMatchObject({
    ok: false,
    failure: { code: "server.duplicate" },
  });
  await first.app.evaluate(({ BrowserWindow }) =>
    BrowserWindow.getAllWindows()[0]?.setBounds({ x: 40, y: 30, width: 1000, height: 700 }),
  );

  const { page, app } = await restart();
  const state = await stateOf(page);
  expect(state.settings).toMatchObject({ appearance: "dark", author: "marta" });
  expect(state.servers.map(({ profile }) => profile)).toEqual([
    { id: serverId, name: "web-01", kind: "local", socketPath: "/run/nothing/here.sock" },
  ]);
  expect(await app.evaluate(({ nativeTheme }) => nativeTheme.themeSource)).toBe("dark");
  expect(await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.getBounds())).toMatchObject({
    width: 1000,
    height: 700,
  });
  for (const name of ["settings.json", "servers.json", "window.json"])
    expect((await fs.stat(path.join(folder, name))).mode & 0o777).toBe(0o600);
  await expect
    .poll(async () => (await stateOf(page)).servers[0]?.connection)
    .toMatchObject({ state: "unreachable", failure: { code: "server.socket-missing" } });
});

test("speaks another language once it is chosen, on the same screen, and after a restart", async () => {
  const { page } = await start();
  const heading = (name: string, on = page) => on.getByRole("heading", { name, level: 1 }).waitFor();
  const language = () => page.evaluate(() => document.documentElement.lang);
  await page.getByRole("button", { name: "Settings" }).click();
  await page.getByRole("radio", { name: "Deutsch" }).check();
  await heading("Einstellungen");
  expect(await language()).toBe("de");

  const { page: again } = await restart();
  await again.getByRole("navigation", { name: "Ansichten" }).getByRole("button", { name: "Übersicht" }).click();
  await again.keyboard.press("Control+k");
  await again.getByRole("combobox").fill("English");
  await again.keyboard.press("Enter");
  await again.getByRole("button", { name: "Overview" }).waitFor();
  await again.getByRole("button", { name: "Settings" }).click();
  await heading("Settings", again);
  expect(await again.getByRole("radio", { name: "English" }).isChecked()).toBe(true);
});

test("puts text on the system's clipboard", async () => {
  const { page, app } = await start();
  await value(page, "clipboard.write", { text: "details: ü" });
  expect(await app.evaluate(({ clipboard }) => clipboard.readText())).toBe("details: ü");
});

test("sets a file that it cannot use aside, says so, and starts", async () => {
  const torn = '{"version":1,"content":[{"id":"a","name":"web-0';
  await fs.writeFile(path.join(folder, "servers.json"), torn);
  const { page } = await start();
  const { notices, servers } = await stateOf(page);
  expect(servers).toEqual([]);
  expect(notices).toMatchObject([
    { id: "store-servers", level: "warning", title: "Could not use the list of servers" },
  ]);
  await value(page, "server.add", { kind: "local", name: "web-02", socketPath: "/run/other.sock" });
  const aside = (await kept("servers.json.corrupt-"))[0] ?? "";
  expect(await fs.readFile(path.join(folder, aside), "utf8")).toBe(torn);
  expect(JSON.parse(await fs.readFile(path.join(folder, "servers.json"), "utf8"))).toMatchObject({
    version: 1,
    content: [{ name: "web-02" }],
  });
  await value(page, "notice.dismiss", { id: "store-servers" });
  expect((await stateOf(page)).notices).toEqual([]);
});

test("is one program: a second start shows the first one's window and ends", async () => {
  const { app } = await start();
  await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.hide());
  const { executable, args } = electronRuntime();
  const second = spawn(executable, [...args, path.join(import.meta.dirname, "../.."), `--user-data-dir=${folder}`], {
    stdio: "ignore",
  });
  expect(await once(second, "exit")).toEqual([0, null]);
  await expect
    .poll(() => app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.isVisible()))
    .toBe(true);
});

test("the practice server serves the recipe, and ends with the app without a trace", async () => {
  const { page, temporary } = await start();
  const { serverId } = await value(page, "practice.start", { visitors: true });
  await expect.poll(async () => (await stateOf(page)).practice).toMatchObject({ state: "running", visitors: true });
  await expect
    .poll(async () => (await stateOf(page)).servers[0])
    .toMatchObject({
      profile: { kind: "practice" },
      connection: { state: "connected" },
      snapshot: { config: { virtualHosts: [{ id: "shop" }, { id: "blog" }, { id: "default" }] } },
    });

  const options = { site: "shop", page: { title: "Back at nine" }, retryAfter: 600 };
  const plan = await value(page, "maintenance.plan", { serverId, options });
  expect(plan).toMatchObject({ site: "shop", copycat: "shop-copycat" });
  const preview = await value(page, "maintenance.preview", { serverId, options });
  expect(preview.head).toMatch(/^HTTP\/1\.1 503 Service Unavailable\r\n/);
  expect(preview.head).toContain("Retry-After: 600\r\n");
  expect(preview.page).toContain("Back at nine");

  const before = (await stateOf(page)).servers[0]?.snapshot?.config;
  const receipt = await value(page, "maintenance.start", { serverId, options, ifGeneration: 1 });
  expect(receipt).toMatchObject({ site: "shop", state: "in-maintenance" });
  await expect
    .poll(async () => (await stateOf(page)).servers[0]?.snapshot?.config.virtualHosts[0]?.id)
    .toBe("shop-copycat");
  expect(await call(page, "maintenance.start", { serverId, options, ifGeneration: 1 })).toMatchObject({ ok: false });
  await value(page, "maintenance.revert", { serverId, receiptId: receipt.id, how: "delete" });
  await expect.poll(async () => (await stateOf(page)).servers[0]?.snapshot?.config).toEqual(before);

  expect(await fs.readdir(temporary)).not.toEqual([]);
  await value(page, "practice.stop", undefined);
  await expect
    .poll(() => fs.readdir(temporary).then((names) => names.filter((name) => name.startsWith("backsoon-practice-"))))
    .toEqual([]);
  expect(await stateOf(page)).toMatchObject({ practice: { state: "absent" }, servers: [] });
});

test("a preview is shown in a frame that can run nothing", async () => {
  const { page } = await start();
  const { serverId } = await value(page, "practice.start", { visitors: false });
  await expect.poll(async () => (await stateOf(page)).servers[0]?.snapshot?.revision ?? 0).toBeGreaterThan(0);
  const options = {
    site: "shop",
    page: { title: "Back at nine", text: "<script>parent.document.title = 'run'</script>" },
  };
  const { pageUrl } = await value(page, "maintenance.preview", { serverId, options });
  await page.evaluate(
    (address) =>
      document.body.append(Object.assign(document.createElement("iframe"), { id: "preview-under-test", src: address })),
    pageUrl ?? "",
  );
  const frame = page.frameLocator("#preview-under-test");
  await expect(frame.getByRole("heading")).toHaveText("Back at nine");
  // Its own style applies, so the policy lets through what the page needs.
  expect(await frame.locator("body").evaluate((body) => getComputedStyle(body).display)).toBe("grid");
  expect(await frame.locator("body").evaluate(() => globalThis.origin)).toBe("null");
});

test("the practice server goes when the app is killed", async () => {
  const { app, page, temporary } = await start();
  await value(page, "practice.start", { visitors: true });
  const ended = once(app.process(), "exit");
  app.process().kill("SIGKILL");
  await ended;
  await expect
    .poll(() => fs.readdir(temporary).then((names) => names.filter((name) => name.startsWith("backsoon-practice-"))), {
      timeout: 15_000,
    })
    .toEqual([]);
});
