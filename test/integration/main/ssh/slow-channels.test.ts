/** Servers on which what is behind a channel begins late, never, or does not come to its end. */
import { describe, expect, it } from "vitest";
import { runScript } from "../../../../main/install/remote-shell.ts";
import { openSshLink } from "../../../../main/ssh/ssh-link.ts";
import { startHostileSshd } from "../../../support/ssh/hostile-sshd.ts";
import { key } from "../../../support/ssh/own-key.ts";
import { logInTo, sshHost } from "../../../support/ssh/ssh.ts";
import { startSshd } from "../../../support/ssh/sshd.ts";
import { keep } from "../../../support/keep.ts";

const PLACE = { socketPath: "/run/none", program: "backsoon-agent" };

/** A session on a server with these lines in its sshd_config. */
async function logIn(config: readonly string[], openMs?: number) {
  const server = keep(await startSshd({ authorizedKeys: [key.publicKey], config }));
  const host = sshHost(server.port, { identityFiles: [{ path: key.file, required: true }] });
  const on = await logInTo([host], openMs === undefined ? {} : { openMs });
  keep({ close: () => on.end() });
  return on;
}

describe("a login shell that never comes to the command", () => {
  it("does not keep a call to the agent", async () => {
    const on = await logIn(["AllowStreamLocalForwarding no", "ForceCommand echo locked >&2; sleep 60"], 2000);
    await expect(on.dial(PLACE)).rejects.toThrow(
      /did not start backsoon-agent within 2 s\. .*~\/\.bashrc.*“ssh test true”.* It said: locked/,
    );
  });

  it("does not keep the question for the address of this computer", async () => {
    const on = await logIn(["ForceCommand sleep 60"]);
    const link = openSshLink(() => Promise.resolve(on), PLACE, 2000);
    await expect(link.seenAddress?.()).rejects.toThrow("does not say from which address");
  });
});

it("a program that a start-up file leaves behind does not keep the address of this computer", async () => {
  const on = await logIn([`ForceCommand sh -c '{ sleep 60 & }; exec sh -c "$SSH_ORIGINAL_COMMAND"'`]);
  const link = openSshLink(() => Promise.resolve(on), PLACE, 50_000);
  expect(await link.seenAddress?.()).toEqual({ address: "127.0.0.1", by: "ssh" });
}, 9_000);

it("a channel that comes too late is closed, and does not count as one of the sessions there", async () => {
  const sftp = "Subsystem sftp sleep 3; exec /usr/lib/openssh/sftp-server";
  const on = await logIn([sftp, "MaxSessions 1"], 2000);
  await expect(on.sftp()).rejects.toThrow("did not answer within 2 s");
  expect(await runScript(on, "echo done")).toMatchObject({ stdout: "done\n" });
});

it("how a command ended is known also where its end comes along with its beginning", async () => {
  await using server = await startHostileSshd({
    begin: (connection) =>
      connection.on("session", (accept) =>
        accept().on("exec", (begin) => {
          const command = begin();
          command.stderr.write("no such program\n");
          command.exit(127);
          command.end();
        }),
      ),
  });
  const on = await logInTo([sshHost(server.port)]);
  keep({ close: () => on.end() });
  expect(await runScript(on, "true")).toEqual({ code: 127, stdout: "", stderr: "no such program\n" });
  await expect(on.dial(PLACE)).rejects.toMatchObject({ failure: { code: "server.agent-missing" } });
});

describe("a jump host that does not say whether it reaches the next one", () => {
  const silent = () => startHostileSshd({ begin: (connection) => connection.on("tcpip", () => undefined) });

  it("is named after its time", async () => {
    await using jump = await silent();
    await expect(
      logInTo([sshHost(jump.port), sshHost(22, { hostName: "shop.example" })], { openMs: 1000 }),
    ).rejects.toThrow(/cannot reach port 22 of shop\.example \(.*did not answer within 1 s\)/);
  });

  it("does not keep a person who gives up", async () => {
    const given = new AbortController();
    await using jump = await startHostileSshd({
      begin: (connection) => connection.on("tcpip", () => given.abort()),
    });
    await expect(
      logInTo([sshHost(jump.port), sshHost(22, { hostName: "shop.example" })], {}, given.signal),
    ).rejects.toMatchObject({ failure: { code: "ssh.cancelled" } });
  });
});
