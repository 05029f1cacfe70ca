/** The wizard's state: the draft, where one is, which steps are shown, and what is wrong. */
import { SvelteSet } from "svelte/reactivity";
import type { PageLanguage } from "../../../main/contract/agent.ts";
import type { Settings } from "../../../main/contract/settings.ts";
import { newDraft, STEPS, type Draft, type Place, type Step } from "../../maintenance/draft.ts";
import { choicesIn } from "../../maintenance/choices.ts";
import { draftProblems, stepOfField, type DraftProblems } from "../../maintenance/draft-problems.ts";
import { formProblems, newForm, type WindowForm } from "../../window-editor/window-form.ts";
import { localZone, wallAt } from "../../window-editor/zoned.ts";
import { DEFAULTS, type Start } from "./starts.ts";
import { shownInstead, stepsShown } from "./step-words.ts";
import { placeKey, withLead, withTaken } from "./together.ts";

const DAY_MS = 86_400_000;

interface Begin {
  first: Pick<Draft, "serverId" | "site" | "also">;
  /** The hosts of the chosen site, empty while none is chosen. */
  hosts: () => readonly string[];
  /** What the plan refuses of the draft as it is. */
  refused: () => DraftProblems;
  /** What is chosen for a new one. */
  settings: Pick<Settings, "reminders" | "revertIfWrong" | "showsRecipe">;
  /** A draft to go on with. */
  again: Draft | undefined;
}

export class Wizard {
  draft: Draft = $state(newDraft("", ""));
  /** When it takes place, where that is planned. */
  window: WindowForm;
  step: Step = $state("site");
  /** The language in which the page is written and shown; `undefined`: the one of its own words. */
  language: PageLanguage | undefined = $state();
  /** The field that was asked for with the step. */
  field: keyof Draft | undefined = $state();
  /** Id of what it was started from. */
  startedFrom: string = $state(DEFAULTS);
  /** All steps of the recipe are shown, not only the four that somebody has to look at. */
  showsRecipe: boolean;
  readonly steps: readonly Step[] = $derived.by(() => stepsShown(this.showsRecipe));
  #pristine: string;
  /** The choices that it was started from. */
  #start: string;
  /** Steps that one tried to leave: from then on they complain about fields that are empty, too. */
  readonly #tried = new SvelteSet<Step>();
  /** Fields that were changed and left. */
  readonly #typed = new SvelteSet<string>();
  readonly #begin: Begin;

  constructor(begin: Begin) {
    const { first, settings, again } = begin;
    this.#begin = begin;
    this.window = $state(
      newForm(wallAt(Date.now() + DAY_MS, localZone()).slice(0, 10), localZone(), settings.reminders),
    );
    this.showsRecipe = $state(settings.showsRecipe);
    this.draft = again ?? { ...newDraft(first.serverId, first.site, settings.revertIfWrong), also: first.also };
    this.#pristine = this.#asText();
    this.#start = this.#choices();
  }

  get index(): number {
    return this.steps.indexOf(this.step);
  }

