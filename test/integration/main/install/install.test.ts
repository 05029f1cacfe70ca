/** Installing the agent on a server and upgrading it, through a real sshd into fresh folders. */
import { once } from "node:events";
import { existsSync } from "node:fs";
import { readFile, readdir, readlink, writeFile } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { FailureError } from "../../../../main/failures.ts";
import type { InstallState } from "../../../../main/contract/install.ts";
import { install, planOf } from "../../../../main/install/install.ts";
import { runScript } from "../../../../main/install/remote-shell.ts";
import { agentBehind, lookAround } from "../../../../main/install/server-facts.ts";
import { AGENT_VERSION } from "../../../../server-agent/contract/agent.ts";
import { AGENT_PROGRAM } from "../../../../tools/driving/agent.ts";
import { startLoad } from "../../../../tools/driving/load.ts";
import {
  LIVE,
  SITE,
  VISITORS,
  choice,
  freshHome,
  isAlive,
  nextVersion,
  onPort,
  parts,
  programs,
  script,
  scriptOf,
  session,
} from "../../../support/ssh/installation.ts";
import { keep } from "../../../support/keep.ts";
import { folder } from "../../../support/ssh/own-key.ts";
import { freePort } from "../../../../tools/driving/free-port.ts";

describe("installing", () => {
  it("puts it there, starts it, and finds it again; what is shown is what is run", async () => {
    const home = await freshHome();
    const on = await session(home);
    const states: Omit<InstallState, "visitId">[] = [];
    const given = await parts(on, { report: (state) => states.push(state) });
    const program = await script();
    const plan = planOf(given.facts, choice(), program);
    const installed = await install(given, choice(), program);
    expect(installed).toEqual({
      socketPath: `${home}/backsoon/agent.sock`,
      program: `${home}/backsoon/backsoon-agent`,
      version: AGENT_VERSION,
    });
    expect(plan).toMatchObject({
      ok: true,
      value: { socketPath: installed.socketPath, program: installed.program, asRoot: false },
    });
    if (plan.ok)
      expect(states.at(-1)?.steps.map(({ title }) => title)).toEqual(plan.value.steps.map(({ title }) => title));
    expect(states.at(-1)?.steps.every(({ state }) => state === "done")).toBe(true);
    expect(states.some(({ upload }) => upload !== null && upload.sent > 0 && upload.sent < upload.total)).toBe(true);
    expect((await lookAround(on, "here")).agents).toEqual([
      { program: installed.program, socketPath: installed.socketPath, version: AGENT_VERSION, answers: true },
    ]);
    expect(existsSync(join(home, "backsoon/config.json"))).toBe(true);
    // Nothing of the upload is left.
    expect(await readdir(home)).toEqual(["backsoon"]);
  });

  it.runIf(process.platform === "linux" && process.arch === "x64")(
    "brings its own Node where the server has none: one executable",
    async () => {
      const home = await freshHome();
      const on = await session(home, { node: false });
      const facts = { ...(await lookAround(on, "here")), node: null };
      const program = await programs.for(facts);
      expect(program.kind).toBe("executable");
      const installed = await install(await parts(on), choice(), program);
      expect((await lookAround(on, "here")).agents).toMatchObject([
        { program: installed.program, version: AGENT_VERSION, answers: true },
      ]);
    },
    180_000,
  );

  it("upgrades: another process answers, no visitor notices, and the configuration stays", async () => {
    const home = await freshHome();
    const on = await session(home);
    const port = await freePort();
    const at = choice({ folder: `${home}/elsewhere` });
    await install(await parts(on), { ...at, config: onPort(port) }, await script());
    const former = await agentBehind(on, `${home}/elsewhere/agent.sock`, `${home}/elsewhere/backsoon-agent`);
    const load = startLoad({ host: "shop.example.com", port }, LIVE, VISITORS, SITE);
    await load.rounds(20);
    const { program, socketPath } = await install(await parts(on), at, await nextVersion());
    await load.rounds(20);
    const { requests, live, failures } = await load.stop();
    expect(failures).toEqual([]);
    expect(live).toBe(requests);
    const agent = await agentBehind(on, socketPath, program);
    expect(agent).toMatchObject({ version: AGENT_VERSION, generation: former?.generation });
    expect(agent?.pid).not.toBe(former?.pid);
    expect(Number(await readFile(join(home, "elsewhere/state/agent.pid"), "utf8"))).toBe(agent?.pid);
    expect(JSON.parse(await readFile(join(home, "elsewhere/config.json"), "utf8"))).toEqual(onPort(port));
    // The former one ends with its last connection.
    await expect.poll(() => isAlive(former?.pid ?? 0), { timeout: 15_000 }).toBe(false);
  });

  it("a first configuration that cannot serve is refused before anything is sent, and says which field", async () => {
    const home = await freshHome();
    const on = await session(home);
    const broken = choice();
    broken.config.virtualHosts[0] = {
      id: "shop",
      hosts: ["*"],
      rules: [{ handler: { type: "proxy", upstream: "nowhere" } }],
    };
    await expect(install(await parts(on), broken, await script())).rejects.toSatisfy(
      (error) =>
        error instanceof FailureError &&
        error.failure.code === "config.invalid" &&
        error.failure.problems?.[0]?.path === "/virtualHosts/0/rules/0/handler/upstream",
    );
    expect(await readdir(home)).toEqual([]);
  });

  it("a port that is taken is said in the agent's own words; another one, chosen then, is what it starts with", async () => {
    const home = await freshHome();
    const on = await session(home);
    const blocker = createServer().listen(0, "127.0.0.1");
    keep({ close: () => blocker.close() });
    await once(blocker, "listening");
    const { port } = blocker.address() as AddressInfo;
    const taken = choice();
    taken.config.listeners[0] = { name: "http", address: "127.0.0.1", port };
    await expect(install(await parts(on, { answerMs: 8000 }), taken, await script())).rejects.toSatisfy(
      (error) => error instanceof FailureError && error.failure.message.includes(`port ${port} is already in use`),
    );
    await install(await parts(on), choice(), await script());
    // From now on it has served, and is kept.
    await install(await parts(on), taken, await script());
    expect(JSON.parse(await readFile(join(home, "backsoon/config.json"), "utf8"))).toEqual(choice().config);
  });

  it("an upgrade that cannot serve is refused by the agent that runs: it was never interrupted", async () => {
    const home = await freshHome();
    const on = await session(home);
    const port = await freePort();
    const { socketPath, program } = await install(
      await parts(on),
      { ...choice(), config: onPort(port) },
      await script(),
    );
    const former = await agentBehind(on, socketPath, program);
    const bad = join(folder, "bad-agent.mjs");
    // Passes every check that comes before the switch, and then ends.
    await writeFile(
      bad,
      `if (process.argv[2] === "run") process.exit(1);\nawait import(${JSON.stringify(AGENT_PROGRAM)});\n`,
    );
    const load = startLoad({ host: "shop.example.com", port }, LIVE, VISITORS, SITE);
    await load.rounds(5);
    await expect(install(await parts(on), choice(), await scriptOf(bad))).rejects.toSatisfy(
      (error) => error instanceof FailureError && error.failure.message.includes("it ended with code 1"),
    );
    await load.rounds(5);
    expect((await load.stop()).failures).toEqual([]);
    expect(await agentBehind(on, socketPath, program)).toMatchObject({ pid: former?.pid });
    // What it would be started with is the former program, too.
    expect((await runScript(on, `${program} version`)).stdout).toContain(AGENT_VERSION);
    expect(await readlink(join(home, "backsoon/lib/current"))).not.toContain((await scriptOf(bad)).hash.slice(0, 8));
  });

  it("an upgrade that does not answer is undone: the previous agent serves again", async () => {
    const home = await freshHome();
    const on = await session(home);
    const { socketPath, program } = await install(await parts(on), choice(), await script());
    // It has stopped, so that there is nobody to hand over.
    const former = await agentBehind(on, socketPath, program);
    process.kill(former?.pid ?? 0, "SIGTERM");
    await expect.poll(() => isAlive(former?.pid ?? 0), { timeout: 15_000 }).toBe(false);
    const bad = join(folder, "bad-agent.mjs");
    await writeFile(bad, `if (process.argv[2] === "run") process.exit(1);\n`);
    await expect(install(await parts(on, { answerMs: 1500 }), choice(), await scriptOf(bad))).rejects.toSatisfy(
      (error) => error instanceof FailureError && error.failure.message.includes("does not answer"),
    );
    await expect
      .poll(() => agentBehind(on, socketPath, program), { timeout: 15_000 })
      .toMatchObject({ version: AGENT_VERSION });
  });
});
