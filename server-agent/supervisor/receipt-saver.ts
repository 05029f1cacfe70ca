import type { Receipt } from "../contract.ts";
import type { StateDirectory } from "../store/state-directory.ts";
import type { ReceiptBook } from "./receipt-book.ts";

/** Counts that are lost by a crash are at most this old (ms). */
const SAVE_EVERY_MS = 5000;

/** Keeps the files of receipts up to date, beside and after the switches, never on their way. */
export class ReceiptSaver {
  readonly #state: StateDirectory;
  readonly #book: ReceiptBook;
  readonly #saved = new Map<string, string>();
  readonly #timer: NodeJS.Timeout;
  #running: Promise<void> = Promise.resolve();

  constructor(state: StateDirectory, book: ReceiptBook) {
    this.#state = state;
    this.#book = book;
    for (const receipt of book.list()) if (state.hasFile(receipt.id)) this.#saved.set(receipt.id, JSON.stringify(receipt));
    this.#timer = setInterval(() => void this.save(), SAVE_EVERY_MS);
    this.#timer.unref();
  }

  /** Stores every receipt that has changed, then removes history beyond its limits. Failures are logged by the store. */
  save(): Promise<void> {
    this.#running = this.#running.then(() => this.#saveChanged());
    return this.#running;
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.save();
  }

  async #saveChanged(): Promise<void> {
    const receipts = this.#book.list();
    for (const receipt of receipts) await this.#saveOne(receipt);
    for (const id of await this.#state.prune(receipts)) {
      this.#book.forget(id);
      this.#saved.delete(id);
    }
  }

  async #saveOne(receipt: Receipt): Promise<void> {
    const text = JSON.stringify(receipt);
    if (this.#saved.get(receipt.id) === text) return;
    if (await this.#state.saveReceipt(receipt)) this.#saved.set(receipt.id, text);
  }
}
