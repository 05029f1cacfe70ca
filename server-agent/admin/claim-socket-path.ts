import { lstat, stat, unlink } from "node:fs/promises";
import { dirname } from "node:path";
import { socketAnswers } from "../adapters/socket-answers.ts";
import { messageOf } from "../log.ts";
import { temporarySocketPath } from "./private-socket.ts";

export type ClaimOutcome = { ok: true } | { ok: false; inUse: boolean; message: string };

/** What can be said about a path without looking at what is there. */
export function refusePath(path: string): ClaimOutcome | undefined {
  const longest = Math.max(Buffer.byteLength(path), Buffer.byteLength(temporarySocketPath(path)));
  if (longest <= MAX_PATH_BYTES) return undefined;
  return {
    ok: false,
    inUse: false,
    message: `the path of the admin socket may have ${MAX_PATH_BYTES} bytes at most: ${path}`,
  };
}

/** The system's limit for the path of a unix socket, in bytes (unix(7)). */
const MAX_PATH_BYTES = 107;

/**
 * Makes sure that the path can be bound: removes a socket on which nobody answers, and nothing
 * else.
 */
export async function claimSocketPath(path: string): Promise<ClaimOutcome> {
  const refused = refusePath(path);
  if (refused !== undefined) return refused;
  try {
    const found = await lstat(path);
    if (!found.isSocket())
      return {
        ok: false,
        inUse: true,
        message: `${path} exists and is no socket; move it away or choose another --socket`,
      };
  } catch (failure) {
    if ((failure as NodeJS.ErrnoException).code !== "ENOENT")
      return { ok: false, inUse: false, message: `cannot create the admin socket: ${messageOf(failure)}` };
    return folderExists(path);
  }
  if (await socketAnswers(path))
    return {
      ok: false,
      inUse: true,
      message: `another agent answers on the admin socket ${path}; stop that one or choose another --socket`,
    };
  await unlink(path);
  return { ok: true };
}

async function folderExists(path: string): Promise<ClaimOutcome> {
  try {
    if ((await stat(dirname(path))).isDirectory()) return { ok: true };
  } catch {
    // Same answer as for something that is no folder.
  }
  return {
    ok: false,
    inUse: false,
    message: `the folder of the admin socket is missing: ${dirname(path)}; make it or choose another --socket`,
  };
}
