/** A server that runs nginx is added by keyboard: from its address to its sites, prepared. */
import { expect, test } from "@playwright/test";
import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { quoted } from "../../main/ssh/ssh-session.ts";
import { startDesktop } from "../../tools/driving/desktop.ts";
import { canRunMachine } from "../support/ssh/machine.ts";
import { HAS_NGINX, nginxArgs, nginxFolder } from "../../tools/driving/web-servers/nginx.ts";
import { visitorOf } from "../../tools/driving/web-servers/beside.ts";
import { findingsOn } from "./support/axe.ts";
import { faultsOf } from "./support/page-faults.ts";
import { PASSPHRASE, startSshServer } from "./support/ssh-server.ts";

test("nginx is found, the agent is installed beside it, and its site is prepared", async () => {
  test.skip(!HAS_NGINX || !(await canRunMachine()), "this machine has no nginx, or can have no other one inside");
  const userData = await mkdtemp(path.join(os.tmpdir(), "backsoon-e2e-data-"));
  const server = await startSshServer("web-01", { machine: true });
  await using folder = await nginxFolder({
    "conf.d/shop.conf": 'server { listen 127.0.0.1:@PORT1@; server_name shop.example; return 200 "open"; }',
  });
  const visit = visitorOf(folder);
  // Before the app, as its ports are free now.
  await server.run(
    `PATH=$PATH:/usr/sbin; setsid nohup nginx ${nginxArgs(folder).map(quoted).join(" ")} >/dev/null 2>&1 </dev/null &`,
  );
  await expect.poll(async () => (await visit().catch(() => undefined))?.body, { timeout: 60_000 }).toBe("open");
  const desktop = await startDesktop({ userData, env: server.env });
  const { page } = desktop;
  const button = (name: string | RegExp) => page.getByRole("button", { name, exact: typeof name === "string" });
  const step = (name: string) => page.getByRole("heading", { name, level: 2 });
  try {
    await button("Add a server").click();
    await button(/^web-01/).click();
    await page.keyboard.press("Enter");
    await button("Trust this key").click();
    await page.getByLabel(/^Passphrase of .*id_work$/).fill(PASSPHRASE);
    await page.keyboard.press("Enter");

    // The defaults are right where nginx runs.
    await expect(step("What was found")).toBeFocused();
    const beside = page.getByRole("radio", { name: "Beside nginx (recommended)" });
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
    await page.getByRole("button", { name: "Prepare 1 site" }).click();
    await expect(page.getByRole("dialog", { name: /is prepared$/ })).toBeVisible({ timeout: 30_000 });
    expect((await visit()).body).toBe("open");
    expect(findings).toEqual([]);
    expect(await faultsOf(page)).toEqual([]);
  } finally {
    await desktop.close();
    await server.close();
    await rm(userData, { recursive: true, force: true });
  }
});
