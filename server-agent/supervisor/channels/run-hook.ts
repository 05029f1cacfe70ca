import { spawn } from "node:child_process";
import { lstat, realpath } from "node:fs/promises";
import { join, sep } from "node:path";
import { messageOf } from "../../log.ts";
import type { Message } from "./channel-message.ts";

const RUN_TIMEOUT_MS = 30_000;
const MAX_OUTPUT_LENGTH = 4096;

/**
 * Runs a program of the operator's with the message as JSON on its standard input. Only what lies
 * in `folder` is run, so that the API can choose among programs and never bring one.
 * @returns why it did not succeed; `undefined` when it ended with 0
 */
export async function runHook(
  folder: string,
  program: string,
  message: Message,
  closing: AbortSignal,
): Promise<string | undefined> {
  const path = join(folder, program);
  const missing = await unusable(folder, path);
  if (missing !== undefined) return missing;
  return new Promise((resolve) => {
    // A group of its own, so that what it has started ends with it.
    const child = spawn(path, [], {
      cwd: folder,
      detached: true,
      stdio: ["pipe", "ignore", "pipe"],
      env: {
        PATH: process.env.PATH ?? "/usr/bin:/bin",
        HOME: process.env.HOME ?? "/",
        BACKSOON_KIND: message.data.kind,
        BACKSOON_TITLE: message.data.title,
      },
    });
    let said = "";
    let ended: string | undefined;
    const end = (why: string): void => {
      ended ??= why;
      if (child.pid !== undefined)
        try {
          process.kill(-child.pid, "SIGKILL");
        } catch {
          // It has ended already.
        }
    };
    const late = setTimeout(
      () => end(`${program} did not end within ${RUN_TIMEOUT_MS / 1000} s and was killed`),
      RUN_TIMEOUT_MS,
    );
    const stop = (): void => end("the agent was stopped");
    closing.addEventListener("abort", stop, { once: true });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      said = (said + text).slice(-MAX_OUTPUT_LENGTH);
    });
    const settle = (why: string | undefined): void => {
      clearTimeout(late);
      closing.removeEventListener("abort", stop);
      child.stderr.destroy();
      resolve(why);
    };
    child.once("error", (failure) => settle(`${program} could not be run: ${failure.message}`));
    child.once("exit", (code, signal) => {
      const lastLine = said.trimEnd().split("\n").at(-1)?.slice(0, 500) ?? "";
      const how =
        code === null ? `${program} was ended by ${signal ?? "a signal"}` : `${program} ended with code ${code}`;
      settle(ended ?? (code === 0 ? undefined : lastLine === "" ? how : `${how}: ${lastLine}`));
    });
    // A program need not read it.
    child.stdin.on("error", () => undefined);
    child.stdin.end(`${JSON.stringify(message)}\n`);
  });
}

async function unusable(folder: string, path: string): Promise<string | undefined> {
  try {
    const found = await realpath(path);
    if (!found.startsWith(`${await realpath(folder)}${sep}`)) return `${path} leads out of its folder`;
    const { mode } = await lstat(found);
    return (mode & 0o111) === 0 ? `${path} is not executable; chmod +x it` : undefined;
  } catch (failure) {
    const { code } = failure as NodeJS.ErrnoException;
    return code === "ENOENT" ? `there is no program ${path}; put it there and make it executable` : messageOf(failure);
  }
}
