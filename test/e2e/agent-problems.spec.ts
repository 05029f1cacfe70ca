/** What is wrong with an agent is seen on the overview and on its screen, as long as it is so. */
import { mkdir, rmdir } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "@playwright/test";
import { startAgent } from "../../tools/driving/agent.ts";
import { value } from "../../tools/driving/call.ts";
import { type Desktop, startDesktop } from "../../tools/driving/desktop.ts";

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
