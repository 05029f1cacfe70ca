/**
 * Starts and ends windows on time. One timer is armed while there are windows; it looks at the
 * clock at least every 30 s, as a clock may be set and a machine may sleep. What is due is decided
 * anew each time from what is recorded (`window-plan.ts`), so that it makes no difference how late
 * this comes.
 */
import { setImmediate } from "node:timers/promises";
import type { Occurrence } from "../../contract/windows.ts";
import { movedAlong, spanNear, withBegun } from "../../core/windows/begun-windows.ts";
import { isActive } from "../../core/windows/stack.ts";
import type { Instant } from "../../core/windows/wall-clock.ts";
import { type Act, actsFor } from "../../core/windows/window-plan.ts";
import { type Log, messageOf } from "../../log.ts";
import { done, type Refusal } from "../../result.ts";
import type { StoredWindow } from "../../store/stored-window.ts";
import type { Clock } from "../clock.ts";
import type { EventBus } from "../event-bus.ts";
import type { Reminders } from "./reminders.ts";
import type { OriginHealth } from "../proof/origin-health.ts";
import { loadCalendar } from "./load-calendar.ts";
import type { ReceiptBook } from "../switch/receipt-book.ts";
import type { WindowActions } from "./window-actions.ts";
import { refuseUnstored } from "../refuse-unstored.ts";
import { type Became, type Entry, shown, type WindowBook } from "./window-book.ts";
import type { WriteQueue } from "../switch/write-queue.ts";

export interface WindowSchedulerParts {
  clock: Clock;
  book: WindowBook;
  actions: WindowActions;
  receipts: ReceiptBook;
  queue: WriteQueue;
  reminders: Reminders;
  health: OriginHealth;
  events: EventBus;
  log: Log;
}

/** The clock is looked at at least this often (ms). */
const CHECK_INTERVAL_MS = 30_000;
/** The wall clock was set when it went this much further than the time that passed (ms). */
const CLOCK_JUMP_MS = 1000;
/** What could not be done is tried again after this time (ms). */
const RETRY_DELAY_MS = 1000;
/** The same where the disk is the reason: it may stay full for hours, and each try is logged. */
const STORE_RETRY_DELAY_MS = 5000;
/** So many windows are computed in a row before something else gets its turn. */
const MAX_TURNS_IN_A_ROW = 20;

interface Settled {
  entry: Entry;
  act: Exclude<Act, { kind: "ask" }>;
}

export class WindowScheduler {
  readonly #parts: WindowSchedulerParts;
  #timer: NodeJS.Timeout | undefined;
  #isBegun = false;
  #isClosed = false;
  #looking: Promise<void> | undefined;
  /** What runs is to be looked at again: its sites may have been brought back. */
  #isStale = false;
  /** What could not be done. */
  readonly #waiting = new Set<Entry>();
  #againAt: Instant | undefined;
  #lastLook: { now: number; monotonic: number } | undefined;

  constructor(parts: WindowSchedulerParts) {
    this.#parts = parts;
    parts.events.on("switched", () => this.poke());
    parts.events.on("origins-checked", () => this.poke());
    parts.events.on("hooks-checked", () => this.poke());
    parts.events.on("certificates-changed", () => this.poke());
  }

  /** Takes over what an agent before this one has left, and does what is due. */
  async begin(found: readonly StoredWindow[]): Promise<void> {
    const { book, receipts, clock, log } = this.#parts;
    if (found.length > 0) {
      const { Calendar, ruleFault } = await loadCalendar();
      const known = receipts.list().filter(({ window }) => window !== undefined);
      for (const [index, stored] of found.entries()) {
        if (index % MAX_TURNS_IN_A_ROW === 0) await setImmediate();
        const calendar = new Calendar(stored);
        const fault = stored.rrule === undefined ? undefined : ruleFault(stored.rrule);
        // It goes on as before: what it does stands in its plan.
        if (fault !== undefined)
          log.warn("a window has a recurrence rule that is no longer accepted; change it", {
            window: stored.id,
            why: fault,
          });
        const records = movedAlong(stored.records, clock.now(), (start) => spanNear(calendar, start));
        const spanAt = (start: Instant) => calendar.during(start, start, 1).find((span) => span.start === start);
        book.adopt(
          withBegun({ ...stored, records }, known, spanAt, (site) => receipts.openFor(site)?.id, clock.now()),
          calendar,
          clock.now(),
        );
      }
    }
    // Who subscribed before has not heard of them.
    if (found.length > 0) this.#parts.events.publish({ type: "windows-changed", changed: book.list(), removed: [] });
    this.#isBegun = true;
    await this.look();
  }

