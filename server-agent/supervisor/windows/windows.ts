/**
 * What a person can do to planned windows. Every change runs in the write queue, so that a
 * successor finds it in the files.
 */
import type { Committed } from "../switch/change.ts";
import { checkPrecondition, type Precondition } from "../switch/precondition.ts";
import type { Body } from "../../contract/routes.ts";
import type { MaintenanceWindow, Occurrence, WindowDraft, WindowPlan } from "../../contract/windows.ts";
import type { Receipt } from "../../contract/maintenance.ts";
import type { MaintenanceChange } from "../../contract/maintenance-change.ts";
import { movedAlong } from "../../core/windows/begun-windows.ts";
import { heldFor, isActive } from "../../core/windows/stack.ts";
import { isoOf } from "../../core/windows/wall-clock.ts";
import { begun, isMistaken, planned } from "../../core/windows/window-plan.ts";
import { quote } from "../../core/wording.ts";
import { done, type Refusal, refuse, type Result } from "../../result.ts";
import type { EventBus } from "../event-bus.ts";
import { loadCalendar } from "./load-calendar.ts";
import type { Act, Reminders } from "./reminders.ts";
import { newTimedId } from "../timed-id.ts";
import { refuseUnstored } from "../refuse-unstored.ts";
import type { WindowActions } from "./window-actions.ts";
import { type Became, type Entry, shown } from "./window-book.ts";
import {
  endedByWindow,
  refuseField,
  refuseNotRunning,
  refuseStale,
  refuseUnknownWindow,
  refuseWhileActive,
} from "./window-refusals.ts";
import { WindowPlanner, type WindowPlannerParts } from "./window-planner.ts";
import type { WindowScheduler } from "./window-scheduler.ts";
import type { Switch } from "../switch/switch.ts";
import type { WriteQueue } from "../switch/write-queue.ts";

export interface WindowsParts extends WindowPlannerParts {
  actions: WindowActions;
  scheduler: WindowScheduler;
  reminders: Reminders;
  queue: WriteQueue;
  switch: Switch;
  events: EventBus;
}

type Signed = NonNullable<Body<"endWindow">>;

/** What somebody did about an occurrence. */
interface Acted {
  window: MaintenanceWindow;
  /** Of the occurrence. */
  start: string;
  /** Undoes it, where that is possible without switching; false where it could not be stored. */
  takeBack?: () => boolean;
}

export class Windows {
  readonly #parts: WindowsParts;
  readonly #planner: WindowPlanner;

