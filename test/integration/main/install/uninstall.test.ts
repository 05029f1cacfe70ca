/** Uninstalling the agent from a server, through a real sshd into fresh folders. */
import { spawn } from "node:child_process";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { InstallState } from "../../../../main/contract/install.ts";
import { install, uninstall, uninstallPlanOf } from "../../../../main/install/install.ts";
import { runScript } from "../../../../main/install/remote-shell.ts";
import { agentBehind, lookAround } from "../../../../main/install/server-facts.ts";
import {
  choice,
  contentOf,
  freshHome,
  isAlive,
  onPort,
  parts,
  partsOf,
  pathsOf,
  remove,
  script,
  session,
} from "../../../support/ssh/installation.ts";
import { keep } from "../../../support/keep.ts";
import { freePort } from "../../../../tools/driving/free-port.ts";

describe("uninstalling", () => {
  it("a process: what is shown is what is run, nobody answers any more, and nothing is left when its history is not wanted", async () => {
    const home = await freshHome();
    const on = await session(home);
    const { socketPath, program } = await install(await parts(on), choice(), await script());
    const { pid = 0 } = (await agentBehind(on, socketPath, program)) ?? {};
    const given = await partsOf(on);
    expect(given.facts.installed).toEqual([{ service: "process", role: "serves", socketPath }]);
    const states: Omit<InstallState, "visitId">[] = [];
    const plan = uninstallPlanOf(given.facts, { service: "process", forget: true });
    await uninstall({ ...given, report: (state) => states.push(state) }, { service: "process", forget: true });
    if (plan.ok) expect(states.at(-1)?.steps).toEqual(plan.value.steps.map(({ title }) => ({ title, state: "done" })));
    // It is listed until its parent has heard of its end.
    await expect.poll(() => isAlive(pid), { timeout: 15_000 }).toBe(false);
    expect(await pathsOf(home)).toEqual([]);
    expect(await lookAround(on, "here")).toMatchObject({ agents: [], installed: [] });
    // Once more does no harm, as whoever was cut off cannot know how far it came.
    await uninstall(given, { service: "process", forget: true });
  });

  it("leaves configuration and history where they are, and who installs again has them again", async () => {
    const home = await freshHome();
    const on = await session(home);
    const at = choice({ folder: `${home}/elsewhere` });
    const place = { service: "process", folder: `${home}/elsewhere` } as const;
    const first = await install(await parts(on), at, await script());
    await runScript(on, `${first.program} maintenance on shop --socket ${first.socketPath}`);
    const before = await agentBehind(on, first.socketPath, first.program);
    await remove(on, { ...place, forget: false }, first.socketPath);
    const left = await pathsOf(join(home, "elsewhere"));
    expect(
      left.filter((name) => !/^state\/generations\/0000\d\d\.json$|^state\/receipts\/[\w-]+\.json$/.test(name)),
    ).toEqual([
      "config.json",
      "config.json.first",
      "state",
      "state/accounts",
      "state/agent.log",
      "state/certificates",
      "state/channels",
      "state/generations",
      "state/passes",
      "state/receipts",
      "state/reminders",
      "state/stages",
      "state/tickets",
      "state/traffic",
      "state/traffic/hours.json",
      "state/windows",
    ]);
    const again = await install(await parts(on), { ...at, config: onPort(await freePort()) }, await script());
    expect((await agentBehind(on, again.socketPath, again.program))?.generation).toBe(before?.generation);
    expect((await runScript(on, `${again.program} status --socket ${again.socketPath}`)).stdout).toMatch(/maintenance/);
  });

  it("never touches what a site serves, wherever it is: also inside the folder, and between the agent's own files", async () => {
    const home = await freshHome();
    const on = await session(home);
    const own = join(home, "backsoon");
    const roots = [
      own,
      join(own, "site"),
      join(own, "lib"),
      join(own, "state"),
      join(own, "state/generations"),
      join(own, "state/receipts/pages"),
      join(home, ".config"),
    ];
    const config = choice().config;
    config.virtualHosts = [
      ...roots.map((root, at) => ({
        id: `site-${at}`,
        hosts: [`site-${at}.example.com`],
        rules: [{ handler: { type: "file" as const, root } }],
      })),
      { id: "default", hosts: ["*"], rules: [{ handler: { type: "respond", body: "open" } }] },
    ];
    for (const root of roots) {
      await mkdir(join(root, "assets"), { recursive: true });
      // Names that look as if they were the agent's, too.
      for (const name of [
        "index.html",
        "agent-smith.js",
        "agent.js",
        "current.html",
        "config.json.old",
        "locks",
        "000001.json.html",
        "notes.json",
        "assets/agent.pid",
      ])
        await writeFile(join(root, name), `${root}: ${name}`);
    }
    const theirs = await contentOf(home);
    await install(await parts(on), choice({ config }), await script());
    await remove(on, { service: "process", forget: true });
    expect(await contentOf(home)).toEqual(theirs);
  });

  it("cut off after any of its steps, or in the middle of one, it can be run again to its end", async () => {
    const home = await freshHome();
    const on = await session(home);
    const forget = { service: "process", forget: true } as const;
    const { facts } = await partsOf(on);
    const planned = uninstallPlanOf(
      { ...facts, installed: [{ service: "process", role: "serves", socketPath: `${home}/backsoon/agent.sock` }] },
      forget,
    );
    const scripts = planned.ok ? planned.value.steps.slice(0, -1).map(({ detail }) => detail) : [];
    expect(scripts).toHaveLength(4);
    for (let cut = 1; cut <= scripts.length; cut += 1) {
      await install(await parts(on), choice(), await script());
      const lines = scripts.slice(0, cut).flatMap((script) => script.split("\n"));
      // The last lines of a script that removes are whole commands.
      const some = cut < 3 ? lines : lines.slice(0, -3);
      expect(await runScript(on, some.join("\n"))).toMatchObject({ code: 0, stderr: "" });
      expect((await lookAround(on, "here")).installed, some.at(-1)).toHaveLength(1);
      await remove(on, forget);
      expect(await pathsOf(home)).toEqual([]);
    }
  });

  it("refuses what this app has not installed, and what somebody else has started; nothing is removed then", async () => {
    const home = await freshHome();
    const on = await session(home);
    const own = join(home, "backsoon");
    await install(await parts(on), choice(), await script());
    const given = await partsOf(on);
    const place = { service: "process", forget: true } as const;
    // Somebody ends it, and starts it by hand.
    const pid = Number(await readFile(join(own, "state/agent.pid"), "utf8"));
    process.kill(pid, "SIGTERM");
    await expect.poll(() => isAlive(pid), { timeout: 15_000 }).toBe(false);
    const byHand = `setsid ${own}/backsoon-agent run --config ${own}/config.json --state ${own}/state --socket ${own}/agent.sock >/dev/null 2>&1 </dev/null & echo $!`;
    const theirs = Number((await runScript(on, byHand)).stdout);
    keep({ close: () => isAlive(theirs) && process.kill(theirs, "SIGKILL") });
    await expect
      .poll(() => agentBehind(on, `${own}/agent.sock`, `${own}/backsoon-agent`), { timeout: 15_000 })
      .toMatchObject({ pid: theirs });
    const before = await contentOf(home);
    await expect(uninstall(given, place)).rejects.toThrow(
      /Another agent answers at .*agent\.sock, which was not started by this installation/,
    );
    expect(await contentOf(home)).toEqual(before);

    await rm(join(own, "lib/current"));
    await expect(remove(on, place)).rejects.toThrow(/has not installed.*there is no .*lib\/current/);
    // Found before, and gone since.
    await expect(uninstall(given, place)).rejects.toThrow(
      /no .*lib\/current: this app has not installed it\. Nothing was changed\./,
    );
    expect(await contentOf(home)).toEqual(before);
    expect(isAlive(theirs)).toBe(true);
  });

  it("leaves a process alone that has got the number of an agent that ended long ago", async () => {
    const home = await freshHome();
    const on = await session(home);
    await install(await parts(on), choice(), await script());
    const pidFile = join(home, "backsoon/state/agent.pid");
    const pid = Number(await readFile(pidFile, "utf8"));
    process.kill(pid, "SIGKILL");
    await expect.poll(() => isAlive(pid), { timeout: 15_000 }).toBe(false);
    const other = spawn("sleep", ["60"]);
    keep({ close: () => other.kill() });
    await writeFile(pidFile, `${other.pid ?? 0}\n`);
    await remove(on, { service: "process", forget: true });
    expect(isAlive(other.pid ?? 0)).toBe(true);
    expect(await pathsOf(home)).toEqual([]);
  });
});
