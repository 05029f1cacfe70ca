/** The state directory: what a crash, a full disk or a damaged file may do, and what not. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, readdir, readFile, rename, rm, truncate, writeFile } from "node:fs/promises";
import path from "node:path";
import { describe, expect, it } from "vitest";
import type { Config } from "../../../../server-agent/contract/config.ts";
import { createLog } from "../../../../server-agent/log.ts";
import { takeLock } from "../../../../server-agent/store/lock-file.ts";
import { seal } from "../../../../server-agent/store/sealed-text.ts";
import { StateDirectory } from "../../../../server-agent/store/state-directory.ts";
import { makeFolder, runAgentVerb, smallConfig, startAgent } from "../../../../tools/driving/agent.ts";

function withBody(body: string): Config {
  return {
    ...smallConfig(),
    virtualHosts: [
      { id: "shop", hosts: ["shop.example.com"], rules: [{ handler: { type: "respond", body } }] },
      ...smallConfig().virtualHosts.slice(1),
    ],
  };
}

/** A folder in which an agent has made generations 1 (seed) and 2, 3 (bodies "two", "three"). */
async function folderWithHistory(): Promise<string> {
  const folder = await makeFolder();
  await using agent = await startAgent({ folder });
  await agent.call("putConfig", { body: withBody("two"), ifMatch: 1 });
  await agent.call("putConfig", { body: withBody("three"), ifMatch: 2 });
  await agent.kill("SIGKILL");
  return folder;
}

function generationFile(folder: string, generation: number) {
  return path.join(folder, "state/generations", `${String(generation).padStart(6, "0")}.json`);
}

describe("the seed", () => {
  it("fills an empty state directory; afterwards the state directory is the truth, and the log says so", async () => {
    const folder = await makeFolder();
    {
      await using first = await startAgent({ folder });
      await first.call("putConfig", { body: withBody("changed"), ifMatch: 1 });
    }
    await using second = await startAgent({ folder, config: withBody("from the file") });
    expect(second.generation).toBe(2);
    expect((await second.visit()).text).toBe("changed");
    expect(second.log()).toMatch(/the configuration file differs .* is not used/);
  });

  it("makes a new generation with --reseed", async () => {
    const folder = await folderWithHistory();
    await using agent = await startAgent({ folder, config: withBody("again"), args: ["--reseed"] });
    expect(agent.generation).toBe(4);
    expect((await agent.visit()).text).toBe("again");
    expect((await agent.call("listGenerations")).generations[0]).toMatchObject({
      generation: 4,
      changes: [{ kind: "changed", virtualHost: "shop" }],
    });
  });

  it("leaves the state directory empty when it cannot serve, so that it can be corrected in the file", async () => {
    const folder = await makeFolder();
    await expect(
      startAgent({
        folder,
        config: { ...smallConfig(), listeners: [{ name: "http", address: "192.0.2.1", port: 0 }] },
      }),
    ).rejects.toThrow(/code 4[^]*\/listeners\/0\/address/);
    expect(await readdir(path.join(folder, "state/generations"))).toEqual([]);
    await using agent = await startAgent({ folder });
    expect(agent.generation).toBe(1);
  });
});

