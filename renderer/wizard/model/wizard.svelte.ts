/** The wizard's state: the draft, where one is, and which steps may be jumped to. */
import type { Settings } from "../../../main/contract/settings.ts";
import { newDraft, problemsOf, STEPS, type Draft, type Place, type Step } from "../../maintenance/draft.ts";
import { formProblems, newForm, type WindowForm } from "../../window-editor/window-form.ts";
import { localZone, wallAt } from "../../window-editor/zoned.ts";
import { placeKey, withLead, withTaken } from "./together.ts";

const DAY_MS = 86_400_000;

export class Wizard {
  draft: Draft = $state(newDraft("", ""));
  /** When it takes place, where that is planned. */
  window: WindowForm;
  step: Step = $state("site");
  /** The furthest step that was reached; everything up to it may be revisited. */
  #reached = $state(0);
  #pristine: string;
  /**
   * Set once a step was left or Next was tried, so that an empty field does not complain before it
   * was seen.
   */
  #tried: Partial<Record<Step, boolean>> = $state({});
  readonly #hosts: () => readonly string[];

  /**
   * `hosts` gives the hosts of the chosen site, empty while none is chosen.
   * @param settings what is chosen for a new one
   * @param again a draft to go on with
   */
  constructor(
    first: Pick<Draft, "serverId" | "site" | "also">,
    hosts: () => readonly string[],
    settings: Pick<Settings, "reminders" | "revertIfWrong">,
    again?: Draft,
  ) {
    this.window = $state(
      newForm(wallAt(Date.now() + DAY_MS, localZone()).slice(0, 10), localZone(), settings.reminders),
    );
    this.draft = again ?? { ...newDraft(first.serverId, first.site, settings.revertIfWrong), also: first.also };
    this.#pristine = JSON.stringify(this.draft);
    this.#hosts = hosts;
  }

  get index(): number {
    return STEPS.indexOf(this.step);
  }

  /** Something was typed or chosen that leaving would lose. */
  get touched(): boolean {
    return JSON.stringify(this.draft) !== this.#pristine;
  }

  /** The first step that is not in order, `undefined` when the whole draft is. */
  get blockedAt(): Step | undefined {
    return STEPS.find((step) => !this.valid(step));
  }

  valid(step: Step): boolean {
    if (step === "restart" && this.draft.when === "planned")
      return Object.keys(formProblems(this.window, Date.now())).length === 0;
    return Object.keys(problemsOf(step, this.draft, this.#hosts(), Date.now())).length === 0;
  }

  /** Problems to show at their fields. */
  problems(step: Step): Partial<Record<keyof Draft, string>> {
    return this.#tried[step] === true ? problemsOf(step, this.draft, this.#hosts(), Date.now()) : {};
  }

  /** Problems of the window to show at its fields. */
  get windowProblems(): ReturnType<typeof formProblems> {
    return this.#tried.restart === true ? formProblems(this.window, Date.now()) : {};
  }

  /** The last step was to be carried out. */
  try(): void {
    this.#tried[this.step] = true;
  }

  reachable(step: Step): boolean {
    return STEPS.indexOf(step) <= this.#reached;
  }

  /** Goes on if this step is in order; returns whether it did. */
  next(): boolean {
    this.#tried[this.step] = true;
    const following = STEPS[this.index + 1];
    if (!this.valid(this.step) || following === undefined) return false;
    this.step = following;
    this.#reached = Math.max(this.#reached, this.index);
    return true;
  }

  back(): void {
    this.step = STEPS[this.index - 1] ?? this.step;
  }

  go(step: Step): void {
    if (this.reachable(step)) this.step = step;
  }

  /** To the last step, or to the first one that is not in order. */
  toEnd(): void {
    const target = this.blockedAt ?? "restart";
    this.#tried[target] = target !== "restart";
    this.step = target;
    this.#reached = Math.max(this.#reached, this.index);
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
