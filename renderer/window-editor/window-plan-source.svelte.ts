/** What a window would do as it is filled in now, as its servers say. */
import type { Failure } from "../../main/contract/failures.ts";
import type { Input } from "../../main/contract/commands.ts";
import type { ServerWindowPlan } from "../../main/contract/windows.ts";
import { call, failureOf } from "../lib/bridge.ts";

const DEBOUNCE_MS = 200;

export class WindowPlanSource {
  servers: ServerWindowPlan[] | undefined = $state.raw();
  failure: Failure | undefined = $state.raw();
  #asked = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  ask(request: Input<"windows.plan">): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#load(request), this.servers === undefined ? 0 : DEBOUNCE_MS);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#asked += 1;
  }

  /** Nothing that was planned before holds any more. */
  clear(): void {
    this.stop();
    this.servers = undefined;
    this.failure = undefined;
  }

  /** Every server would take it. */
  get isFine(): boolean {
    return (
      this.servers !== undefined && this.servers.length > 0 && this.servers.every(({ failure }) => failure === null)
    );
  }

  async #load(request: Input<"windows.plan">): Promise<void> {
    this.#asked += 1;
    const question = this.#asked;
    try {
      const { servers } = await call("windows.plan", request);
      if (question !== this.#asked) return;
      this.servers = servers;
      this.failure = undefined;
    } catch (error) {
      if (question === this.#asked) this.failure = failureOf(error);
    }
  }
}
