/**
 * All receipts with their counts as observed. Opening and closing is decided elsewhere; the book
 * follows.
 */
import type { MaintenanceCounts, Receipt } from "../../contract/maintenance.ts";
import type { AfterProof, Proof } from "../../contract/proof.ts";
import type { Counted } from "../../adapters/builtin/counted.ts";
import type { ObservedCounters } from "../../adapters/builtin/observed-counters.ts";
import { DrainIndex } from "./drain-index.ts";
import { advance, openBalance, sameCounts, tally, type Tally } from "./receipt-counts.ts";

interface Page {
  receipt: Receipt;
  /** What the workers had counted when `receipt.counts` was true. */
  from: Tally;
  /**
   * Its counts cannot change any more. Most receipts are old, and every tick asks for all of them.
   */
  settled: boolean;
  /** As it was shown last, and the version of the counters then. */
  live: Receipt;
  version: number;
}

export class ReceiptBook {
  readonly #counters: ObservedCounters;
  readonly #pages = new Map<string, Page>();
  #drains = new DrainIndex([]);
  #drainsVersion = -1;

  constructor(counters: ObservedCounters, found: readonly Receipt[]) {
    this.#counters = counters;
    // Oldest first, so that later ones come first in `list`. What was draining when the former
    // process ended is over; whether it ended well was not observed.
    const nothing = new DrainIndex([]);
    const observed = new DrainIndex(counters.all());
    for (const receipt of found.toReversed()) {
      const { draining } = observed.before(receipt.site, receipt.generation);
      const counts = { ...receipt.counts, draining: 0, ...withoutUnobserved(receipt.counts.balance, draining) };
      this.#put({ ...receipt, counts }, tally([], nothing, receipt), receipt.state === "reverted");
    }
  }

  /**
   * Newest first, with live counts. A receipt that is the same object as before has not changed.
   */
  list(): Receipt[] {
    return [...this.#pages.values()].map((page) => this.#live(page)).reverse();
  }

  /**
   * Newest first, with live counts of those in maintenance only: for those that do not show the
   * others, of which there are many.
   */
  known(): Receipt[] {
    return [...this.#pages.values()]
      .map((page) => (page.receipt.state === "in-maintenance" ? this.#live(page) : page.receipt))
      .reverse();
  }

  /** Those in maintenance, newest first, with live counts. */
  open(): Receipt[] {
    return [...this.#pages.values()]
      .flatMap((page) => (page.receipt.state === "in-maintenance" ? [this.#live(page)] : []))
      .reverse();
  }

  get hasOpen(): boolean {
    for (const { receipt } of this.#pages.values()) if (receipt.state === "in-maintenance") return true;
    return false;
  }

  get(id: string): Receipt | undefined {
    const page = this.#pages.get(id);
    return page === undefined ? undefined : this.#live(page);
  }

  /** Generations of receipts whose counts can still change. */
  watched(): number[] {
    return [...this.#pages.values()].flatMap(({ settled, receipt }) => (settled ? [] : [receipt.generation]));
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
    const drains = new DrainIndex(changed.length === 0 ? [] : reports);
    return changed.map((receipt) => {
      const before = this.#pages.get(receipt.id);
      const from = tally(reports, drains, receipt);
      const counts =
        before === undefined
          ? { ...receipt.counts, draining: from.draining, balance: openBalance(from.draining) }
          : advance(before.receipt.counts, before.from, from);
      // One that only got another end was switched before.
      const sinceMs = before?.receipt.state === "in-maintenance" ? before.receipt.switchMs : switchMs;
      const settled =
        receipt.revert === undefined
          ? { ...receipt, counts, switchMs: sinceMs }
          : { ...receipt, counts, revert: { ...receipt.revert, switchMs } };
      return this.#live(this.#put(settled, from, false));
    });
  }

  /**
   * Adds a proof to the switch or, for a receipt that was reverted before the proof began, to the
   * revert. The first one after the switch is kept beside a later one.
   */
  attachProof(id: string, of: "switch" | "revert", proof: Proof): Receipt | undefined {
    const page = this.#pages.get(id);
    if (page === undefined) return undefined;
    const { receipt } = page;
    const proved =
      of === "switch"
        ? { ...receipt, proof, ...firstOf(receipt) }
        : receipt.revert === undefined
          ? receipt
          : { ...receipt, revert: { ...receipt.revert, proof } };
    return this.#live(this.#put(proved, page.from, page.settled));
  }

  /** Notes what followed from the proof, where that is not a switch. */
  noteAfterProof(id: string, afterProof: AfterProof): Receipt | undefined {
    const page = this.#pages.get(id);
    return page === undefined
      ? undefined
      : this.#live(this.#put({ ...page.receipt, afterProof }, page.from, page.settled));
  }

  forget(id: string): void {
    this.#pages.delete(id);
  }

  #put(receipt: Receipt, from: Tally, settled: boolean): Page {
    const page = { receipt, from, settled, live: receipt, version: -1 };
    this.#pages.set(receipt.id, page);
    return page;
  }

  /** The same object as long as nothing has changed. */
  #live(page: Page): Receipt {
    const { version } = this.#counters;
    if (page.settled) return page.receipt;
    if (page.version === version) return page.live;
    page.version = version;
    const { receipt, from } = page;
    const now = advance(receipt.counts, from, tally(this.#counters.all(), this.#drainsNow(version), receipt));
    // After the revert its own requests are ordinary ones again; only what still drains goes on.
    const counts =
      receipt.state === "in-maintenance"
        ? now
        : { ...now, refused: receipt.counts.refused, excepted: receipt.counts.excepted };
    if (!sameCounts(counts, page.live.counts)) page.live = { ...receipt, counts };
    if (receipt.state === "reverted" && now.draining === 0) {
      page.receipt = page.live;
      page.settled = true;
    }
    return page.live;
  }

  #drainsNow(version: number): DrainIndex {
    if (this.#drainsVersion !== version) {
      this.#drainsVersion = version;
      this.#drains = new DrainIndex(this.#counters.all());
    }
    return this.#drains;
  }
}

function firstOf({ firstProof, proof }: Receipt): Pick<Receipt, "firstProof"> {
  const first = firstProof ?? proof;
  return first === undefined ? {} : { firstProof: first };
}

/** @param draining What an agent that has handed over still has in flight, and reports. */
function withoutUnobserved(
  balance: MaintenanceCounts["balance"],
  draining: number,
): Pick<MaintenanceCounts, "balance"> {
  if (balance === undefined) return {};
  const gone = Math.max(0, balance.inFlight - draining);
  return { balance: { ...balance, inFlight: balance.inFlight - gone, unobserved: balance.unobserved + gone } };
}