describe("after kill -9", () => {
  it("what was half written is removed and never read", async () => {
    const folder = await folderWithHistory();
    const generations = path.join(folder, "state/generations");
    await writeFile(
      path.join(generations, ".tmp-1-0-000004.json"),
      (await readFile(generationFile(folder, 3), "utf8")).slice(0, 100),
    );
    await using agent = await startAgent({ folder });
    expect(agent.generation).toBe(3);
    expect((await agent.visit()).text).toBe("three");
    expect(await readdir(generations)).toEqual(["000001.json", "000002.json", "000003.json"]);
    expect(agent.log()).toMatch(/previous agent did not shut down cleanly/);
  });

  it.each([
    ["cut short", async (file: string) => truncate(file, 200)],
    ["empty", async (file: string) => truncate(file, 0)],
    [
      "altered",
      async (file: string) => {
        await writeFile(file, (await readFile(file, "utf8")).replace("three", "thief"));
      },
    ],
    [
      "without its checksum",
      async (file: string) => {
        await writeFile(file, `${(await readFile(file, "utf8")).split("\n")[0] ?? ""}\n`);
      },
    ],
  ])("a latest generation that is %s is replaced by an older one only where a person says so", async (_how, damage) => {
    const folder = await folderWithHistory();
    const file = generationFile(folder, 3);
    await damage(file);
    const before = await readFile(file);
    await expect(startAgent({ folder })).rejects.toThrow(`code 5`);
    await expect(startAgent({ folder })).rejects.toThrow(`mv ${file} ${file}.corrupt`);
    expect(await readFile(file)).toEqual(before);
    await rename(file, `${file}.corrupt`);
    await using agent = await startAgent({ folder });
    expect(agent.generation).toBe(2);
    expect((await agent.visit()).text).toBe("two");
    // The number of the damaged one is not given to another document.
    expect(await agent.call("putConfig", { body: withBody("four"), ifMatch: 2 })).toEqual({ generation: 4 });
    await agent.kill("SIGKILL");
    await using again = await startAgent({ folder });
    expect(again.generation).toBe(4);
  });

  it("an older generation that serves is told until somebody changes the configuration", async () => {
    const folder = await folderWithHistory();
    await rename(generationFile(folder, 3), `${generationFile(folder, 3)}.corrupt`);
    const problem = [
      expect.stringMatching(/^Generation 3 is damaged or lost.* generation 2 says is in service instead/),
    ];
    {
      await using first = await startAgent({ folder });
      expect((await first.call("getAgent")).problems).toEqual(problem);
      // The same document under another number.
      await first.call("restart", { body: { mode: "graceful" } });
    }
    {
      await using second = await startAgent({ folder });
      expect((await second.call("getAgent")).problems).toEqual(problem);
      await second.call("startMaintenance", { body: { site: "shop" } });
      expect((await second.call("getAgent")).problems).toBeUndefined();
    }
    await using third = await startAgent({ folder });
    expect((await third.call("getAgent")).problems).toBeUndefined();
  });

  it("one that was set aside and whose document serves on is nobody's problem", async () => {
    const folder = await folderWithHistory();
    {
      await using agent = await startAgent({ folder });
      await agent.call("restart", { body: { mode: "graceful" } });
    }
    await rename(generationFile(folder, 3), `${generationFile(folder, 3)}.corrupt`);
    await using agent = await startAgent({ folder });
    expect((await agent.visit()).text).toBe("three");
    expect((await agent.call("getAgent")).problems).toBeUndefined();
  });

  it("an older generation that is damaged is set aside", async () => {
    const folder = await folderWithHistory();
    await truncate(generationFile(folder, 2), 200);
    await using agent = await startAgent({ folder });
    expect((await agent.visit()).text).toBe("three");
    expect(agent.log()).toMatch(/error damaged generation file; not used generation=2 file=\S+000002\.json\.corrupt/);
    expect((await agent.call("getAgent")).problems).toEqual([
      "1 file in generations/ of the state directory: damaged, and not used.",
    ]);
  });

  it("a closed site is named where the generation that closed it is damaged", async () => {
    const folder = await makeFolder();
    {
      await using agent = await startAgent({ folder });
      await agent.call("startMaintenance", { body: { site: "shop" } });
    }
    await truncate(generationFile(folder, 2), 200);
    await expect(startAgent({ folder })).rejects.toThrow("According to their receipts, shop should be closed");
  });

  it("a generation of another version of the agent is no damage: nothing older serves in its place, and nothing is set aside", async () => {
    const folder = await folderWithHistory();
    const stored = JSON.parse((await readFile(generationFile(folder, 3), "utf8")).split("\n")[0] ?? "") as object;
    await writeFile(generationFile(folder, 3), seal({ ...stored, format: 2 }));
    await expect(startAgent({ folder })).rejects.toThrow(/code 5[^]*generation 3 was stored by another version/);
    expect((await readdir(path.join(folder, "state/generations"))).toSorted()).toEqual([
      "000001.json",
      "000002.json",
      "000003.json",
    ]);
    await writeFile(generationFile(folder, 2), seal({ ...stored, generation: 2, format: 2 }));
    await writeFile(generationFile(folder, 3), seal(stored));
    await using agent = await startAgent({ folder });
    expect((await agent.visit()).text).toBe("three");
    expect((await agent.tryCall("activateGeneration", { params: { n: "2" } })).ok).toBe(false);
    expect(await agent.call("putConfig", { body: withBody("four"), ifMatch: 3 })).toEqual({ generation: 4 });
  });

  it("nothing is served and nothing overwritten when no generation is readable", async () => {
    const folder = await folderWithHistory();
    for (const generation of [1, 2, 3]) await truncate(generationFile(folder, generation), 10);
    await expect(startAgent({ folder })).rejects.toThrow(/code 5[^]*none of them is readable/);
    expect((await readdir(path.join(folder, "state/generations"))).toSorted()).toEqual([
      "000001.json",
      "000002.json",
      "000003.json",
    ]);
  });

  it("a latest generation that is lost is replaced by an older one only where a person says so", async () => {
    const folder = await makeFolder();
    const file = generationFile(folder, 2);
    {
      await using agent = await startAgent({ folder });
      await agent.call("startMaintenance", { body: { site: "shop" } });
      await agent.kill("SIGTERM");
    }
    await rm(file);
    await expect(startAgent({ folder })).rejects.toThrow(
      /\(2\) is lost.* shop should be closed.* touch \S+000002\.json\.corrupt/s,
    );
    await writeFile(`${file}.corrupt`, "");
    await using agent = await startAgent({ folder });
    expect(agent.generation).toBe(1);
  });

  it("a damaged receipt file costs its counts only: the generation still knows the maintenance", async () => {
    const folder = await makeFolder();
    const first = await startAgent({ folder });
    const { id } = await first.call("startMaintenance", { body: { site: "shop" } });
    await first.kill("SIGTERM");
    await truncate(path.join(folder, "state/receipts", `${id}.json`), 30);
    await using agent = await startAgent({ folder });
    expect(await agent.call("getMaintenance", { params: { id } })).toMatchObject({
      site: "shop",
      state: "in-maintenance",
      generation: 2,
    });
    expect((await agent.call("revertMaintenance", { params: { id } })).revert?.exact).toBe(true);
  });

  it("how long a switch took is not made up where the agent was killed before it stored it", async () => {
    const folder = await makeFolder();
    const receipts = path.join(folder, "state/receipts");
    const first = await startAgent({ folder });
    const { id } = await first.call("startMaintenance", { body: { site: "shop" } });
    await first.kill("SIGKILL");
    await rm(path.join(receipts, `${id}.json`), { force: true });

    const second = await startAgent({ folder });
    const open = await second.call("getMaintenance", { params: { id } });
    expect(open).toMatchObject({ state: "in-maintenance" });
    expect(open.switchMs).toBeUndefined();
    await second.call("revertMaintenance", { params: { id } });
    await second.kill("SIGKILL");
    // As earlier versions stored it.
    await writeFile(path.join(receipts, `${id}.json`), seal({ ...open, switchMs: 0 }));

    await using third = await startAgent({ folder });
    const back = await third.call("getMaintenance", { params: { id } });
    expect([back.state, back.switchMs, back.revert?.switchMs]).toEqual(["reverted", undefined, undefined]);
    // Earlier versions read no generation whose receipts have no time.
    expect(await readFile(generationFile(folder, 3), "utf8")).toMatch(/"switchMs":0.*"switchMs":0/);
  });

  it("a revert whose generation was lost leaves the site in maintenance, as the configuration says", async () => {
    const folder = await makeFolder();
    {
      await using agent = await startAgent({ folder });
      const { id } = await agent.call("startMaintenance", { body: { site: "shop" } });
      await agent.call("revertMaintenance", { params: { id } });
    }
    await rename(generationFile(folder, 3), `${generationFile(folder, 3)}.corrupt`);
    await using agent = await startAgent({ folder });
    expect((await agent.visit()).status).toBe(503);
    const open = (await agent.call("listMaintenance")).maintenance.filter(({ state }) => state === "in-maintenance");
    expect(open).toHaveLength(1);
    await agent.call("revertMaintenance", { params: { id: open[0]?.id ?? "" } });
    expect((await agent.visit()).text).toBe("live");
  });
});

