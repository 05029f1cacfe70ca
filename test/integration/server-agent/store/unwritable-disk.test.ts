/** A disk that is full or read-only when the agent starts: what is stored is served. */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { cp, mkdir, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { AGENT_PROGRAM, makeFolder, startAgent, type TestAgent } from "../../../../tools/driving/agent.ts";
import { draft, wallClockIn } from "../../../support/agent/windows.ts";

/** A folder whose state has a closed site, a window and a channel, left by `kill -9`. */
async function folderWithClosedSite(): Promise<string> {
  const folder = await makeFolder();
  await using agent = await startAgent({ folder });
  await agent.call("startMaintenance", { body: { site: "shop" } });
  await agent.call("createWindow", { body: draft({ start: wallClockIn(3600) }) });
  await agent.kill("SIGKILL");
  return folder;
}

/** Runs the agent on a file system of its own that has this state, after these commands. */
async function startOn(folder: string, prepare: string): Promise<TestAgent> {
  const state = join(folder, "state");
  const copy = join(folder, "copy");
  await cp(state, copy, { recursive: true });
  const script = `mount -t tmpfs -o size=1m tmpfs "$1" && cp -a "$2"/. "$1" && ${prepare}; shift 2 && exec "$@"`;
  const wrapper = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", script, "sh", state, copy];
  return startAgent({ folder, wrapper });
}

function inside(agent: TestAgent, name: string): string {
  return join("/proc", String(agent.pid), "root", agent.stateDirectory, name);
}

async function expectRefusals(agent: TestAgent): Promise<void> {
  const refused = { ok: false, error: { code: "store.failed" } };
  const { config } = await agent.call("getConfig");
  expect(await agent.tryCall("putConfig", { body: config, ifMatch: "*" })).toMatchObject(refused);
  expect(await agent.tryCall("createWindow", { body: draft() })).toMatchObject(refused);
  expect(
    await agent.tryCall("putChannel", { params: { id: "ops" }, body: { kind: "command", program: "tell" } }),
  ).toMatchObject(refused);
  const [{ id } = { id: "" }] = (await agent.call("listMaintenance")).maintenance;
  expect(await agent.tryCall("revertMaintenance", { params: { id } })).toMatchObject(refused);
  expect((await agent.call("getAgent")).problems).toEqual([
    expect.stringMatching(/state cannot be written, so that changes are refused: E/),
  ]);
}

describe("an agent that starts on", () => {
  it("a full disk serves what is stored and refuses changes; with room again it takes them", async () => {
    const folder = await folderWithClosedSite();
    await using agent = await startOn(folder, 'cat /dev/zero > "$1/filler" 2>/dev/null');
    expect((await agent.visit()).status).toBe(503);
    expect((await agent.call("listWindows")).windows).toHaveLength(1);
    await expectRefusals(agent);
    expect(agent.log()).toMatch(/error state directory is not writable/);
    await rm(inside(agent, "filler"));
    const [{ id } = { id: "" }] = (await agent.call("listMaintenance")).maintenance;
    await agent.call("revertMaintenance", { params: { id } });
    expect((await agent.visit()).status).toBe(200);
    expect((await agent.call("getAgent")).problems).toBeUndefined();
    expect(existsSync(inside(agent, "lock")), "it has its lock by now").toBe(true);
    expect(agent.log()).toMatch(/info {2}state directory is writable again/);
  });

  it("a read-only disk does the same, and can be stopped", async () => {
    const folder = await folderWithClosedSite();
    await using agent = await startOn(folder, 'mount -o remount,ro "$1"');
    expect((await agent.visit()).status).toBe(503);
    await expectRefusals(agent);
    await agent.kill("SIGTERM");
    expect(await agent.ended).toEqual({ code: 0, signal: null });
  });

  it("a read-only disk with a damaged window file serves all the same", async () => {
    const folder = await folderWithClosedSite();
    const [window = ""] = await readdir(join(folder, "state/windows"));
    const damage = `truncate -s 20 "$1/windows/${window}" && mount -o remount,ro "$1"`;
    await using agent = await startOn(folder, damage);
    expect((await agent.visit()).status).toBe(503);
    expect(agent.log()).toMatch(/damaged window file; not used/);
  });

  it("an empty read-only folder ends with code 5", async () => {
    const folder = await makeFolder();
    await mkdir(join(folder, "state"));
    await expect(startOn(folder, 'mount -o remount,ro "$1"')).rejects.toThrow(/code 5[^]*could not be stored/);
  });

  it("the state of a running agent ends with code 3, also where the lock could not be written", async () => {
    await using agent = await startAgent();
    const script = 'mount --bind "$1" "$1" && mount -o remount,bind,ro "$1"; shift && exec "$@"';
    const args = ["run", "--state", agent.stateDirectory, "--socket", join(agent.folder, "other.sock")];
    const wrapper = ["--user", "--map-root-user", "--mount", "sh", "-c", script, "sh", agent.stateDirectory];
    const second = spawnSync("unshare", [...wrapper, process.execPath, AGENT_PROGRAM, ...args], { encoding: "utf8" });
    expect(second).toMatchObject({ status: 3 });
    expect(second.stderr).toContain(`pid ${String(agent.pid)}`);
  });
});
