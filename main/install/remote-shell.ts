/** Runs shell commands on a server and reports what failed in the server's own words. */
import { t } from "../language/translate.ts";
import { StringDecoder } from "node:string_decoder";
import { FailureError } from "../failures.ts";
import { plainText } from "../text/plain-text.ts";
import { type SshSession, quoted } from "../ssh/ssh-session.ts";

export interface Ran {
  /** `null` where the script did not run to its end: cut off, or never begun by what took it. */
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
 * Comes between sudo's password and the script. What sudo leaves of its input (the password itself,
 * where it asked for none) is passed over and not run as a command.
 */
const BEGIN = "backsoon-begin";
const UNTIL_BEGIN = `while IFS= read -r line; do if [ "$line" = ${BEGIN} ]; then exec sh -s; fi; done; exit 1`;
/**
 * What the script says last. It is put together there, so that whoever only repeats what it is sent
 * does not say it.
 */
const LAST_WORDS = "\nbacksoon-ended\n";
const SAY_ENDED = `backsoon_code=$?; printf '\\n%s-%s\\n' backsoon ended; exit "$backsoon_code"`;

/**
 * Runs a POSIX shell script on the server. It is sent on standard input, so that the account's own
 * shell, whatever it is, has nothing to quote. That it ran is believed of the script's own last
 * words only: a forced command, or a sudo that takes the script for more passwords, ends with code
 * 0, too. Rejects with `FailureError` when it takes longer than `timeoutMs`, or the connection
 * ends. What is printed beyond 256 KB is dropped.
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
  const ran: Ran = { code: null, stdout: "", stderr: "" };
  let end = "";
  const gather = (name: "stdout" | "stderr") => {
    // A letter may come in two pieces.
    const decoder = new StringDecoder("utf8");
    return (chunk: Buffer) => {
      const text = decoder.write(chunk);
      if (ran[name].length < MAX_OUTPUT_BYTES) ran[name] += text;
      if (name === "stdout") end = (end + text).slice(-LAST_WORDS.length);
    };
  };
  channel.on("data", gather("stdout"));
  channel.stderr.on("data", gather("stderr"));
  channel.on("exit", (code: number | null) => (ran.code = code));
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => {
      channel.destroy();
      reject(
        new FailureError({
          code: "ssh.command-timeout",
          message: t("A command on the server did not end within {seconds, number} s. It said: {words}", {
            seconds: Math.round(timeoutMs / 1000),
            words: lastWordsOf(ran.stderr || ran.stdout) || t("nothing"),
          }),
        }),
      );
    }, timeoutMs);
    const lost = () =>
      reject(
        new FailureError({
          code: "ssh.lost",
          message: t("The SSH connection ended while a command ran on the server."),
        }),
      );
    session.ended.addEventListener("abort", lost, { once: true });
    channel.once("close", () => {
      clearTimeout(late);
      session.ended.removeEventListener("abort", lost);
      const hasEnded = end === LAST_WORDS;
      if (ran.stdout.endsWith(LAST_WORDS)) ran.stdout = ran.stdout.slice(0, -LAST_WORDS.length);
      // It may end before its end when something in it has failed.
      resolve(hasEnded || ran.code !== 0 ? ran : { ...ran, code: null });
    });
    // The first line is sudo's, when it wants a password; the shell reads the rest. It begins once
    // it has all of the script, which no command in it can read away.
    const before =
      asRoot === undefined ? "" : `${asRoot.password === undefined ? "" : `${asRoot.password}\n`}${BEGIN}\n`;
    channel.end(`${before}{\n${script}\n} </dev/null\n${SAY_ENDED}\n`);
  });
}