describe("a full disk", () => {
  it("changes nothing, closes what was opened for the change, and is no obstacle for the next one that fits", async () => {
    const folder = await makeFolder();
    const state = path.join(folder, "state");
    await mkdir(state);
    // A file system of its own, gone with the process.
    const wrapper = [
      "unshare",
      "--user",
      "--map-root-user",
      "--mount",
      "sh",
      "-c",
      'mount -t tmpfs -o size=192k tmpfs "$1" && shift && exec "$@"',
      "sh",
      state,
    ];
    await using agent = await startAgent({ folder, wrapper });
    const inside = path.join("/proc", String(agent.pid), "root", state, "generations");
    await agent.call("putConfig", { body: withBody("x".repeat(60_000)), ifMatch: 1 });
    const before = await agent.admin({ path: "/v1/config" });
    const listeners = (await agent.call("getAgent")).listeners;

    const tooLarge: Config = {
      ...withBody("y".repeat(150_000)),
      listeners: [...smallConfig().listeners, { name: "second", address: "127.0.0.1", port: 0 }],
    };
    const reply = await agent.tryCall("putConfig", { body: tooLarge, ifMatch: 2 });
    expect(reply).toMatchObject({ ok: false, error: { code: "store.failed" } });
    expect((await agent.admin({ path: "/v1/config" })).text).toBe(before.text);
    expect((await agent.call("getAgent")).listeners).toEqual(listeners);
    expect((await agent.visit()).text).toHaveLength(60_000);
    expect(await readdir(inside)).toEqual(["000001.json", "000002.json"]);
    expect(agent.log()).toMatch(/error could not store a generation; nothing has changed generation=3 why="ENOSPC/);

    const small = await agent.call("startMaintenance", { body: { site: "shop" }, ifMatch: 2 });
    expect(small.generation).toBe(3);
    expect((await agent.visit()).status).toBe(503);
  });
});

describe("one agent per state directory", () => {
  it("a second one ends with code 3 and names the first", async () => {
    await using agent = await startAgent();
    const second = await runAgentVerb([
      "run",
      "--state",
      agent.stateDirectory,
      "--socket",
      path.join(agent.folder, "other.sock"),
    ]);
    expect(second).toMatchObject({ code: 3, stdout: "" });
    expect(second.stderr).toContain(`pid ${String(agent.pid)}`);
    const sameSocket = await runAgentVerb([
      "run",
      "--state",
      path.join(agent.folder, "other"),
      "--socket",
      agent.socketPath,
      "--config",
      path.join(agent.folder, "config.json"),
    ]);
    expect(sameSocket).toMatchObject({ code: 3, stdout: "" });
    expect((await agent.visit()).text).toBe("live");
  });

  it("the lock of a dead process is taken over, also when its pid belongs to another program now", async () => {
    const folder = await makeFolder();
    const child = spawn("sleep", ["60"]);
    await once(child, "spawn");
    const pid = child.pid ?? 0;
    await writeFile(path.join(folder, "lock"), JSON.stringify({ pid, started: "1" }));
    const reused = takeLock(folder);
    expect(reused).toMatchObject({ ok: true, stale: pid });
    if (reused.ok) reused.lock.release();
    await writeFile(path.join(folder, "lock"), JSON.stringify({ pid }));
    expect(takeLock(folder)).toEqual({ ok: false, pid });
    child.kill();
    await once(child, "exit");
    const dead = takeLock(folder);
    expect(dead).toMatchObject({ ok: true, stale: pid });
    if (dead.ok) dead.lock.release();
    expect(await readdir(folder)).toEqual([]);
    // A zombie holds nothing any more, although it is listed as long as its parent does not ask for
    // it. It ends after the shell is gone, which would ask for it.
    const careless = spawn("sh", ["-c", 'sleep 0.3 & echo "$!"; exec sleep 60']);
    const [text] = (await once(careless.stdout, "data")) as [Buffer];
    const zombie = Number(text.toString());
    await expect.poll(() => readFile(`/proc/${String(zombie)}/stat`, "utf8")).toContain(") Z ");
    await writeFile(path.join(folder, "lock"), JSON.stringify({ pid: zombie }));
    const left = takeLock(folder);
    expect(left).toMatchObject({ ok: true, stale: zombie });
    if (left.ok) left.lock.release();
    careless.kill();
    // While an agent hands over, the lock is held as long as one of the two lives.
    const former = spawn("sleep", ["60"]);
    await once(former, "spawn");
    await writeFile(path.join(folder, "lock"), JSON.stringify({ pid: zombie, former: { pid: former.pid } }));
    expect(takeLock(folder)).toEqual({ ok: false, pid: former.pid });
    former.kill();
    await once(former, "exit");
    await writeFile(path.join(folder, "lock"), "not JSON");
    expect(takeLock(folder).ok).toBe(true);
  });

  it("what a start has left that was killed while it took the lock is removed; a start that is under way keeps its own", async () => {
    const folder = await makeFolder();
    const living = spawn("sleep", ["60"]);
    const dead = spawn("true");
    await Promise.all([once(living, "spawn"), once(dead, "exit")]);
    const left = (pid = 0) => [`.lock-${String(pid)}`, `lock.stale-${String(pid)}`];
    for (const name of [...left(dead.pid), ...left(living.pid)])
      await writeFile(path.join(folder, name), JSON.stringify({ pid: dead.pid }));
    const taken = takeLock(folder);
    if (taken.ok) taken.lock.release();
    living.kill();
    expect(await readdir(folder)).toEqual(left(living.pid));
  });
});

describe("history", () => {
  it(
    "keeps the latest 200 generations and, beyond them, what an open maintenance needs",
    { timeout: 120_000 },
    async () => {
      const folder = await makeFolder();
      const log = createLog(() => undefined);
      {
        await using agent = await startAgent({ folder });
        const { id } = await agent.call("startMaintenance", { body: { site: "shop" } });
        const { config } = await agent.call("getConfig");
        for (let change = 0; change < 220; change++)
          await agent.call("putConfig", {
            body: { ...config, trustedProxies: [`10.0.0.${String(change)}`] },
            ifMatch: "*",
          });
        await agent.call("putConfig", { body: config, ifMatch: "*" });
        // The switch and the document before it are still there, so that the undo is known to be
        // exact.
        expect((await agent.call("revertMaintenance", { params: { id } })).revert?.exact).toBe(true);
        await agent.kill("SIGTERM");
      }
      const opened = await StateDirectory.open(path.join(folder, "state"), { log });
      if (!opened.ok) throw new Error(opened.reason);
      expect(opened.state.records.length).toBeLessThanOrEqual(202);
      expect(opened.state.records.at(-1)?.generation).toBe(224);
      expect(opened.found.receipts).toMatchObject([{ state: "reverted", generation: 2 }]);
      opened.state.close();
    },
  );
});
