/** Asks for the password of `sudo` until it is right. */
import { t } from "../language/translate.ts";
import { FailureError } from "../failures.ts";
import type { Prompter } from "../ssh/prompter.ts";
import type { SshSession } from "../ssh/ssh-session.ts";
import { lastWordsOf, runScript } from "./remote-shell.ts";

/** What sudo and sudo-rs say in English, which is what they are asked to speak. */
const WRONG = /incorrect (?:password|authentication) attempt|no password was provided|authentication failed/i;

/**
 * Asks for the password with which sudo makes this account root, until it is right. Rejects with
 * `FailureError` when nobody says it, or sudo refuses the account in any case.
 */
export async function askSudoPassword(session: SshSession, prompter: Prompter, signal: AbortSignal): Promise<string> {
  const { host, address } = session;
  for (let wrong = false; ; wrong = true) {
    const answer = await prompter.secret({ host, what: "password", subject: `sudo on ${host.label}`, wrong }, signal);
    if (answer === undefined)
      throw new FailureError({
        code: "ssh.cancelled",
        message: t("No password for sudo was given, so nothing was changed on the server."),
      });
    const { code, stderr } = await runScript(session, ":", { asRoot: { password: answer.secret } });
    if (code === 0) return answer.secret;
    if (!WRONG.test(stderr))
      throw new FailureError({
        code: "install.failed",
        message: t("sudo does not make this account root on {server}. It said: {words}", {
          server: address,
          words: lastWordsOf(stderr) || t("nothing"),
        }),
      });
  }
}
