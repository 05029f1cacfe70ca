/**
 * Looking around on a server, and installing the agent there, through a real sshd into fresh
 * folders.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, readdir, readlink, rm, writeFile } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { FailureError } from "../../../../main/failures.ts";
import type { InstallChoice, InstallState, UninstallChoice } from "../../../../main/contract/install.ts";
import { type AgentProgram, AgentPrograms } from "../../../../main/install/agent-program.ts";
import { type InstallParts, install, planOf, uninstall, uninstallPlanOf } from "../../../../main/install/install.ts";
import { runScript } from "../../../../main/install/remote-shell.ts";
import { agentBehind, lookAround } from "../../../../main/install/server-facts.ts";
import { askSudoPassword } from "../../../../main/install/sudo-password.ts";
import type { SshSession } from "../../../../main/ssh/ssh-session.ts";
import { AGENT_VERSION } from "../../../../server-agent/contract/agent.ts";
import { AGENT_PROGRAM } from "../../../support/agent/agent.ts";
import { type Truth, startLoad } from "../../../support/http/load.ts";
import { logInTo, sshHost, testPerson } from "../../../support/ssh/ssh.ts";
import {
  OPERATOR,
  SYSTEMD_ENVIRONMENT,
  canRunSystemd,
  freePort,
  makeKey,
  startSshd,
} from "../../../support/ssh/sshd.ts";

const programs = new AgentPrograms({ agent: AGENT_PROGRAM, node: process.execPath });
function script() {
  return scriptOf(AGENT_PROGRAM);
}
let folder: string;
let key: { file: string; publicKey: string };
const open: { close(): unknown }[] = [];
function keep<T extends { close(): unknown }>(thing: T): T {
  return (open.push(thing), thing);
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "backsoon-install-"));
  key = await makeKey(folder, "key");
});
afterEach(async () => {
  for (const thing of open.splice(0).reverse()) await thing.close();
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** A session on a server where this is the home folder and Node is on the path. */
async function session(home: string, { node = true, systemd = false } = {}): Promise<SshSession> {
  const path = [...(node ? [dirname(process.execPath)] : []), "/usr/bin", "/bin"].join(":");
  const environment = [`HOME=${home}`, `PATH=${path}`, ...(systemd ? [SYSTEMD_ENVIRONMENT] : [])];
  const server = keep(
    await startSshd({
      authorizedKeys: [key.publicKey],
      config: [`SetEnv ${environment.join(" ")}`],
      ...(systemd ? { systemd: { home } } : {}),
    }),
  );
  const opened = await logInTo([sshHost(server.port, { identityFiles: [{ path: key.file, required: true }] })]);
  keep({ close: () => opened.end() });
  return opened;
}

async function freshHome(): Promise<string> {
  const home = await mkdtemp(join(folder, "home-"));
  // Whatever was started there ends with the test, by its own record.
  keep({
    close: async () => {
      for (const state of [join(home, "backsoon/state"), join(home, "elsewhere/state")]) {
        const pid = Number(await readFile(join(state, "agent.pid"), "utf8").catch(() => "0"));
        if (pid > 0 && isAlive(pid)) process.kill(pid, "SIGKILL");
      }
    },
  });
  return home;
}

function choice(changes: Partial<InstallChoice> = {}): InstallChoice {
  return {
    service: "process",
    config: {
      listeners: [{ name: "http", address: "127.0.0.1", port: 0 }],
      virtualHosts: [{ id: "shop", hosts: ["*"], rules: [{ handler: { type: "respond", body: "open" } }] }],
    },
    ...changes,
  };
}

function onPort(port: number): InstallChoice["config"] {
  return { ...choice().config, listeners: [{ name: "http", address: "127.0.0.1", port }] };
}

function scriptOf(agent: string): Promise<AgentProgram> {
  return new AgentPrograms({ agent, node: process.execPath }).for({
    node: process.versions.node,
    system: "Linux x86_64",
    address: "here",
  });
}

/** The program in other words. */
async function nextVersion(): Promise<AgentProgram> {
  const agent = join(folder, "next-agent.mjs");
  await writeFile(agent, `${await readFile(AGENT_PROGRAM, "utf8")}\n// Another build.\n`);
  return scriptOf(agent);
}

