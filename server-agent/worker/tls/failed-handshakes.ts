/**
 * Visitors with whom no TLS connection came about, or of whom a proxy told nonsense. Port scanners
 * are most of them: so they are counted, and logged now and then.
 */
import type { Log } from "../../log.ts";

const LOG_INTERVAL_MS = 60_000;
const REPORT_INTERVAL_MS = 1000;

/** Who hangs up before the end has said nothing that is worth a line. */
const LEFT = new Set(["ECONNRESET", "EPIPE", "ECONNABORTED"]);

export class FailedHandshakes {
  readonly #log: Log;
  readonly #report: (count: number) => void;
  /** Since the last line, and since the last report. */
  #unlogged = 0;
  #unreported = 0;
  #loggedAt = 0;

  /** @param report Told now and then how many there were since it was told last. */
  constructor(log: Log, report: (count: number) => void) {
    this.#log = log;
    this.#report = report;
  }

  count(why: string, client: string): void {
    this.#unreported += 1;
    if (this.#unreported === 1) setTimeout(() => this.#reportNow(), REPORT_INTERVAL_MS).unref();
    if (LEFT.has(why)) return;
    this.#unlogged += 1;
    const now = Date.now();
    if (now - this.#loggedAt < LOG_INTERVAL_MS) return;
    this.#loggedAt = now;
    this.#log.warn("TLS handshakes failed", { failed: this.#unlogged, latest: why, client });
    this.#unlogged = 0;
  }

  #reportNow(): void {
    const count = this.#unreported;
    this.#unreported = 0;
    this.#report(count);
  }
}
