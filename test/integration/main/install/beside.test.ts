/**
 * The agent as a service beside a real nginx, installed by an account that has sudo, on a machine
 * of its own that is gone afterwards.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { InstallChoice } from "../../../../main/contract/install.ts";
import { type InstallParts, install, uninstall } from "../../../../main/install/install.ts";
import { runScript } from "../../../../main/install/remote-shell.ts";
import { agentBehind, lookAround } from "../../../../main/install/server-facts.ts";
import { quoted, type SshSession } from "../../../../main/ssh/ssh-session.ts";
import { nextVersion, script } from "../../../support/ssh/installation.ts";
import { MACHINE_PATH, canRunMachine } from "../../../support/ssh/machine.ts";
import { keep } from "../../../support/keep.ts";
import { key } from "../../../support/ssh/own-key.ts";
import { logInTo, sshHost } from "../../../support/ssh/ssh.ts";
import { OPERATOR, startSshd } from "../../../support/ssh/sshd.ts";
import { freePort } from "../../../../tools/driving/free-port.ts";
import { NO_LISTENERS, visitorOf } from "../../../../tools/driving/web-servers/beside.ts";
import { HAS_NGINX, nginxArgs, nginxFolder } from "../../../../tools/driving/web-servers/nginx.ts";

const PASSWORD = "correct horse";
const SOCKET = "/run/backsoon/agent.sock";
const PROGRAM = "/usr/local/bin/backsoon-agent";
const BESIDE: InstallChoice = { role: "beside", service: "system", config: NO_LISTENERS };

async function logIn(): Promise<SshSession> {
  const home = await mkdtemp(join(tmpdir(), "backsoon-operator-"));
  keep({ close: () => rm(home, { recursive: true, force: true }) });
  const server = keep(
    await startSshd({
      authorizedKeys: [key.publicKey],
      config: [`SetEnv PATH=${MACHINE_PATH}`],
      machine: true,
      sudo: { password: PASSWORD, home },
    }),
  );
  const on = await logInTo([
    sshHost(server.port, { user: OPERATOR, identityFiles: [{ path: key.file, required: true }] }),
  ]);
  keep({ close: () => on.end() });
  return on;
}

async function parts(session: SshSession): Promise<InstallParts> {
  return { session, facts: await lookAround(session, "here"), sudoPassword: PASSWORD, report: () => undefined };
}

/** What is printed, by the account or as root. */
async function said(on: SshSession, line: string, isRoot = false): Promise<string> {
  const ran = await runScript(on, line, isRoot ? { asRoot: { password: PASSWORD } } : {});
  if (ran.code !== 0) throw new Error(`${line}: ${ran.stdout}${ran.stderr}`);
  return ran.stdout.trim();
}

