/** Whether a file is a program that could be the successor, before anything is risked for it. */
import { execFile } from "node:child_process";
import { stat } from "node:fs/promises";
import { isAbsolute } from "node:path";
import { API_VERSION } from "../../contract/agent.ts";
import { messageOf } from "../../log.ts";
import { lastLines } from "./last-lines.ts";
import { commandOf } from "../../program-command.ts";

/** How long it may take to say its version (ms). */
const ANSWER_TIMEOUT_MS = 10_000;
const VERSION = /^backsoon-agent \S+ \(admin API (\d+)\b/m;

/** Why this path cannot be meant, for whoever gave it. */
export async function refuseProgramPath(program: string): Promise<string | undefined> {
  if (!isAbsolute(program))
    return `${JSON.stringify(program)} is not an absolute path; write where the agent's program is, like /opt/backsoon/agent.mjs`;
  try {
    return (await stat(program)).isFile() ? undefined : `${program} is no file; name the agent's program itself`;
  } catch (failure) {
    if ((failure as NodeJS.ErrnoException).code === "ENOENT")
      return `there is no program ${program}; name the file that the new agent is in`;
    return `${program} cannot be read: ${messageOf(failure)}`;
  }
}

/** Lets it say its version; returns why it cannot be the successor. */
export function refuseProgram(program: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const options = { timeout: ANSWER_TIMEOUT_MS, killSignal: "SIGKILL", maxBuffer: 1024 * 1024 } as const;
    const { file, args } = commandOf(program);
    execFile(file, [...args, "version"], options, (failure, stdout, stderr) => {
      const api = VERSION.exec(stdout)?.[1];
      if (failure !== null && failure.killed === true)
        resolve(`${program} did not say its version within ${ANSWER_TIMEOUT_MS / 1000} s${lastLines(stderr + stdout)}`);
      else if (failure !== null || api === undefined)
        resolve(
          `${program} is no agent that runs here: it did not say its version${lastLines(stderr + stdout || messageOf(failure))}`,
        );
      else if (Number(api) < API_VERSION)
        resolve(
          `${program} speaks version ${api} of the admin API, older than version ${API_VERSION} that clients use here; name a newer program`,
        );
      else resolve(undefined);
    });
  });
}
