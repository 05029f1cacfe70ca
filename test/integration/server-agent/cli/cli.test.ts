/** The program's verbs, its one line on standard output, and its exit codes. */
import { once } from "node:events";
import { mkdir, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { AGENT_VERSION } from "../../../../server-agent/contract/agent.ts";
import { configOf, virtualHostOf } from "../../../support/agent/config.ts";
import { makeFolder, runAgentVerb, smallConfig, startAgent } from "../../../../tools/driving/agent.ts";

async function fileWith(text: string): Promise<string> {
  const file = path.join(await makeFolder(), "config.json");
  await writeFile(file, text);
  return file;
}

describe("run", () => {
  it("writes exactly one line to standard output, and ends with 0 on SIGTERM", async () => {
    const folder = await makeFolder();
    await using agent = await startAgent({ folder });
    expect(agent.listeners).toEqual([{ name: "http", address: "127.0.0.1", port: agent.port }]);
    expect(agent.generation).toBe(1);
    await agent.kill("SIGTERM");
    expect(await agent.ended).toEqual({ code: 0, signal: null });
  });

  it.each([
    ["not JSON", "{", /is not JSON/],
    [
      "a field that does not exist",
      JSON.stringify({ ...smallConfig(), virtualHost: [] }),
      /config\.json cannot serve:[^]*virtualHost/,
    ],
    [
      "a bad value",
      JSON.stringify({ ...smallConfig(), listeners: [{ name: "http", address: "127.0.0.1", port: 99_999 }] }),
      /\/listeners\/0\/port: /,
    ],
  ])("a configuration with %s: code 2, file and field", async (_what, text, message) => {
    const config = await fileWith(text);
    const folder = path.dirname(config);
    const ended = await runAgentVerb([
      "run",
      "--config",
      config,
      "--state",
      path.join(folder, "state"),
      "--socket",
      path.join(folder, "s"),
    ]);
    expect(ended).toMatchObject({ code: 2, stdout: "" });
    expect(ended.stderr).toMatch(message);
    expect(ended.stderr).toContain(config);
  });

  it.each([
    [[], /--state/],
    [["--state", "x"], /--socket/],
    [["--state", "x", "--socket", "y", "--workers", "0"], /--workers/],
    [["--state", "x", "--socket", "y", "--colour"], /--colour/],
    [
      ["--state", "/nonexistent-backsoon/x/y", "--socket", "/nonexistent-backsoon/s"],
      /folder of the admin socket is missing/,
    ],
    [["--state", "x", "--socket", `/${"long".repeat(40)}`], /107 bytes/],
  ])("wrong arguments %j: code 2", async (args, message) => {
    const ended = await runAgentVerb(["run", ...args]);
    expect(ended).toMatchObject({ code: 2, stdout: "" });
    expect(ended.stderr).toMatch(message);
  });

  it("an empty state directory without --config: code 2", async () => {
    const folder = await makeFolder();
    const ended = await runAgentVerb([
      "run",
      "--state",
      path.join(folder, "state"),
      "--socket",
      path.join(folder, "s"),
    ]);
    expect(ended.code).toBe(2);
    expect(ended.stderr).toContain("--config");
  });

  it("a listener that cannot be bound: code 4 and its name", async () => {
    const taken = createServer().listen(0, "127.0.0.1");
    await once(taken, "listening");
    const { port } = taken.address() as { port: number };
    const config = await fileWith(
      JSON.stringify({ ...smallConfig(), listeners: [{ name: "front", address: "127.0.0.1", port }] }),
    );
    const folder = path.dirname(config);
    const ended = await runAgentVerb([
      "run",
      "--config",
      config,
      "--state",
      path.join(folder, "state"),
      "--socket",
      path.join(folder, "s"),
    ]);
    taken.close();
    expect(ended.code).toBe(4);
    expect(ended.stderr).toMatch(/\/listeners\/0\/port: listener front: .* already in use/);
  });

  it("a path that is no socket is not touched: code 3", async () => {
    const config = await fileWith(JSON.stringify(smallConfig()));
    const folder = path.dirname(config);
    const ended = await runAgentVerb([
      "run",
      "--config",
      config,
      "--state",
      path.join(folder, "state"),
      "--socket",
      config,
    ]);
    expect(ended.code).toBe(3);
    expect(ended.stderr).toContain("is no socket");
  });

  it("a state directory that cannot be made: code 5", async () => {
    const config = await fileWith(JSON.stringify(smallConfig()));
    const folder = path.dirname(config);
    const ended = await runAgentVerb([
      "run",
      "--config",
      config,
      "--state",
      path.join(config, "state"),
      "--socket",
      path.join(folder, "s"),
    ]);
    expect(ended.code).toBe(5);
  });

  it("a socket that a killed agent left behind is replaced", async () => {
    const folder = await makeFolder();
    const first = await startAgent({ folder });
    await first.kill("SIGKILL");
    await using second = await startAgent({ folder });
    expect((await second.call("getAgent")).pid).toBe(second.pid);
  });

  it("restarts gracefully on SIGHUP, reopens logs on SIGUSR1 and SIGUSR2, and takes the listed workers", async () => {
    await using agent = await startAgent({ workers: 2 });
    await using events = await agent.events();
    process.kill(agent.pid, "SIGHUP");
    const line = await events.until((news) => news.type === "config");
    expect(line).toMatchObject({
      agent: { generation: 2 },
      generations: [{ reason: "graceful restart", author: "SIGHUP" }, {}],
    });
    for (const signal of ["SIGUSR1", "SIGUSR2"] as const) {
      process.kill(agent.pid, signal);
      await agent.logged(new RegExp(`reopened log files signal=${signal}`));
    }
    expect(agent.log()).not.toContain("Debugger listening");
    expect((await agent.visit()).text).toBe("live");
  });
});

describe("the other verbs", () => {
  it("version, help, and what is no verb", async () => {
    expect((await runAgentVerb(["version"])).stdout).toMatch(new RegExp(`^backsoon-agent ${AGENT_VERSION} `));
    const help = await runAgentVerb(["help"]);
    expect(help.code).toBe(0);
    for (const verb of [
      "run",
      "check",
      "status",
      "explain",
      "maintenance on",
      "maintenance off",
      "restart",
      "dial-stdio",
      "version",
    ])
      expect(help.stdout).toContain(verb);
    expect(help.stdout).not.toMatch(/^ {2}worker/m);
    expect(await runAgentVerb(["serve"])).toMatchObject({ code: 2, stdout: "" });
    expect(await runAgentVerb(["worker"])).toMatchObject({ code: 2, stdout: "" });
  });

  it("check", async () => {
    expect(await runAgentVerb(["check", await fileWith(JSON.stringify(smallConfig()))])).toMatchObject({
      code: 0,
      stderr: "",
    });
    const bad = await fileWith(JSON.stringify({ ...smallConfig(), virtualHosts: [] }));
    const refused = await runAgentVerb(["check", bad]);
    expect(refused).toMatchObject({ code: 2, stdout: "" });
    expect(refused.stderr).toContain("/virtualHosts");
    expect(JSON.parse((await runAgentVerb(["check", bad, "--json"])).stdout)).toMatchObject({
      ok: false,
      problems: [{ path: "/virtualHosts" }],
    });
    expect((await runAgentVerb(["check", "/nonexistent.json"])).stderr).toContain("/nonexistent.json");
    const withFile = await fileWith(JSON.stringify({ ...smallConfig(), geoFiles: [bad] }));
    expect(await runAgentVerb(["check", withFile])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(`/geoFiles/0: ${bad} cannot be used: it is no MMDB file`) as string,
    });
  });

  it("status, explain, maintenance and restart", async () => {
    await using agent = await startAgent();
    const verb = (...args: string[]) => runAgentVerb([...args, "--socket", agent.socketPath]);
    const status = await verb("status");
    expect(status.code).toBe(0);
    expect(status.stdout).toMatch(/shop {2}live/);

    const explained = await verb("explain", "shop.example.com/cart", "--method", "POST");
    expect(explained.stdout).toMatch(/shop answers with rule 1 \(respond\), status 200/);

    for (const wrong of [
      ["--retry-after", "soon"],
      ["--retry-after", ""],
      ["--status", "5e2"],
    ]) {
      const refused = await verb("maintenance", "on", "shop", ...wrong);
      expect(refused).toMatchObject({ code: 2, stdout: "" });
      expect(refused.stderr).toContain(`${wrong[0] ?? ""} must be a whole number`);
    }
    const planned = await verb("maintenance", "on", "shop", "--plan");
    expect(planned.stdout).toMatch(/nothing was changed/);
    expect((await agent.visit()).text).toBe("live");

    const on = await verb(
      "maintenance",
      "on",
      "shop",
      "--until",
      "45m",
      "--reason",
      "new disks",
      "--title",
      "Moment",
      "--retry-after",
      "end",
      "--except-path",
      "/healthz",
      "--except-path",
      "/hook/*",
      "--except-from",
      "192.0.2.0/24",
    );
    expect(on).toMatchObject({ code: 0, stderr: "" });
    expect(on.stdout).toMatch(/^shop is in maintenance: .*\nproof at the agent, \S+: as planned\n/);
    const closed = await agent.visit({ headers: { accept: "text/html" } });
    expect(closed.status).toBe(503);
    expect(closed.text).toContain("Moment");
    expect(Number(closed.headers["retry-after"])).toBeGreaterThan(44 * 60);
    expect((await agent.visit({ path: "/hook/x" })).text).toBe("live");
    const receipt = (await agent.call("listMaintenance")).maintenance[0];
    expect(receipt).toMatchObject({
      reason: "new disks",
      state: "in-maintenance",
      options: {
        exceptions: [{ path: ["/.well-known/acme-challenge/*", "/healthz", "/hook/*"] }, { from: ["192.0.2.0/24"] }],
      },
    });
    expect(receipt?.author).not.toBe("");
    expect((await verb("status")).stdout).toMatch(/shop {2}in maintenance since/);
    await expect
      .poll(async () => (await verb("status")).stdout, { timeout: 10_000 })
      .toMatch(/proof at the agent, \S+: as planned/);

    const again = await verb("maintenance", "on", "shop");
    expect(again).toMatchObject({ code: 1, stdout: "" });
    expect(again.stderr).toContain("maintenance.already");

    const off = await verb("maintenance", "off", "shop", "--how", "demote", "--json");
    expect(JSON.parse(off.stdout)).toMatchObject({ state: "reverted", revert: { how: "demote" } });
    expect((await agent.visit()).text).toBe("live");
    const idle = await verb("maintenance", "off", "shop");
    expect(idle).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("shop is not in maintenance; no site is in maintenance") as string,
    });
    const slip = await verb("maintenance", "off", "shopp");
    expect(slip).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("there is no site shopp; known sites: shop") as string,
    });

    const page = path.join(agent.folder, "page");
    await mkdir(page);
    await writeFile(path.join(page, "index.html"), "<h1>Our own page</h1>");
    const missing = await verb("maintenance", "on", "shop", "--page-root", path.join(agent.folder, "pgae"), "--plan");
    expect(missing).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/there is no \S*pgae. on this server/) as string,
    });
    expect(await verb("maintenance", "on", "shop", "--page-root", page)).toMatchObject({ code: 0, stderr: "" });
    const own = await agent.visit({ headers: { accept: "text/html" } });
    expect([own.status, own.text]).toEqual([503, "<h1>Our own page</h1>"]);

    expect((await verb("restart", "--graceful")).stdout).toMatch(/new workers serve generation 5/);
    expect(JSON.parse((await verb("restart", "--hard", "--json")).stdout)).toEqual({ generation: 6, cut: 0 });
    expect((await verb("restart")).code).toBe(2);
  });

  it("maintenance on says that visitors still get something else: code 7", async () => {
    const config = configOf([virtualHostOf("top", ["*.example.com"]), virtualHostOf("shop", ["shop.example.com"])]);
    await using agent = await startAgent({ config });
    const on = await runAgentVerb(["maintenance", "on", "shop", "--socket", agent.socketPath]);
    expect(on.code).toBe(7);
    expect(on.stdout).toMatch(
      /^shop is NOT closed as planned: .*\nproof at the agent, .* answers wrong, like shop\.example\.com/,
    );
  });

  it("say when no agent answers: code 6", async () => {
    for (const args of [
      ["status"],
      ["explain", "x"],
      ["maintenance", "off", "shop"],
      ["restart", "--hard"],
      ["dial-stdio"],
    ]) {
      const ended = await runAgentVerb([...args, "--socket", "/nonexistent.sock"]);
      expect(ended).toMatchObject({ code: 6, stdout: "" });
      expect(ended.stderr).toContain("/nonexistent.sock");
    }
  });

  it("take the socket from the environment", async () => {
    await using agent = await startAgent();
    expect((await runAgentVerb(["status"], { env: { BACKSOON_SOCKET: agent.socketPath } })).code).toBe(0);
  });

  it("dial-stdio joins its streams with the socket, until either side ends", async () => {
    await using agent = await startAgent();
    const input =
      "GET /v1/config HTTP/1.1\r\nhost: backsoon\r\n\r\nGET /v1/agent HTTP/1.1\r\nhost: backsoon\r\nconnection: close\r\n\r\n";
    const dialled = await runAgentVerb(["dial-stdio", "--socket", agent.socketPath], { input });
    expect(dialled.code).toBe(0);
    expect(dialled.stdout.match(/HTTP\/1\.1 200 OK/g)).toHaveLength(2);
    expect(dialled.stdout).toContain(`"pid":${String(agent.pid)}`);
  });
});
