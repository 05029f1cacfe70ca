/**
 * Reads the rules of the page back from the running app: what the code says is checked by what
 * happens.
 */
import { expect, test } from "@playwright/test";
import fs from "node:fs/promises";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { type Desktop, startDesktop } from "../../tools/driving/desktop.ts";

let desktop: Desktop;
/** A server that the page must never reach. */
let outside: http.Server;
let outsideUrl: string;
let reached: string[];

// One worker for all of them: they share what is started first.
test.describe.configure({ mode: "default" });
test.beforeAll(async () => {
  reached = [];
  outside = http.createServer((request, response) => {
    reached.push(request.url ?? "");
    response.end("outside");
  });
  await new Promise<void>((resolve) => outside.listen(0, "127.0.0.1", resolve));
  outsideUrl = `http://127.0.0.1:${(outside.address() as AddressInfo).port}`;
  desktop = await startDesktop();
  await desktop.page.waitForLoadState("load");
});

test.afterAll(async () => {
  await desktop.close();
  await new Promise((resolve) => outside.close(resolve));
});

test.afterEach(() => {
  expect(reached, "requests that left the app").toEqual([]);
});

test("the page has no Node and no Electron, only the bridge", async () => {
  const found = await desktop.page.evaluate(() => {
    const page = globalThis as unknown as Record<string, unknown>;
    return {
      names: ["require", "process", "module", "Buffer", "global", "ipcRenderer", "electron"].filter(
        (name) => page[name] !== undefined,
      ),
      bridge: Object.keys(page.bridge as object).sort(),
    };
  });
  expect(found).toEqual({ names: [], bridge: ["call", "onGo", "onPatch"] });
});

test("the window's preferences are the safe ones", async () => {
  const preferences = await desktop.app.evaluate(({ BrowserWindow }) => {
    const [window] = BrowserWindow.getAllWindows();
    // Not in the public types, but the only way to read back what is in force.
    const contents = window?.webContents as unknown as { getLastWebPreferences(): Record<string, unknown> };
    const {
      contextIsolation,
      sandbox,
      nodeIntegration,
      nodeIntegrationInSubFrames,
      webSecurity,
      webviewTag,
      allowRunningInsecureContent,
    } = contents.getLastWebPreferences();
    return {
      contextIsolation,
      sandbox,
      nodeIntegration,
      nodeIntegrationInSubFrames,
      webSecurity,
      webviewTag,
      allowRunningInsecureContent,
    };
  });
  expect(preferences).toEqual({
    contextIsolation: true,
    sandbox: true,
    nodeIntegration: false,
    nodeIntegrationInSubFrames: false,
    webSecurity: true,
    webviewTag: false,
    allowRunningInsecureContent: false,
  });
});

