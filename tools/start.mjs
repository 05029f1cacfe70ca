/**
 * `npm start`: sets up, builds what is stale, then opens the app, or where there is no display runs
 * the guided tour.
 */
import { spawn } from "node:child_process";
import { electronRuntime } from "./electron-runtime.mjs";
import { pinnedNode, root, setUp } from "./setup.mjs";

const env = await setUp();

/** Runs a command in the set-up environment and ends with its exit code unless it is 0. */
async function run(command, args) {
  const child = spawn(command, args, { cwd: root, stdio: "inherit", env });
  const code = await new Promise((resolve) => child.on("exit", (status, signal) => resolve(signal ? 1 : status)));
  if (code !== 0) process.exit(code);
}

await run(pinnedNode(), ["tools/build.ts"]);
const display =
  !process.argv.includes("--tour") &&
  (process.platform !== "linux" || process.env.DISPLAY || process.env.WAYLAND_DISPLAY);
if (display) {
  const { executable, args } = electronRuntime();
  await run(executable, [...args, root, ...process.argv.slice(2)]);
} else {
  console.log("Running the guided tour under Xvfb. With a display, npm start opens the app.");
  await run("xvfb-run", [
    "-a",
    "-s",
    "-screen 0 1600x1000x24",
    pinnedNode(),
    "tools/tour.ts",
    ...process.argv.slice(2),
  ]);
}
