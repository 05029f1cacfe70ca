/**
 * What takes place in the time that is shown; asked for again whenever a window of any server has
 * changed.
 */
import type { Failure } from "../../main/contract/failures.ts";
import type { Schedule } from "../../main/contract/schedule.ts";
import { appState } from "../lib/app-state.svelte.ts";
import { call, failureOf } from "../lib/bridge.ts";

const DEBOUNCE_MS = 60;

export class ScheduleSource {
  schedule: Schedule | undefined = $state.raw();
  failure: Failure | undefined = $state.raw();
  #seen: readonly unknown[] = [];
  /**
   * The windows of all servers, who of them can be reached, and the minute: the same array as long
   * as all of it is the same, as the state is replaced with every observation.
   */
  readonly changes = $derived.by(() => {
    const now = [
      Math.floor(appState.now / 60_000),
      ...appState.current.servers.flatMap(({ snapshot, connection }) => [snapshot?.windows, connection.state]),
    ];
    if (now.length !== this.#seen.length || now.some((value, index) => value !== this.#seen[index])) this.#seen = now;
    return this.#seen;
  });
  #asked = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param _changes for the effect that calls this: when it asks again */
  follow(range: { from: string; to: string }, _changes: readonly unknown[]): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#load(range), DEBOUNCE_MS);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#asked += 1;
  }

  async #load(range: { from: string; to: string }): Promise<void> {
    this.#asked += 1;
    const question = this.#asked;
    try {
      const schedule = await call("windows.occurrences", range);
      if (question !== this.#asked) return;
      this.schedule = schedule;
      this.failure = undefined;
    } catch (error) {
      if (question === this.#asked) this.failure = failureOf(error);
    }
  }
}
