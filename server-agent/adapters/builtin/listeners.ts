/** The listening sockets: opened before a swap, kept across it, closed after it. */
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { BoundListener } from "../../contract/agent.ts";
import type { Config, Listener } from "../../contract/config.ts";
import type { Problem } from "../../contract/errors.ts";
import { foreignListeners } from "../../core/web-servers/foreign-listeners.ts";
import { foreignServer } from "../../core/web-servers/foreign-server.ts";
import { bindPageSocket } from "./bind-page-socket.ts";
import { type BindOutcome, bindSocket, type SocketHandle } from "./bind-socket.ts";
import { passedSocketFor, type PassedSocket } from "./passed-sockets.ts";
import type { ListenerName } from "../../worker/protocol.ts";

export interface OpenListener {
  /** Number of the socket in this process. */
  readonly socket: number;
  /** A page source has the id of its web server as its name, and a path as its address. */
  readonly config: Listener;
  readonly port: number;
  readonly handle: SocketHandle;
}

/** Sockets for the next generation; nothing has changed until `apply`. */
export interface StagedListeners {
  readonly next: readonly OpenListener[];
  /** Bound for this stage only. */
  readonly opened: readonly OpenListener[];
  /** Those of web servers, which are never bound here. */
  readonly foreign: readonly BoundListener[];
}

export type StageOutcome = { ok: true; staged: StagedListeners } | { ok: false; problems: Problem[] };

/** What workers must do so that they accept on the new set. */
export interface ListenerMoves {
  /** Numbers of sockets. */
  unlisten: number[];
  listen: OpenListener[];
}

export class Listeners {
  readonly #webFolder: string;
  readonly #passed: readonly PassedSocket[];
  #open: readonly OpenListener[] = [];
  #foreign: readonly BoundListener[] = [];
  #sockets = 0;

  /**
   * @param webFolder Where the page sources of web servers are bound.
   * @param passed Sockets that systemd has bound: they are used again, and never closed before the
   *   end, as nobody here could bind them anew.
   */
  constructor(webFolder: string, passed: readonly PassedSocket[] = []) {
    this.#webFolder = webFolder;
    this.#passed = passed;
  }

  /** Sockets that systemd has bound, and no listener has. */
  unused(): PassedSocket[] {
    return this.#passed.filter((passed) => !this.#open.some(({ handle }) => handle === passed.handle));
  }

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
    const own = this.#open.filter(({ config }) => !isPageSource(config));
    return [
      ...own.map(({ config: { name, address, tls = false, proxyProtocol }, port }) => ({
        name,
        address,
        port,
        ...(tls === false ? {} : { tls: true }),
        ...(proxyProtocol === true ? { proxyProtocol } : {}),
      })),
      ...this.#foreign,
    ];
  }

  /**
   * Binds what the next generation needs and does not have yet. A listener whose address and port
   * stay keeps its socket, also under a new name. `patience` (ms): how long to wait for addresses
   * in use, for the workers of a killed agent end a moment after it.
   */
  async stage(config: Pick<Config, "listeners" | "virtualHosts">, patience = 0): Promise<StageOutcome> {
    const free = new Set(this.#open);
    const next: OpenListener[] = [];
    const opened: OpenListener[] = [];
    const problems: Problem[] = [];
    const giveUpAt = performance.now() + patience;
    for (const { listener, path } of wantedSockets(config, this.#webFolder)) {
      const kept = [...free].find((open) => isSame(open, listener));
      if (kept !== undefined) {
        free.delete(kept);
        next.push({ ...kept, config: listener });
        continue;
      }
      let outcome = await this.#bind(listener);
      while (!outcome.ok && outcome.code === "EADDRINUSE" && performance.now() < giveUpAt) {
        await delay(25);
        outcome = await this.#bind(listener);
      }
      if (outcome.ok) {
        const open = { socket: ++this.#sockets, config: listener, port: outcome.port, handle: outcome.handle };
        opened.push(open);
        next.push(open);
      } else {
        const field = outcome.code === "EADDRINUSE" || outcome.code === "EACCES" ? "port" : "address";
        problems.push({
          path: `${path}/${field}`,
          code: `listener.${outcome.code.toLowerCase()}`,
          message: `listener ${listener.name}: ${outcome.message}${this.#own(listener)}`,
        });
      }
    }
    if (problems.length === 0) return { ok: true, staged: { next, opened, foreign: foreignListeners(config) } };
    for (const open of opened) this.#close(open);
    return { ok: false, problems };
  }

  discard(staged: StagedListeners): void {
    for (const open of staged.opened) this.#close(open);
  }

  /**
   * Makes the staged set the open one. Sockets that nobody needs any more are closed here; the
   * workers close their copies on `unlisten`.
   */
  apply(staged: StagedListeners): ListenerMoves {
    const before = this.#open;
    this.#open = staged.next;
    this.#foreign = staged.foreign;
    const gone = before.filter((old) => !staged.next.some(({ socket }) => socket === old.socket));
    for (const open of gone) this.#close(open);
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

  #bind(listener: Listener): BindOutcome | Promise<BindOutcome> {
    if (isPageSource(listener)) return bindPageSocket(listener.address);
    const found = passedSocketFor(listener, this.#passed);
    if (!found.ok) return { ok: false, code: "EADDRNOTAVAIL", message: found.message };
    const { socket } = found;
    return socket === undefined ? bindSocket(listener.address, listener.port) : { ok: true, ...socket };
  }

  #close({ handle }: OpenListener): void {
    if (!this.#passed.some((passed) => passed.handle === handle)) handle.close();
  }

  #own(listener: Listener): string {
    const own = this.#open.find((open) => open.port === listener.port);
    return own === undefined
      ? ""
      : ` (this agent's own listener ${own.config.name} has it: remove that one first, in a change of its own)`;
  }
}

/** What is to be bound, each with its path in the document. */
function wantedSockets(
  { listeners, virtualHosts }: Pick<Config, "listeners" | "virtualHosts">,
  webFolder: string,
): { listener: Listener; path: string }[] {
  const own = listeners.flatMap((listener, index) =>
    listener.foreign === undefined ? [{ listener, path: `/listeners/${String(index)}` }] : [],
  );
  const sources = new Map<string, { listener: Listener; path: string }>();
  for (const [index, virtualHost] of virtualHosts.entries()) {
    const name = foreignServer(virtualHost);
    if (name === undefined || sources.has(name)) continue;
    const address = join(webFolder, `${name}.sock`);
    sources.set(name, { listener: { name, address, port: 0 }, path: `/virtualHosts/${String(index)}` });
  }
  return [...own, ...sources.values()];
}

/** Only a page source has a path. */
export function isPageSource({ address }: Listener): boolean {
  return address.startsWith("/");
}

function isSame(open: OpenListener, wanted: Listener): boolean {
  if (open.config.address !== wanted.address) return false;
  return wanted.port === 0 ? open.config.port === 0 && open.config.name === wanted.name : wanted.port === open.port;
}