const LIVE: Truth = { state: "live", epoch: 0 };
const VISITORS = { get: 3, fresh: 2, post: 2 };
const SITE = { get: { path: "/", answer: "open" }, post: { path: "/", body: "an order", answer: "open" }, pauseMs: 2 };

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** Without telling how it goes. */
async function parts(on: SshSession, changes: Partial<InstallParts> = {}): Promise<InstallParts> {
  return {
    session: on,
    facts: await lookAround(on, on.address),
    sudoPassword: undefined,
    report: () => undefined,
    ...changes,
  };
}

describe("what is found", () => {
  it("on a server with Node and no agent, and on one without Node", async () => {
    const home = await freshHome();
    const facts = await lookAround(await session(home), "here");
    expect(facts).toMatchObject({
      address: "here",
      isRoot: process.getuid?.() === 0,
      home,
      node: process.versions.node,
      agents: [],
    });
    expect(facts.system).toMatch(/^Linux /);
    const bare = await lookAround(await session(home, { node: false }), "here");
    expect(bare.node).not.toBe(process.versions.node);
    await expect(programs.for({ ...bare, node: null, system: "Linux aarch64" })).rejects.toThrow("no Node");
  });

  it.each([
    ["system", { systemd: { system: false, user: false } }, /no systemd/],
    ["system", { systemd: { system: true, user: false }, isRoot: false, sudo: "none" }, /may not become root/],
    ["user", { systemd: { system: true, user: false } }, /keeps no services/],
    ["process", { system: "FreeBSD amd64" }, /Linux only/],
  ] as const)("%s is refused in words where it is not possible: %o", async (service, changes, words) => {
    const facts = await lookAround(await session(await freshHome()), "here");
    const planned = planOf({ ...facts, ...changes }, choice({ service }), await script());
    expect(planned).toMatchObject({ ok: false, failure: { message: expect.stringMatching(words) as string } });
  });
});

