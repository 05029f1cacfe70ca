/** The health checks of one target, again and again until it is closed. */
import type { HealthCheck } from "../../contract/upstream.ts";
import { afterCheck, type CheckState } from "../../core/balance/check-state.ts";
import type { Target } from "../../worker/upstream/target.ts";
import { askTarget } from "./ask-target.ts";

export class TargetCheck {
  readonly target: Target;
  readonly #check: HealthCheck;
  readonly #changed: () => void;
  #state: CheckState | undefined;
  #why = "";
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  /** @param changed It is down now, or healthy again. */
  constructor(target: Target, check: HealthCheck, changed: () => void) {
    this.target = target;
    this.#check = check;
    this.#changed = changed;
    void this.#ask();
  }

  /** Why it is down; undefined: it is not. */
  get why(): string | undefined {
    return this.#state?.isDown === true ? this.#why : undefined;
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
  }

  async #ask(): Promise<void> {
    const { interval = 5, timeout = 2, failures = 2, successes = 2 } = this.#check;
    const why = await askTarget(this.target, this.#check, timeout * 1000);
    if (this.#isClosed) return;
    const before = this.#state;
    this.#state = afterCheck(before, why === undefined, { failures, successes });
    if (why !== undefined) this.#why = why;
    if (this.#state.isDown !== (before?.isDown ?? false)) this.#changed();
    this.#timer = setTimeout(() => void this.#ask(), interval * 1000).unref();
  }
}
