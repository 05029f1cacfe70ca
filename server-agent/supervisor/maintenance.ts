/** The recipe on the running agent: plan, start, bring back. */
import type { Config, MaintenanceOptions, Plan, Receipt } from "../contract.ts";
import { planMaintenance } from "../core/maintenance-plan.ts";
import { revertMaintenance } from "../core/maintenance-revert.ts";
import { done, refuse } from "../outcome.ts";
import type { Outcome } from "../outcome.ts";
import type { ChangeRequest, Committed } from "./commit.ts";
import { newReceiptId } from "./receipt-id.ts";
import type { ReceiptBook } from "./receipt-book.ts";

export interface MaintenanceParts {
  receipts: ReceiptBook;
  config(): Config;
  apply(request: ChangeRequest): Promise<Outcome<Committed>>;
  /** The document from before the receipt's switch, if it is still stored. */
  before(receipt: Receipt): Promise<Config | undefined>;
}

export class Maintenance {
  readonly #parts: MaintenanceParts;

  constructor(parts: MaintenanceParts) {
    this.#parts = parts;
  }

  plan(options: MaintenanceOptions): Outcome<Plan> {
    const planned = planMaintenance(this.#parts.config(), options, new Date().toISOString());
    if (planned.ok) return done(planned.plan);
    const receipt = planned.code === "maintenance.already" ? this.#parts.receipts.openFor(options.site)?.id : undefined;
    return refuse(planned.code, planned.message, {
      ...(planned.problems === undefined ? {} : { problems: planned.problems }),
      ...(receipt === undefined ? {} : { receipt }),
    });
  }

  /** Must run in the write queue. */
  async start(options: MaintenanceOptions, arrivedAt: number): Promise<Outcome<Committed & { receipt: Receipt }>> {
    const open = this.#parts.receipts.openFor(options.site);
    if (open !== undefined) {
      return refuse("maintenance.already", `${options.site} is already in maintenance since ${open.startedAt} (by ${open.author}); bring it back first.`, {
        receipt: open.id,
      });
    }
    const planStartedAt = performance.now();
    const planned = this.plan(options);
    if (!planned.ok) return planned;
    const compileMs = performance.now() - planStartedAt;
    const plan = planned.value;
    const author = options.author ?? "unknown";
    const reason = options.reason ?? "";
    let id = "";
    const committed = await this.#parts.apply({
      wanted: { kind: "planned", config: plan.after, compileMs, changes: plan.changes },
      author,
      reason: reason === "" ? `maintenance of ${plan.site}` : `maintenance of ${plan.site}: ${reason}`,
      arrivedAt,
      receipt: (generation, at) => {
        id = newReceiptId(at);
        return {
          id,
          site: plan.site,
          copycat: plan.copycat,
          state: "in-maintenance",
          generation,
          startedAt: at,
          // Stored before the switch is over; the receipt's own file has the measured time.
          switchMs: 0,
          author,
          reason,
          ...(options.until === undefined ? {} : { until: options.until }),
          options,
          operations: plan.operations,
          inverse: plan.inverse,
          changes: plan.changes,
          warnings: plan.warnings,
          counts: { refused: 0, excepted: 0, drained: 0, cut: 0, draining: 0 },
        };
      },
    });
    return this.#withReceipt(committed, () => id);
  }

  /** Must run in the write queue. */
  async revert(id: string, how: "delete" | "demote", author: string, arrivedAt: number): Promise<Outcome<Committed & { receipt: Receipt }>> {
    const receipt = this.#parts.receipts.get(id);
    if (receipt === undefined) return unknownReceipt(id);
    if (receipt.state === "reverted") {
      return refuse(
        "maintenance.reverted",
        `${receipt.site} was brought back already, at ${receipt.revert?.at ?? "an unknown time"} by ${receipt.revert?.author ?? "someone"}.`,
        { receipt: id },
      );
    }
    const reverted = revertMaintenance(this.#parts.config(), receipt, how, await this.#parts.before(receipt));
    if (!reverted.ok) return refuse(reverted.code, reverted.message, { receipt: id, path: reverted.path });
    const committed = await this.#parts.apply({
      wanted: { kind: "sent", document: reverted.config },
      author,
      reason: `${receipt.site} brought back${how === "demote" ? " (copycat moved below)" : ""}`,
      arrivedAt,
      receipt: (generation, at) => ({ ...receipt, state: "reverted", revert: { how, generation, at, author, switchMs: 0, exact: reverted.exactly } }),
    });
    return this.#withReceipt(committed, () => id);
  }

  get(id: string): Outcome<Receipt> {
    const receipt = this.#parts.receipts.get(id);
    return receipt === undefined ? unknownReceipt(id) : done(receipt);
  }

  #withReceipt(committed: Outcome<Committed>, id: () => string): Outcome<Committed & { receipt: Receipt }> {
    if (!committed.ok) return committed;
    const receipt = committed.value.receipts.find((changed) => changed.id === id());
    if (receipt === undefined) throw new Error(`generation ${committed.value.generation} was committed without its receipt`);
    return done({ ...committed.value, receipt });
  }
}

function unknownReceipt(id: string): ReturnType<typeof refuse> {
  return refuse("not-found", `There is no receipt ${id}; GET /v1/maintenance lists them.`);
}