describe.runIf(process.getuid?.() === 0)("sudo that wants a password", () => {
  const PASSWORD = "correct horse";
  const operator = async () => {
    const home = await mkdtemp(join(tmpdir(), "backsoon-operator-"));
    keep({ close: () => rm(home, { recursive: true, force: true }) });
    const server = keep(await startSshd({ authorizedKeys: [key.publicKey], sudo: { password: PASSWORD, home } }));
    const on = await logInTo([
      sshHost(server.port, { user: OPERATOR, identityFiles: [{ path: key.file, required: true }] }),
    ]);
    keep({ close: () => on.end() });
    return on;
  };
  const { signal } = new AbortController();

  it("is found, asked for until it is right, and makes scripts run as root in the account's name", async () => {
    const on = await operator();
    expect(await lookAround(on, "here")).toMatchObject({ isRoot: false, sudo: "password" });
    const words = ["wrong", "wrong again", PASSWORD];
    const person = testPerson({ secret: () => ({ secret: words.shift() ?? "", remember: false }) });
    const password = await askSudoPassword(on, person, signal);
    expect([password, person.asked]).toEqual([PASSWORD, ["password", "password again", "password again"]]);
    // Twice: the second time sudo could remember it.
    for (let time = 0; time < 2; time += 1) {
      const ran = await runScript(on, 'id -u; echo "$SUDO_USER"; cat >&2', { asRoot: { password } });
      expect(ran).toEqual({ code: 0, stdout: `0\n${OPERATOR}\n`, stderr: "" });
    }
  });

  it("that nobody says, or that does not help, ends with what sudo said", async () => {
    const on = await operator();
    await expect(askSudoPassword(on, testPerson(), signal)).rejects.toThrow(/No password for sudo was given/);
    expect(await runScript(on, "id -u", { asRoot: { password: undefined } })).toMatchObject({ code: 1, stdout: "" });
  });
});

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

  it.runIf(canRunSystemd())(
    "as a service of the account, of a real systemd: it hands over, is the main process then, and is started again when it dies",
    async () => {
      const home = await freshHome();
      const on = await session(home, { systemd: true });
      const port = await freePort();
      const at = choice({ service: "user", config: onPort(port) });
      const { program, socketPath } = await install(await parts(on), at, await script());
      expect(program).toBe(`${home}/.local/bin/backsoon-agent`);
      const unit = async (name: string) =>
        (await runScript(on, `systemctl --user show -P ${name} backsoon-agent.service`)).stdout.trim();
      const former = await agentBehind(on, socketPath, program);
      expect([await unit("ActiveState"), await unit("UnitFileState"), await unit("MainPID")]).toEqual([
        "active",
        "enabled",
        String(former?.pid),
      ]);

      const load = startLoad({ host: "shop.example.com", port }, LIVE, VISITORS, SITE);
      await load.rounds(20);
      await install(await parts(on), at, await nextVersion());
      await load.rounds(20);
      const { failures } = await load.stop();
      expect(failures).toEqual([]);
      const agent = await agentBehind(on, socketPath, program);
      expect(agent?.pid).not.toBe(former?.pid);
      await expect.poll(() => unit("MainPID"), { timeout: 15_000 }).toBe(String(agent?.pid));
      await expect
        .poll(async () => (await runScript(on, `kill -0 ${former?.pid ?? 0}`)).code, { timeout: 15_000 })
        .not.toBe(0);
      expect([await unit("ActiveState"), await unit("NRestarts")]).toEqual(["active", "0"]);

      await runScript(on, `kill -KILL ${agent?.pid ?? 0}`);
      await expect
        .poll(async () => (await agentBehind(on, socketPath, program))?.pid ?? agent?.pid, { timeout: 15_000 })
        .not.toBe(agent?.pid);
    },
    60_000,
  );

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

  it("an upgrade that does not answer is taken back: the former agent serves again", async () => {
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

describe("uninstalling", () => {
  /** What is below a folder, with what is in the files. */
  const contentOf = async (root: string): Promise<Record<string, string>> => {
    const entries = await readdir(root, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
    return Object.fromEntries(
      await Promise.all(files.map(async (file) => [file, await readFile(file, "utf8")] as const)),
    );
  };
  const partsOf = async (on: SshSession, known?: string): Promise<InstallParts> =>
    parts(on, { facts: await lookAround(on, "here", known) });
  const remove = async (on: SshSession, to: UninstallChoice, known?: string): Promise<void> =>
    uninstall(await partsOf(on, known), to);
  const pathsOf = async (home: string): Promise<string[]> => (await readdir(home, { recursive: true })).sort();

  it("a process: what is shown is what is run, nobody answers any more, and nothing is left when its history is not wanted", async () => {
    const home = await freshHome();
    const on = await session(home);
    const { socketPath, program } = await install(await parts(on), choice(), await script());
    const { pid = 0 } = (await agentBehind(on, socketPath, program)) ?? {};
    const given = await partsOf(on);
    expect(given.facts.installed).toEqual([{ service: "process", socketPath }]);
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
      "state/agent.log",
      "state/channels",
      "state/generations",
      "state/receipts",
      "state/reminders",
      "state/stages",
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
      { ...facts, installed: [{ service: "process", socketPath: `${home}/backsoon/agent.sock` }] },
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

  it.runIf(canRunSystemd())(
    "a service of the account, of a real systemd: stopped in order, and systemd knows nothing of it any more",
    async () => {
      const home = await freshHome();
      const on = await session(home, { systemd: true });
      const port = await freePort();
      const { socketPath } = await install(
        await parts(on),
        choice({ service: "user", config: onPort(port) }),
        await script(),
      );
      expect((await lookAround(on, "here")).installed).toEqual([{ service: "user", socketPath }]);
      await mkdir(join(home, ".config/systemd/user/backsoon-agent.service.d"));
      await writeFile(join(home, ".config/systemd/user/backsoon-agent.service.d/own.conf"), "[Service]\nNice=5\n");
      await remove(on, { service: "user", forget: false });
      expect(
        (
          await runScript(
            on,
            "systemctl --user list-units --all --plain --no-legend 'backsoon*'; systemctl --user list-unit-files --no-legend 'backsoon*'",
          )
        ).stdout,
      ).toBe("");
      await expect(fetch(`http://127.0.0.1:${port}/`)).rejects.toThrow();
      const kept = (await pathsOf(home)).filter(
        (name) =>
          name.includes("backsoon") &&
          !/state\/(channels|generations|receipts|reminders|stages|traffic|windows)/.test(name),
      );
      expect(kept).toEqual([
        ".config/backsoon",
        ".config/backsoon/config.json",
        ".config/backsoon/config.json.first",
        ".config/systemd/user/backsoon-agent.service.d",
        ".config/systemd/user/backsoon-agent.service.d/own.conf",
        ".local/state/backsoon",
        ".local/state/backsoon/state",
      ]);
      // Installed again, it goes with all it has.
      await install(await parts(on), choice({ service: "user", config: onPort(port) }), await script());
      await remove(on, { service: "user", forget: true });
      expect((await pathsOf(home)).filter((name) => name.includes("backsoon"))).toEqual([
        ".config/systemd/user/backsoon-agent.service.d",
        ".config/systemd/user/backsoon-agent.service.d/own.conf",
      ]);
    },
    60_000,
  );
});
