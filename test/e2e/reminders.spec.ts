/** Reminders outside of the window, with a real notification daemon: they appear, their buttons work, and nothing is said twice. */
import { expect, test } from "@playwright/test";
import { stateOf, value } from "./support/call.ts";
import { type Desktop, startDesktop } from "./support/desktop.ts";
import { type NotificationDaemon, daemonMissing, startNotificationDaemon } from "./support/notification-daemon.ts";
import { startAgent, type TestAgent } from "../support/agent.ts";

const missing = process.platform === "linux" ? daemonMissing() : "the daemon of these tests is one for Linux";
test.skip(missing !== undefined, missing ?? "");
test.setTimeout(180_000);

let daemon: NotificationDaemon;
let agent: TestAgent;
let desktop: Desktop | undefined;

test.beforeEach(async () => {
  [daemon, agent] = await Promise.all([startNotificationDaemon(), startAgent()]);
});
test.afterEach(async () => {
  await desktop?.close();
  desktop = undefined;
  await agent.close();
  await daemon.close();
});

const open = async (): Promise<Desktop> => {
  desktop = await startDesktop({ env: daemon.env });
  await value(desktop.page, "server.add", { kind: "local", name: "web-01", socketPath: agent.socketPath });
  const { page } = desktop;
  await expect.poll(async () => (await stateOf(page)).servers[0]?.snapshot?.config.virtualHosts[0]?.id).toBe("shop");
  return desktop;
};

const status = async () => (await agent.visit({ host: "shop.example.com" })).status;

test("says that a site is still closed after its end, and brings it back from there", async () => {
  await open();
  await agent.call("startMaintenance", { body: { site: "shop", until: new Date(Date.now() + 1000).toISOString() } });
  expect(await status()).toBe(503);
  const note = await daemon.untilShown(/still in maintenance/);
  expect(note).toMatchObject({ urgency: "CRITICAL", actions: ["Bring back", "Open"] });
  await daemon.press("Bring back");
  await expect.poll(status).toBe(200);
  await expect.poll(() => daemon.displayed()).toBe(0);
  expect(daemon.shown()).toHaveLength(1);
});
