/**
 * Words to systemd (sd_notify(3)), by its program `systemd-notify`: the socket is one of datagrams,
 * which Node has none of in files. The unit must say `NotifyAccess=all`, for it is a child process
 * that tells.
 */
import { execFile } from "node:child_process";
import { type Log, messageOf } from "../../log.ts";

/** It waits for 5 s itself until systemd has read what it says. */
const TIMEOUT_MS = 10_000;
/**
 * A busy systemd is asked for a minute. Words that are lost cost more: `systemctl start` waits 90 s
 * for `READY=1`, and one that has handed over stays until systemd knows who is the main process.
 */
const MAX_ATTEMPTS = 12;

/** Whether systemd wants to hear of this service. */
export function isHeardBySystemd(): boolean {
  return (process.env.NOTIFY_SOCKET ?? "") !== "";
}

/**
 * Does nothing where systemd does not listen. False: it could not be told.
 *
 * @param words Arguments of systemd-notify(1).
 * @param isOfUse Whether to say again what could not be said.
 */
export async function notifySystemd(
  words: readonly string[],
  log: Log,
  isOfUse: () => boolean = () => true,
): Promise<boolean> {
  if (!isHeardBySystemd()) return true;
  let why = await saidOnce(words);
  for (let attempts = 1; why !== undefined && attempts < MAX_ATTEMPTS && isOfUse(); attempts += 1)
    why = await saidOnce(words);
  if (why !== undefined) log.error("could not notify systemd", { words: words.join(" "), why });
  return why === undefined;
}

/** Why it could not be said. */
function saidOnce(words: readonly string[]): Promise<string | undefined> {
  return new Promise((resolve) => {
    execFile("systemd-notify", words, { timeout: TIMEOUT_MS, killSignal: "SIGKILL" }, (failure, _stdout, stderr) => {
      resolve(failure === null ? undefined : stderr.trim() || messageOf(failure));
    });
  });
}

/** This process serves, and is the main one of the service. */
export function nameMainProcess(pid: number, log: Log, isOfUse?: () => boolean): Promise<boolean> {
  return notifySystemd([`--pid=${pid}`, "--ready"], log, isOfUse);
}