  /** Something has changed that windows depend on: looks again soon. */
  poke(): void {
    if (!this.#isBegun || this.#isClosed || !this.#hasWork()) return;
    this.#isStale = true;
    this.#arm(0);
  }

  /** Does what is due, and arms the timer for what is next. */
  async look(): Promise<void> {
    await this.#looking;
    this.#looking = this.#look()
      .then(() => this.#remind())
      .catch((failure: unknown) => this.#parts.log.error("could not process windows", { why: messageOf(failure) }));
    await this.#looking;
    this.#arm(this.#isStale ? 0 : CHECK_INTERVAL_MS);
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
  }

  async #look(): Promise<void> {
    const { clock, book, queue, health } = this.#parts;
    const now = clock.now();
    health.keep(
      book
        .entries()
        .flatMap(({ stored }) =>
          stored.atEnd === "reopen-if-healthy"
            ? stored.records.filter((each) => isActive(each) && Date.parse(each.end) <= now)
            : [],
        ),
    );
    const hasJumped = this.#hasJumped(now);
    const isAgain = this.#againAt !== undefined && this.#againAt <= now;
    const seesRunning = this.#isStale || isAgain || health.dueInMs === 0;
    this.#isStale = false;
    const due = book.entries().filter((entry) => {
      const isDue = entry.wakeAt !== undefined && entry.wakeAt <= now;
      return (
        isDue ||
        hasJumped ||
        (isAgain && this.#waiting.has(entry)) ||
        (seesRunning && entry.stored.records.some(isActive))
      );
    });
    if (isAgain) this.#againAt = undefined;
    if (due.length === 0 && !book.isBehind) return;
    await queue.run(async () => {
      await this.#settle(due);
      return done(undefined);
    });
  }

  /**
   * In the write queue: starts come before ends, so that a site that goes from one window to the
   * next is not opened in between.
   */
  async #settle(due: readonly Entry[]): Promise<void> {
    const { queue, book, clock, receipts, actions } = this.#parts;
    this.#storeBehind();
    const obstacle = queue.obstacle();
    if (obstacle !== undefined) {
      this.#later(obstacle);
      return;
    }
    const now = clock.now();
    const isOpen = (id: string) => {
      const receipt = receipts.get(id);
      return receipt?.state === "in-maintenance" ? receipt : undefined;
    };
    const whyReverted = (id: string) => {
      const after = receipts.get(id)?.afterProof;
      return after?.outcome === "reverted" ? `it was brought back automatically: ${after.why}` : undefined;
    };
    const acts: { entry: Entry; act: Act }[] = [];
    const seenTo = new Map<Entry, Instant>();
    for (const [index, entry] of due.entries()) {
      if (index % MAX_TURNS_IN_A_ROW === MAX_TURNS_IN_A_ROW - 1) await setImmediate();
      // It may have been changed or removed while this waited for its turn.
      if (book.entry(entry.stored.id) !== entry) continue;
      this.#waiting.delete(entry);
      const spans = book.unseen(entry, now);
      seenTo.set(entry, Date.parse(entry.stored.seenTo));
      acts.push(...actsFor(entry.stored, spans, now, isOpen, whyReverted).map((act) => ({ entry, act })));
      book.markSeen(entry, now);
    }
    const order = { start: 0, record: 1, end: 2, undo: 2 } as const;
    const settled = acts.flatMap(({ entry, act }) =>
      act.kind === "ask" ? this.#ask(entry, act.occurrence) : { entry, act },
    );
    for (const { entry, act } of settled.toSorted((a, b) => order[a.act.kind] - order[b.act.kind]))
      await this.#carryOut(entry, act, now);
    const again = await actions.tellEnds(book.active());
    if (again !== undefined) this.#later(again);
    // What could not be noted is to be found again.
    for (const [entry, before] of seenTo) if (this.#waiting.has(entry)) book.markSeen(entry, before);
    const touched = new Set(settled.map(({ entry }) => entry));
    for (const [index, entry] of due.entries()) {
      if (index % MAX_TURNS_IN_A_ROW === MAX_TURNS_IN_A_ROW - 1) await setImmediate();
      const before = entry.next?.start;
      book.lookAhead(entry, now);
      if (entry.next?.start !== before) touched.add(entry);
    }
    if (touched.size > 0)
      this.#parts.events.publish({ type: "windows-changed", changed: [...touched].map(shown), removed: [] });
  }

  /**
   * What follows from whether its sites are well; nothing as long as that is not known, or known
   * before.
   */
  #ask(entry: Entry, occurrence: Occurrence): Settled[] {
    const verdict = this.#parts.health.verdict(entry.stored, occurrence);
    if (verdict === undefined) return [];
    const { why, ...rest } = occurrence;
    if (verdict.why === undefined) return [{ entry, act: { kind: "end", occurrence: rest } }];
    if (occurrence.state === "overrun" && why === verdict.why) return [];
    return [{ entry, act: { kind: "record", occurrence: { ...rest, state: "overrun", why: verdict.why } } }];
  }

  async #carryOut(entry: Entry, act: Settled["act"], now: Instant): Promise<void> {
    const { actions, book, log } = this.#parts;
    const { id, title } = entry.stored;
    let { occurrence } = act;
    let isSwitched = false;
    if (act.kind !== "record") {
      const outcome =
        act.kind === "start"
          ? await actions.start(entry.stored, occurrence)
          : await actions.end(entry.stored, occurrence, book.active(), now);
      if (!outcome.ok) {
        book.noteTrouble(entry, outcome.again.message);
        log.warn(`could not ${act.kind} a window; retrying`, { window: id, why: outcome.again.message });
        this.#waiting.add(entry);
        this.#later(outcome.again);
        return;
      }
      ({ occurrence, isSwitched } = outcome);
      if (act.kind === "undo")
        occurrence = { ...occurrence, why: "the clock was wrong when it began; it is ahead again" };
    } else if (occurrence.state === "missed" && entry.trouble !== undefined)
      occurrence = { ...occurrence, why: entry.trouble };
    const { state, lateBySeconds, why } = occurrence;
    const became: Became = act.kind === "undo" && state === "ended" ? { ahead: occurrence } : { records: [occurrence] };
    if (!this.#note(entry, became, isSwitched)) return;
    book.noteTrouble(entry, undefined);
    log.info("window state changed", {
      window: id,
      title,
      start: occurrence.start,
      state,
      late: lateBySeconds,
      why,
    });
  }

  /** False where it could not be stored and nothing was switched: then it is tried again. */
  #note(entry: Entry, became: Became, isSwitched: boolean): boolean {
    const { book, log } = this.#parts;
    const { id: window } = entry.stored;
    if (isSwitched) {
      const failure = book.noteSwitched(entry, became);
      if (failure === undefined) return true;
      log.warn("could not store the state of a window; retrying", { window, why: messageOf(failure) });
      this.#later(refuseUnstored("The window", failure).refusal);
      return true;
    }
    try {
      book.note(entry, became);
      return true;
    } catch (failure) {
      log.warn("could not store the state of a window; retrying", { window, why: messageOf(failure) });
      this.#waiting.add(entry);
      this.#later(refuseUnstored("The window", failure).refusal);
      return false;
    }
  }

  /** Files that could not be written when something was switched. */
  #storeBehind(): void {
    if (!this.#parts.book.isBehind) return;
    try {
      this.#parts.book.storeBehind();
    } catch (failure) {
      this.#later(refuseUnstored("The state of a window", failure).refusal);
    }
  }

  #later({ code, message }: Refusal): void {
    const delay = code === "store.failed" ? STORE_RETRY_DELAY_MS : RETRY_DELAY_MS;
    this.#againAt = this.#parts.clock.now() + delay;
    this.#parts.log.info("windows waiting", { why: message });
  }

