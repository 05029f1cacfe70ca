/**
 * Moving and stretching occurrences, with the pointer or with keys. What is about to happen is
 * shown as a ghost; nothing is changed before the person has seen what it does.
 */
import { t } from "../../main/language/translate.ts";
import type { ScheduledOccurrence } from "../../main/contract/schedule.ts";
import { appState } from "../lib/app-state.svelte.ts";
import { isNothing, NO_SHIFT, plus, shifted, shiftFor, type Shift, type Span } from "../window-editor/move.ts";
import { rangeIn } from "../window-editor/window-words.ts";

export interface HandlingParts {
  /** In the order in which arrow keys go through them. */
  occurrences: () => readonly ScheduledOccurrence[];
  /** That of the clock on the wall by which things move. */
  zone: string;
  step: "minutes" | "days";
  open: (occurrence: ScheduledOccurrence) => void;
  moved: (occurrence: ScheduledOccurrence, span: Span) => void;
  drop: (occurrence: ScheduledOccurrence) => void;
}

/** Pixels that a pointer has to go for one step. */
export interface Grid {
  column: number;
  row: number;
}

const CLICK_PX = 4;

function swallow(event: MouseEvent): void {
  event.stopPropagation();
  event.preventDefault();
}

/** Only what is ahead, where its servers can be asked. */
export function isMovable({ state, places }: Pick<ScheduledOccurrence, "state" | "places">): boolean {
  return (
    state === "planned" && places.every(({ serverId }) => appState.server(serverId)?.connection.state === "connected")
  );
}

export class Handling {
  ghost: { occurrence: ScheduledOccurrence; shift: Shift } | undefined = $state.raw();
  /** The one that Tab stops at. */
  current = $state("");
  /** For screen readers. */
  said = $state("");
  readonly #parts: HandlingParts;

  constructor(parts: HandlingParts) {
    this.#parts = parts;
  }

  /** Where the ghost stands. */
  get span(): Span | undefined {
    return this.ghost === undefined ? undefined : shifted(this.ghost.occurrence, this.ghost.shift, this.#parts.zone);
  }

  isCurrent(key: string): boolean {
    const keys = this.#parts.occurrences();
    return keys.some((each) => each.key === this.current) ? key === this.current : key === keys[0]?.key;
  }

  click(occurrence: ScheduledOccurrence): void {
    this.#parts.open(occurrence);
  }

  keydown(event: KeyboardEvent, occurrence: ScheduledOccurrence): void {
    if (event.altKey && event.key.startsWith("Arrow")) {
      // Alt with an arrow also goes back to the screen before.
      event.preventDefault();
      event.stopPropagation();
      const shift = shiftFor(event.key, event.shiftKey, this.#parts.step);
      if (shift !== undefined) this.#shift(occurrence, shift);
      return;
    }
    if (event.key === "Escape" && this.ghost !== undefined) {
      event.stopPropagation();
      this.ghost = undefined;
      this.said = t("Not moved.");
      return;
    }
    if (event.key === "Delete" || event.key === "Backspace") {
      event.preventDefault();
      this.#parts.drop(occurrence);
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1, Home: -Infinity, End: Infinity }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    const all = this.#parts.occurrences();
    const index = all.findIndex(({ key }) => key === occurrence.key) + by;
    const next = all[Math.min(Math.max(index, 0), all.length - 1)];
    if (next === undefined) return;
    this.current = next.key;
    const board = (event.currentTarget as HTMLElement).closest("[data-board]");
    board?.querySelector<HTMLElement>(`[data-key="${CSS.escape(next.key)}"]`)?.focus();
  }

  /** Letting go of Alt ends a move. */
  keyup(event: KeyboardEvent): void {
    if (event.key === "Alt" && this.ghost !== undefined) {
      event.preventDefault();
      this.#commit();
    }
  }

  leave(): void {
    if (!this.#isDragging) this.ghost = undefined;
  }

  #isDragging = false;

  /** @param grid what a step is in pixels @param isStretch its end is held */
  drag(event: PointerEvent, occurrence: ScheduledOccurrence, isStretch: boolean, grid: Grid): void {
    if (event.button !== 0 || !isMovable(occurrence)) return;
    const target = event.currentTarget as HTMLElement;
    const from = { x: event.clientX, y: event.clientY };
    // At once: held at its edge, the first step leads out of it.
    target.setPointerCapture(event.pointerId);
    let isGivenUp = false;
    const move = (now: PointerEvent) => {
      const [dx, dy] = [now.clientX - from.x, now.clientY - from.y];
      if (isGivenUp || (!this.#isDragging && Math.hypot(dx, dy) < CLICK_PX)) return;
      this.#isDragging = true;
      const days = Math.round(dx / grid.column);
      const rows = Math.round(dy / grid.row);
      const by = days * 1440 + rows * (this.#parts.step === "days" ? 7 * 1440 : 15);
      this.ghost = { occurrence, shift: isStretch ? { start: 0, end: by } : { start: by, end: by } };
    };
    const stop = () => {
      target.removeEventListener("pointermove", move);
      target.removeEventListener("pointerup", stop);
      target.removeEventListener("pointercancel", cancel);
      window.removeEventListener("keydown", escape, true);
      if (!this.#isDragging) return;
      this.#isDragging = false;
      // Letting go is also a click, on whatever lies below.
      window.addEventListener("click", swallow, { capture: true, once: true });
      setTimeout(() => window.removeEventListener("click", swallow, true), 0);
      this.#commit();
    };
    const giveUp = () => {
      isGivenUp = true;
      this.ghost = undefined;
    };
    const cancel = () => {
      giveUp();
      stop();
    };
    const escape = (key: KeyboardEvent) => {
      if (key.key !== "Escape") return;
      key.stopPropagation();
      giveUp();
    };
    target.addEventListener("pointermove", move);
    target.addEventListener("pointerup", stop);
    target.addEventListener("pointercancel", cancel);
    window.addEventListener("keydown", escape, true);
  }

  #shift(occurrence: ScheduledOccurrence, shift: Shift): void {
    if (!isMovable(occurrence)) {
      this.said = t("Only upcoming occurrences can be moved, while their servers can be reached.");
      return;
    }
    const before = this.ghost?.occurrence.key === occurrence.key ? this.ghost.shift : NO_SHIFT;
    this.ghost = { occurrence, shift: plus(before, shift) };
    const { span } = this;
    if (span !== undefined)
      this.said = t("{times}. Release Alt to see what that does, or press Escape to cancel.", {
        times: rangeIn(span.start, span.end, this.#parts.zone),
      });
  }

  #commit(): void {
    const { ghost, span } = this;
    this.ghost = undefined;
    if (ghost !== undefined && span !== undefined && !isNothing(ghost.shift)) this.#parts.moved(ghost.occurrence, span);
  }
}
