/** Which time the schedule shows, and how; coming back to the screen leads to the same place. */
import { appState } from "../lib/app-state.svelte.ts";
import { localZone, wallAt } from "../window-editor/zoned.ts";
import { headingOf, rangeOf, turned, type View } from "./time-range.ts";

const shownBefore: { view: View; anchor: string | undefined } = { view: "week", anchor: undefined };

export class ShownTime {
  readonly zone: string = localZone();
  view: View = $state(shownBefore.view);
  readonly today: string = $derived(wallAt(appState.now, this.zone).slice(0, 10));
  /** A day of the time that is shown, `2030-01-31`. */
  anchor: string = $state(shownBefore.anchor ?? wallAt(Date.now(), this.zone).slice(0, 10));
  readonly range: { from: string; to: string } = $derived(rangeOf(this.view, this.anchor, this.zone));

  /** Made while a component is set up. */
  constructor() {
    $effect(() => {
      shownBefore.view = this.view;
      shownBefore.anchor = this.anchor;
    });
  }

  get heading(): string {
    return headingOf(this.view, this.anchor);
  }

  turn(by: 1 | -1): void {
    this.anchor = turned(this.view, this.anchor, by);
  }

  showToday(): void {
    this.anchor = this.today;
  }

  showWeek(date: string): void {
    this.anchor = date;
    this.view = "week";
  }
}
