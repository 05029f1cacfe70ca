/**
 * All receipts with their counts as observed. Opening and closing is decided elsewhere; the book
 * follows.
 */
import type { MaintenanceCounts, Proof, Receipt } from "../../contract/maintenance.ts";
import type { Counted, ObservedCounters } from "../../adapters/builtin/observed-counters.ts";
import { advance, tally } from "./receipt-counts.ts";

interface Page {
  receipt: Receipt;
  /** What the workers had counted when `receipt.counts` was true. */
  from: MaintenanceCounts;
  /**
   * Its counts cannot change any more. Most receipts are old, and every tick asks for all of them.
   */
  settled: boolean;
}

export class ReceiptBook {
  readonly #counters: ObservedCounters;
  readonly #pages = new Map<string, Page>();

  constructor(counters: ObservedCounters, found: readonly Receipt[]) {
    this.#counters = counters;
    // Oldest first, so that later ones come first in `list`. What was draining when the former
    // process ended is over; whether it ended well was not observed.
    for (const receipt of found.toReversed()) {
      const counts = { ...receipt.counts, draining: 0 };
      this.#pages.set(receipt.id, {
        receipt: { ...receipt, counts },
        from: tally([], receipt),
        settled: receipt.state === "reverted",
      });
    }
  }

  /**
   * Newest first, with live counts. A receipt that is the same object as before has not changed.
   */
  list(): Receipt[] {
    return [...this.#pages.values()].map((page) => this.#live(page)).reverse();
  }

  get(id: string): Receipt | undefined {
    const page = this.#pages.get(id);
    return page === undefined ? undefined : this.#live(page);
  }

  openFor(site: string): Receipt | undefined {
    const page = [...this.#pages.values()].find(
      ({ receipt }) => receipt.state === "in-maintenance" && receipt.site === site,
    );
    return page === undefined ? undefined : this.#live(page);
  }

  /**
   * Takes over receipts that a switch opened or closed. `reports`: what every worker had counted
   * when it switched; `switchMs` is known only now.
   */
  follow(changed: readonly Receipt[], reports: readonly Counted[], switchMs: number): Receipt[] {
    return changed.map((receipt) => {
      const before = this.#pages.get(receipt.id);
      const from = tally(reports, receipt);
      const counts =
        before === undefined
          ? { ...receipt.counts, draining: from.draining }
          : advance(before.receipt.counts, before.from, from);
      // One that only got another end was switched before.
      const sinceMs = before?.receipt.state === "in-maintenance" ? before.receipt.switchMs : switchMs;
      const settled =
        receipt.revert === undefined
          ? { ...receipt, counts, switchMs: sinceMs }
          : { ...receipt, counts, revert: { ...receipt.revert, switchMs } };
      const page = { receipt: settled, from, settled: false };
      this.#pages.set(receipt.id, page);
      return this.#live(page);
    });
  }

  /**
   * Adds a proof to the switch or, for a receipt that was reverted before the proof began, to the
   * revert.
   */
  attachProof(id: string, of: "switch" | "revert", proof: Proof): Receipt | undefined {
    const page = this.#pages.get(id);
    if (page === undefined) return undefined;
    const { receipt } = page;
    if (of === "switch") page.receipt = { ...receipt, proof };
    else if (receipt.revert !== undefined) page.receipt = { ...receipt, revert: { ...receipt.revert, proof } };
    return this.#live(page);
  }

  forget(id: string): void {
    this.#pages.delete(id);
  }

  #live(page: Page): Receipt {
    const { receipt, from, settled } = page;
    if (settled) return receipt;
    const now = advance(receipt.counts, from, tally(this.#counters.all(), receipt));
    if (receipt.state === "in-maintenance") return { ...receipt, counts: now };
    // After the revert its own requests are ordinary ones again; only what still drains goes on.
    const live = { ...receipt, counts: { ...now, refused: receipt.counts.refused, excepted: receipt.counts.excepted } };
    if (now.draining === 0) {
      page.receipt = live;
      page.settled = true;
    }
    return live;
  }
}