  /** What is wrong with the draft itself, whether it is shown already or not. */
  get faults(): DraftProblems {
    return draftProblems(this.draft, this.#begin.hosts(), Date.now());
  }

  /** Something was typed or chosen that leaving would lose. */
  get touched(): boolean {
    return this.#asText() !== this.#pristine;
  }

  /** Nothing is wrong with its form, so that the plan can be asked for. */
  get isSound(): boolean {
    return Object.keys(this.faults).length === 0;
  }

  /** The first step that is not in order, `undefined` when the whole draft is. */
  get blockedAt(): Step | undefined {
    return STEPS.find((step) => this.faultsIn(step).length > 0);
  }

  /** Fields of the step that are not in order. */
  faultsIn(step: Step): string[] {
    const fields = { ...this.#begin.refused(), ...this.faults };
    return [
      ...Object.keys(fields).filter((field) => this.#stepOf(field as keyof Draft) === step),
      ...(step === "restart" && this.draft.when === "planned"
        ? Object.keys(formProblems(this.window, Date.now()))
        : []),
    ];
  }

  /** Problems to show at their fields: what was typed there, or left empty on the way. */
  get problems(): DraftProblems {
    const shown = Object.entries(this.faults).filter(
      ([field]) => this.#typed.has(field) || this.#tried.has(this.#stepOf(field as keyof Draft)),
    );
    return { ...this.#begin.refused(), ...Object.fromEntries(shown) };
  }

  /** Problems of the window to show at its fields. */
  get windowProblems(): ReturnType<typeof formProblems> {
    return this.#tried.has("restart") ? formProblems(this.window, Date.now()) : {};
  }

  /** Something is marked in this step. */
  isWrong(step: Step): boolean {
    return (
      Object.keys(this.problems).some((field) => this.#stepOf(field as keyof Draft) === step) ||
      (step === "restart" && this.draft.when === "planned" && Object.keys(this.windowProblems).length > 0)
    );
  }

  /** This field was changed and left. */
  leave(field: string): void {
    this.#typed.add(field);
  }

  /** A choice has brought up a field that nobody has seen yet. */
  forgive(step: Step): void {
    this.#tried.delete(step);
  }

  /** The last step was to be carried out. */
  try(): void {
    this.#tried.add(this.step);
  }

  /** All but the site can wait. */
  reachable(step: Step): boolean {
    return step === "site" || this.draft.site !== "";
  }

  /** Goes on if this step is in order. */
  next(): void {
    this.#tried.add(this.step);
    const following = this.steps[this.index + 1];
    if (this.faultsIn(this.step).length === 0 && following !== undefined) this.go(following);
  }

  back(): void {
    this.go(this.steps[this.index - 1] ?? this.step);
  }

  /** @param field the one to begin at */
  go(step: Step, field?: keyof Draft): void {
    if (!this.reachable(step)) return;
    if (step !== this.step) this.#tried.add(this.step);
    if (!this.steps.includes(step)) this.showsRecipe = true;
    this.step = step;
    this.field = field;
  }

  /** To the step that has this field. */
  goToField(field: keyof Draft): void {
    this.go(this.#stepOf(field), field);
  }

  /** Shows all steps of the recipe, or the four. */
  showRecipe(isShown: boolean): void {
    this.showsRecipe = isShown;
    if (!this.steps.includes(this.step)) this.go(shownInstead(this.step, this.steps));
  }

  /** To the last step, or to the first one that is not in order. */
  review(): void {
    const target = this.blockedAt ?? "restart";
    this.go(target);
    if (target !== "restart") this.#tried.add(target);
  }

  /** Where a page was found on servers is nothing that somebody has typed. */
  #asText(): string {
    return JSON.stringify({ ...this.draft, sent: null });
  }

  #choices(): string {
    return JSON.stringify(choicesIn(this.draft));
  }

  #stepOf(field: keyof Draft): Step {
    return stepOfField(field, this.steps);
  }

  /** Another site: what was chosen for the first no longer fits it. */
  choose(serverId: string, site: string): void {
    if (serverId === this.draft.serverId && site === this.draft.site) return;
    this.draft = {
      ...this.draft,
      ...withLead(this.draft, { serverId, site }),
      copycat: "",
      leftOut: [],
      staffHosts: "",
      // Who serves the next one may have nothing to cut.
      restart: "graceful",
    };
  }

  /** Starts from choices made before, in place of those made so far. */
  startFrom(start: Pick<Start, "id" | "choices">): void {
    this.draft = { ...this.draft, ...$state.snapshot(start.choices) };
    this.startedFrom = start.id;
    this.#start = this.#choices();
    this.#typed.clear();
    this.#tried.clear();
  }

  /** Nothing of what it was started from was changed. */
  get isAsStarted(): boolean {
    return this.#choices() === this.#start;
  }

  /** What is chosen now is where it begins: leaving loses nothing. */
  settle(): void {
    this.#pristine = this.#asText();
  }

  /** Switches these together with the leading site, or no longer. */
  take(places: readonly Place[], isTaken: boolean): void {
    this.draft.also = withTaken(this.draft, places, isTaken);
    // A hard restart cuts whole servers; it is for one site, where one looks at what it cuts.
    if (this.draft.also.length > 0) this.draft.restart = "graceful";
  }

  /** Goes on without this site; when it leads, the next one takes its place. */
  leaveOut(place: Place): void {
    const [next] = this.draft.also;
    if (placeKey(place) !== placeKey(this.draft)) this.take([place], false);
    else if (next !== undefined) {
      this.choose(next.serverId, next.site);
      this.take([place], false);
    }
  }
}
