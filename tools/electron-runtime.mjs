/** Which Electron the set-up provided, and what it needs on the command line. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/**
 * @returns {{ executable: string, version: string, origin: string, args: string[] }} `args` go
 *   before the app's folder.
 */
export function electronRuntime() {
  const runtime = JSON.parse(
    readFileSync(join(fileURLToPath(import.meta.url), "../../.cache/electron/runtime.json"), "utf8"),
  );
  // Chromium refuses to start its sandbox as root; nobody else goes without it.
  const args = process.platform === "linux" && process.getuid?.() === 0 ? ["--no-sandbox"] : [];
  return { ...runtime, args };
}
