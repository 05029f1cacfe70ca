/** The listening sockets: opened before a swap, kept across it, closed after it. */
import { setTimeout as delay } from "node:timers/promises";
import type { BoundListener } from "../../contract/agent.ts";
import type { Listener } from "../../contract/config.ts";
import type { Problem } from "../../contract/errors.ts";
import { bindSocket, type SocketHandle } from "./bind-socket.ts";
import type { ListenerName } from "../../worker/protocol.ts";

export interface OpenListener {
  /** Number of the socket in this process. */
  readonly socket: number;
  readonly config: Listener;
  readonly port: number;
  readonly handle: SocketHandle;
}

/** Sockets for the next generation; nothing has changed until `apply`. */
export interface StagedListeners {
  readonly next: readonly OpenListener[];
  /** Bound for this stage only. */
  readonly opened: readonly OpenListener[];
}

export type StageOutcome = { ok: true; staged: StagedListeners } | { ok: false; problems: Problem[] };

/** What workers must do so that they accept on the new set. */
export interface ListenerMoves {
  /** Numbers of sockets. */
  unlisten: number[];
  listen: OpenListener[];
}

export class Listeners {
  #open: readonly OpenListener[] = [];
  #sockets = 0;

  /** Begins with the sockets of the agent before this one, under their numbers. */
  adopt(open: readonly OpenListener[]): void {
    this.#open = open;
    this.#sockets = Math.max(0, ...open.map(({ socket }) => socket));
  }

  /** Other names for open sockets. */
  rename(names: readonly ListenerName[]): void {
    const byNumber = new Map(names.map(({ socket, name }) => [socket, name]));
    this.#open = this.#open.map((open) => ({
      ...open,
      config: { ...open.config, name: byNumber.get(open.socket) ?? open.config.name },
    }));
  }

  get open(): readonly OpenListener[] {
    return this.#open;
  }

  bound(): BoundListener[] {
    return this.#open.map(({ config, port }) => ({ name: config.name, address: config.address, port }));
  }

  /**
   * Binds what the next generation needs and does not have yet. A listener whose address and port
   * stay keeps its socket, also under a new name. `patience` (ms): how long to wait for addresses
   * in use, for the workers of a killed agent end a moment after it.
   */
  async stage(wanted: readonly Listener[], patience = 0): Promise<StageOutcome> {
    const free = new Set(this.#open);
    const next: OpenListener[] = [];
    const opened: OpenListener[] = [];
    const problems: Problem[] = [];
    const giveUpAt = performance.now() + patience;
    for (const [index, listener] of wanted.entries()) {
      const kept = [...free].find((open) => isSame(open, listener));
      if (kept !== undefined) {
        free.delete(kept);
        next.push({ ...kept, config: listener });
        continue;
      }
      let outcome = bindSocket(listener.address, listener.port);
      while (!outcome.ok && outcome.code === "EADDRINUSE" && performance.now() < giveUpAt) {
        await delay(25);
        outcome = bindSocket(listener.address, listener.port);
      }
      if (outcome.ok) {
        const open = { socket: ++this.#sockets, config: listener, port: outcome.port, handle: outcome.handle };
        opened.push(open);
        next.push(open);
      } else {
        const field = outcome.code === "EADDRINUSE" || outcome.code === "EACCES" ? "port" : "address";
        problems.push({
          path: `/listeners/${index}/${field}`,
          code: `listener.${outcome.code.toLowerCase()}`,
          message: `listener ${listener.name}: ${outcome.message}${this.#own(listener)}`,
        });
      }
    }
    if (problems.length === 0) return { ok: true, staged: { next, opened } };
    for (const { handle } of opened) handle.close();
    return { ok: false, problems };
  }

  discard(staged: StagedListeners): void {
    for (const { handle } of staged.opened) handle.close();
  }

  /**
   * Makes the staged set the open one. Sockets that nobody needs any more are closed here; the
   * workers close their copies on `unlisten`.
   */
  apply(staged: StagedListeners): ListenerMoves {
    const before = this.#open;
    this.#open = staged.next;
    const gone = before.filter((old) => !staged.next.some(({ socket }) => socket === old.socket));
    for (const { handle } of gone) handle.close();
    return {
      unlisten: gone.map(({ socket }) => socket),
      listen: staged.next.filter(({ socket }) => !before.some((old) => old.socket === socket)),
    };
  }

  /** Closes this process' copies of the sockets; their names are still known. */
  release(): void {
    for (const { handle } of this.#open) handle.close();
  }

  close(): void {
    for (const { handle } of this.#open) handle.close();
    this.#open = [];
  }

  #own(listener: Listener): string {
    const own = this.#open.find((open) => open.port === listener.port);
    return own === undefined
      ? ""
      : ` (this agent's own listener ${own.config.name} has it: remove that one first, in a change of its own)`;
  }
}

function isSame(open: OpenListener, wanted: Listener): boolean {
  if (open.config.address !== wanted.address) return false;
  return wanted.port === 0 ? open.config.port === 0 && open.config.name === wanted.name : wanted.port === open.port;
}
