import { spawn } from "node:child_process";
import { delimiter, join } from "node:path";
import { createInterface } from "node:readline";

const root = join(import.meta.dirname, "../..");

/**
 * Runs a command with this repository's programs; every line that it prints begins with the name.
 * `env` is added to this process's own.
 *
 * @returns whether it ended well; `undefined` when it was given up by the signal.
 */
export function runStep(
  name: string,
  command: readonly string[],
  signal?: AbortSignal,
  env: Readonly<Record<string, string>> = {},
): Promise<boolean | undefined> {
  const [program = "", ...args] = command;
  const child = spawn(program, args, {
    cwd: root,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, PATH: join(root, "node_modules/.bin") + delimiter + (process.env.PATH ?? ""), ...env },
    signal,
  });
  for (const output of [child.stdout, child.stderr])
    createInterface({ input: output }).on("line", (line) => {
      console.log(`${name} │ ${line}`);
    });
  return new Promise((resolve, reject) => {
    child.on("error", (error) => {
      if (signal?.aborted) resolve(undefined);
      else reject(error);
    });
    child.on("close", (code) => {
      resolve(code === 0);
    });
  });
}
