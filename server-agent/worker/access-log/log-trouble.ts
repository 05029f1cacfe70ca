/** Lines of an access log that nobody will read: said once, and how many when it works again. */
import type { Log } from "../../log.ts";

/**
 * A place is taken to work again after this time (ms) without a failure: what a connection or a
 * program takes is not always what arrives, and what goes wrong every second is one trouble.
 */
const SETTLED_MS = 5000;

export class LogTrouble {
  readonly #to: string;
  readonly #log: Log;
  readonly #lost: (lines: number) => void;
  #isFailing = false;
  #failedAt = 0;
  #unsaid = 0;

  /** @param lost Told of every line that is lost. */
  constructor(to: string, log: Log, lost: (lines: number) => void) {
    this.#to = to;
    this.#log = log;
    this.#lost = lost;
  }

  failed(why: string, lines: number): void {
    if (!this.#isFailing)
      this.#log.warn("access log cannot be written, lines are lost; requests are not affected", { to: this.#to, why });
    this.#isFailing = true;
    this.#failedAt = performance.now();
    this.#unsaid += lines;
    if (lines > 0) this.#lost(lines);
  }

  worked(): void {
    if (!this.#isFailing || performance.now() - this.#failedAt < SETTLED_MS) return;
    this.#log.info("access log is written again", { to: this.#to, lostLines: this.#unsaid });
    this.#isFailing = false;
    this.#unsaid = 0;
  }
}