test("the page comes from app:// with its policy as a header", async () => {
  const response = await desktop.page.reload();
  expect(response?.url()).toBe("app://backsoon/index.html");
  const headers = response?.headers() ?? {};
  expect(headers["content-security-policy"]).toBe(
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; frame-src app://preview app://own-page; connect-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  );
  expect(headers["x-content-type-options"]).toBe("nosniff");
  expect(headers["referrer-policy"]).toBe("no-referrer");
  expect(headers["permissions-policy"]).toContain("camera=()");
});

test("nothing outside the page's folder is served", async () => {
  const statuses = await desktop.app.evaluate(async ({ session }) => {
    const ask = async (address: string) => (await session.defaultSession.fetch(address)).status;
    return Promise.all(
      [
        "app://backsoon/index.html",
        "app://backsoon/../main/index.mjs",
        "app://backsoon/%2e%2e%2fmain%2findex.mjs",
        "app://backsoon/..%5cmain%5cindex.mjs",
        "app://elsewhere/index.html",
        "app://preview/unknown",
      ].map(ask),
    );
  });
  expect(statuses).toEqual([200, 404, 404, 404, 404, 404]);
});

test("the page cannot reach the network, not even past its policy", async () => {
  const tried = await desktop.page.evaluate(async (url) => {
    const attempt = (start: () => Promise<unknown>) =>
      start().then(
        () => "reached",
        () => "refused",
      );
    const load = (element: HTMLImageElement | HTMLIFrameElement) =>
      new Promise((resolve, reject) => {
        element.onload = resolve;
        element.onerror = reject;
        element.src = `${url}/${element.tagName}`;
        document.body.append(element);
      });
    const socket = () =>
      new Promise((resolve, reject) => {
        const opened = new WebSocket(url.replace("http", "ws"));
        opened.onopen = resolve;
        opened.onerror = reject;
      });
    return {
      fetch: await attempt(() => fetch(`${url}/fetch`)),
      image: await attempt(() => load(document.createElement("img"))),
      socket: await attempt(socket),
      beacon: navigator.sendBeacon(`${url}/beacon`),
    };
  }, outsideUrl);
  expect(tried).toMatchObject({ fetch: "refused", image: "refused", socket: "refused" });
  // The session itself refuses as well, for what a page without a policy would try.
  const session = await desktop.app.evaluate(({ BrowserWindow }, url) => {
    const hidden = new BrowserWindow({ show: false });
    return hidden
      .loadURL(url)
      .then(
        () => "reached",
        () => "refused",
      )
      .finally(() => hidden.destroy());
  }, outsideUrl);
  expect(session).toBe("refused");
});

test("a picture inside the page is shown: logos are data: URLs", async () => {
  const width = await desktop.page.evaluate(async () => {
    const image = new Image();
    image.src = "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7";
    await image.decode();
    return image.naturalWidth;
  });
  expect(width).toBe(1);
});

test("inline scripts and eval do not run", async () => {
  const ran = await desktop.page.evaluate(() => {
    const script = document.createElement("script");
    script.textContent = "globalThis.inlineRan = true";
    document.body.append(script);
    // From a timer: what the test driver evaluates itself is exempt from the policy.
    // eslint-disable-next-line @typescript-eslint/no-implied-eval -- what the policy must refuse
    setTimeout("globalThis.evalRan = true");
    return new Promise((resolve) =>
      setTimeout(() => resolve({ inline: "inlineRan" in globalThis, evaluated: "evalRan" in globalThis }), 50),
    );
  });
  expect(ran).toEqual({ inline: false, evaluated: false });
});

test("the page cannot navigate away, open windows, frame others or download", async () => {
  const { app, page, userData } = desktop;
  await page.evaluate((url) => {
    location.href = `${url}/navigation`;
  }, outsideUrl);
  expect(await page.evaluate((url) => window.open(`${url}/window`) === null, outsideUrl)).toBe(true);
  await page.evaluate((url) => {
    const link = Object.assign(document.createElement("a"), { href: `${url}/download`, download: "file" });
    document.body.append(link);
    link.click();
    const frame = Object.assign(document.createElement("iframe"), { src: `${url}/frame` });
    document.body.append(frame);
  }, outsideUrl);
  // Each was tried, and main said no to it; the frame was stopped by the policy already.
  const log = () => fs.readFile(`${userData}/logs/backsoon.log`, "utf8");
  for (const what of [
    `a navigation to ${outsideUrl}/navigation`,
    `a window for ${outsideUrl}/window`,
    `a navigation to ${outsideUrl}/download`,
  ])
    await expect.poll(log).toContain(`refused ${what}`);
  expect(page.url()).toBe("app://backsoon/index.html");
  expect(await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(1);
});

test("every permission is denied, asked for or looked up", async () => {
  const answers = await desktop.page.evaluate(async () => {
    const names = ["camera", "microphone", "geolocation", "notifications", "clipboard-read", "midi"];
    const states = await Promise.all(
      names.map(async (name) => (await navigator.permissions.query({ name: name as PermissionName })).state),
    );
    const camera = await navigator.mediaDevices.getUserMedia({ video: true }).then(
      () => "granted",
      () => "refused",
    );
    return { states: [...new Set(states)], camera, notification: await Notification.requestPermission() };
  });
  expect(answers).toEqual({ states: ["denied"], camera: "refused", notification: "denied" });
});

test("input that is not in the contract is refused with the field's name", async () => {
  const { page } = desktop;
  const call = (name: unknown, input: unknown) =>
    page.evaluate(
      ([name, input]) =>
        (
          globalThis as unknown as {
            bridge: {
              call(
                name: unknown,
                input: unknown,
              ): Promise<{ ok: boolean; failure?: { code: string; message: string } }>;
            };
          }
        ).bridge.call(name, input),
      [name, input] as const,
    );
  expect(await call("server.rename", { serverId: "x", name: "y", extra: 1 })).toMatchObject({
    ok: false,
    failure: { code: "ipc.input" },
  });
  const long = await call("server.rename", { serverId: "x", name: "y".repeat(101) });
  expect(long).toMatchObject({ ok: false, failure: { code: "ipc.input", problems: [{ path: "/name" }] } });
  expect(await call("constructor", undefined)).toMatchObject({ ok: false, failure: { code: "ipc.input" } });
  expect(await call({ toString: "x" }, undefined)).toMatchObject({ ok: false, failure: { code: "ipc.input" } });
  expect(await call("link.open", { url: `${outsideUrl}/` })).toMatchObject({
    ok: false,
    failure: { code: "ipc.input" },
  });
  expect(await call("link.open", { url: "file:///etc/passwd" })).toMatchObject({
    ok: false,
    failure: { code: "ipc.input" },
  });
});

test("only the app's own page is answered", async () => {
  // A window that a bug might open: same preload, same scheme, but not the app's window.
  const answer = await desktop.app.evaluate(async ({ BrowserWindow, app }) => {
    const foreign = new BrowserWindow({
      show: false,
      webPreferences: { preload: `${app.getAppPath()}/dist/app/preload.cjs` },
    });
    await foreign.loadURL("app://backsoon/index.html");
    const result: unknown = await foreign.webContents.executeJavaScript('window.bridge.call("state.get", undefined)');
    foreign.destroy();
    return result;
  });
  expect(answer).toMatchObject({ ok: false, failure: { code: "ipc.sender" } });
});
