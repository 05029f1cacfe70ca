/** The one holder of the app's state. */
import type { AppState, StatePatch } from "../contract/state.ts";
import type { PartPatch, StateParts } from "../contract/state/parts.ts";
import { type Action, reduce } from "./app-state.ts";

/** Holds the one `AppState` and tells its listeners what changed, in order. */
export class StateStore {
  #state: AppState;
  readonly #listeners = new Set<(patch: StatePatch, state: AppState) => void>();

  constructor(state: AppState) {
    this.#state = state;
  }

  get state(): AppState {
    return this.#state;
  }

  dispatch(action: Action): void {
    const { state, patch } = reduce(this.#state, action);
    this.#state = state;
    if (patch !== undefined) for (const listener of this.#listeners) listener(patch, state);
  }

  /** Replaces one part of the state. */
  set<P extends keyof StateParts>(part: P, value: StateParts[P]): void {
    this.dispatch({ type: "part", ...({ part, value } as PartPatch) });
  }

  /** @returns stops listening */
  onPatch(listener: (patch: StatePatch, state: AppState) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
