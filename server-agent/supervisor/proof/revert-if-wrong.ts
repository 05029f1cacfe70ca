/**
 * Takes a switch back whose proof fails, where that was asked for: by hand, by a stage, or by a
 * window at night. Which of them still wait for their proof is read off the receipts, so that an
 * agent that starts again in between decides the same.
 */
import { setTimeout as delay } from "node:timers/promises";
import type { Receipt } from "../../contract/maintenance.ts";
import type { AfterProof, Proof } from "../../contract/proof.ts";
import { decideAfter, isUndecided } from "../../core/proof/after-proof.ts";
import { type Log, messageOf } from "../../log.ts";
import { done, type Refusal, type Result } from "../../result.ts";
import type { Clock } from "../clock.ts";
import type { EventBus } from "../event-bus.ts";
import type { ReceiptBook } from "../switch/receipt-book.ts";
import { isoOf } from "../../core/windows/wall-clock.ts";
import type { Prover } from "./prover.ts";

export interface RevertIfWrongParts {
  receipts: ReceiptBook;
  prover: Pick<Prover, "prove">;
  revert: (id: string, afterProof: AfterProof) => Promise<Result<unknown>>;
  clock: Clock;
  events: EventBus;
  log: Log;
}

/** What could not be decided or done is tried again after this time (ms). */
const RETRY_DELAY_MS = 1000;
/** A reply waits so long for the decision (ms): below what clients wait for a reply. */
const REPLY_TIMEOUT_MS = 45_000;
/** What cannot succeed later either. */
const FINAL = new Set<Refusal["code"]>(["not-found", "maintenance.conflict", "config.invalid"]);

export class RevertIfWrong {
  readonly #parts: RevertIfWrongParts;
  readonly #closing = new AbortController();
  readonly #deciding = new Map<string, Promise<void>>();

  constructor(parts: RevertIfWrongParts) {
    this.#parts = parts;
    parts.events.on("switched", ({ receipts, own }) => this.#decideAll(receipts.slice(0, own)));
  }

  /** Decides what an agent before this one has left undecided. */
  begin(): void {
    this.#decideAll(this.#parts.receipts.open());
  }

  /** What was switched, with its receipt as it is once its proof has decided. */
  async decided<W extends { generation: number; receipt: Receipt }>(outcome: Result<W>): Promise<Result<W>> {
    if (!outcome.ok || !isUndecided(outcome.value.receipt)) return outcome;
    const { id } = outcome.value.receipt;
    const late = delay(REPLY_TIMEOUT_MS, undefined, { ref: false });
    await Promise.race([this.#decide(id), late]);
    const receipt = this.#parts.receipts.get(id) ?? outcome.value.receipt;
    return done({ ...outcome.value, receipt, generation: receipt.revert?.generation ?? outcome.value.generation });
  }

  close(): void {
    this.#closing.abort();
  }

  #decideAll(receipts: readonly Receipt[]): void {
    for (const receipt of receipts) if (isUndecided(receipt)) void this.#decide(receipt.id);
  }

  #decide(id: string): Promise<void> {
    const known = this.#deciding.get(id);
    if (known !== undefined) return known;
    const deciding = this.#run(id).finally(() => this.#deciding.delete(id));
    this.#deciding.set(id, deciding);
    return deciding;
  }

  async #run(id: string): Promise<void> {
    const { signal } = this.#closing;
    const proofs: Proof[] = [];
    while (!signal.aborted) {
      if (await this.#step(id, proofs)) return;
      await delay(proofs.length === 1 ? 0 : RETRY_DELAY_MS, undefined, { signal, ref: false }).catch(() => undefined);
    }
  }

  /** Whether nothing is left to decide. */
  async #step(id: string, proofs: Proof[]): Promise<boolean> {
    const { receipts, prover, clock, log } = this.#parts;
    const isOver = (): boolean => {
      const receipt = receipts.get(id);
      return receipt === undefined || !isUndecided(receipt);
    };
    if (isOver()) return true;
    try {
      const proved = await prover.prove(id);
      if (isOver() || this.#closing.signal.aborted) return true;
      if (!proved.ok) return false;
      proofs.push(proved.value);
      const decision = decideAfter(proofs, isoOf(clock.now()));
      return decision !== undefined && (await this.#carryOut(id, decision));
    } catch (failure) {
      log.error("could not evaluate a proof; retrying", { receipt: id, why: messageOf(failure) });
      return false;
    }
  }

  /** False where it is to be tried again. */
  async #carryOut(id: string, decision: AfterProof): Promise<boolean> {
    const { revert, log } = this.#parts;
    if (decision.outcome === "kept") {
      this.#note(id, decision);
      return true;
    }
    const reverted = await revert(id, decision);
    if (reverted.ok) {
      log.warn("brought back automatically", { receipt: id, why: decision.why });
      return true;
    }
    const { code, message } = reverted.refusal;
    log.warn("could not bring back automatically", { receipt: id, why: decision.why, refused: message });
    if (!FINAL.has(code)) return false;
    this.#note(id, {
      ...decision,
      outcome: "not-reverted",
      why: `${decision.why}; it could not be reverted: ${message}`,
    });
    return true;
  }

  #note(id: string, decision: AfterProof): void {
    const noted = this.#parts.receipts.noteAfterProof(id, decision);
    if (noted !== undefined) this.#parts.events.publish({ type: "receipt-proved", receipt: noted });
  }
}
