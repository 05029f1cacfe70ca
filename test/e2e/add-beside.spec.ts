/**
 * A server that runs nginx, from its address to its sites, and back: added by keyboard, prepared,
 * one site closed while a download goes on, brought back, and nginx as it was.
 */
import { expect, test } from "@playwright/test";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { quoted } from "../../main/ssh/ssh-session.ts";
import { startDesktop } from "../../tools/driving/desktop.ts";
import { canRunMachine } from "../support/ssh/machine.ts";
import { PHP_FPM, phpFpmCommand } from "../support/web-servers/php-fpm.ts";
import { HAS_NGINX, nginxArgs, nginxFolder } from "../../tools/driving/web-servers/nginx.ts";
import { visitorOf } from "../../tools/driving/web-servers/beside.ts";
import { get, HALF, startApp } from "./support/app-behind.ts";
import { findingsOn } from "./support/axe.ts";
import { faultsOf } from "./support/page-faults.ts";
import { PASSPHRASE, startSshServer } from "./support/ssh-server.ts";

/** TLS, PHP-FPM, and an app behind a proxy. */
function threeSites(appPort: number): Record<string, string> {
  return {
    "conf.d/shop.conf": `server {
    listen 127.0.0.1:@PORT1@ ssl;
    server_name shop.example;
    ssl_certificate @CERT@;
    ssl_certificate_key @KEY@;
    return 200 "open";
}
`,
    "conf.d/wiki.conf": `server {
    listen 127.0.0.1:@PORT2@;
    server_name wiki.example;
    root @RUN@;
    location / {
        fastcgi_pass unix:@RUN@/php.sock;
        fastcgi_param SCRIPT_FILENAME @RUN@/index.php;
        fastcgi_param REQUEST_METHOD $request_method;
    }
}
`,
    "conf.d/app.conf": `server {
    listen 127.0.0.1:@PORT3@;
    server_name app.example;
    location / {
        proxy_pass http://127.0.0.1:${String(appPort)};
        proxy_buffering off;
    }
}
`,
  };
}

test("nginx is found, a site of it is closed over SSH and brought back, and nginx is as it was", async () => {
  test.skip(PHP_FPM === undefined, "PHP-FPM is not installed");
  test.skip(!HAS_NGINX || !(await canRunMachine()), "this machine has no nginx, or can have no other one inside");
  const userData = await mkdtemp(path.join(os.tmpdir(), "backsoon-e2e-data-"));
  const server = await startSshServer("web-01", { machine: true });
  await using app = await startApp();
  await using folder = await nginxFolder(threeSites(app.port));
  await writeFile(path.join(folder.run, "index.php"), "<?php echo 'a page by PHP';");
  const visit = visitorOf(folder);
  const tls = { tls: true };
  const wiki = { host: "wiki.example", port: folder.port(2) };
  const start = (command: readonly string[]) =>
    server.run(`PATH=$PATH:/usr/sbin; setsid nohup ${command.map(quoted).join(" ")} >/dev/null 2>&1 </dev/null &`);
  // Before the app, as its ports are free now.
  await start(await phpFpmCommand(folder.run));
  await start(["nginx", ...nginxArgs(folder)]);
  const bodyOf = async (asked: Parameters<typeof visit>[0]) => (await visit(asked).catch(() => undefined))?.body;
  await expect.poll(() => bodyOf(tls), { timeout: 60_000 }).toBe("open");
  await expect.poll(() => bodyOf(wiki)).toBe("a page by PHP");
  /** As the machine sees it: what it writes is in its own memory. */
  const configuration = async () => {
    const files = "find . -printf '%p %y %m %u %g %l\\n' | sort; find . -type f -exec sha256sum {} + | sort";
    return (await server.run(`cd ${quoted(folder.etc)} && { ${files}; }`)).stdout;
  };
  const before = await configuration();
  const desktop = await startDesktop({ userData, env: server.env });
  const { page } = desktop;
  const button = (name: string | RegExp) => page.getByRole("button", { name, exact: typeof name === "string" });
  const step = (name: string) => page.getByRole("heading", { name, level: 2 });
  try {
    await button("Stand beside it").click();
    await button(/^web-01/).click();
    await page.keyboard.press("Enter");
    await button("Trust this key").click();
    await page.getByLabel(/^Passphrase of .*id_work$/).fill(PASSPHRASE);
    await page.keyboard.press("Enter");

    // The defaults are right where nginx runs.
    await expect(step("What was found")).toBeFocused();
    const beside = page.getByRole("radio", { name: /^Beside nginx\b.*\(recommended\)/ });
    await expect(beside).toBeChecked();
    await beside.focus();
    await page.keyboard.press("ArrowDown");
    await expect(page.getByRole("radio", { name: /^Backsoon serves the sites itself/ })).toBeChecked();
    await page.keyboard.press("ArrowUp");
    await expect(beside).toBeChecked();
    const findings = await findingsOn(page, "add a server, beside nginx");
    await page.keyboard.press("Control+Enter");
    await expect(step("Install the agent")).toBeFocused();
    const planned = page.getByRole("region", { name: "What will be done" });
    await planned.getByText("6. Write the service").click();
    await expect(planned).toContainText("--web-folder /var/lib/backsoon-web");
    findings.push(...(await findingsOn(page, "install beside nginx")));
    await page.keyboard.press("Control+Enter");
    await expect(step("Give it a name")).toBeVisible({ timeout: 60_000 });
    await expect(page.getByText("Next: prepare the web server, on the server's page.")).toBeVisible();
    await page.keyboard.press("Enter");

    await expect(page.getByRole("heading", { name: "web-01", level: 1 })).toBeVisible();
    const prepare = page.getByRole("region", { name: "Web servers" }).getByRole("button", { name: /^Prepare nginx/ });
    await prepare.click({ timeout: 30_000 });
    await page.getByRole("button", { name: "Prepare 3 sites" }).click();
    const prepared = page.getByRole("dialog", { name: /is prepared$/ });
    await expect(prepared).toBeVisible({ timeout: 30_000 });
    expect(await bodyOf(tls)).toBe("open");

    const download = await get(folder.port(3), "app.example", "/download");
    await prepared.getByRole("button", { name: "Put site in maintenance" }).click();
    await page.getByRole("radio", { name: "app.example" }).check();
    await button("Review").click();
    await page.getByRole("button", { name: /^Put .* in maintenance$/ }).click();
    await expect(page.getByRole("heading", { name: "app.example is in maintenance" })).toBeVisible({ timeout: 30_000 });
    expect(await get(folder.port(3), "app.example")).toMatchObject({ status: 503, retryAfter: "1800" });
    expect([await bodyOf(tls), await bodyOf(wiki)]).toEqual(["open", "a page by PHP"]);
    await expect(page.getByText("everything as planned")).toBeVisible({ timeout: 30_000 });
    app.release();
    expect(await download.rest).toEqual({ bytes: 2 * HALF, isWhole: true });

    await page.getByRole("button", { name: "Bring back" }).first().click();
    await expect.poll(async () => (await get(folder.port(3), "app.example")).status).toBe(200);
    await button(/^Overview/).click();
    await button("web-01").click();
    await button(/^Remove the hook from nginx/).click();
    await page.getByRole("button", { name: "Remove from 3 sites" }).click();
    await expect(page.getByText("All else in the configuration")).toBeVisible({ timeout: 30_000 });
    expect(await configuration()).toEqual(before);
    expect(findings).toEqual([]);
    expect(await faultsOf(page)).toEqual([]);
  } finally {
    await desktop.close();
    await server.close();
    await rm(userData, { recursive: true, force: true, maxRetries: 10 });
  }
});
