/** One agent per state directory, also where the agents cannot see each other's processes. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { takeLock } from "../../../../server-agent/store/lock-file.ts";
import { makeFolder, startAgent } from "../../../../tools/driving/agent.ts";

/** As in a container: the agent is process 1, and sees no other one. It dies with `unshare`. */
const CONTAINER = ["unshare", "--user", "--map-root-user", "--pid", "--fork", "--mount-proc", "--kill-child"];

/** Another folder, with the same state. */
async function sharing(folder: string): Promise<string> {
  const other = await makeFolder();
  await symlink(join(folder, "state"), join(other, "state"));
  return other;
}

describe("two containers that share a state directory", () => {
  it("have one agent; after a crash it starts again, though both are process 1", async () => {
    const folder = await makeFolder();
    const first = await startAgent({ folder, wrapper: CONTAINER });
    expect(first.pid).toBe(1);
    const other = await sharing(folder);
    await expect(startAgent({ folder: other, wrapper: CONTAINER })).rejects.toThrow(/code 3[^]*pid 1/);
    await expect(startAgent({ folder: other }), "from outside").rejects.toThrow(/code 3[^]*pid 1/);
    await first.call("startMaintenance", { body: { site: "shop" } });
    await first.kill("SIGKILL");

    const again = await startAgent({ folder: other, wrapper: CONTAINER });
    expect((await again.visit()).status).toBe(503);
    expect(again.log()).toMatch(/previous agent did not shut down cleanly pid=1/);
    expect((await readdir(join(folder, "state"))).filter((name) => name.includes("lock"))).toEqual(["lock"]);
    await again.kill("SIGKILL");
  });

  it("one that stood still so long that another has taken over writes nothing any more", async () => {
    const folder = await makeFolder();
    const first = await startAgent({ folder, wrapper: CONTAINER });
    const inside = await insideOf(first.stateDirectory);
    process.kill(inside, "SIGSTOP");
    const second = await startAgent({ folder: await sharing(folder), wrapper: CONTAINER });
    await second.call("startMaintenance", { body: { site: "shop" } });
    process.kill(inside, "SIGCONT");

    const reply = await first.tryCall("startMaintenance", { body: { site: "shop" } });
    expect(reply).toMatchObject({ ok: false, error: { code: "store.failed" } });
    expect((await first.call("getAgent")).problems).toEqual([
      expect.stringMatching(/cannot be written.* belongs to another agent by now \(pid 1\)/),
    ]);
    expect((await first.visit()).text, "what it serves is as it was").toBe("live");
    expect(await readdir(join(folder, "state/generations"))).toEqual(["000001.json", "000002.json"]);
    expect((await second.call("listGenerations")).generations).toHaveLength(2);
    await first.kill("SIGKILL");
    await second.kill("SIGKILL");
  });
});

/** The supervisor, by the pid that it has here. */
async function insideOf(stateDirectory: string): Promise<number> {
  for (const name of await readdir("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const line = await readFile(`/proc/${name}/cmdline`, "utf8").catch(() => "");
    const status = await readFile(`/proc/${name}/status`, "utf8").catch(() => "");
    if (line.includes(stateDirectory) && /^NSpid:\t\d+\t1$/m.test(status)) return Number(name);
  }
  throw new Error("it does not run");
}

describe("a lock", () => {
  it.each([0, -1, 1.5, 4_194_305, 2 ** 53, 1e300, "1", null])("that names process %j is nobody's", async (pid) => {
    const folder = await makeFolder();
    await writeFile(join(folder, "lock"), JSON.stringify({ pid, former: { pid } }));
    expect(takeLock(folder)).toMatchObject({ ok: true, stale: 0 });
  });

  it("of an earlier version, which names no namespace, is held as long as its process lives", async () => {
    const folder = await makeFolder();
    const child = spawn("sleep", ["60"]);
    await once(child, "spawn");
    const pid = child.pid ?? 0;
    const started = (await readFile(`/proc/${String(pid)}/stat`, "utf8")).split(" ")[21];
    const boot = (await readFile("/proc/sys/kernel/random/boot_id", "utf8")).trim();
    await writeFile(join(folder, "lock"), JSON.stringify({ pid, started, boot }));
    expect(takeLock(folder)).toEqual({ ok: false, pid });
    child.kill("SIGKILL");
    await once(child, "exit");
    expect(takeLock(folder)).toMatchObject({ ok: true, stale: pid });
  });
});