describe.runIf(HAS_NGINX && (await canRunMachine()))("the agent beside nginx", () => {
  it("closes its sites at the account's word, outlives an upgrade and a restart, and goes only when nginx was let go", async () => {
    const on = await logIn();
    await using folder = await nginxFolder({
      "conf.d/shop.conf": 'server { listen 127.0.0.1:@PORT1@; server_name shop.example; return 200 "open"; }',
    });
    const visit = visitorOf(folder);
    const before = await folder.snapshot();
    // Whom the workers of nginx run as; this machine knows nobody but root and the account.
    await said(on, "echo nobody:x:65534:65534::/:/bin/false >> /etc/passwd", true);
    await said(on, `setsid nohup nginx ${nginxArgs(folder).map(quoted).join(" ")} >/dev/null 2>&1 &`, true);
    await expect.poll(async () => (await visit().catch(() => undefined))?.body, { timeout: 15_000 }).toBe("open");

    await install(await parts(on), BESIDE, await script());
    const former = await agentBehind(on, SOCKET, PROGRAM);
    expect(await said(on, `ps -o user= -p ${former?.pid ?? 0}`)).toBe("root");
    expect(await said(on, `stat -c '%U %a' ${SOCKET}`)).toBe(`${OPERATOR} 600`);
    expect(await said(on, "stat -c '%U %a' /var/lib/backsoon-web /var/lib/backsoon")).toBe("root 755\nroot 700");
    expect((await lookAround(on, "here")).installed).toEqual([
      { role: "beside", service: "system", socketPath: SOCKET },
    ]);

    const { webServers } = JSON.parse(await said(on, `${PROGRAM} web-servers --json`)) as {
      webServers: { id: string; configuration: string }[];
    };
    const id = webServers.find(({ configuration }) => configuration === folder.main)?.id ?? "";
    await said(on, `${PROGRAM} prepare ${id}`);
    await said(on, `${PROGRAM} maintenance on shop.example`);
    expect((await visit()).status).toBe(503);

    await install(await parts(on), BESIDE, await nextVersion());
    expect((await agentBehind(on, SOCKET, PROGRAM))?.pid).not.toBe(former?.pid);
    expect(await said(on, `stat -c '%U %a' ${SOCKET}`)).toBe(`${OPERATOR} 600`);
    await said(on, "systemctl restart backsoon-agent.service", true);
    expect((await visit()).status).toBe(503);
    await expect(uninstall(await parts(on), { service: "system", forget: true })).rejects.toThrow(
      /still asks this agent.*unprepare nginx.*Nothing was removed/,
    );
    expect((await agentBehind(on, SOCKET, PROGRAM))?.pid).toBeDefined();

    await said(on, `${PROGRAM} maintenance off shop.example`);
    await said(on, `${PROGRAM} unprepare ${id}`);
    expect((await visit()).body).toBe("open");
    expect(await folder.snapshot()).toEqual(before);
    // Where the agent does not run, the files of hooks say it.
    const hook = "/etc/nginx/backsoon/shop.example.conf";
    await said(on, "systemctl stop backsoon-agent.service", true);
    await said(on, `mkdir -p /etc/nginx/backsoon; echo '# Web folder: /var/lib/backsoon-web' > ${hook}`, true);
    await expect(uninstall(await parts(on), { service: "system", forget: true })).rejects.toThrow(`(see ${hook})`);
    await said(on, `rm ${hook}`, true);
    await uninstall(await parts(on), { service: "system", forget: true });
    const places = "/opt/backsoon /usr/local/bin/backsoon* /etc/backsoon /var/lib/backsoon* /run/backsoon";
    expect((await runScript(on, `ls -d ${places} 2>/dev/null`)).stdout.trim()).toBe("");
  }, 150_000);

  it("is installed where one that should serve did not start, as its port is taken, and the other way round", async () => {
    const on = await logIn();
    const listener = (port: number): InstallChoice["config"] => ({
      ...NO_LISTENERS,
      listeners: [{ name: "http", address: "127.0.0.1", port }],
    });
    const serves = (port: number): InstallChoice => ({ role: "serves", service: "system", config: listener(port) });
    const given = async () => ({ ...(await parts(on)), answerMs: 3000 });
    const taken = (await lookAround(on, "here")).takenPorts?.[0] ?? 0;
    await expect(install(await given(), serves(taken), await script())).rejects.toThrow(/does not answer/);
    await install(await parts(on), BESIDE, await script());
    const agent = await agentBehind(on, SOCKET, PROGRAM);
    expect(await said(on, `ps -o user= -p ${agent?.pid ?? 0}`)).toBe("root");
    await expect(install(await parts(on), serves(await freePort()), await script())).rejects.toThrow(
      /beside a web server\. Uninstall it first/,
    );

    await uninstall(await parts(on), { service: "system", forget: false });
    await said(on, "rm /etc/backsoon/config.json /var/lib/backsoon/generations/*", true);
    await install(await parts(on), serves(await freePort()), await script());
    const other = await agentBehind(on, SOCKET, PROGRAM);
    expect(await said(on, `ps -o user= -p ${other?.pid ?? 0}`)).toBe(OPERATOR);
  }, 150_000);
});