  constructor(parts: WindowsParts) {
    this.#parts = parts;
    this.#planner = new WindowPlanner(parts);
    parts.maintenance.guardReverts((receipt) => this.#obstacleToRevert(receipt));
  }

  list(): MaintenanceWindow[] {
    return this.#parts.book.list();
  }

  /** Refuses with `not-found`. */
  get(id: string): Result<MaintenanceWindow> {
    const entry = this.#parts.book.entry(id);
    return entry === undefined ? refuseUnknownWindow(id) : done(shown(entry));
  }

  /**
   * What the draft would do; changes nothing. `replaced`: the window that it changes. Refuses with
   * `options.invalid`.
   */
  plan(draft: WindowDraft, replaced?: string): Promise<Result<WindowPlan>> {
    return this.#planner.plan(draft, replaced);
  }

  /** Refuses with `options.invalid`, `window.state` (there are too many) or `store.failed`. */
  async create(draft: WindowDraft): Promise<Result<MaintenanceWindow>> {
    const plan = await this.plan(draft);
    if (!plan.ok) return plan;
    const now = this.#parts.clock.now();
    const at = isoOf(now);
    return this.#put({ ...draft, id: newTimedId(at), revision: 1, createdAt: at, seenTo: at, records: [] });
  }

  /**
   * Refuses with `not-found`, `options.invalid`, `window.stale`, `window.state` (it runs) or
   * `store.failed`.
   */
  async change(id: string, draft: WindowDraft, ifMatch: Precondition): Promise<Result<MaintenanceWindow>> {
    const plan = await this.plan(draft, id);
    if (!plan.ok) return plan;
    return this.#inQueue(id, async (entry) => {
      const obstacle = refuseStale(entry, ifMatch) ?? refuseWhileActive(entry);
      if (obstacle !== undefined) return obstacle;
      const { revision, createdAt } = entry.stored;
      const now = this.#parts.clock.now();
      const records = await recordsAfter(entry, draft, now);
      return this.#store({ ...draft, id, revision: revision + 1, createdAt, seenTo: isoOf(now), records });
    });
  }

  /** Refuses with `not-found`, `window.stale`, `window.state` (it runs) or `store.failed`. */
  remove(id: string, ifMatch: Precondition): Promise<Result<MaintenanceWindow>> {
    return this.#inQueue(id, (entry) => {
      const obstacle = refuseStale(entry, ifMatch) ?? refuseWhileActive(entry);
      if (obstacle !== undefined) return Promise.resolve(obstacle);
      const window = shown(entry);
      try {
        this.#parts.book.remove(id);
      } catch (failure) {
        return Promise.resolve(refuseUnstored("That the window is removed", failure));
      }
      this.#parts.events.publish({ type: "windows-changed", changed: [], removed: [id] });
      return Promise.resolve(done(window));
    });
  }

  /**
   * Leaves out one upcoming occurrence. Refuses with `not-found`, `window.state` or `store.failed`.
   */
  skip(id: string, { start, author = "unknown" }: Body<"skipWindow">): Promise<Result<MaintenanceWindow>> {
    return this.#inQueue(id, (entry) => {
      const at = Date.parse(start);
      const span = entry.calendar.during(at, at, Number.MAX_SAFE_INTEGER).find((candidate) => candidate.start === at);
      if (span === undefined || entry.stored.records.some((record) => Date.parse(record.start) === at))
        return Promise.resolve(
          refuse("window.state", `No upcoming occurrence starts at ${start}; POST /v1/windows/plan lists them.`, {
            window: id,
          }),
        );
      const obstacle = this.#parts.book.obstacleToSkip(entry);
      if (obstacle !== undefined) return Promise.resolve(refuse("window.state", obstacle, { window: id }));
      const skipped = { ...planned(id, span), state: "skipped" as const, why: `skipped by ${author}` };
      return Promise.resolve(this.#byPerson(this.#note(entry, { records: [skipped] }, false), start, "skip", author));
    });
  }

  /**
   * Starts the occurrence that is to be started by hand, or the next one before its time; none but
   * that of `start`, where that is given. Refuses with `not-found`, `window.state`, `store.failed`,
   * and like the maintenance of its sites.
   */
  start(
    id: string,
    { author, start: wanted }: NonNullable<Body<"startWindow">> = {},
  ): Promise<Result<MaintenanceWindow>> {
    return this.#act(id, "start", author, async (entry) => {
      const now = this.#parts.clock.now();
      const { records } = entry.stored;
      const present = entry.calendar
        .during(now, now, Number.MAX_SAFE_INTEGER)
        .findLast(({ start }) => !records.some((record) => Date.parse(record.start) === start));
      const span = present ?? entry.next;
      if (records.some(isActive)) return refuse("window.state", "It is already running.", { window: id });
      if (span === undefined)
        return refuse("window.state", "It has no upcoming occurrence; plan another window.", { window: id });
      if (wanted !== undefined && Date.parse(wanted) !== span.start) {
        const message = `The occurrence of ${wanted} cannot be started now; the one of ${isoOf(span.start)} can.`;
        return refuse("window.state", message, { window: id });
      }
      const unstorable = this.#tryToStore(entry);
      if (unstorable !== undefined) return unstorable;
      const outcome = await this.#parts.actions.start(entry.stored, begun(planned(id, span), now), author);
      if (!outcome.ok) return { ok: false, refusal: outcome.again };
      const { occurrence, isSwitched } = outcome;
      return acted(this.#note(entry, { records: [occurrence] }, isSwitched), { start: occurrence.start });
    });
  }

  /**
   * Moves the end of what runs, also of what has run over its end. Refuses with `not-found`,
   * `window.state`, `options.invalid` or `store.failed`.
   */
  extend(id: string, { minutes, until, author }: Body<"extendWindow">): Promise<Result<MaintenanceWindow>> {
    return this.#act(id, "extend", author, (entry) => {
      const record = entry.stored.records.findLast(isActive);
      if (record === undefined) return Promise.resolve(refuseNotRunning(id));
      const now = this.#parts.clock.now();
      if ((minutes === undefined) === (until === undefined))
        return Promise.resolve(refuseField("/minutes", "give `minutes` or `until`, and one of them only"));
      const end =
        until === undefined ? Math.max(Date.parse(record.end), now) + (minutes ?? 0) * 60_000 : Date.parse(until);
      if (end <= now)
        return Promise.resolve(
          refuseField("/until", "the new end is in the past; POST /v1/windows/{id}/end ends it now"),
        );
      const { why: _why, ...rest } = record;
      const extended = this.#note(entry, { records: [{ ...rest, state: "running", end: isoOf(end) }] }, false);
      const takeBack = () => this.#note(entry, { records: [record] }, false).ok;
      return Promise.resolve(acted(extended, { start: record.start, takeBack }));
    });
  }

  /**
   * Changes a maintenance that runs. Where a window has started it, the end is the window's: it is
   * moved, and then alone. Refuses like `extend` and like the change of a maintenance.
   */
  async changeMaintenance(
    id: string,
    change: MaintenanceChange,
    ifMatch: Precondition,
    arrivedAt: number,
  ): Promise<Result<Pick<Committed, "generation"> & { receipt: Receipt }>> {
    const { maintenance, book, switch: swap } = this.#parts;
    const { until, minutes, author, reason: _reason, ...others } = change;
    const found = maintenance.get(id);
    const window = found.ok ? found.value.window : undefined;
    const holds = book.active().some((held) => held.window === window?.id && held.receipts.includes(id));
    if (window === undefined || !holds || (until === undefined && minutes === undefined))
      return maintenance.change(id, change, ifMatch, arrivedAt);
    const obstacle =
      checkPrecondition(ifMatch, swap.active.generation) ??
      endedByWindow(window.id, { until, hasOthers: Object.keys(others).length > 0 });
    if (obstacle !== undefined) return { ok: false, refusal: obstacle };
    const end = {
      author,
      ...(typeof until === "string" ? { until } : {}),
      ...(minutes === undefined ? {} : { minutes }),
    };
    const moved = await this.extend(window.id, end);
    if (!moved.ok) return moved;
    const receipt = maintenance.get(id);
    return receipt.ok ? done({ generation: swap.active.generation, receipt: receipt.value }) : receipt;
  }

  /**
   * Brings back what runs before its end, or after it: all of its occurrences that hold sites.
   * Refuses with `not-found`, `window.state`, `store.failed`, and like the revert of its receipts.
   */
  end(id: string, { author }: Signed = {}): Promise<Result<MaintenanceWindow>> {
    return this.#act(id, "bring-back", author, async (entry) => {
      const running = entry.stored.records.filter(isActive);
      const last = running.at(-1);
      if (last === undefined) return refuseNotRunning(id);
      const { actions, book, clock } = this.#parts;
      const now = clock.now();
      const whole = { ...last, receipts: [...new Set(running.flatMap(({ receipts }) => receipts))] };
      const others = book.active().filter(({ window }) => window !== id);
      const unstorable = this.#tryToStore(entry);
      if (unstorable !== undefined) return unstorable;
      const outcome = await actions.end(entry.stored, whole, others, now, author);
      if (!outcome.ok) return { ok: false, refusal: outcome.again };
      const why = `ended by ${author ?? "someone"}`;
      const earlier = running
        .slice(0, -1)
        .map((record): Occurrence => ({ ...record, state: "ended", endedAt: isoOf(now), why }));
      const { occurrence, isSwitched } = outcome;
      // What a clock that was wrong had begun takes place at its time all the same.
      const isAhead = occurrence.state === "ended" && isMistaken(entry.stored, last, now);
      const became = isAhead ? { records: earlier, ahead: occurrence } : { records: [...earlier, occurrence] };
      return acted(this.#note(entry, became, isSwitched), { start: last.start });
    });
  }

  /** Why a maintenance cannot be brought back now: another window holds its site. */
  #obstacleToRevert(receipt: Receipt): Refusal | undefined {
    const held = heldFor(receipt, this.#parts.book.active());
    if (held === undefined) return undefined;
    const { title = held.window, author = "unknown" } = this.#parts.book.entry(held.window)?.stored ?? {};
    const message = `${receipt.site} stays in maintenance: the window ${quote(title)} of ${author} holds it until ${held.end}. End that window first, or send "force": true.`;
    return refuse("window.state", message, { window: held.window, receipt: receipt.id }).refusal;
  }

  #put(stored: Entry["stored"]): Promise<Result<MaintenanceWindow>> {
    return this.#parts.queue.run(() => this.#store(stored));
  }

  async #store(stored: Entry["stored"]): Promise<Result<MaintenanceWindow>> {
    const { book, clock } = this.#parts;
    const obstacle = book.obstacleTo(stored, stored.id);
    if (obstacle !== undefined) return refuse("window.state", obstacle);
    const { Calendar } = await loadCalendar();
    try {
      const now = clock.now();
      return done(this.#changed(book.put(stored, new Calendar(stored), now)));
    } catch (failure) {
      return refuseUnstored("The window", failure);
    }
  }

  /** Refuses with `store.failed` where nothing was switched; then nothing has changed. */
  #note(entry: Entry, became: Became, isSwitched: boolean): Result<MaintenanceWindow> {
    const { book, clock } = this.#parts;
    try {
      if (!isSwitched) book.note(entry, became);
      // The scheduler writes the file when it can be written.
      else book.noteSwitched(entry, became);
    } catch (failure) {
      return refuseUnstored("The window", failure);
    }
    book.lookAhead(entry, clock.now());
    return done(this.#changed(entry));
  }

  /** Why its file cannot be written, if so: then nothing is switched for it either. */
  #tryToStore(entry: Entry): ReturnType<typeof refuse> | undefined {
    try {
      this.#parts.book.tryToStore(entry);
      return undefined;
    } catch (failure) {
      return refuseUnstored("The window", failure);
    }
  }

  /** Somebody did this, who needs no reminder of it any more. */
  #byPerson(outcome: Result<MaintenanceWindow>, start: string, act: Act, by = "unknown"): Result<MaintenanceWindow> {
    if (!outcome.ok) return outcome;
    const { id } = outcome.value;
    this.#parts.reminders.acted({ occurrence: { id, start: isoOf(Date.parse(start)) } }, act, by);
    return outcome;
  }

  /** Tells everyone of a change, and has the scheduler look for what follows from it. */
  #changed(entry: Entry): MaintenanceWindow {
    const window = shown(entry);
    this.#parts.events.publish({ type: "windows-changed", changed: [window], removed: [] });
    this.#parts.scheduler.poke();
    return window;
  }

  /**
   * Where sites are switched: not while a stage is held. When it replies, the pages tell the right
   * end. Where they cannot, it is taken back, or the scheduler goes on trying to tell it.
   */
  #act(
    id: string,
    what: Act,
    author: string | undefined,
    act: (entry: Entry) => Promise<Result<Acted>>,
  ): Promise<Result<MaintenanceWindow>> {
    return this.#inQueue(id, async (entry) => {
      const { queue, actions, book } = this.#parts;
      const refusal = queue.obstacle();
      if (refusal !== undefined) return { ok: false, refusal };
      const outcome = await act(entry);
      if (!outcome.ok) return outcome;
      const { window, start, takeBack } = outcome.value;
      const again = await actions.tellEnds(book.active(), author);
      if (again !== undefined && takeBack?.() === true) return { ok: false, refusal: again };
      return this.#byPerson(done(window), start, what, author);
    });
  }

  #inQueue(
    id: string,
    change: (entry: Entry) => Promise<Result<MaintenanceWindow>>,
  ): Promise<Result<MaintenanceWindow>> {
    return this.#parts.queue.run(async () => {
      const entry = this.#parts.book.entry(id);
      return entry === undefined ? refuseUnknownWindow(id) : change(entry);
    });
  }
}

function acted(outcome: Result<MaintenanceWindow>, rest: Omit<Acted, "window">): Result<Acted> {
  return outcome.ok ? done({ window: outcome.value, ...rest }) : outcome;
}

async function recordsAfter({ stored, calendar }: Entry, draft: WindowDraft, now: number): Promise<Occurrence[]> {
  const { Calendar } = await loadCalendar();
  const changed = new Calendar(draft);
  const shift = Temporal.PlainDateTime.from(stored.start).until(Temporal.PlainDateTime.from(draft.start));
  return movedAlong(stored.records, now, (start) => {
    const wall = calendar.wallOf(start);
    return wall === undefined ? undefined : changed.at(wall.add(shift));
  });
}
