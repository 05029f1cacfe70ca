/**
 * Servers that are set up in ways that an installation must not stumble over, through a real sshd:
 * shells that print, few sessions, a sudo that swallows.
 */
import { existsSync } from "node:fs";
import { chmod, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { install } from "../../../../main/install/install.ts";
import { runScript } from "../../../../main/install/remote-shell.ts";
import { lookAround } from "../../../../main/install/server-facts.ts";
import { askSudoPassword } from "../../../../main/install/sudo-password.ts";
import { choice, freshHome, parts, script, session } from "../../../support/ssh/installation.ts";
import { folder } from "../../../support/ssh/own-key.ts";
import { testPerson } from "../../../support/ssh/ssh.ts";

/** What an account's shell does first, as its start-up files would. */
function shellThatFirst(does: string): { config: string[] } {
  return { config: [`ForceCommand sh -c '${does}; exec sh -c "$SSH_ORIGINAL_COMMAND"'`] };
}

/** A folder with these programs, to come first on the path. */
async function programsIn(programs: Record<string, string>): Promise<string> {
  const bin = join(await freshHome(), "bin");
  await mkdir(bin);
  for (const [name, text] of Object.entries(programs)) {
    await writeFile(join(bin, name), `#!/bin/sh\n${text}\n`);
    await chmod(join(bin, name), 0o755);
  }
  return bin;
}

describe("a login shell that prints", () => {
  it("without a newline is looked around on all the same", async () => {
    const home = await freshHome();
    const facts = await lookAround(await session(home, shellThatFirst("printf hello")), "here");
    expect(facts).toMatchObject({ home, node: process.versions.node });
    expect(facts.system).toMatch(/^Linux /);
  });

  it("is told from what a script says", async () => {
    const on = await session(await freshHome(), shellThatFirst("printf hello"));
    expect(await runScript(on, "echo done")).toEqual({ code: 0, stdout: "done\n", stderr: "" });
  });

  it("before SFTP is named as what is in the way of the upload", async () => {
    const home = await freshHome();
    const config = [`Subsystem sftp /bin/sh -c "echo Welcome; exec /usr/lib/openssh/sftp-server"`];
    const on = await session(home, { config });
    await expect(install(await parts(on), choice(), await script())).rejects.toThrow(
      /Something was printed before the first packet.*~\/\.bashrc/,
    );
  });
});

describe("a server that does not run what it is given", () => {
  it.each([
    ["nologin", "/usr/sbin/nologin", /This account is currently not available/],
    [
      "an expired password",
      'echo "Password change required but no TTY available." >&2; exit 1',
      /Password change required/,
    ],
    ["a forced command that repeats what it reads", "cat", /It said: say\(\)|It said: .*backsoon/s],
    ["one that says nothing", "true", /runs no POSIX shell/],
  ])("%s is shown in its own words", async (_name, command, words) => {
    const on = await session(await freshHome(), { config: [`ForceCommand ${command}`] });
    await expect(lookAround(on, "here")).rejects.toThrow(words);
  });

  it("is not believed that a script ran because it ends with code 0", async () => {
    const on = await session(await freshHome(), { config: ["ForceCommand cat"] });
    expect(await runScript(on, "echo done")).toMatchObject({ code: null });
  });
});

describe("a program on the server that never ends", () => {
  it("does not keep the app from looking around", async () => {
    const first = await programsIn({ node: "exec sleep 60", timeout: 'shift; exec /usr/bin/timeout 0.2 "$@"' });
    expect(await lookAround(await session(await freshHome(), { first }), "here")).toMatchObject({ node: null });
  });

  it("is told from a host that does not answer, with what it printed", async () => {
    const on = await session(await freshHome());
    const waits = runScript(on, "echo waiting for the lock; exec sleep 60", { timeoutMs: 1000 });
    await expect(waits).rejects.toMatchObject({ failure: { code: "ssh.command-timeout" } });
    await expect(waits).rejects.toThrow("It said: waiting for the lock");
  });
});

describe("a login shell", () => {
  it("that never comes to the command is named, and what may be in the way", async () => {
    const on = await session(await freshHome(), shellThatFirst("echo locked >&2; sleep 60"));
    await expect(runScript(on, "echo done", { timeoutMs: 2000 })).rejects.toThrow(
      /did not begin a command within 2 s\. .*~\/\.bashrc.*“ssh test true”.* It said: locked/,
    );
  });

  it("that leaves a program behind, which holds the output, does not keep a command from ending", async () => {
    const on = await session(await freshHome(), shellThatFirst("{ sleep 30 & }"));
    const ran = await runScript(on, "echo done; echo why >&2", { timeoutMs: 20_000 });
    expect(ran).toEqual({ code: 0, stdout: "done\n", stderr: "why\n" });
  });
});

describe("a server that allows one session at a time", () => {
  it("gets the agent: the upload waits until the one before is counted out", async () => {
    const home = await freshHome();
    const on = await session(home, { config: ["MaxSessions 1"] });
    await install(await parts(on), choice(), await script());
    expect((await lookAround(on, "here")).agents).toMatchObject([{ answers: true }]);
  });
});

describe("a sudo that", () => {
  const { signal } = new AbortController();

  it("takes everything for passwords and ends with code 0 is not believed", async () => {
    const on = await session(await freshHome(), { first: await programsIn({ sudo: "cat >/dev/null" }) });
    expect(await runScript(on, "id -u", { asRoot: { password: "correct horse" } })).toMatchObject({ code: null });
    const person = testPerson({ secret: () => ({ secret: "correct horse", remember: false }) });
    await expect(askSudoPassword(on, person, signal)).rejects.toThrow(/does not make this account root/);
  });

  it("never answers is named", async () => {
    const on = await session(await freshHome(), { first: await programsIn({ sudo: "exec sleep 60" }) });
    await expect(runScript(on, ":", { asRoot: { password: undefined }, timeoutMs: 2000 })).rejects.toThrow(
      /did not begin a command as root within 2 s\. sudo, or .*“ssh -t test sudo true”/,
    );
  });

  it("does not ask for the password does not make a command of it", async () => {
    const trace = join(folder, "run-as-command");
    const sudo = 'while [ "$1" != sh ]; do shift; done; exec "$@"';
    const on = await session(await freshHome(), { first: await programsIn({ sudo, hunter2: `touch ${trace}` }) });
    const ran = await runScript(on, "echo as root; cat", { asRoot: { password: "hunter2" } });
    expect(ran).toEqual({ code: 0, stdout: "as root\n", stderr: "" });
    expect(existsSync(trace)).toBe(false);
  });
});
