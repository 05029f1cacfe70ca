import { execFile } from "node:child_process";
import { type Log, messageOf } from "../../log.ts";

/**
 * Tells systemd that this process serves and is the main one of the service; does nothing where
 * systemd does not wait for it (`Type=notify`, sd_notify(3)). False: it could not be told. The unit
 * must say `NotifyAccess=all`, for it is a child process that tells.
 */
export function notifySystemd(pid: number, log: Log): Promise<boolean> {
  if ((process.env.NOTIFY_SOCKET ?? "") === "") return Promise.resolve(true);
  return new Promise((resolve) => {
    execFile(
      "systemd-notify",
      [`--pid=${pid}`, "--ready"],
      { timeout: 5000, killSignal: "SIGKILL" },
      (failure, _stdout, stderr) => {
        if (failure !== null)
          log.error("could not notify systemd of the main process", {
            main: pid,
            why: stderr.trim() || messageOf(failure),
          });
        resolve(failure === null);
      },
    );
  });
}
