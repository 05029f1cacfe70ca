/**
 * The agent as a service of the machine: a real `systemd --system`, on a machine of its own that is
 * gone afterwards.
 */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Config } from "../../../../server-agent/contract/config.ts";
import type { InstallChoice, UninstallChoice } from "../../../../main/contract/install.ts";
import { AgentPrograms } from "../../../../main/install/agent-program.ts";
import { type InstallParts, install, uninstall } from "../../../../main/install/install.ts";
import { runScript } from "../../../../main/install/remote-shell.ts";
import { agentBehind, lookAround } from "../../../../main/install/server-facts.ts";
import type { SshSession } from "../../../../main/ssh/ssh-session.ts";
import { AGENT_PROGRAM } from "../../../../tools/driving/agent.ts";
import { startLoad } from "../../../../tools/driving/load.ts";
import { LIVE, SITE, VISITORS } from "../../../support/ssh/installation.ts";
import { MACHINE_PATH, canRunMachine } from "../../../support/ssh/machine.ts";
import { logInTo, sshHost } from "../../../support/ssh/ssh.ts";
import { OPERATOR, USER, startSshd } from "../../../support/ssh/sshd.ts";
import { freePort } from "../../../../tools/driving/free-port.ts";
import { keep } from "../../../support/keep.ts";
import { folder, key } from "../../../support/ssh/own-key.ts";

const PASSWORD = "correct horse";
const SOCKET = "/run/backsoon/agent.sock";
const PROGRAM = "/usr/local/bin/backsoon-agent";

async function logIn(user: string): Promise<SshSession> {
  const home = await mkdtemp(join(tmpdir(), "backsoon-operator-"));
  keep({ close: () => rm(home, { recursive: true, force: true }) });
  const server = keep(
    await startSshd({
      authorizedKeys: [key.publicKey],
      config: [`SetEnv PATH=${MACHINE_PATH}`],
      machine: true,
      ...(user === OPERATOR ? { sudo: { password: PASSWORD, home } } : {}),
    }),
  );
  const on = await logInTo([sshHost(server.port, { user, identityFiles: [{ path: key.file, required: true }] })]);
  keep({ close: () => on.end() });
  return on;
}

async function parts(session: SshSession): Promise<InstallParts> {
  const facts = await lookAround(session, "here");
  return { session, facts, sudoPassword: facts.isRoot ? undefined : PASSWORD, report: () => undefined };
}

function programOf(agent: string) {
  return new AgentPrograms({ agent, node: process.execPath }).for({
    node: process.versions.node,
    system: "Linux x86_64",
    address: "here",
  });
}
async function nextVersion() {
  const agent = join(folder, "next-agent.mjs");
  await writeFile(agent, `${await readFile(AGENT_PROGRAM, "utf8")}\n// Another build.\n`);
  return programOf(agent);
}

function choice(port: number): InstallChoice {
  const config: Config = {
    listeners: [{ name: "http", address: "127.0.0.1", port }],
    virtualHosts: [{ id: "shop", hosts: ["*"], rules: [{ handler: { type: "respond", body: "open" } }] }],
  };
  return { role: "serves", service: "system", config };
}
function removal(forget: boolean): UninstallChoice {
  return { service: "system", forget };
}

/** A free port that only root may open, or who has the right to. */
async function freeLowPort(): Promise<number> {
  for (let port = 1023; port > 600; port -= 1) {
    const server = createServer();
    const isFree = await new Promise<boolean>((resolve) =>
      server.once("error", () => resolve(false)).listen(port, "127.0.0.1", () => resolve(true)),
    );
    server.close();
    if (isFree) return port;
  }
  throw new Error("no port below 1024 is free");
}

/** As root: others would need a D-Bus, and the machine has none. */
async function unit(on: SshSession, name: string): Promise<string> {
  return (await asRoot(on, `systemctl show -P ${name} backsoon-agent.service`)).stdout.trim();
}
/** Writes what docs/systemd.md has for this place, and starts the service with it. */
async function follow(on: SshSession, place: string, edit: (text: string) => string = (text) => text): Promise<void> {
  const page = await readFile(new URL("../../../../docs/systemd.md", import.meta.url), "utf8");
  const block = page.slice(page.indexOf(place)).split("```ini\n")[1]?.split("```")[0] ?? "";
  expect(block).toContain("[S");
  const script = [
    `mkdir -p "$(dirname ${place})"`,
    `cat > ${place} <<'END'`,
    `${edit(block)}END`,
    "systemctl daemon-reload",
  ];
  expect((await asRoot(on, script.join("\n"))).code).toBe(0);
}
/**
 * Has as long as systemd itself waits: 90 s for a start, 60 s for a stop. A failure says what it
 * waited for.
 */
async function asRoot(on: SshSession, script: string) {
  const by = { asRoot: on.host.user === OPERATOR ? { password: PASSWORD } : undefined };
  try {
    return await runScript(on, script, { ...by, timeoutMs: 160_000 });
  } catch (cause) {
    const { stdout } = await runScript(on, "systemctl list-jobs; systemctl status -n 40 backsoon-agent.service", by);
    throw new Error(`${script}\n${stdout}`, { cause });
  }
}

/** The agent of the next version: another process, for which no visitor has waited in vain. */
async function upgraded(on: SshSession, port: number) {
  const former = await agentBehind(on, SOCKET, PROGRAM);
  const load = startLoad({ host: "shop.example.com", port }, LIVE, VISITORS, SITE);
  await load.rounds(20);
  await install(await parts(on), choice(port), await nextVersion());
  await load.rounds(20);
  const { requests, live, failures } = await load.stop();
  expect(failures).toEqual([]);
  expect(live).toBe(requests);
  const agent = await agentBehind(on, SOCKET, PROGRAM);
  expect(agent?.pid).not.toBe(former?.pid);
  await expect.poll(() => unit(on, "MainPID"), { timeout: 60_000 }).toBe(String(agent?.pid));
  return agent;
}

