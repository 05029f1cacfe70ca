/** Puts several sites in maintenance at once, in two phases; all of them or none. */
import type { Warning } from "../../../main/contract/agent.ts";
import { call } from "../../lib/bridge.ts";
import type { Screen } from "../../lib/screen.ts";
import { keepDraft } from "./kept-drafts.ts";
import type { LeadingSite } from "./leading-site.svelte.ts";
import type { Participants } from "./participants.svelte.ts";
import { PlacePlans } from "./place-plans.svelte.ts";
import type { Strategy } from "./strategy.ts";
import { targetsOf, titleOf } from "./together.ts";
import type { Wizard } from "./wizard.svelte.ts";

export class SwitchTogether implements Strategy {
  readonly plans = new PlacePlans();
  readonly isDisruptive = false;
  readonly #wizard: Wizard;
  readonly #site: LeadingSite;
  readonly #participants: Participants;

  /** Made while a component is set up: it keeps the plans current until that is destroyed. */
  constructor(wizard: Wizard, site: LeadingSite, participants: Participants) {
    this.#wizard = wizard;
    this.#site = site;
    this.#participants = participants;
    $effect(() => {
      const { planned } = participants;
      if (wizard.draft.when === "now" && wizard.isSound && planned.length > 0) this.plans.ask(planned);
    });
    $effect(() => () => this.plans.stop());
  }

  get isReady(): boolean {
    const { members, planned, areAllThere } = this.#participants;
    return (
      areAllThere &&
      planned.every((place) => this.plans.verdictOf(place)?.ok === true) &&
      members.every(({ held }) => held === "")
    );
  }

  get warnings(): readonly Warning[] {
    return this.#participants.planned.flatMap((place) => {
      const verdict = this.plans.verdictOf(place);
      return verdict?.ok === true ? verdict.warnings : [];
    });
  }

  async submit(): Promise<Screen> {
    const { operationId } = await call("fleet.start", {
      title: titleOf(this.#wizard.draft, this.#site.name, this.#participants.areAlike),
      targets: targetsOf(this.#participants.planned),
    });
    keepDraft(operationId, $state.snapshot(this.#wizard.draft));
    return { screen: "fleet", operationId };
  }
}
