/**
 * Visitors with whom no TLS connection came about. Port scanners are most of them: so they are
 * counted, and told now and then.
 */
import type { Log } from "../../log.ts";

const TELL_INTERVAL_MS = 60_000;

/** Who hangs up before the end has said nothing that is worth a line. */
const LEFT = new Set(["ECONNRESET", "EPIPE", "ECONNABORTED"]);

export class FailedHandshakes {
  readonly #log: Log;
  /** Since the last line. */
  #untold = 0;
  #toldAt = 0;
  total = 0;

  constructor(log: Log) {
    this.#log = log;
  }

  count(why: string, client: string): void {
    this.total += 1;
    if (LEFT.has(why)) return;
    this.#untold += 1;
    const now = Date.now();
    if (now - this.#toldAt < TELL_INTERVAL_MS) return;
    this.#toldAt = now;
    this.#log.warn("TLS handshakes failed", { failed: this.#untold, latest: why, client });
    this.#untold = 0;
  }
}
