/**
 * A unix socket with mode 0600 at a path that may have another owner a moment before and a moment
 * after. It is bound under a name of its own and renamed over the path: so there is no moment at
 * which nobody answers there, and closing it never removes what a successor has put in its place.
 */
import { chownSync, lstatSync, renameSync, rmSync, statSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { dirname, join } from "node:path";

/**
 * Where the process binds a socket before it is renamed; not longer than the path itself with any
 * usual name.
 */
export function temporarySocketPath(path: string, pid: number = process.pid): string {
  return join(dirname(path), `.${pid.toString(36)}`);
}

export class PrivateSocket {
  readonly #path: string;
  readonly #temporary: string;
  readonly #server: Server;
  readonly #owner: number | undefined;
  /** Accepts for the server where its own socket has lost its name. */
  #substitute: Server | undefined;
  #inode: { dev: number; ino: number } | undefined;
  readonly #clearUp = (): void => this.#removeTemporary();

  /** @param owner id of the user who may connect, beside root; default: the process' own */
  constructor(path: string, server: Server, owner?: number) {
    this.#path = path;
    this.#temporary = temporarySocketPath(path);
    this.#server = server;
    this.#owner = owner;
  }

  /** Lets the server listen; nobody knows its name yet. Rejects with the system's error. */
  async bind(): Promise<void> {
    await this.#bind(this.#server);
  }

  async #bind(server: Server): Promise<void> {
    this.#removeTemporary();
    await listenPrivately(server, this.#temporary);
    process.once("exit", this.#clearUp);
    const { dev, ino, gid } = statSync(this.#temporary);
    this.#inode = { dev, ino };
    try {
      if (this.#owner !== undefined) chownSync(this.#temporary, this.#owner, gid);
    } catch (failure) {
      server.close();
      throw failure;
    }
  }

  /** Puts it at the path, in place of whatever socket is there. Throws the system's error. */
  publish(): void {
    renameSync(this.#temporary, this.#path);
    process.off("exit", this.#clearUp);
  }

  /**
   * Makes sure that whoever comes to the path comes to this process, and not to a successor that
   * has ended (`from`: its pid). Rejects with the system's error.
   */
  async reclaim(from: number): Promise<void> {
    rmSync(temporarySocketPath(this.#path, from), { force: true });
    if (this.#isOwn()) return;
    this.#substitute?.close();
    // Half-open, like the server's own: a client may end its side before it has the reply.
    this.#substitute = createServer({ allowHalfOpen: true, noDelay: true }, (socket) =>
      this.#server.emit("connection", socket),
    );
    await this.#bind(this.#substitute);
    this.publish();
  }

  /** Accepts nothing any more. Removes the path if it is still this one's. */
  close(): void {
    if (this.#isOwn()) rmSync(this.#path, { force: true });
    this.#substitute?.close();
  }

  #isOwn(): boolean {
    const found = lstatSync(this.#path, { throwIfNoEntry: false });
    return found !== undefined && found.ino === this.#inode?.ino && found.dev === this.#inode.dev;
  }

  #removeTemporary(): void {
    rmSync(this.#temporary, { force: true });
  }
}

function listenPrivately(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    // The socket is bound within this call: there is no moment at which others could connect.
    const umask = process.umask(0o177);
    try {
      server.listen(path, () => {
        server.off("error", reject);
        resolve();
      });
    } finally {
      process.umask(umask);
    }
  });
}
