/**
 * All windows in memory, with what is next for each; every change of one is in its file before it
 * is here.
 */
import type { MaintenanceWindow, Occurrence } from "../../contract/windows.ts";
import type { Calendar } from "../../core/windows/occurrences.ts";
import { isActive } from "../../core/windows/stack.ts";
import type { Instant, Span } from "../../core/windows/wall-clock.ts";
import { nextInstant, planned } from "../../core/windows/window-plan.ts";
import type { StateDirectory } from "../../store/state-directory.ts";
import type { StoredWindow } from "../../store/stored-window.ts";

export interface Entry {
  stored: StoredWindow;
  readonly calendar: Calendar;
  /** The first occurrence ahead that nothing became of yet. */
  next: Span | undefined;
  /** Those that have begun by the calendar and that nothing became of: they wait for somebody. */
  waiting: Span[];
  /** When something is to be done; `undefined`: never. */
  wakeAt: Instant | undefined;
  /** Why its start does not succeed. */
  trouble?: string;
}

/** Of what is over so many are kept, and so many are shown. */
const MAX_ENDED_WINDOWS = 100;
const MAX_SHOWN_ENDED_WINDOWS = 20;

export class WindowBook {
  readonly #state: StateDirectory;
  readonly #entries = new Map<string, Entry>();

  constructor(state: StateDirectory) {
    this.#state = state;
  }

  entries(): Entry[] {
    return [...this.#entries.values()];
  }

  entry(id: string): Entry | undefined {
    return this.#entries.get(id);
  }

  get size(): number {
    return this.#entries.size;
  }

  list(): MaintenanceWindow[] {
    return this.entries().map(shown);
  }

  /** All occurrences that hold on to sites. */
  active(): Occurrence[] {
    return this.entries().flatMap(({ stored }) => stored.records.filter(isActive));
  }

  /**
   * Stores a window, a new one or in place of what it was. Throws the system's error; then nothing
   * has changed.
   */
  put(stored: StoredWindow, calendar: Calendar, now: Instant): Entry {
    this.#state.saveWindow(stored);
    const entry: Entry = { stored, calendar, next: undefined, waiting: [], wakeAt: now };
    this.#entries.set(stored.id, entry);
    return entry;
  }

  /** Takes over one that has its file. */
  adopt(stored: StoredWindow, calendar: Calendar, now: Instant): void {
    this.#entries.set(stored.id, { stored, calendar, next: undefined, waiting: [], wakeAt: now });
  }

  /** Throws the system's error; then nothing has changed. */
  remove(id: string): void {
    this.#state.removeWindow(id);
    this.#entries.delete(id);
  }

  /**
   * Notes what became of an occurrence. Throws the system's error; then it is known here all the
   * same: what was switched was switched.
   */
  record(entry: Entry, occurrence: Occurrence): void {
    const others = entry.stored.records.filter(({ start }) => start !== occurrence.start);
    const records = [...others, occurrence].sort((a, b) => (a.start < b.start ? -1 : 1));
    const over = records.filter((record) => !isActive(record) && record.end <= entry.stored.seenTo);
    const old = new Set(over.slice(0, -MAX_ENDED_WINDOWS));
    entry.stored = { ...entry.stored, records: records.filter((record) => !old.has(record)) };
    this.#state.saveWindow(entry.stored);
  }

  /** The occurrence is ahead again. Throws the system's error; it is known here all the same. */
  forget(entry: Entry, { start }: Pick<Occurrence, "start">): void {
    const records = entry.stored.records.filter((record) => record.start !== start);
    entry.stored = { ...entry.stored, records };
    this.#state.saveWindow(entry.stored);
  }

  /** Reckons what is next. */
  lookAhead(entry: Entry, now: Instant): void {
    const { calendar, stored } = entry;
    const known = new Set(stored.records.map(({ start }) => Date.parse(start)));
    let next = calendar.next(now);
    while (next !== undefined && known.has(next.start)) next = calendar.next(next.start);
    entry.next = next;
    entry.waiting = calendar.during(now, now, Number.MAX_SAFE_INTEGER).filter(({ start }) => !known.has(start));
    const instants = [nextInstant(stored, next, now), ...entry.waiting.map(({ end }) => end)].filter(
      (instant) => instant !== undefined,
    );
    entry.wakeAt = instants.length === 0 ? undefined : Math.min(...instants);
  }
}

/** A window as the API shows it. */
export function shown({ stored, next, waiting }: Entry): MaintenanceWindow {
  const { seenTo: _seenTo, records, ...window } = stored;
  const running = records.filter(isActive);
  const over = records.filter((record) => !isActive(record)).slice(-MAX_SHOWN_ENDED_WINDOWS);
  const ahead = [...waiting, ...(next === undefined ? [] : [next])].map((span) => planned(window.id, span));
  const occurrences = [...over, ...running, ...ahead].sort((a, b) => (a.start < b.start ? 1 : -1));
  return { ...window, state: running.length > 0 ? "running" : ahead.length === 0 ? "over" : "planned", occurrences };
}
