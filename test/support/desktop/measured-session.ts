/**
 * A session in a process of its own: what a stranger's bytes did to its memory and its event loop.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import type { SessionOutcome } from "./session-entry.ts";

const ENTRY = join(import.meta.dirname, "session-entry.ts");
/** Far below what this computer has: what takes more ends with an error of the process. */
const HEAP_MB = 500;

/**
 * Until the session is lost, or the time is over.
 * @param place a socket of an agent, or the port of an SSH server that lets everybody in
 */
export async function measureSession(
  place: string | number,
  milliseconds: number,
  answerMs = 5000,
): Promise<SessionOutcome> {
  const child = spawn(
    process.execPath,
    [`--max-old-space-size=${HEAP_MB}`, ENTRY, String(place), String(milliseconds), String(answerMs)],
    { stdio: ["ignore", "pipe", "pipe"] },
  );
  const late = setTimeout(() => child.kill("SIGKILL"), milliseconds + 20_000);
  const [printed, complaint] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "exit")]);
  clearTimeout(late);
  if (printed === "")
    throw new Error(
      `the session's process ended without a word (${String(child.exitCode ?? child.signalCode)}): ${complaint.slice(-1000)}`,
    );
  return JSON.parse(printed) as SessionOutcome;
}
