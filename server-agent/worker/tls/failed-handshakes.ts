/**
 * Visitors with whom no TLS connection came about, or of whom a proxy told nonsense. Port scanners
 * are most of them: so they are logged now and then.
 */
import type { Log } from "../../log.ts";

const LOG_INTERVAL_MS = 60_000;

/** Who hangs up before the end has said nothing that is worth a line. */
const LEFT = new Set(["ECONNRESET", "EPIPE", "ECONNABORTED"]);

export class FailedHandshakes {
  readonly #log: Log;
  /** Since the last line. */
  #unlogged = 0;
  #loggedAt = 0;

  constructor(log: Log) {
    this.#log = log;
  }

  count(why: string, client: string): void {
    if (LEFT.has(why)) return;
    this.#unlogged += 1;
    const now = Date.now();
    if (now - this.#loggedAt < LOG_INTERVAL_MS) return;
    this.#loggedAt = now;
    this.#log.warn("TLS handshakes failed", { failed: this.#unlogged, latest: why, client });
    this.#unlogged = 0;
  }
}
