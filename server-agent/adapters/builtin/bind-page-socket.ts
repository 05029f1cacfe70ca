/**
 * The unix socket on which a web server asks the agent while a site is closed. Its folder can be
 * seen by all, as the web server's workers come to it under their own user; who may ask is said by
 * the socket's mode and group.
 */
import { chmodSync, chownSync, lstatSync, readlinkSync, renameSync, rmSync } from "node:fs";
import net from "node:net";
import { dirname, join, resolve } from "node:path";
import { getSystemErrorName } from "node:util";
import { messageOf } from "../../log.ts";
import { makeFolder } from "../../make-folder.ts";
import { socketAnswers } from "../socket-answers.ts";
import type { BindOutcome, SocketHandle } from "./bind-socket.ts";

const { _createServerHandle: createServerHandle } = net as unknown as {
  _createServerHandle: (path: string, port: -1, addressType: -1) => SocketHandle | number;
};
/** The system's limit for the path of a unix socket, in bytes (unix(7)). */
const MAX_PATH_BYTES = 107;

/**
 * Bound under another name and renamed over the path, so that there is no moment at which nobody
 * could come to it. Refused while another agent answers there.
 */
export async function bindPageSocket(usual: string): Promise<BindOutcome> {
  const path = behindLink(usual);
  const temporary = join(dirname(path), `.${process.pid.toString(36)}.sock`);
  if (Math.max(Buffer.byteLength(path), Buffer.byteLength(temporary)) > MAX_PATH_BYTES)
    return refused("ENAMETOOLONG", `the path ${path} has more than ${String(MAX_PATH_BYTES)} bytes`);
  if (await socketAnswers(path)) return refused("EADDRINUSE", `another agent answers on ${path}; stop that one first`);
  try {
    makeFolder(dirname(path), 0o755);
    rmSync(temporary, { force: true });
    const handle = createServerHandle(temporary, -1, -1);
    if (typeof handle === "number") return refused(getSystemErrorName(handle), `${path} cannot be bound`);
    chmodSync(temporary, 0o660);
    // The group that was given to it when its web server was prepared.
    const former = lstatSync(path, { throwIfNoEntry: false });
    if (former !== undefined) chownSync(temporary, process.geteuid?.() ?? former.uid, former.gid);
    renameSync(temporary, path);
    return { ok: true, handle, port: 0 };
  } catch (failure) {
    return refused((failure as NodeJS.ErrnoException).code ?? "EINVAL", messageOf(failure));
  }
}

/** Where the web server has a root folder of its own, the socket is within it. */
function behindLink(path: string): string {
  const there = lstatSync(path, { throwIfNoEntry: false });
  return there?.isSymbolicLink() === true ? resolve(dirname(path), readlinkSync(path)) : path;
}

function refused(code: string, message: string): BindOutcome {
  return { ok: false, code, message };
}
