/** `npm test`: sets up, then runs the full check. */
import { spawn } from "node:child_process";
import { pinnedNode, root, setUp } from "./setup.mjs";

const env = await setUp({ tests: true });
const child = spawn(pinnedNode(), ["tools/check.ts"], { cwd: root, stdio: "inherit", env });
process.exit(await new Promise((resolve) => child.on("exit", (code, signal) => resolve(signal ? 1 : code))));
