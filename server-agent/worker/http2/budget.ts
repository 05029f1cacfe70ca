/**
 * What a client may cost beyond its requests. Frames that carry nothing, and streams that are reset
 * before they were answered, are cheap to send and dear to take: floods of them have brought
 * servers down (CVE-2019-9512, -9515, -9518, CVE-2023-44487). Each takes from a budget that fills
 * up with time and with what is sent; who has spent it is sent away.
 */
import { ConnectionFault, ErrorCode } from "./faults.ts";

/** Frames that carry nothing: so many at once, and so many a second in the long run. */
const MAX_CONTROL_FRAMES = 1000;
const CONTROL_FRAMES_PER_SECOND = 100;
/** Some peers open their windows, the stream's and the connection's, for each 4 KB they read. */
export const CONTROL_FRAMES_PER_DATA_FRAME = 16;

/** For frames that carry nothing. */
export function controlBudget(): Budget {
  return new Budget("frames that carry nothing", MAX_CONTROL_FRAMES, CONTROL_FRAMES_PER_SECOND);
}

export class Budget {
  readonly #max: number;
  readonly #perSecond: number;
  readonly #what: string;
  #left: number;

  constructor(what: string, max: number, perSecond: number) {
    this.#what = what;
    this.#max = max;
    this.#perSecond = perSecond;
    this.#left = max;
  }

  /** @throws ConnectionFault when nothing is left. */
  spend(): void {
    this.#left -= 1;
    if (this.#left < 0) throw new ConnectionFault(ErrorCode.ENHANCE_YOUR_CALM, `too many ${this.#what}`);
  }

  /** Without a bound: what is earned by one long download may come back at its end. */
  earn(count: number): void {
    this.#left += count;
  }

  /** Called once a second. */
  refill(): void {
    if (this.#left < this.#max) this.#left = Math.min(this.#max, this.#left + this.#perSecond);
  }
}
