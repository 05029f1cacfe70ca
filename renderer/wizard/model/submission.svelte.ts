/**
 * Carrying out what was chosen: one of three strategies, and what became of it. The one place that
 * handles a refusal.
 */
import type { Failure } from "../../../main/contract/failures.ts";
import { FailureError, failureOf } from "../../lib/bridge.ts";
import { router } from "../../lib/router.svelte.ts";
import { staffHostsOf } from "../../maintenance/draft.ts";
import type { LeadingSite } from "./leading-site.svelte.ts";
import { Participants } from "./participants.svelte.ts";
import { consentText, shownWarnings, type ShownWarning } from "./plan-warnings.ts";
import { PlanWindow } from "./plan-window.svelte.ts";
import { FROM_COPYCAT } from "./starts.ts";
import type { Strategy } from "./strategy.ts";
import { SwitchNow } from "./switch-now.svelte.ts";
import { SwitchTogether } from "./switch-together.svelte.ts";
import { isTogether } from "./together.ts";
import type { Wizard } from "./wizard.svelte.ts";

export class Submission {
  readonly participants: Participants;
  readonly now: SwitchNow;
  readonly together: SwitchTogether;
  readonly planned: PlanWindow;
  busy = $state(false);
  failure: Failure | undefined = $state.raw();
  /** The person is asked once more before visitors are cut off. */
  isAsking = $state(false);
  /** What the person has agreed to. */
  #agreed = $state("");
  readonly #wizard: Wizard;

  /** Made while a component is set up. */
  constructor(wizard: Wizard, site: LeadingSite) {
    this.#wizard = wizard;
    this.participants = new Participants(wizard);
    this.now = new SwitchNow(wizard, site);
    this.together = new SwitchTogether(wizard, site, this.participants);
    this.planned = new PlanWindow(wizard, site, this.participants);
  }

  get way(): "now" | "together" | "planned" {
    const { draft } = this.#wizard;
    return draft.when === "planned" ? "planned" : isTogether(draft) ? "together" : "now";
  }

  get isReady(): boolean {
    return this.#strategy.isReady && (!this.needsConsent || this.hasConsent);
  }

  /** All warnings, for the last step. */
  get warnings(): ShownWarning[] {
    const { draft, startedFrom } = this.#wizard;
    return shownWarnings(this.#strategy.warnings, staffHostsOf(draft), startedFrom === FROM_COPYCAT);
  }

  /** Visitors would go where nobody may expect it, so the person has to agree first. */
  get needsConsent(): boolean {
    return consentText(this.warnings) !== "";
  }

  /** It is given for the warnings as they are now. */
  get hasConsent(): boolean {
    return this.#agreed === consentText(this.warnings);
  }

  set hasConsent(given: boolean) {
    this.#agreed = given ? consentText(this.warnings) : "";
  }

  /** Carries it out if nothing is in the way, or asks first. */
  start(): void {
    if (this.busy || !this.isReady) return;
    if (this.#strategy.isDisruptive) this.isAsking = true;
    else void this.#run();
  }

  /**
   * Carries it out after the person has agreed.
   * @throws {FailureError} what was refused, for the dialog that asked
   */
  async confirm(): Promise<void> {
    await this.#run();
    if (this.failure !== undefined) throw new FailureError(this.failure);
  }

  forgetFailure(): void {
    this.failure = undefined;
  }

  get #strategy(): Strategy {
    return this[this.way];
  }

  async #run(): Promise<void> {
    this.busy = true;
    this.failure = undefined;
    try {
      router.go(await this.#strategy.submit());
    } catch (error) {
      this.failure = failureOf(error);
    } finally {
      this.busy = false;
    }
  }
}
