/** Whether the desktop shows tray icons: without one, a hidden window could not be reached. */
import { execFile } from "node:child_process";

const WATCHER = "org.kde.StatusNotifierWatcher";

function answer(program: string, args: string[]): Promise<string> {
  return new Promise((resolve) => {
    execFile(program, args, { timeout: 1000 }, (error, stdout) => resolve(error === null ? stdout : ""));
  });
}

/**
 * Whether this desktop shows tray icons. macOS and Windows always do. On Linux a panel says so on
 * the session bus (StatusNotifierItem); without one an icon would be made and never seen, and
 * closing the window would hide the app where nobody finds it.
 */
export async function hasTrayHost(): Promise<boolean> {
  if (process.platform !== "linux") return true;
  if (process.env.DBUS_SESSION_BUS_ADDRESS === undefined) return false;
  const bus = "org.freedesktop.DBus";
  const viaGlib = await answer("gdbus", [
    "call",
    "--session",
    "--dest",
    bus,
    "--object-path",
    "/org/freedesktop/DBus",
    "--method",
    `${bus}.NameHasOwner`,
    WATCHER,
  ]);
  if (viaGlib !== "") return viaGlib.includes("true");
  const viaDbus = await answer("dbus-send", [
    "--session",
    "--print-reply",
    `--dest=${bus}`,
    "/org/freedesktop/DBus",
    `${bus}.NameHasOwner`,
    `string:${WATCHER}`,
  ]);
  return viaDbus.includes("true");
}
