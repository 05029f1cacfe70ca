/**
 * All windows in memory, with what is next for each. Only the book changes an entry; a change is in
 * the window's file before it is here.
 */
import type { MaintenanceWindow, Occurrence, WindowDraft } from "../../contract/windows.ts";
import type { Calendar } from "../../core/windows/occurrences.ts";
import { isActive } from "../../core/windows/stack.ts";
import { type Instant, isoOf, type Span } from "../../core/windows/wall-clock.ts";
import { nextInstant, planned, withoutFuture } from "../../core/windows/window-plan.ts";
import type { StateDirectory } from "../../store/state-directory.ts";
import type { StoredWindow } from "../../store/stored-window.ts";
import { textSize } from "../../store/text-size.ts";

export interface Entry {
  readonly stored: StoredWindow;
  readonly calendar: Calendar;
  /** The first occurrence ahead that nothing became of yet. */
  readonly next: Span | undefined;
  /** Those that have begun by the calendar and that nothing became of: they wait for somebody. */
  readonly waiting: readonly Span[];
  /** When something is to be done; `undefined`: never. */
  readonly wakeAt: Instant | undefined;
  /** Why its start does not succeed. */
  readonly trouble: string | undefined;
}

type OwnEntry = { -readonly [K in keyof Entry]: Entry[K] };

/** What became of occurrences of one window. */
export interface Became {
  /** In their new state. */
  records?: readonly Occurrence[];
  /** One that is ahead again, as if nothing had become of it. */
  ahead?: Pick<Occurrence, "start">;
}

/** So many windows are kept, of so many characters of JSON together, and so many skips ahead. */
const MAX_WINDOWS = 1000;
const MAX_CHARACTERS = 64 * 1024 * 1024;
const MAX_SKIPPED_AHEAD = 500;
/** Of what is over so many are kept, and so many are shown. */
const MAX_ENDED_WINDOWS = 100;
const MAX_SHOWN_ENDED_WINDOWS = 20;

export class WindowBook {
  readonly #state: Pick<StateDirectory, "save" | "remove">;
  readonly #entries = new Map<string, OwnEntry>();
  /** Those whose files do not have yet what was switched. */
  readonly #behind = new Set<OwnEntry>();

