/** Looking around on a server, through a real sshd into fresh folders. */
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { planOf } from "../../../../main/install/install.ts";
import { runScript } from "../../../../main/install/remote-shell.ts";
import { lookAround } from "../../../../main/install/server-facts.ts";
import { askSudoPassword } from "../../../../main/install/sudo-password.ts";
import { choice, freshHome, programs, script, session } from "../../../support/ssh/installation.ts";
import { keep } from "../../../support/keep.ts";
import { key } from "../../../support/ssh/own-key.ts";
import { HAS_NGINX, nginxFolder, startNginx } from "../../../../tools/driving/web-servers/nginx.ts";
import { logInTo, sshHost, testPerson } from "../../../support/ssh/ssh.ts";
import { OPERATOR, startSshd } from "../../../support/ssh/sshd.ts";

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

  it.runIf(HAS_NGINX)("says which web servers run, and which ports are taken", async () => {
    await using folder = await nginxFolder({ "conf.d/a.conf": "server { listen 127.0.0.1:@PORT1@; }" });
    await using nginx = await startNginx(folder);
    const ipv6 = createServer().listen(0, "::1");
    await once(ipv6, "listening");
    const { port } = ipv6.address() as { port: number };
    const { webServers, takenPorts } = await lookAround(await session(await freshHome()), "here");
    ipv6.close();
    expect(webServers).toContainEqual({ kind: "nginx", version: nginx.instance.version, inContainer: false });
    expect(webServers.filter(({ kind, inContainer }) => kind === "nginx" && !inContainer)).toHaveLength(1);
    expect(takenPorts).toEqual(expect.arrayContaining([folder.port(1), port]));
  });

  it("says that it does not know the ports where neither the kernel's tables nor ss say them", async () => {
    const home = await freshHome();
    const shell = join(home, "shell");
    // A server whose tables nobody may read.
    await writeFile(join(home, "ss"), "#!/bin/sh\nexit 1\n");
    await writeFile(shell, `#!/bin/sh\nsed 's,/proc/net/tcp,/nothing/tcp,g' | /bin/sh -s\n`);
    await Promise.all([chmod(join(home, "ss"), 0o755), chmod(shell, 0o755)]);
    const on = await session(home, { first: home, config: [`ForceCommand ${shell}`] });
    expect((await lookAround(on, "here")).takenPorts).toBeNull();
    await writeFile(
      join(home, "ss"),
      `#!/bin/sh
echo 'LISTEN 0      511          0.0.0.0:80        0.0.0.0:*'
echo 'LISTEN 0      128    127.0.0.1%lo:53         0.0.0.0:*'
echo 'LISTEN 0      511             [::]:443          [::]:*'
`,
    );
    expect((await lookAround(on, "here")).takenPorts).toEqual([53, 80, 443]);
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
