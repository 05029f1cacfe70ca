/** An upgrade of the running agent: a successor takes over everything, and nobody notices. */
import { readdir, readFile, rename, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import {
  AGENT_PROGRAM,
  makeFolder,
  ownerOf,
  runAgentVerb,
  smallConfig,
  startAgent,
  untilGone,
} from "../../../../../tools/driving/agent.ts";
import {
  expectUntouched,
  handOver,
  HOST,
  otherProgram,
  proxied,
  successorOf,
} from "../../../../support/agent/hand-over.ts";
import { openIdleConnection, startSlowDownload } from "../../../../../tools/driving/load.ts";
import { DOWNLOAD_BYTES, startOriginServer } from "../../../../../tools/driving/origin-server.ts";

describe("a successor", () => {
  it("has the same state: the generation, a site in maintenance with its counts, a held stage", async () => {
    const config = smallConfig();
    config.virtualHosts.unshift({
      id: "blog",
      hosts: ["blog.example.com"],
      rules: [{ handler: { type: "respond", body: "posts" } }],
    });
    await using agent = await startAgent({ config });
    const receipt = await agent.call("startMaintenance", { body: { site: "shop", reason: "new database" } });
    for (let visit = 0; visit < 5; visit++) expect((await agent.visit()).status).toBe(503);
    const stage = await agent.call("stage", {
      body: {
        operation: { id: "operation-1", title: "Both", servers: 2 },
        changes: [{ kind: "maintenance", options: { site: "blog" } }],
        leaseSeconds: 60,
      },
    });
    const before = { config: await agent.call("getConfig"), history: await agent.call("listGenerations") };
    const { pid, generation, version } = await handOver(agent);
    expect({ generation, version }).toEqual({ generation: 2, version: "0.1.0" });
    expect(pid).not.toBe(agent.pid);
    expect({ config: await agent.call("getConfig"), history: await agent.call("listGenerations") }).toEqual(before);
    expect((await agent.call("listStages")).stages).toEqual([stage]);
    expect((await agent.visit()).status).toBe(503);
    expect((await agent.tryCall("restart", { body: { mode: "graceful" } })).ok, "while the stage is held").toBe(false);
    const committed = await agent.call("commitStage", { params: { id: stage.id } });
    expect(committed.stage).toMatchObject({ state: "committed", generation: 3 });
    expect((await agent.visit({ host: "blog.example.com" })).status).toBe(503);
    const reverted = await agent.call("revertMaintenance", { params: { id: receipt.id } });
    expect(reverted).toMatchObject({ id: receipt.id, reason: "new database", state: "reverted" });
    expect(reverted.counts.refused, "before and after the hand-over").toBe(6);
    expect((await agent.visit()).text).toBe("live");
    expect(await agent.ended).toEqual({ code: 0, signal: null });
  });

  it("goes on counting where the former agent has stopped: nothing is lost, nothing counted twice", async () => {
    await using agent = await startAgent({ workers: 2 });
    const { id } = await agent.call("startMaintenance", { body: { site: "shop" } });
    let going = true;
    let refused = 0;
    const visitors = Array.from({ length: 4 }, async () => {
      while (going) if ((await agent.visit()).status === 503) refused += 1;
    });
    const moreVisits = async () => {
      const before = refused;
      while (refused < before + 25) await delay(5);
    };
    for (let time = 0; time < 4; time++) {
      await moreVisits();
      await handOver(agent);
    }
    await moreVisits();
    going = false;
    await Promise.all(visitors);
    await expect
      .poll(async () => (await agent.call("getMaintenance", { params: { id } })).counts.refused, { timeout: 5000 })
      .toBe(refused);
    await expect.poll(async () => (await agent.call("getAgent")).workers.length).toBe(2);
    expect((await agent.call("getMaintenance", { params: { id } })).counts).toMatchObject({
      refused,
      draining: 0,
      cut: 0,
    });
    expect(refused).toBeGreaterThan(100);
  });

  it("may be another version, by its path or behind the link that the agent was started with", async () => {
    const next = await otherProgram(/"0\.1\.0"/g, '"0.2.0"');
    await using agent = await startAgent();
    expect(await handOver(agent, next)).toMatchObject({ version: "0.2.0", generation: 1 });
    expect((await agent.call("getAgent")).version).toBe("0.2.0");
    // From there, by the program's own link.
    const link = `${next}.link`;
    await symlink(AGENT_PROGRAM, link);
    expect(await handOver(agent, link)).toMatchObject({ version: "0.1.0" });
    await symlink(next, `${link}.new`);
    await rename(`${link}.new`, link);
    const said = await runAgentVerb(["hand-over", "--socket", agent.socketPath, "--json"]);
    expect(said).toMatchObject({ code: 0, stderr: "" });
    expect(JSON.parse(said.stdout)).toMatchObject({ version: "0.2.0", generation: 1 });
    // And what is no script runs by itself.
    const wrapper = `${next}.sh`;
    await writeFile(wrapper, `#!/bin/sh\nexec '${process.execPath}' '${AGENT_PROGRAM}' "$@"\n`, { mode: 0o755 });
    expect(await handOver(agent, wrapper)).toMatchObject({ version: "0.1.0" });
    expect((await agent.visit()).text).toBe("live");
  });

  it("sees, cuts and counts what is still in flight at the former agent", async () => {
    await using origin = await startOriginServer();
    await using agent = await startAgent({ config: proxied(origin.url) });
    const target = { host: HOST, port: agent.port };
    const [kept, lost] = [startSlowDownload(target, 1024 * 1024), startSlowDownload(target, 1024 * 1024)];
    for (const { done } of [kept, lost]) done.catch(() => undefined);
    await using events = await agent.events();
    await events.until((line) => "generations" in line && line.generations[0]?.inFlight === 2);
    await handOver(agent);
    const { id } = await agent.call("startMaintenance", { body: { site: "shop" } });
    const { requests } = await agent.call("listRequests");
    expect(requests.map(({ kind, generation }) => ({ kind, generation }))).toEqual([
      { kind: "download", generation: 1 },
      { kind: "download", generation: 1 },
    ]);
    await agent.call("cutRequest", { params: { id: requests[1]?.id ?? "" } });
    await expect(lost.done).rejects.toThrow();
    expect(await kept.finish()).toBe(DOWNLOAD_BYTES);
    expect(await agent.ended).toEqual({ code: 0, signal: null });
    await using news = await agent.events();
    await news.until((line) => "agent" in line && line.agent.workers.length === 1);
    expect((await agent.call("getMaintenance", { params: { id } })).counts).toMatchObject({
      drained: 1,
      cut: 1,
      draining: 0,
    });
  });

  it("is followed by connections of the former agent, and where that one does not understand the document they end", async () => {
    await using origin = await startOriginServer();
    const old = await otherProgram(/trustedProxies/g, "trustedProxiesNot");
    await using agent = await startAgent({ config: proxied(origin.url) });
    await handOver(agent, old);
    const target = { host: HOST, port: agent.port };
    const download = startSlowDownload(target, 1024 * 1024);
    download.done.catch(() => undefined);
    const idle = await openIdleConnection(target);
    await idle.ask("/page");
    const { pid } = await agent.call("getAgent");
    await handOver(agent, AGENT_PROGRAM);
    const { config } = await agent.call("getConfig");
    await agent.call("putConfig", { body: { ...config, trustedProxies: ["127.0.0.1"] }, ifMatch: "*" });
    await expect.poll(() => idle.closed).toBe(true);
    expect(agent.log()).toMatch(/cannot serve the successor's configuration/);
    expect(await download.finish()).toBe(DOWNLOAD_BYTES);
    await untilGone(pid);
    expect((await agent.call("getAgent")).generation).toBe(2);
  });

  it("that is stopped ends the former agent too, within its time", async () => {
    await using origin = await startOriginServer();
    await using agent = await startAgent({ config: proxied(origin.url), args: ["--stop-seconds", "1"] });
    const download = startSlowDownload({ host: HOST, port: agent.port }, 1024 * 1024);
    download.done.catch(() => undefined);
    await using events = await agent.events();
    await events.until((line) => "generations" in line && line.generations[0]?.inFlight === 1);
    const { pid } = await handOver(agent);
    process.kill(pid, "SIGTERM");
    await untilGone(pid);
    expect(await agent.ended).toEqual({ code: 0, signal: null });
    await expect(download.done).rejects.toThrow();
  });
});

describe("at the same time", () => {
  it("only one of two hand-overs is made", async () => {
    await using agent = await startAgent();
    const replies = await Promise.all([agent.tryCall("handOver", {}), agent.tryCall("handOver", {})]);
    expect(replies.map(({ ok }) => ok).toSorted()).toEqual([false, true]);
    expect(replies.find(({ ok }) => !ok)).toMatchObject({
      error: { code: "hand-over.failed", message: expect.stringContaining("already in progress") as string },
    });
    expect((await agent.visit()).text).toBe("live");
  });

  it("a stop of the successor before it serves leaves the former agent as it was", async () => {
    await using agent = await startAgent();
    const outcome = agent.tryCall("handOver", {});
    process.kill(await successorOf(agent), "SIGTERM");
    expect(await outcome).toMatchObject({ ok: false, error: { code: "hand-over.failed" } });
    await expectUntouched(agent);
  });

  it("a stop ends the hand-over and both processes", async () => {
    await using agent = await startAgent();
    const outcome = agent.tryCall("handOver", {});
    const pid = await successorOf(agent);
    process.kill(agent.pid, "SIGTERM");
    expect(await outcome).toMatchObject({ ok: false, error: { code: "hand-over.failed" } });
    expect(await agent.ended).toEqual({ code: 0, signal: null });
    await untilGone(pid);
    expect(ownerOf(agent.folder)).toBe(undefined);
    expect(await readdir(agent.folder)).not.toContain("agent.sock");
  });

  it("event streams end, and a new one tells of the successor", async () => {
    await using agent = await startAgent();
    await using events = await agent.events();
    const ended = expect(events.until(() => false)).rejects.toThrow("the event stream has ended");
    const { pid } = await handOver(agent);
    await ended;
    await using next = await agent.events();
    expect(await next.next()).toMatchObject({ type: "snapshot", agent: { pid } });
  });
});

describe("systemd", () => {
  it("is told of the main process, and without it nobody is", async () => {
    const folder = await makeFolder();
    const said = path.join(folder, "said");
    await writeFile(path.join(folder, "systemd-notify"), `#!/bin/sh\necho "$@" >> ${said}\n`, { mode: 0o755 });
    const PATH = `${folder}:${process.env.PATH ?? ""}`;
    const env = { PATH, NOTIFY_SOCKET: path.join(folder, "notify"), WATCHDOG_USEC: "60000000" };
    await using agent = await startAgent({ env });
    const { pid } = await handOver(agent);
    expect(await agent.ended).toEqual({ code: 0, signal: null });
    // Each at once: the time of systemd's watchdog runs on while processes change.
    await expect.poll(async () => (await readFile(said, "utf8")).match(/^WATCHDOG=1$/gm)).toHaveLength(2);
    const named = async (): Promise<string[]> =>
      (await readFile(said, "utf8")).split("\n").filter((line) => line.endsWith("--ready"));
    expect(await named()).toEqual([`--pid=${String(agent.pid)} --ready`, `--pid=${String(pid)} --ready`]);
    await using other = await startAgent({ env: { PATH, NOTIFY_SOCKET: "" } });
    await handOver(other);
    expect(await named()).toHaveLength(2);
  });

  it("that cannot be told keeps the former process as the main one", async () => {
    const folder = await makeFolder();
    await writeFile(path.join(folder, "systemd-notify"), `#!/bin/sh\necho "no bus" >&2\nexit 1\n`, { mode: 0o755 });
    await using agent = await startAgent({
      env: { PATH: `${folder}:${process.env.PATH ?? ""}`, NOTIFY_SOCKET: path.join(folder, "notify") },
    });
    const { pid } = await handOver(agent);
    await agent.logged(/could not notify systemd words=.*--ready.*no bus/);
    expect((await agent.visit()).text).toBe("live");
    process.kill(pid, "SIGTERM");
    expect(await agent.ended).toEqual({ code: 0, signal: null });
  });
});