  constructor(state: Pick<StateDirectory, "save" | "remove">) {
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

  /** Why this one cannot be added, or put in place of what it was: there are too many. */
  obstacleTo(draft: WindowDraft, replaced?: string): string | undefined {
    const others = this.entries().filter(({ stored }) => stored.id !== replaced);
    if (others.length >= MAX_WINDOWS) return `There are ${MAX_WINDOWS} windows already; remove past ones first.`;
    const size = others.reduce((sum, { stored }) => sum + sizeOf(stored), sizeOf(draft));
    return size > MAX_CHARACTERS
      ? `The windows already take ${MAX_CHARACTERS / 1024 / 1024} MB in total; remove some first, or leave out logos.`
      : undefined;
  }

  /** Why no further occurrence can be skipped. */
  obstacleToSkip({ stored }: Entry): string | undefined {
    return stored.records.filter(({ state, end }) => state === "skipped" && end > stored.seenTo).length >=
      MAX_SKIPPED_AHEAD
      ? `${MAX_SKIPPED_AHEAD} upcoming occurrences are skipped already; change the window instead.`
      : undefined;
  }

  list(): MaintenanceWindow[] {
    return this.entries().map(shown);
  }

  /** All occurrences that hold on to sites. */
  active(): Occurrence[] {
    return this.entries().flatMap(({ stored }) => stored.records.filter(isActive));
  }

  /**
   * Stores a window, a new one or in place of what it was. What should run at this moment is found
   * by looking once more. @throws like `Folder.write`; then nothing has changed
   */
  put(stored: StoredWindow, calendar: Calendar, now: Instant): Entry {
    this.#state.save("windows", stored);
    return this.#enter(stored, calendar, now);
  }

  /** Takes over one that has its file; it is to be looked at. */
  adopt(stored: StoredWindow, calendar: Calendar, now: Instant): void {
    this.#enter(stored, calendar, now);
  }

  /** @throws like `Folder.remove`; then nothing has changed */
  remove(id: string): void {
    this.#state.remove("windows", id);
    const entry = this.#entries.get(id);
    if (entry !== undefined) this.#behind.delete(entry);
    this.#entries.delete(id);
  }

  /**
   * Makes sure that its file can be written, before something is switched.
   * @throws like `Folder.write`
   */
  tryToStore(entry: Entry): void {
    this.#store(this.#own(entry), entry.stored);
  }

  /**
   * Notes what became of occurrences, in the file and then here.
   * @throws like `Folder.write`; then nothing has changed
   */
  note(entry: Entry, became: Became): void {
    this.#store(this.#own(entry), withBecome(entry.stored, became));
  }

  /**
   * The same for what was switched: the generation says so, and it is known here whatever becomes
   * of the file. Returns why that could not be written, if so; `storeBehind` tries it again.
   */
  noteSwitched(entry: Entry, became: Became): unknown {
    const own = this.#own(entry);
    own.stored = withBecome(own.stored, became);
    try {
      this.#store(own, own.stored);
      return undefined;
    } catch (failure) {
      this.#behind.add(own);
      return failure;
    }
  }

  /** Whether files do not have yet what was switched. */
  get isBehind(): boolean {
    return this.#behind.size > 0;
  }

  /** Writes the files that could not be written. @throws like `Folder.write` */
  storeBehind(): void {
    for (const entry of this.#behind) this.#store(entry, entry.stored);
  }

  /** What the calendar has between the last look and now; it comes again until `markSeen`. */
  unseen(entry: Entry, now: Instant): Span[] {
    const own = this.#own(entry);
    own.stored = withoutFuture(own.stored, now);
    return entry.calendar.during(Date.parse(own.stored.seenTo), now, Number.MAX_SAFE_INTEGER);
  }

  /** Up to here all was looked at, and noted. */
  markSeen(entry: Entry, now: Instant): void {
    this.#own(entry).stored = { ...entry.stored, seenTo: isoOf(now) };
  }

  /** Notes why its start does not succeed; `undefined`: it does. */
  noteTrouble(entry: Entry, why: string | undefined): void {
    this.#own(entry).trouble = why;
  }

  /** Computes what is next. */
  lookAhead(entry: Entry, now: Instant): void {
    const own = this.#own(entry);
    const { calendar, stored } = own;
    const known = new Set(stored.records.map(({ start }) => Date.parse(start)));
    let next = calendar.next(now);
    while (next !== undefined && known.has(next.start)) next = calendar.next(next.start);
    own.next = next;
    own.waiting = calendar.during(now, now, Number.MAX_SAFE_INTEGER).filter(({ start }) => !known.has(start));
    const instants = [nextInstant(stored, next, now), ...own.waiting.map(({ end }) => end)].filter(
      (instant) => instant !== undefined,
    );
    own.wakeAt = instants.length === 0 ? undefined : Math.min(...instants);
  }

  #store(entry: OwnEntry, stored: StoredWindow): void {
    this.#state.save("windows", stored);
    entry.stored = stored;
    this.#behind.delete(entry);
  }

  #enter(stored: StoredWindow, calendar: Calendar, now: Instant): OwnEntry {
    const entry: OwnEntry = { stored, calendar, next: undefined, waiting: [], wakeAt: now, trouble: undefined };
    this.#entries.set(stored.id, entry);
    // It is told of at once, and looked at when its turn comes, which a held stage may delay.
    this.lookAhead(entry, now);
    entry.wakeAt = now;
    return entry;
  }

  /** Every entry was made here. */
  #own(entry: Entry): OwnEntry {
    return entry;
  }
}

/** Of what a person has planned; records are bounded. */
function sizeOf({ sites, exdates = [] }: Pick<WindowDraft, "sites" | "exdates">): number {
  return textSize(sites) + textSize(exdates);
}

function withBecome(stored: StoredWindow, { records: changed = [], ahead }: Became): StoredWindow {
  const replaced = new Set([...changed.map(({ start }) => start), ...(ahead === undefined ? [] : [ahead.start])]);
  const others = stored.records.filter(({ start }) => !replaced.has(start));
  const records = [...others, ...changed].sort((a, b) => (a.start < b.start ? -1 : 1));
  const over = records.filter((record) => !isActive(record) && record.end <= stored.seenTo);
  const old = new Set(over.slice(0, -MAX_ENDED_WINDOWS));
  return { ...stored, records: records.filter((record) => !old.has(record)) };
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
