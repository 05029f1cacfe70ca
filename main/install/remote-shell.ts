/** Runs shell commands on a server and reports what failed in the server's own words. */
import { t } from "../language/translate.ts";
import type { Failure } from "../contract/failures.ts";
import { FailureError } from "../failures.ts";
import { plainText } from "../text/plain-text.ts";
import { type SshSession, quoted } from "../ssh/ssh-session.ts";
import { exitCodeOf } from "../ssh/ssh-wire.ts";
import { ScriptOutput, framed } from "./script-output.ts";

export interface Ran {
  /** `null` where the script did not run to its end: cut off, or never begun by what took it. */
  code: number | null;
  stdout: string;
  stderr: string;
}

const MAX_TEXT_LENGTH = 1500;

/** The end of what a program printed, for messages. */
export function lastWordsOf(output: string): string {
  return plainText(output.trim().slice(-MAX_TEXT_LENGTH), MAX_TEXT_LENGTH);
}

/**
 * Comes between sudo's password and the script. What sudo leaves of its input (the password itself,
 * where it asked for none) is passed over and not run as a command.
 */
const BEGIN = "backsoon-begin";
const UNTIL_BEGIN = `while IFS= read -r line; do if [ "$line" = ${BEGIN} ]; then exec sh -s; fi; done; exit 1`;
/** After the script's end, for what else may come of it (ms). */
const HELD_MS = 2000;

/**
 * Runs a POSIX shell script on the server. It is sent on standard input, so that the account's own
 * shell, whatever it is, has nothing to quote. That it ran is believed of the script's own last
 * words only: a forced command, or a sudo that takes the script for more passwords, ends with code
 * 0, too. What the login shell prints before it is left out. Programs that still hold its output
 * after its end, as a start-up file may leave some, are not waited for. Rejects with `FailureError`
 * when it takes longer than `timeoutMs`, or the connection ends. What is printed beyond 256 KB is
 * dropped.
 *
 * @param asRoot through sudo; with its password, if it wants one
 */
export async function runScript(
  session: SshSession,
  script: string,
  { asRoot, timeoutMs = 60_000 }: { asRoot?: { password: string | undefined } | undefined; timeoutMs?: number } = {},
): Promise<Ran> {
  // With -k it asks for the password in any case: were it remembered, the shell would read it as a
  // command.
  const sudo =
    asRoot === undefined
      ? ""
      : asRoot.password === undefined
        ? "sudo -n "
        : `env LC_ALL=C sudo -k -S -p ${quoted("")} `;
  const channel = await session.exec(asRoot === undefined ? "sh -s" : `${sudo}sh -c ${quoted(UNTIL_BEGIN)}`);
  const output = new ScriptOutput();
  return new Promise((resolve, reject) => {
    const settle = () => {
      clearTimeout(late);
      clearTimeout(held);
      session.ended.removeEventListener("abort", lost);
    };
    const fail = (failure: Failure) => {
      settle();
      channel.destroy();
      reject(new FailureError(failure));
    };
    const finish = () => {
      settle();
      const { stdout, stderr, hasEnded } = output;
      const code = exitCodeOf(channel) ?? null;
      // It may end before its end when something in it has failed.
      resolve({ code: hasEnded || code !== 0 ? code : null, stdout, stderr });
    };
    const late = setTimeout(
      () =>
        fail({ code: "ssh.command-timeout", message: lateMessage(session, output, asRoot !== undefined, timeoutMs) }),
      timeoutMs,
    );
    const lost = () =>
      fail({ code: "ssh.lost", message: t("The SSH connection ended while a command ran on the server.") });
    let held: NodeJS.Timeout | undefined;
    const ifEnded = () => {
      if (typeof exitCodeOf(channel) !== "number" || !output.hasEnded) return;
      held ??= setTimeout(() => {
        channel.destroy();
        finish();
      }, HELD_MS);
    };
    channel.on("data", (chunk: Buffer) => {
      output.add("stdout", chunk);
      ifEnded();
    });
    channel.stderr.on("data", (chunk: Buffer) => output.add("stderr", chunk));
    channel.on("exit", ifEnded);
    channel.once("close", finish);
    session.ended.addEventListener("abort", lost, { once: true });
    // The first line is sudo's, when it wants a password; the shell reads the rest.
    const before =
      asRoot === undefined ? "" : `${asRoot.password === undefined ? "" : `${asRoot.password}\n`}${BEGIN}\n`;
    channel.end(`${before}${framed(script)}`);
  });
}

/** What does not begin is not the command's fault. */
function lateMessage(session: SshSession, output: ScriptOutput, asRoot: boolean, timeoutMs: number): string {
  const said = {
    seconds: Math.round(timeoutMs / 1000),
    words: lastWordsOf(output.stderr || output.stdout) || t("nothing"),
  };
  if (output.hasBegun)
    return t("A command on the server did not end within {seconds, number} s. It said: {words}", said);
  const { address, host } = session;
  return asRoot
    ? t(
        "{address} did not begin a command as root within {seconds, number} s. sudo, or what runs at each login there (~/.bashrc, for example), may wait for something. Try “ssh -t {host} sudo true” in a terminal. It said: {words}",
        { address, host: host.label, ...said },
      )
    : t(
        "{address} did not begin a command within {seconds, number} s. What runs at each login there (~/.bashrc, for example) may wait for something. Try “ssh {host} true” in a terminal. It said: {words}",
        { address, host: host.label, ...said },
      );
}
