/** The command line beside nginx: found, prepared, closed, brought back, removed. */
import { describe, expect, it } from "vitest";
import type { HookPlan } from "../../../../server-agent/contract/web-servers.ts";
import { runAgentVerb } from "../../../../tools/driving/agent.ts";
import { agentBeside, seenBy, visitorOf } from "../../../../tools/driving/web-servers/beside.ts";
import { HAS_NGINX, nginxFolder, startNginx } from "../../../../tools/driving/web-servers/nginx.ts";

const SITES = {
  "sites-enabled/shop": `server {
    listen 127.0.0.1:@PORT1@;
    server_name shop.example;
    location / { return 200 "the shop"; }
}
`,
};

describe.skipIf(!HAS_NGINX)("the command line beside nginx", () => {
  it("goes the whole way", async () => {
    await using folder = await nginxFolder(SITES);
    await using nginx = await startNginx(folder);
    await using agent = await agentBeside();
    const { id } = await seenBy(agent, folder);
    const visit = visitorOf(folder);
    const run = (...args: string[]) => runAgentVerb([...args, "--socket", agent.socketPath]);

    const found = await run("web-servers");
    expect(found.stdout).toContain(`${id}  1.`);
    expect(found.stdout).toContain(`pid ${String(nginx.pid)}  ${folder.main}`);
    expect(found.stdout).toContain(`shop.example  not-prepared  127.0.0.1:${String(folder.port(1))}`);

    const before = await folder.snapshot();
    const planned = await run("prepare", id, "--plan");
    expect(planned.stdout).toContain("changed  " + folder.etc);
    expect(planned.stdout).toContain(`runs  kill -HUP ${String(nginx.pid)}`);
    const asJson = JSON.parse((await run("prepare", id, "--plan", "--json")).stdout) as HookPlan;
    expect(asJson.sites).toEqual(["shop.example"]);
    expect(await folder.snapshot()).toEqual(before);

    const prepared = await run("prepare", id);
    expect(prepared).toMatchObject({ code: 0, stderr: "" });
    expect(prepared.stdout).toContain("shop.example: prepared, generation 2");

    const closed = await run("maintenance", "on", "shop.example");
    expect(closed).toMatchObject({ code: 0, stderr: "" });
    expect(closed.stdout).toContain(`proof through ${id}, `);
    expect(closed.stdout).toContain(`${id} does not report which requests from before are still running`);
    expect(closed.stdout).not.toContain("warning");
    expect((await run("status")).stdout).toMatch(/shop\.example {2}in maintenance since .*served by nginx-/);
    expect((await run("explain", "http://shop.example/")).stdout).toContain("shop.example-copycat answers");
    expect((await visit()).status).toBe(503);
    const held = await run("unprepare", id);
    expect(held).toMatchObject({ code: 1 });
    expect(held.stderr).toContain("shop.example is in maintenance; bring back first");
    expect(await run("maintenance", "off", "shop.example")).toMatchObject({ code: 0 });
    expect((await visit()).body).toBe("the shop");
    expect((await run("explain", "http://shop.example/")).stdout).toContain("left to its web server");

    expect(await run("unprepare", id, "shop.example")).toMatchObject({ code: 0, stderr: "" });
    expect(await folder.snapshot()).toEqual(before);
  });

  it("names what is wrong", async () => {
    await using agent = await agentBeside();
    const run = (...args: string[]) => runAgentVerb([...args, "--socket", agent.socketPath]);
    expect(await run("prepare")).toMatchObject({ code: 2 });
    expect((await run("prepare", "iis")).stderr).toContain("No web server iis runs here");
    expect(await run("web-servers", "nginx")).toMatchObject({ code: 2 });
  });
});
