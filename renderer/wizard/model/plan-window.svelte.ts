/** Plans the maintenance as a window, on all servers or on none; from then on it is theirs. */
import { t } from "../../../main/language/translate.ts";
import { untrack } from "svelte";
import type { Warning } from "../../../main/contract/agent.ts";
import { call } from "../../lib/bridge.ts";
import type { Screen } from "../../lib/screen.ts";
import { sayDone } from "../../window-editor/window-actions.svelte.ts";
import { termsOf } from "../../window-editor/window-form.ts";
import { WindowPlanSource } from "../../window-editor/window-plan-source.svelte.ts";
import type { LeadingSite } from "./leading-site.svelte.ts";
import type { Participants } from "./participants.svelte.ts";
import type { Strategy } from "./strategy.ts";
import { isTogether, titleOf, windowTargetsOf } from "./together.ts";
import type { Wizard } from "./wizard.svelte.ts";

export class PlanWindow implements Strategy {
  readonly plans = new WindowPlanSource();
  readonly isDisruptive = false;
  readonly #wizard: Wizard;
  readonly #site: LeadingSite;
  readonly #participants: Participants;
  /** As text, so that what changes on the servers alone asks nothing anew. */
  readonly #request: string | undefined = $derived.by(() => {
    const { draft, step, window } = this.#wizard;
    return step === "restart" &&
      draft.when === "planned" &&
      this.#wizard.isSound &&
      this.#wizard.faultsIn("restart").length === 0 &&
      this.#participants.areAllThere
      ? JSON.stringify({ terms: termsOf(window), targets: this.#targets(), windows: [] })
      : undefined;
  });

  /** Made while a component is set up: it keeps the plans current until that is destroyed. */
  constructor(wizard: Wizard, site: LeadingSite, participants: Participants) {
    this.#wizard = wizard;
    this.#site = site;
    this.#participants = participants;
    $effect(() => {
      if (this.#request === undefined) this.plans.clear();
      else this.plans.ask(JSON.parse(this.#request) as Parameters<typeof this.plans.ask>[0]);
      return () => this.plans.stop();
    });
    $effect(() => {
      // Once: who empties the field wants another title.
      if (wizard.draft.when === "planned") untrack(() => this.#proposeTitle());
    });
  }

  /** Every field is filled in, so the servers can say what it would do. */
  get isFilledIn(): boolean {
    return this.#request !== undefined;
  }

  /** Those of the leading site until the servers say theirs. */
  get warnings(): readonly Warning[] {
    const planned = (this.plans.servers ?? []).flatMap(({ plan }) => plan?.warnings ?? []);
    return planned.length > 0 ? planned : (this.#site.plan?.warnings ?? []);
  }

  get isReady(): boolean {
    return !this.isFilledIn || this.plans.isFine;
  }

  async submit(): Promise<Screen> {
    const { draft, window } = this.#wizard;
    const reason = draft.reason.trim();
    const terms = { ...termsOf($state.snapshot(window)), ...(reason === "" ? {} : { reason }) };
    const { undo } = await call("windows.create", { terms, targets: this.#targets() });
    sayDone(t("“{title}” is planned", { title: terms.title }), undo);
    return { screen: "schedule" };
  }

  #targets() {
    const { atEnd, health } = this.#wizard.window;
    return windowTargetsOf(this.#participants.planned, atEnd === "reopen-if-healthy" ? health : undefined);
  }

  #proposeTitle(): void {
    const { draft, window } = this.#wizard;
    if (window.title !== "") return;
    const { name } = this.#site;
    window.title =
      isTogether(draft) || draft.reason.trim() !== ""
        ? titleOf(draft, name, this.#participants.areAlike)
        : t("Maintenance of {site}", { site: name });
  }
}