  #hasJumped(now: Instant): boolean {
    const monotonic = this.#parts.clock.monotonic();
    const last = this.#lastLook;
    this.#lastLook = { now, monotonic };
    if (last === undefined) return true;
    const jumpMs = Math.round(now - last.now - (monotonic - last.monotonic));
    if (Math.abs(jumpMs) < CLOCK_JUMP_MS) return false;
    this.#parts.log.warn("system clock changed; checking windows again", { seconds: Math.round(jumpMs / 1000) });
    return true;
  }

  /** After what is due was done: what became of it is said with it. */
  async #remind(): Promise<void> {
    const { reminders, queue } = this.#parts;
    if (!reminders.isDue()) return;
    await queue.run(() => done(reminders.make()));
  }

  /** An agent without windows and without closed sites has no timer. */
  #hasWork(): boolean {
    const { book, receipts, reminders } = this.#parts;
    return book.size > 0 || reminders.next !== undefined || receipts.hasOpen;
  }

  #arm(atMost: number): void {
    clearTimeout(this.#timer);
    const { book, clock, reminders, health } = this.#parts;
    if (this.#isClosed || !this.#hasWork()) return;
    const wakes = [this.#againAt, reminders.next, ...book.entries().map(({ wakeAt }) => wakeAt)].filter(
      (instant) => instant !== undefined,
    );
    const earliest = wakes.reduce((first, instant) => Math.min(first, instant), Number.POSITIVE_INFINITY);
    // What could not be done is still due; trying it without a pause would be all that the agent
    // does.
    const next = Math.max(earliest, this.#againAt ?? earliest);
    const delay = Math.max(
      0,
      Math.min(next - clock.now(), atMost, Math.max(health.dueInMs ?? Infinity, RETRY_DELAY_MS)),
    );
    this.#timer = setTimeout(() => void this.look(), delay).unref();
  }
}
