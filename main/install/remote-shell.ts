/** Runs shell commands on a server and reports what failed in the server's own words. */
import { FailureError } from "../failures.ts";
import { plainText } from "../text/plain-text.ts";
import { type SshSession, quoted } from "../ssh/ssh-session.ts";

export interface Ran {
  code: number | null;
  stdout: string;
  stderr: string;
}

const MAX_OUTPUT_BYTES = 256 * 1024;
const MAX_TEXT_LENGTH = 1500;

/** The end of what a program printed, for messages. */
export function lastWordsOf(output: string): string {
  return plainText(output.trim().slice(-MAX_TEXT_LENGTH), MAX_TEXT_LENGTH);
}

/**
 * Runs a POSIX shell script on the server. It is sent on standard input, so that the account's own
 * shell, whatever it is, has nothing to quote. Rejects with `FailureError` when it takes longer
 * than `timeoutMs`, or the connection ends. What is printed beyond 256 KB is dropped.
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
  const channel = await session.exec(`${sudo}sh -s`);
  const ran: Ran = { code: null, stdout: "", stderr: "" };
  const gather = (name: "stdout" | "stderr") => (chunk: Buffer) => {
    if (ran[name].length < MAX_OUTPUT_BYTES) ran[name] += chunk.toString("utf8");
  };
  channel.on("data", gather("stdout"));
  channel.stderr.on("data", gather("stderr"));
  channel.on("exit", (code: number | null) => (ran.code = code));
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => {
      channel.destroy();
      reject(
        new FailureError({
          code: "ssh.timeout",
          message: `A command on the server did not end within ${Math.round(timeoutMs / 1000)} s.`,
        }),
      );
    }, timeoutMs);
    const lost = () =>
      reject(
        new FailureError({ code: "ssh.lost", message: "The SSH connection ended while a command ran on the server." }),
      );
    session.ended.addEventListener("abort", lost, { once: true });
    channel.once("close", () => {
      clearTimeout(late);
      session.ended.removeEventListener("abort", lost);
      resolve(ran);
    });
    // The first line is sudo's, when it wants a password; the shell reads the rest.
    channel.end(`${asRoot?.password === undefined ? "" : `${asRoot.password}\n`}${script}\n`);
  });
}
