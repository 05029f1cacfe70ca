/** Start at login on Linux: an autostart entry (XDG Autostart specification). */
import fs from "node:fs";
import path from "node:path";

/** Argument with which the app starts in the tray at login. */
export const HIDDEN_SWITCH = "--hidden";

/**
 * A freedesktop.org autostart entry (Autostart specification 0.5). `Exec` quotes by the Desktop
 * Entry specification: ", `, $ and \ are escaped, % doubled.
 */
export function autostartEntry(executable: string): string {
  return [
    "[Desktop Entry]",
    "Type=Application",
    "Name=Backsoon",
    "Comment=Keeps an eye on your servers",
    `Exec="${executable.replaceAll(/(["`$\\])/g, "\\$1").replaceAll("%", "%%")}" ${HIDDEN_SWITCH}`,
    "Icon=backsoon",
    "Terminal=false",
    "X-GNOME-Autostart-enabled=true",
    "",
  ].join("\n");
}

/** Writes or removes the autostart entry; throws the system's error when it cannot. */
export function setAutostart(configHome: string, executable: string, enabled: boolean): void {
  const file = path.join(configHome, "autostart", "backsoon.desktop");
  if (enabled) {
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, autostartEntry(executable));
  } else {
    fs.rmSync(file, { force: true });
  }
}
