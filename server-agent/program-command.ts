import { existsSync, realpathSync } from "node:fs";
import path from "node:path";
import { isSea } from "node:sea";

const SCRIPT = /^\.[cm]?[jt]s$/;

/** The file that this process was started with. */
export function startedProgram(): string {
  return isSea() ? process.execPath : (process.argv[1] ?? "");
}

const started = startedProgram();
/**
 * The same as it was when this process started: whatever it starts is to be the same build, also
 * when a link to the program leads elsewhere by now.
 */
export const ownProgram = existsSync(started) ? realpathSync(started) : started;

/**
 * How a file is run as the agent's program: a script by the Node that runs this one, anything else
 * by itself. A single executable has no Node for scripts.
 */
export function commandOf(program: string): { file: string; args: string[] } {
  const isScript = !isSea() && SCRIPT.test(path.extname(realpathSync(program)));
  return isScript ? { file: process.execPath, args: [...process.execArgv, program] } : { file: program, args: [] };
}
