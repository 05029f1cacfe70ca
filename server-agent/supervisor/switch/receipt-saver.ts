import { setImmediate } from "node:timers/promises";
import type { Receipt } from "../../contract/maintenance.ts";
import type { StateDirectory } from "../../store/state-directory.ts";
import type { EventBus } from "../event-bus.ts";
import type { ReceiptBook } from "./receipt-book.ts";

/** Counts that are lost by a crash are at most this old (ms). */
const SAVE_INTERVAL_MS = 5000;
/** After a switch, so that its disk writes do not compete with those of the next one (ms). */
const SAVE_DELAY_MS = 500;

/** Keeps the files of receipts up to date, beside and after the switches, never on their way. */
export class ReceiptSaver {
  readonly #state: StateDirectory;
  readonly #book: ReceiptBook;
  /** What each file has; the book gives the same object as long as nothing has changed. */
  readonly #saved = new Map<string, Receipt>();
  #timer: NodeJS.Timeout | undefined;
  #soon: NodeJS.Timeout | undefined;
  #running: Promise<void> = Promise.resolve();
  #isWaiting = false;
  /** Nothing may be written before `begin`, and after `pause`. */
  #mayWrite = false;

  constructor({ state, receipts: book, events }: { state: StateDirectory; receipts: ReceiptBook; events: EventBus }) {
    this.#state = state;
    this.#book = book;
    for (const receipt of book.list()) if (state.hasFile(receipt.id)) this.#saved.set(receipt.id, receipt);
    events.on("switched", () => this.saveSoon());
    events.on("receipt-proved", () => this.saveSoon());
  }

  begin(): void {
    this.#mayWrite = true;
    this.#timer = setInterval(() => {
      void this.#save();
    }, SAVE_INTERVAL_MS);
    this.#timer.unref();
  }

  /** Ends all writing. After it has resolved, `saveNow` stores what is left. */
  async pause(): Promise<void> {
    this.#stopTimers();
    await this.#running;
    this.#stopTimers();
    this.#mayWrite = false;
  }

  /** Stores the receipts as they are at this moment. */
  saveNow(): void {
    for (const receipt of this.#book.list()) this.#saveOne(receipt);
  }

  /** Goes on after a pause in which others may have altered the files. */
  resume(): void {
    this.#saved.clear();
    this.begin();
    this.saveSoon();
  }

  saveSoon(): void {
    if (!this.#mayWrite) return;
    this.#soon ??= setTimeout(() => {
      this.#soon = undefined;
      void this.#save();
    }, SAVE_DELAY_MS).unref();
  }

  async close(): Promise<void> {
    this.#stopTimers();
    await this.#save();
  }

  #stopTimers(): void {
    clearInterval(this.#timer);
    clearTimeout(this.#soon);
    this.#soon = undefined;
  }

  /**
   * Stores every receipt that has changed, then removes history beyond its limits. Failures are
   * logged by the store.
   */
  #save(): Promise<void> {
    // What waits for its turn already finds everything that has changed by then.
    if (this.#isWaiting) return this.#running;
    this.#isWaiting = true;
    this.#running = this.#running.then(() => {
      this.#isWaiting = false;
      return this.#saveChanged();
    });
    return this.#running;
  }

  async #saveChanged(): Promise<void> {
    if (!this.#mayWrite) return;
    for (const receipt of this.#book.list()) {
      // Each file costs two fsyncs: a switch that arrives meanwhile waits for one of them at most,
      // not for all.
      if (this.#saveOne(receipt)) await setImmediate();
    }
    for (const id of this.#state.prune(this.#book.list())) {
      this.#book.forget(id);
      this.#saved.delete(id);
    }
  }

  /** Whether the disk was touched. */
  #saveOne(receipt: Receipt): boolean {
    if (this.#saved.get(receipt.id) === receipt) return false;
    if (this.#state.saveReceipt(receipt)) this.#saved.set(receipt.id, receipt);
    return true;
  }
}
