/**
 * The proof: after a switch and after a revert, the agent asks every host through its own
 * listeners, like a visitor, and notes who answered. What is asked and what is right is decided in
 * core; here it is only asked, with bounded haste and patience.
 */
import { setMaxListeners } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import type { Receipt } from "../../contract/maintenance.ts";
import type { Proof } from "../../contract/proof.ts";
import { isUndecided } from "../../core/proof/after-proof.ts";
import type { ProofListener } from "../../core/proof/entry.ts";
import { planProof } from "../../core/proof/proof-plan.ts";
import { type Log, messageOf } from "../../log.ts";
import { done, type Result, refuse } from "../../result.ts";
import { askCells } from "./ask-cells.ts";
import type { EventBus } from "../event-bus.ts";
import type { ReceiptBook } from "../switch/receipt-book.ts";
import type { Service } from "../../adapters/service.ts";
import { wrongCells } from "../../core/proof/wrong-cells.ts";

export interface ProverParts {
  token: string;
  receipts: ReceiptBook;
  /** As visitors of this site come in now. */
  listeners(site: string): Promise<readonly ProofListener[]>;
  active: () => Service;
  /** Resolves when no change is under way: every worker serves what is active. */
  settled: () => Promise<void>;
  events: EventBus;
  log: Log;
}

/** What is not answered within this time (ms) from the start of the proof is not asked any more. */
const PROOF_TIMEOUT_MS = 20_000;
/** A switch that is followed by another one at once needs no proof (ms). */
const SETTLED_MS = 50;
/** Proofs after one switch of many sites, side by side. */
const MAX_CONCURRENT_PROOFS = 4;
/** A proof during which the configuration changed says nothing; so often it is tried again. */
const MAX_ATTEMPTS = 3;

export class Prover {
  readonly #parts: ProverParts;
  readonly #closing = new AbortController();

  constructor(parts: ProverParts) {
    this.#parts = parts;
    // Every question of every proof under way listens to it; node would warn of a leak in the
    // agent's log.
    setMaxListeners(0, this.#closing.signal);
    parts.events.on("switched", ({ receipts, own }) => void this.proveSoon(receipts.slice(0, own)));
  }

  /**
   * The proofs that belong to every switch, in the background. Resolves when all are made. Those
   * that decide whether it stays are asked for by who decides.
   */
  async proveSoon(proved: readonly Receipt[]): Promise<void> {
    const receipts = proved.filter((receipt) => !isUndecided(receipt));
    if (receipts.length === 0) return;
    await delay(SETTLED_MS, undefined, { signal: this.#closing.signal, ref: false }).catch(() => undefined);
    let next = 0;
    const proveInTurn = async (): Promise<void> => {
      for (let receipt = receipts[next++]; receipt !== undefined; receipt = receipts[next++])
        await this.#proveOne(receipt);
    };
    await Promise.all(Array.from({ length: Math.min(MAX_CONCURRENT_PROOFS, receipts.length) }, proveInTurn));
  }

  /**
   * Asks now, and keeps the answer with the receipt: with its switch, or once it was reverted with
   * its revert. Refuses with `not-found`, `maintenance.already` (it is in maintenance again), or
   * `config.stale` when the configuration does not settle.
   */
  async prove(id: string): Promise<Result<Proof>> {
    const { receipts, active } = this.#parts;
    for (let attempt = 1; ; attempt++) {
      await this.#parts.settled();
      const receipt = receipts.get(id);
      if (receipt === undefined) return refuse("not-found", `There is no receipt ${id}.`);
      const later = receipt.state === "reverted" ? receipts.openFor(receipt.site) : undefined;
      if (later !== undefined)
        return refuse("maintenance.already", `${receipt.site} is in maintenance again; prove that one.`, {
          receipt: later.id,
        });
      const service = active();
      const { generation } = service;
      const proof = await this.#ask(receipt, service);
      // A change is active before the first worker serves it, so none can have come in between
      // unseen.
      const isCurrent = active().generation === generation && receipts.get(id)?.state === receipt.state;
      if (!isCurrent) {
        if (attempt < MAX_ATTEMPTS) continue;
        return refuse(
          "config.stale",
          "The configuration kept changing during the proof; check again once it has settled.",
        );
      }
      const proven = receipts.attachProof(id, receipt.state === "reverted" ? "revert" : "switch", proof);
      if (proven !== undefined) this.#parts.events.publish({ type: "receipt-proved", receipt: proven });
      const wrong = wrongCells(proof).length;
      if (wrong > 0)
        this.#parts.log.warn("proof found wrong answers", { receipt: id, generation, wrong, of: proof.cells.length });
      return done(proof);
    }
  }

  close(): void {
    this.#closing.abort();
  }

  async #proveOne({ id, state }: Receipt): Promise<void> {
    const { signal } = this.#closing;
    try {
      if (!signal.aborted && this.#parts.receipts.get(id)?.state === state) await this.prove(id);
    } catch (failure) {
      if (!signal.aborted) this.#parts.log.error("could not make a proof", { receipt: id, why: messageOf(failure) });
    }
  }

  async #ask(receipt: Receipt, { generation, config }: Service): Promise<Proof> {
    const startedAt = performance.now();
    const listeners = await this.#parts.listeners(receipt.site);
    const cells = await askCells(planProof(config, receipt, listeners), {
      generation,
      token: this.#parts.token,
      timeoutMs: PROOF_TIMEOUT_MS,
      signal: this.#closing.signal,
    });
    return {
      generation,
      observedAt: new Date().toISOString(),
      durationMs: Math.round((performance.now() - startedAt) * 100) / 100,
      cells,
    };
  }
}
