/** Everything behind the wizard's screen: the choices, the site that they are about, the end. */
import { t } from "../../../main/language/translate.ts";
import { untrack } from "svelte";
import { appState } from "../../lib/app-state.svelte.ts";
import { call, failureOf } from "../../lib/bridge.ts";
import type { WizardScreen } from "../../lib/screen.ts";
import { scopeOf } from "../../lib/sites.ts";
import { toasts } from "../../lib/toasts.svelte.ts";
import { SentPage } from "../../maintenance/sent-page.svelte.ts";
import { firstChoice } from "./first-choice.ts";
import { keptDraft } from "./kept-drafts.ts";
import { LeadingSite } from "./leading-site.svelte.ts";
import { DEFAULTS, FROM_COPYCAT, startsFor, type Start } from "./starts.ts";
import { Submission } from "./submission.svelte.ts";
import { isTogether, placesOf } from "./together.ts";
import { Wizard } from "./wizard.svelte.ts";

export class WizardModel {
  readonly wizard: Wizard;
  readonly site: LeadingSite;
  readonly submission: Submission;
  readonly page: SentPage;

  /** Made while a component is set up. @param begin what the wizard was opened for */
  constructor(begin: WizardScreen) {
    const state = untrack(() => appState.current);
    const again = begin.again === undefined ? undefined : keptDraft(begin.again);
    this.wizard = new Wizard({
      first: firstChoice(begin, state),
      hosts: () => this.site.original?.hosts ?? [],
      refused: () => this.site.refused,
      settings: state.settings,
      again,
    });
    this.site = new LeadingSite(this.wizard);
    this.page = new SentPage(this.wizard);
    this.submission = new Submission(this.wizard, this.site);
    if (again !== undefined) this.wizard.review();
    else this.#startFromKept();
    this.wizard.settle();
  }

  /** What it can start from, for the site that is chosen. */
  get starts(): Start[] {
    const { serverId, site } = this.wizard.draft;
    return startsFor({ serverId, site }, this.site.server?.snapshot, appState.current.presets, appState.now);
  }

  /** Chooses the site that leads; what was kept of the one before is not for it. */
  choose(serverId: string, site: string): void {
    const { wizard } = this;
    const isForAll = this.starts.some(({ id, preset }) => id === wizard.startedFrom && preset?.site === null);
    const isAsStarted = wizard.isAsStarted;
    wizard.choose(serverId, site);
    if (!isAsStarted || isForAll) return;
    const start = this.starts.find(({ id }) => id === FROM_COPYCAT) ?? this.starts.find(({ id }) => id === DEFAULTS);
    if (start !== undefined) wizard.startFrom(start);
  }

  /** What goes into maintenance, in a sentence: `shop.example.com`, `5 sites on 3 servers`. */
  get subject(): string {
    const { draft } = this.wizard;
    return isTogether(draft) ? scopeOf(placesOf(draft)) : this.site.name;
  }

  get isLast(): boolean {
    return this.wizard.step === "restart";
  }

  /** Shows all steps of the recipe, or the four; the next wizard begins with that, too. */
  async showRecipe(isShown: boolean): Promise<void> {
    this.wizard.showRecipe(isShown);
    try {
      await call("settings.update", { showsRecipe: isShown });
    } catch (error) {
      toasts.fail(t("The choice of steps was not saved"), failureOf(error));
    }
  }

  #startFromKept(): void {
    const kept = untrack(() => this.starts.find(({ id }) => id === FROM_COPYCAT));
    if (kept !== undefined) this.wizard.startFrom(kept);
  }

  /** Goes to the next step; from the last one, carries out what was chosen. */
  next(): void {
    const { wizard } = this;
    if (!this.isLast) {
      wizard.next();
      return;
    }
    wizard.try();
    if (wizard.blockedAt === undefined) this.submission.start();
    else wizard.review();
  }
}
