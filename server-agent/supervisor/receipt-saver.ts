import type { Receipt } from "../contract.ts";
import type { StateDirectory } from "../store/state-directory.ts";
import type { ReceiptBook } from "./receipt-book.ts";

/** Counts that are lost by a crash are at most this old (ms). */
const SAVE_EVERY_MS = 5000;
/** After a switch, so that its disk writes do not compete with those of the next one (ms). */
const SAVE_SOON_MS = 500;

/** Keeps the files of receipts up to date, beside and after the switches, never on their way. */
export class ReceiptSaver {
  readonly #state: StateDirectory;
  readonly #book: ReceiptBook;
  /** What each file has: the receipt itself, and its text for those whose counts go on. */
  readonly #saved = new Map<string, { receipt: Receipt; text: string }>();
  readonly #timer: NodeJS.Timeout;
  #soon: NodeJS.Timeout | undefined;

  constructor(state: StateDirectory, book: ReceiptBook) {
    this.#state = state;
    this.#book = book;
    for (const receipt of book.list()) if (state.hasFile(receipt.id)) this.#saved.set(receipt.id, { receipt, text: JSON.stringify(receipt) });
    this.#timer = setInterval(() => {
      this.#save();
    }, SAVE_EVERY_MS);
    this.#timer.unref();
  }

  saveSoon(): void {
    this.#soon ??= setTimeout(() => {
      this.#soon = undefined;
      this.#save();
    }, SAVE_SOON_MS).unref();
  }

  close(): void {
    clearInterval(this.#timer);
    clearTimeout(this.#soon);
    this.#save();
  }

  /** Stores every receipt that has changed, then removes history beyond its limits. Failures are logged by the store. */
  #save(): void {
    const receipts = this.#book.list();
    for (const receipt of receipts) this.#saveOne(receipt);
    for (const id of this.#state.prune(receipts)) {
      this.#book.forget(id);
      this.#saved.delete(id);
    }
  }

  #saveOne(receipt: Receipt): void {
    const before = this.#saved.get(receipt.id);
    if (before?.receipt === receipt) return;
    const text = JSON.stringify(receipt);
    if (before?.text === text || this.#state.saveReceipt(receipt)) this.#saved.set(receipt.id, { receipt, text });
  }
}
