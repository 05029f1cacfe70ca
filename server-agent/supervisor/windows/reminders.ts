/**
 * Reminders: made when they are due, stored, told to everyone, and kept with who was told and who
 * acted. Made in the write queue, so that a successor finds them all.
 */
import type { Config } from "../../contract/config.ts";
import type { Body } from "../../contract/routes.ts";
import type { Delivery, Reminder } from "../../contract/reminders.ts";
import type { OccurrenceOf, Receipt } from "../../contract/maintenance.ts";
import { siteName } from "../../core/site-name.ts";
import { newestFirst, MAX_SNAPSHOT_REMINDERS } from "../../core/client/apply-event.ts";
import type { FailedCertificate } from "../../core/reminders/certificate-reminders.ts";
import { remindersAt } from "../../core/reminders/due-reminders.ts";
import { type Instant, isoOf } from "../../core/windows/wall-clock.ts";
import { type Log, messageOf } from "../../log.ts";
import { done, type Result, refuse } from "../../result.ts";
import type { StateDirectory } from "../../store/state-directory.ts";
import type { Clock } from "../clock.ts";
import type { EventBus } from "../event-bus.ts";
import type { ReceiptBook } from "../switch/receipt-book.ts";
import type { HookChecks } from "./hook-checks.ts";
import type { WindowBook } from "./window-book.ts";
import type { WriteQueue } from "../switch/write-queue.ts";

export interface RemindersParts {
  clock: Clock;
  book: WindowBook;
  hooks: HookChecks;
  receipts: ReceiptBook;
  state: StateDirectory;
  queue: WriteQueue;
  events: EventBus;
  /** Those whose latest order failed. */
  failedCertificates: () => readonly FailedCertificate[];
  config: () => Config;
  log: Log;
}

export type Act = NonNullable<Reminder["acted"]>["act"];

/** What was due longer ago is not said any more (ms). */
const MAX_AGE_MS = 7 * 86_400_000;
/** A clock that was put right goes back by more than this (ms). */
const EARLY_MS = 5000;
/** So many are kept; a line of the log is what remains of older ones. */
const MAX_REMINDERS = 500;
/** A reminder is told to so many at most. */
const MAX_DELIVERIES = 100;

export class Reminders {
  readonly #parts: RemindersParts;
  readonly #made: Map<string, Reminder>;
  /** When the next one is due. */
  #next: Instant | undefined;

  constructor(parts: RemindersParts, found: readonly Reminder[]) {
    this.#parts = parts;
    this.#made = new Map(found.map((reminder) => [reminder.id, reminder]));
    parts.events.on("certificates-changed", () => {
      if (parts.failedCertificates().length > 0) this.#next = parts.clock.now();
    });
    parts.events.on("switched", ({ receipts, own, byWindow }) => {
      // Nothing else may be left that would have the scheduler look.
      if (receipts.some(({ afterProof }) => afterProof !== undefined)) this.#next = parts.clock.now();
      if (byWindow) return;
      for (const { id, by } of extended(receipts.slice(0, own))) this.acted({ receipts: [id] }, "extend", by);
      for (const { id, by } of broughtBack(receipts)) this.acted({ receipts: [id] }, "bring-back", by);
    });
  }

