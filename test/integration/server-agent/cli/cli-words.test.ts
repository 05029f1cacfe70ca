/** What the command line says to people: in verbs, of one thing, and what was left. */
import { expect, it } from "vitest";
import { runAgentVerb, startAgent } from "../../../../tools/driving/agent.ts";

it("shows the part on one verb, and everything where there is no such verb", async () => {
  const one = await runAgentVerb(["maintenance", "--help"]);
  expect(one).toMatchObject({ code: 0, stderr: "" });
  expect(one.stdout).toMatch(/^ {2}maintenance on SITE[^]*\n {2}maintenance off SITE[^]*\n\nAll commands except run/);
  expect(one.stdout).not.toMatch(/^ {2}(?:run|status|windows)/m);
  expect((await runAgentVerb(["help", "nothing"])).stdout).toBe((await runAgentVerb(["help"])).stdout);
});

it("names verbs, programs and kept copycats, and lets through what the app lets through", async () => {
  await using agent = await startAgent();
  const verb = (...args: string[]) => runAgentVerb([...args, "--socket", agent.socketPath]);
  const gone = await verb("windows", "remove", "x");
  expect(gone).toMatchObject({ code: 1, stdout: "" });
  expect(gone.stderr).toContain("There is no window x; `windows` lists them.");
  const missing = await verb("hand-over", "--program", "/nope");
  expect(missing.code).toBe(1);
  expect(missing.stderr).toContain("there is no program /nope");
  expect(missing.stderr).not.toContain("ENOENT");

  expect((await verb("maintenance", "on", "shop")).code).toBe(0);
  const usual = ["/.well-known/acme-challenge/*", "/healthz"];
  expect((await agent.call("listMaintenance")).maintenance[0]?.options.exceptions).toEqual([{ path: usual }]);
  expect((await agent.visit({ path: "/healthz" })).status).toBe(200);
  await verb("maintenance", "off", "shop", "--how", "demote");
  expect((await verb("status")).stdout).toContain("shop-copycat is kept below it, for next time");
  await verb("maintenance", "on", "shop", "--without-defaults");
  expect((await agent.call("listMaintenance")).maintenance[0]?.options.exceptions).toBeUndefined();
  expect((await verb("status")).stdout).not.toContain("is kept below it");
});