/** What there is of the app in the places of a service of the machine. */
async function leftOn(on: SshSession): Promise<string[]> {
  const places =
    "/opt/backsoon /usr/local/bin/backsoon* /etc/backsoon /var/lib/backsoon /run/backsoon /etc/systemd/system/backsoon* /etc/systemd/system/*/backsoon*";
  return (await runScript(on, `find ${places} 2>/dev/null | sort`)).stdout.split("\n").filter((line) => line !== "");
}

describe.runIf(await canRunMachine())("a service of the machine", () => {
  it("installed as root, upgraded under load, started again when it dies, and uninstalled without a trace", async () => {
    const on = await logIn(USER);
    const port = await freePort();
    const facts = await lookAround(on, "here");
    expect(facts).toMatchObject({ isRoot: true, systemd: { system: true }, agents: [], installed: [] });
    await install(await parts(on), choice(port), await programOf(AGENT_PROGRAM));
    const former = await agentBehind(on, SOCKET, PROGRAM);
    expect([await unit(on, "ActiveState"), await unit(on, "UnitFileState"), await unit(on, "MainPID")]).toEqual([
      "active",
      "enabled",
      String(former?.pid),
    ]);
    await expect.poll(() => unit(on, "StatusText"), { timeout: 60_000 }).toBe("Serving generation 1");
    expect((await asRoot(on, "systemctl reload backsoon-agent.service")).code).toBe(0);
    await expect.poll(() => unit(on, "StatusText"), { timeout: 60_000 }).toBe("Serving generation 2");
    expect([await unit(on, "ActiveState"), await unit(on, "WatchdogUSec")]).toEqual(["active", "1min"]);

    // From here on, systemd has the socket.
    await follow(on, "/etc/systemd/system/backsoon-http.socket", (text) => text.replace(":80", `:${port}`));
    await follow(on, "/etc/systemd/system/backsoon-agent.service.d/sockets.conf");
    await asRoot(on, "systemctl stop backsoon-agent.service; systemctl start backsoon-http.socket");
    // It waits in the queue until the agent, which it starts, serves.
    expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe("open");
    const restarted = asRoot(on, "systemctl restart backsoon-agent.service");
    expect(await (await fetch(`http://127.0.0.1:${port}/`, { headers: { connection: "close" } })).text()).toBe("open");
    expect((await restarted).code).toBe(0);

    const predecessor = await agentBehind(on, SOCKET, PROGRAM);
    const agent = await upgraded(on, port);
    await expect
      .poll(async () => (await runScript(on, `kill -0 ${predecessor?.pid ?? 0}`)).code, { timeout: 60_000 })
      .not.toBe(0);
    expect([await unit(on, "ActiveState"), await unit(on, "NRestarts")]).toEqual(["active", "0"]);

    await runScript(on, `kill -KILL ${agent?.pid ?? 0}`);
    await expect
      .poll(async () => (await agentBehind(on, SOCKET, PROGRAM))?.pid ?? agent?.pid, { timeout: 60_000 })
      .not.toBe(agent?.pid);

    const units = "/etc/systemd/system/backsoon-http.socket /etc/systemd/system/backsoon-agent.service.d";
    await asRoot(on, `systemctl stop backsoon-http.socket; rm -r ${units}; systemctl daemon-reload`);
    await uninstall(await parts(on), removal(true));
    expect(await leftOn(on)).toEqual([]);
    expect(await unit(on, "LoadState")).toBe("not-found");
    await expect(fetch(`http://127.0.0.1:${port}/`)).rejects.toThrow();
  }, 400_000);

  it("installed, upgraded and uninstalled through sudo: it runs as the account, and may open a port below 1024", async () => {
    const on = await logIn(OPERATOR);
    const port = await freeLowPort();
    expect(await lookAround(on, "here")).toMatchObject({ isRoot: false, sudo: "password", systemd: { system: true } });
    await install(await parts(on), choice(port), await programOf(AGENT_PROGRAM));
    const former = await agentBehind(on, SOCKET, PROGRAM);
    expect(await unit(on, "User")).toBe(OPERATOR);
    expect((await runScript(on, `ps -o user= -p ${former?.pid ?? 0}`)).stdout.trim()).toBe(OPERATOR);

    const agent = await upgraded(on, port);

    await follow(on, "/etc/systemd/system/backsoon-agent.service.d/hardening.conf");
    expect((await asRoot(on, "systemctl restart backsoon-agent.service")).code).toBe(0);
    expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe("open");
    expect(await unit(on, "NoNewPrivileges")).toBe("yes");
    await asRoot(on, "rm -r /etc/systemd/system/backsoon-agent.service.d");

    await uninstall(await parts(on), removal(false));
    expect((await leftOn(on)).filter((name) => !/^\/var\/lib\/backsoon\/./.test(name))).toEqual([
      "/etc/backsoon",
      "/etc/backsoon/config.json",
      "/etc/backsoon/config.json.first",
      "/var/lib/backsoon",
    ]);
    // Installed again it goes on with them, and goes with them.
    await install(await parts(on), choice(port), await programOf(AGENT_PROGRAM));
    expect((await agentBehind(on, SOCKET, PROGRAM))?.generation).toBe(agent?.generation);
    await uninstall(await parts(on), removal(true));
    expect(await leftOn(on)).toEqual([]);
  }, 400_000);
});
