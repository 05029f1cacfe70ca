/** One target of an upstream: its address, its idle connections, and its health. */
import { type Health, HEALTHY } from "../../core/balance/target-health.ts";
import { parseTarget, type TargetAddress, type TargetOptions } from "../../core/config/upstream-target.ts";
import type { Protocol } from "../../core/upstream-of.ts";
import { PROTOCOLS } from "../upstream-protocols/protocols.ts";
import type { TargetTls } from "./target-tls.ts";

/**
 * A request that cannot be repeated goes only over a connection that was in use this recently: an
 * upstream that closes idle connections might close an older one at the very moment the request is
 * sent, and then nobody could know whether it was carried out.
 */
const RECENT_MS = 1000;

/** A connection that takes a call. */
interface UsableConnection {
  /** `performance.now()` of the end of the last call. */
  readonly idleSince: number;
  readonly usable: boolean;
  /** Calls that it carries; only one of HTTP/2 carries any while it takes more. */
  readonly calls: number;
  destroy(): void;
}

export class Target<Connection extends UsableConnection = UsableConnection> {
  /** As the configuration has it. */
  readonly url: string;
  readonly id: string | undefined;
  readonly weight: number;
  readonly isBackup: boolean;
  readonly protocol: Protocol;
  /** `127.0.0.1:3000`, the target's own Host. */
  readonly authority: string;
  /** For the log. */
  readonly name: string;
  /** As `net.connect` has it. */
  readonly address: TargetAddress["address"];
  readonly http2Scheme: "http" | "https" | undefined;
  /** How TLS is spoken with it; undefined: it is not. */
  readonly tls: TargetTls | undefined;
  health: Health = HEALTHY;
  /** That it is failing was told, and holds until then. */
  toldUntil = 0;
  /** Calls that it has begun to answer: by their number, who waits for it sees whether it works. */
  answers = 0;
  /** Connections to it that carry one call at a time, idle ones included. */
  open = 0;
  readonly #idle: Connection[] = [];
  /** Those of HTTP/2, which carry many. */
  readonly #shared: Connection[] = [];
  readonly #maxIdle: number;

  /**
   * @param tls For a target that speaks it.
   * @param maxIdle Connections to keep; undefined: as many as suit the protocol.
   */
  constructor({ url, id, weight, isBackup }: TargetOptions, tls: TargetTls | undefined, maxIdle?: number) {
    const address = parseTarget(url);
    if (address === undefined) throw new Error(`${url} is not a target`);
    this.url = url;
    this.id = id;
    this.weight = weight;
    this.isBackup = isBackup;
    this.protocol = address.protocol;
    this.authority = address.authority;
    this.name = address.name;
    this.address = address.address;
    this.tls = address.isSecure ? tls : undefined;
    this.http2Scheme = !address.isHttp2 ? undefined : address.isSecure ? "https" : "http";
    const { keepAlive } = PROTOCOLS[address.protocol];
    this.#maxIdle = keepAlive === undefined ? 0 : (maxIdle ?? keepAlive);
  }

  /**
   * The idle connection that was used last, if it is good for this call. Where all are too old for
   * it, the fresh one that it gets takes the place of the oldest, or they would become more with
   * every call.
   */
  takeIdle(repeatable: boolean, now: number): Connection | undefined {
    for (;;) {
      const connection = this.#idle.at(-1);
      if (connection === undefined) return undefined;
      if (!repeatable && now - connection.idleSince > RECENT_MS) {
        this.#idle.shift()?.destroy();
        return undefined;
      }
      this.#idle.pop();
      if (connection.usable) return connection;
      connection.destroy();
    }
  }

  /** A connection to it is made. */
  add(connection: Connection): void {
    if (this.http2Scheme === undefined) this.open++;
    else this.#shared.push(connection);
  }

  /** It has closed. */
  drop(connection: Connection): void {
    remove(this.#idle, connection);
    if (!remove(this.#shared, connection)) this.open--;
  }

  /** A connection of HTTP/2 that takes one more call. */
  shared(): Connection | undefined {
    return this.#shared.find(({ usable }) => usable);
  }

  /** Requests that it is working on, WebSockets included. */
  get calls(): number {
    let calls = this.open - this.#idle.length;
    for (const connection of this.#shared) calls += connection.calls;
    return calls;
  }

  /** Connections to it may be used again. */
  get keepsIdle(): boolean {
    return this.#maxIdle > 0;
  }

  /** False when there are enough of them. */
  keepIdle(connection: Connection): boolean {
    if (this.http2Scheme !== undefined) return this.#shared.filter(({ calls }) => calls === 0).length <= this.#maxIdle;
    if (this.#idle.length >= this.#maxIdle) return false;
    this.#idle.push(connection);
    return true;
  }

  closeIdle(): void {
    for (const connection of this.#idle.splice(0)) connection.destroy();
    for (const connection of this.#shared) if (connection.calls === 0) connection.destroy();
  }
}

/** False when it is not among them. */
function remove<Connection>(list: Connection[], connection: Connection): boolean {
  const index = list.lastIndexOf(connection);
  if (index >= 0) list.splice(index, 1);
  return index >= 0;
}
