/**
 * Builds what integration tests start, the agent and the practice server's programs, if a source
 * has changed since.
 */
import { execFileSync } from "node:child_process";
import path from "node:path";

export function setup(): void {
  execFileSync(process.execPath, ["tools/build.ts", "agent", "practice"], {
    cwd: path.join(import.meta.dirname, "../.."),
    stdio: "inherit",
  });
}
