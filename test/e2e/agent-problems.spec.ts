/** What is wrong with an agent is seen on the overview and on its screen, as long as it is so. */
import { mkdir, rmdir } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "@playwright/test";
import { startAgent } from "../../tools/driving/agent.ts";
import { value } from "../../tools/driving/call.ts";
import { type Desktop, startDesktop } from "../../tools/driving/desktop.ts";
import { freePort } from "../../tools/driving/free-port.ts";
import { HAS_PEBBLE, startPebble } from "../support/acme/pebble.ts";
import { findingsOn } from "./support/axe.ts";

let desktop: Desktop | undefined;
test.afterEach(async () => {
  await desktop?.close();
  desktop = undefined;
});

test("says that a state directory cannot be written, until it can", async () => {
  await using agent = await startAgent();
  desktop = await startDesktop();
  const { page } = desktop;
  await value(page, "server.add", { kind: "local", name: "web-1", socketPath: agent.socketPath });
  const put = { params: { id: "ops" }, body: { kind: "command" as const, program: "tell" } };
  // No file can be written where a folder is.
  const obstacle = join(agent.stateDirectory, "channels/ops.json");
  await mkdir(obstacle);
  expect(await agent.tryCall("putChannel", put)).toMatchObject({ ok: false, error: { code: "store.failed" } });
  await expect(page.getByText("1 problem", { exact: true })).toBeVisible();
  await page.getByRole("button", { name: "web-1", exact: true }).click();
  const problem = page.getByRole("region", { name: "Problem of the agent" });
  await expect(problem).toContainText("cannot be written, so that changes are refused");
  await rmdir(obstacle);
  await agent.call("putChannel", put);
  await expect(problem).toBeHidden();
});

test("shows targets that are down, and certificates with what went wrong, until they are renewed", async () => {
  test.skip(!HAS_PEBBLE, "no pebble here");
  const [httpPort, nobody] = [await freePort(), await freePort()];
  await using pebble = await startPebble({ httpPort });
  // Nobody listens there.
  await pebble.place("shop.test", "127.0.0.9");
  const app = { targets: [`http://127.0.0.1:${nobody}`], healthCheck: { failures: 1 } };
  await using agent = await startAgent({
    config: {
      listeners: [
        { name: "http", address: "127.0.0.1", port: httpPort },
        { name: "https", address: "127.0.0.1", port: 0, tls: true },
      ],
      acme: { pebble: pebble.authority },
      upstreams: { app },
      virtualHosts: [
        {
          id: "shop",
          hosts: ["shop.test"],
          tls: { acme: "pebble" },
          rules: [{ handler: { type: "proxy", upstream: "app" } }],
        },
        { id: "default", hosts: ["*"], rules: [{ handler: { type: "error", status: 404 } }] },
      ],
    },
  });
  desktop = await startDesktop();
  const { page } = desktop;
  await value(page, "server.add", { kind: "local", name: "web-1", socketPath: agent.socketPath });
  await page.getByRole("button", { name: "web-1", exact: true }).click();
  const target = page.getByRole("region", { name: "Applications" }).getByRole("listitem").filter({ hasText: "shop" });
  await expect(target).toContainText("Down");
  await expect(target).toContainText(`connect ECONNREFUSED 127.0.0.1:${nobody}, since`);
  await page.getByRole("tab", { name: "Certificates" }).click();
  const certificates = page.getByRole("region", { name: "Certificates" });
  await expect(certificates).toContainText("Self-signed");
  await expect(certificates.getByRole("group", { name: "Why it was not renewed" })).toContainText("port 80");
  expect(await findingsOn(page, "certificates")).toEqual([]);
  await pebble.place("shop.test", undefined);
  await certificates.getByRole("button", { name: /^Order now/ }).click();
  await expect(certificates).toContainText("Renewed. Visitors get the new one from now on.");
  await expect(certificates).toContainText(/Valid.*Pebble Intermediate.*automatically by pebble/s);
  await expect(certificates).not.toContainText("The latest order failed");
});
