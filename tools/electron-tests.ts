/**
 * Runs the tests of the project "electron" under the Node of the Electron that the set-up provided;
 * more arguments go to vitest.
 */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import process from "node:process";
import { electronRuntime } from "./electron-runtime.mjs";

const vitest = join(import.meta.dirname, "../node_modules/vitest/vitest.mjs");
const args = ["run", "--config", "test/vitest.config.ts", "--project", "electron", ...process.argv.slice(2)];
const { status } = spawnSync(electronRuntime().executable, [vitest, ...args], {
  cwd: join(import.meta.dirname, ".."),
  stdio: "inherit",
  env: { ...process.env, ELECTRON_RUN_AS_NODE: "1" },
});
process.exit(status ?? 1);
