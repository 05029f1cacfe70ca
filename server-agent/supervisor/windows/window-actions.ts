/**
 * Carries out what windows have to do: closes their sites, brings them back, moves the end that a
 * page tells. All of it must run in the write queue, with no stage held.
 */
import type { Occurrence } from "../../contract/windows.ts";
import type { Receipt } from "../../contract/maintenance.ts";
import type { PlannedChange, WantedChange } from "../../core/maintenance/plan-changes.ts";
import { endedWith, endToTell } from "../../core/windows/stack.ts";
import { type Instant, isoOf } from "../../core/windows/wall-clock.ts";
import type { Refusal } from "../../result.ts";
import type { StoredWindow } from "../../store/stored-window.ts";
import type { Switch } from "../switch/switch.ts";
import type { OnBehalf } from "../maintenance/made-receipts.ts";
import type { Maintenance } from "../maintenance/maintenance.ts";
import type { ReceiptBook } from "../switch/receipt-book.ts";

export interface WindowActionsParts {
  maintenance: Maintenance;
  receipts: ReceiptBook;
  switch: Switch;
}

/**
 * `isSwitched`: a generation was made, which tells of it. `again`: it may succeed later, and
 * nothing has changed.
 */
export type ActionOutcome = { ok: true; occurrence: Occurrence; isSwitched: boolean } | { ok: false; again: Refusal };

/** What cannot succeed later either. */
const FINAL = new Set<Refusal["code"]>([
  "not-found",
  "options.invalid",
  "config.invalid",
  "maintenance.conflict",
  "maintenance.already",
  "maintenance.reverted",
]);

interface Applied {
  receipts: Receipt[];
  /** What could not be done for good. */
  left: string[];
  isSwitched: boolean;
}

export class WindowActions {
  readonly #parts: WindowActionsParts;

  constructor(parts: WindowActionsParts) {
    this.#parts = parts;
  }

  /**
   * Closes the sites of a window; those that are closed already it only holds on to. `author`: who
   * starts it by hand.
   */
  async start(window: StoredWindow, occurrence: Occurrence, author?: string): Promise<ActionOutcome> {
    const { receipts } = this.#parts;
    const joined = window.sites.flatMap(({ site }) => receipts.openFor(site) ?? []);
    const fresh = window.sites.filter(({ site }) => !joined.some((receipt) => receipt.site === site));
    const changes = fresh.map((options): WantedChange => ({
      kind: "maintenance",
      options: optionsOf(window, options, occurrence, author),
    }));
    const applied = await this.#apply(changes, behalfOf(window, occurrence, author));
    if ("again" in applied) return { ok: false, again: applied.again };
    const { isSwitched } = applied;
    const held = [...joined, ...applied.receipts].map(({ id }) => id);
    const notes = [...joined.map(({ site, author }) => `${site} was closed already, by ${author}`), ...applied.left];
    const why = notes.length === 0 ? {} : { why: notes.join("; ") };
    if (held.length > 0) return { ok: true, isSwitched, occurrence: { ...occurrence, receipts: held, ...why } };
    const { startedAt: endedAt, lateBySeconds: _late, ...never } = occurrence;
    return {
      ok: true,
      isSwitched,
      occurrence: { ...never, state: "failed", ...(endedAt === undefined ? {} : { endedAt }), ...why },
    };
  }

  /** Brings back what the occurrence holds alone. `author`: who ends it by hand. */
  async end(
    window: StoredWindow,
    occurrence: Occurrence,
    active: readonly Occurrence[],
    now: Instant,
    author?: string,
  ): Promise<ActionOutcome> {
    const { revert, kept } = endedWith(occurrence, active, this.#open());
    const applied = await this.#apply(
      revert.map(({ id }) => ({ kind: "revert", receipt: id, how: "delete" })),
      behalfOf(window, occurrence, author),
    );
    if ("again" in applied) return { ok: false, again: applied.again };
    const { isSwitched } = applied;
    const notes = [...kept, ...applied.left];
    const why = notes.length === 0 ? {} : { why: notes.join("; ") };
    if (applied.left.length > 0)
      return { ok: true, isSwitched, occurrence: { ...occurrence, state: "overrun", ...why } };
    return { ok: true, isSwitched, occurrence: { ...occurrence, state: "ended", endedAt: isoOf(now), ...why } };
  }

  /**
   * Has the pages of closed sites tell the end of the last window that holds them. Returns why that
   * has to be tried again. `author`: who has moved an end.
   */
  async tellEnds(active: readonly Occurrence[], author = "windows"): Promise<Refusal | undefined> {
    const changes = this.#open().flatMap((receipt): WantedChange[] => {
      const until = endToTell(receipt, active);
      return until === undefined ? [] : [{ kind: "change", receipt: receipt.id, change: { until }, byWindow: true }];
    });
    const applied = await this.#apply(changes, { author, byWindow: true });
    return "again" in applied ? applied.again : undefined;
  }

  #open(): Receipt[] {
    return this.#parts.receipts.open();
  }

  /** As one generation. What can never succeed is left out. */
  async #apply(wanted: readonly WantedChange[], behalf: OnBehalf): Promise<Applied | { again: Refusal }> {
    const left: string[] = [];
    let changes = [...wanted];
    while (changes.length > 0) {
      const plan = await this.#parts.maintenance.planAll(changes, behalf);
      if (!plan.ok) {
        const { code, message, index } = plan.fault;
        if (!FINAL.has(code)) return { again: { code, message, details: {} } };
        left.push(message);
        changes = changes.toSpliced(index, 1);
        continue;
      }
      const committed = await this.#parts.switch.apply(plan.value.request, performance.now());
      if (!committed.ok) {
        if (!FINAL.has(committed.refusal.code)) return { again: committed.refusal };
        return { receipts: [], left: [...left, committed.refusal.message], isSwitched: false };
      }
      return {
        receipts: committed.value.receipts
          .slice(0, committed.value.own)
          .filter((_receipt, index) => isNew(plan.value.planned[index])),
        left,
        isSwitched: true,
      };
    }
    return { receipts: [], left, isSwitched: false };
  }
}

function isNew(change: PlannedChange | undefined): boolean {
  return change?.kind === "maintenance";
}

/** In the name of who does it now, or else of who has planned it. */
function behalfOf(
  { id, title, author: planner = "unknown", operation }: StoredWindow,
  { start }: Occurrence,
  author = planner,
): OnBehalf {
  return { author, byWindow: true, window: { id, start, title }, ...(operation === undefined ? {} : { operation }) };
}

function optionsOf(
  window: StoredWindow,
  options: StoredWindow["sites"][number],
  { end }: Occurrence,
  author = window.author ?? "unknown",
) {
  return { ...options, until: end, author, reason: options.reason ?? window.reason ?? window.title };
}