  /** Newest first. */
  list(): Reminder[] {
    return [...this.#made.values()].sort(newestFirst);
  }

  recent(): Reminder[] {
    return this.list().slice(0, MAX_SNAPSHOT_REMINDERS);
  }

  get next(): Instant | undefined {
    return this.#next;
  }

  /** Whether something is to be said at this moment; finds out when something is next. */
  isDue(): boolean {
    this.#forgetFuture();
    const { due, next } = this.#look();
    this.#next = next;
    return due.length > 0;
  }

  /** Makes what is due. In the write queue. */
  make(): Reminder[] {
    const { due, next } = this.#look();
    this.#next = next;
    const made = due.filter((reminder) => this.#store(reminder));
    for (const { title, id } of made) this.#parts.log.info("reminder due", { reminder: id, title });
    this.#prune();
    if (made.length > 0) this.#parts.events.publish({ type: "reminders-changed", changed: made, areNew: true });
    return made;
  }

  /**
   * Notes that somebody was told, or could not be. The same one again takes the place of what was
   * known. Refuses with `not-found` or `store.failed`.
   */
  noteDelivery(id: string, delivery: Body<"noteDelivery">): Promise<Result<Reminder>> {
    return this.#parts.queue.run(() => this.#note(id, delivery));
  }

  /**
   * Somebody did something about these: what they were reminded of is not open any more.
   */
  acted(about: { occurrence?: OccurrenceOf; receipts?: readonly string[] }, act: Act, by: string): void {
    const { occurrence, receipts = [] } = about;
    const at = isoOf(this.#parts.clock.now());
    const meant = [...this.#made.values()].filter(
      (reminder) =>
        reminder.acted === undefined &&
        ((occurrence !== undefined &&
          reminder.occurrence?.id === occurrence.id &&
          reminder.occurrence.start === occurrence.start) ||
          reminder.receipts.some((id) => receipts.includes(id))),
    );
    const changed = meant
      .map((reminder) => ({ ...reminder, acted: { act, by, at } }))
      .filter((reminder) => this.#store(reminder));
    if (changed.length > 0) this.#parts.events.publish({ type: "reminders-changed", changed, areNew: false });
  }

  #note(id: string, { to, why, ok = why === undefined }: Body<"noteDelivery">): Result<Reminder> {
    const reminder = this.#made.get(id);
    if (reminder === undefined)
      return refuse("not-found", `There is no reminder ${id}; GET /v1/reminders lists the stored ones.`);
    const before = reminder.deliveries.find((delivery) => delivery.to === to);
    const delivery: Delivery = {
      to,
      at: isoOf(this.#parts.clock.now()),
      ok,
      tries: (before?.tries ?? 0) + 1,
      ...(why === undefined ? {} : { why }),
    };
    const others = reminder.deliveries.filter((each) => each !== before).slice(-(MAX_DELIVERIES - 1));
    const changed = { ...reminder, deliveries: [...others, delivery] };
    if (!this.#store(changed))
      return refuse("store.failed", "Could not store the delivery, so nothing was changed; the log says why.");
    this.#parts.events.publish({ type: "reminders-changed", changed: [changed], areNew: false });
    return done(changed);
  }

  #look() {
    const { clock, book, receipts, hooks } = this.#parts;
    const now = clock.now();
    hooks.forget(now);
    const told = receipts
      .known()
      .filter(({ state, afterProof }) => state === "in-maintenance" || afterProof !== undefined);
    // Where only the latest are kept, what is older may have been said.
    const oldest = this.#made.size < MAX_REMINDERS ? undefined : this.list().at(-1);
    const since = Math.max(now - MAX_AGE_MS, oldest === undefined ? 0 : Date.parse(oldest.due));
    const upcoming = book.entries().map(({ stored, waiting, next }) => ({
      window: stored,
      spans: next === undefined ? waiting : [...waiting, next],
    }));
    // Another version of the agent has said what it has stored.
    const isMade = (id: string) => this.#made.has(id) || this.#parts.state.isForeign("reminders", id);
    const config = this.#parts.config();
    return remindersAt(
      now,
      {
        upcoming,
        receipts: told,
        certificates: this.#parts.failedCertificates(),
        obstacle: (...check) => hooks.seen(...check),
      },
      { since, isMade, nameOf: (site) => siteName(config, site) },
    );
  }

  /**
   * What cannot be stored is not said: after a restart it would be said again. It is tried again
   * with the next look.
   */
  #store(reminder: Reminder): boolean {
    try {
      this.#parts.state.save("reminders", reminder);
    } catch (failure) {
      this.#parts.log.warn("could not store a reminder", { reminder: reminder.id, why: messageOf(failure) });
      return false;
    }
    this.#made.set(reminder.id, reminder);
    return true;
  }

  /** What a clock that was wrong had made before its time is to be made at its time. */
  #forgetFuture(): void {
    const now = this.#parts.clock.now();
    for (const { id, due } of this.#made.values()) if (Date.parse(due) > now + EARLY_MS) this.#forget(id);
  }

  #forget(id: string): void {
    if (this.#parts.state.forget("reminders", id)) this.#made.delete(id);
  }

  #prune(): void {
    for (const { id } of this.list().slice(MAX_REMINDERS)) this.#forget(id);
  }
}

/** The maintenances among these that got another end, by whom. */
function extended(changed: readonly Receipt[]): { id: string; by: string }[] {
  return changed.flatMap(({ id, state, edits }) => {
    const last = edits?.at(-1);
    return state === "in-maintenance" && last?.fields.includes("until") === true ? [{ id, by: last.author }] : [];
  });
}

/** The maintenances among these that were brought back, by whom. */
function broughtBack(receipts: readonly Receipt[]): { id: string; by: string }[] {
  return receipts.flatMap(({ id, state, revert }) =>
    state === "reverted" && revert !== undefined ? [{ id, by: revert.author }] : [],
  );
}
