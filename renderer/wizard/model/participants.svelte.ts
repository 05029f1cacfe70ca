/** All sites of the draft as they are on their servers now, while the last step shows them. */
import { appState } from "../../lib/app-state.svelte.ts";
import { isTogether, memberOf, placesOf, type Member, type PlannedPlace } from "./together.ts";
import type { Wizard } from "./wizard.svelte.ts";

export class Participants {
  /** Only worked out where they are shown. */
  readonly members: readonly Member[] = $derived.by(() => {
    const { draft, step } = this.#wizard;
    return step === "restart" && (isTogether(draft) || draft.when === "planned")
      ? placesOf(draft).map((place) => memberOf(place, draft, appState.current, appState.now))
      : [];
  });
  /** What would be asked of the servers, for those that can take part. */
  readonly planned: readonly PlannedPlace[] = $derived.by(() => this.members.flatMap(({ planned }) => planned ?? []));
  readonly #wizard: Wizard;

  constructor(wizard: Wizard) {
    this.#wizard = wizard;
  }

  /** Whether they are one site, on several servers. */
  get areAlike(): boolean {
    return this.members.every(({ isAlike }) => isAlike);
  }

  /** Whether every one of them can take part. */
  get areAllThere(): boolean {
    return this.planned.length === this.members.length;
  }
}
