/** The recipe on the running agent: plan, start, bring back, alone or several at once. */
import { setImmediate } from "node:timers/promises";
import type { Change } from "../../contract/agent.ts";
import type { Body } from "../../contract/routes.ts";
import type { Config } from "../../contract/config.ts";
import type { Problem } from "../../contract/errors.ts";
import type { MaintenanceOptions, Plan, Receipt, Warning } from "../../contract/maintenance.ts";
import type { MaintenanceChange } from "../../contract/maintenance-change.ts";
import type { AfterProof } from "../../contract/proof.ts";
import { changeMaintenance } from "../../core/maintenance/change.ts";
import { planMaintenance } from "../../core/maintenance/plan.ts";
import {
  type PlanFault,
  type PlannedChange,
  planOneByOne,
  type WantedChange,
} from "../../core/maintenance/plan-changes.ts";
import { done, type Refusal, refuse, type Result } from "../../result.ts";
import { checkPrecondition, type Precondition } from "../switch/precondition.ts";
import type { Beside } from "../switch/beside.ts";
import type { ChangeRequest, Committed, OwnReceipts } from "../switch/change.ts";
import type { Switch } from "../switch/switch.ts";
import { closed, edited, type OnBehalf, opened, reasonFor } from "./made-receipts.ts";
import { ownPageProblem } from "./own-page.ts";
import type { ReceiptBook } from "../switch/receipt-book.ts";
import type { WriteQueue } from "../switch/write-queue.ts";
import { newTimedIds } from "../timed-id.ts";

export interface MaintenanceParts {
  receipts: ReceiptBook;
  queue: WriteQueue;
  switch: Switch;
  beside: Beside;
}

/** Changes that were planned, as one request. */
interface PlannedRequest {
  request: ChangeRequest;
  config: Config;
  planned: PlannedChange[];
}

export type PlanOutcome = { ok: true; value: PlannedRequest } | { ok: false; fault: PlanFault };

export class Maintenance {
  readonly #parts: MaintenanceParts;
  readonly #revertGuards: ((receipt: Receipt) => Refusal | undefined)[] = [];

  constructor(parts: MaintenanceParts) {
    this.#parts = parts;
  }

  /** What `start` would do now. Refuses like `start`, and changes nothing. */
  async plan(options: MaintenanceOptions): Promise<Result<Plan>> {
    const planned = planMaintenance(this.#parts.switch.active.config, options, new Date().toISOString());
    if (planned.ok) {
      const fault = await ownPageFault(options);
      if (fault !== undefined) return refuse(fault.code, fault.message, { problems: fault.problems });
      return this.#withObstacle(planned.plan);
    }
    const receipt = planned.code === "maintenance.already" ? this.#parts.receipts.openFor(options.site)?.id : undefined;
    return refuse(planned.code, planned.message, {
      ...(planned.problems === undefined ? {} : { problems: planned.problems }),
      ...(receipt === undefined ? {} : { receipt }),
    });
  }

  async #withObstacle(plan: Plan): Promise<Result<Plan>> {
    const { site: virtualHost, before, after, warnings } = plan;
    const obstacle = await this.#parts.beside.obstacle(before, after);
    if (obstacle?.code === "exception.unsupported") return { ok: false, refusal: obstacle };
    // What would keep the plan from being carried out now may be mended until it is.
    const hook: Warning[] =
      obstacle === undefined ? [] : [{ code: "hook-missing", message: obstacle.message, virtualHost }];
    return done({ ...plan, warnings: [...warnings, ...hook] });
  }

  /**
   * Puts a site in maintenance. Refuses with `not-found`, `options.invalid`, `maintenance.already`,
   * `config.invalid`, `config.stale`, `stage.held`, `hook.missing` or `store.failed`; then nothing
   * has changed. `switch.unobserved`: it was, and is as before again.
   * `arrivedAt`: `performance.now()` when the call arrived.
   */
  start(
    options: MaintenanceOptions,
    ifMatch: Precondition,
    arrivedAt: number,
  ): Promise<Result<Committed & { receipt: Receipt }>> {
    return this.#write({ kind: "maintenance", options }, { author: options.author }, ifMatch, arrivedAt);
  }

  /**
   * Brings a site back. Refuses with `not-found`, `maintenance.reverted`, `maintenance.conflict`,
   * `config.stale`, `stage.held` or `store.failed`; then nothing has changed.
   */
  revert(
    id: string,
    { how = "delete", author, force = false }: NonNullable<Body<"revertMaintenance">>,
    ifMatch: Precondition,
    arrivedAt: number,
  ): Promise<Result<Committed & { receipt: Receipt }>> {
    return this.#write({ kind: "revert", receipt: id, how }, { author }, ifMatch, arrivedAt, () =>
      force ? undefined : this.obstacleToRevert(id),
    );
  }

  /**
   * Brings a site back because its proof failed, whoever else counts on it: it is not closed.
   * Refuses like `revert`.
   */
  revertAfter(id: string, afterProof: AfterProof): Promise<Result<Committed & { receipt: Receipt }>> {
    const { queue } = this.#parts;
    const behalf = { author: "agent", afterProof };
    return queue.write(() => this.#carryOut({ kind: "revert", receipt: id, how: "delete" }, behalf, performance.now()));
  }

  /** What `change` would do now. Refuses like it, and changes nothing. */
  async planChange(id: string, change: MaintenanceChange): Promise<Result<Plan>> {
    const found = this.get(id);
    if (!found.ok) return found;
    if (found.value.state === "reverted")
      return refuse("maintenance.reverted", `The maintenance of ${found.value.site} is over.`, { receipt: id });
    const { config } = this.#parts.switch.active;
    const occasion = { now: new Date().toISOString(), byWindow: false };
    const planned = changeMaintenance(config, found.value, change, occasion);
    const fault = planned.ok ? await ownPageFault(change) : planned;
    if (fault !== undefined) {
      const { code, message, problems, path } = { path: undefined, ...fault };
      return refuse(code, message, {
        receipt: id,
        ...(problems === undefined ? {} : { problems }),
        ...(path === undefined ? {} : { path }),
      });
    }
    if (!planned.ok) throw new Error("a plan that was refused has no fault");
    return this.#withObstacle(planned.plan);
  }

  /**
   * Changes a maintenance that runs; its receipt goes on. Refuses with `not-found`,
   * `options.invalid`, `maintenance.reverted`, `maintenance.conflict`, `config.stale`,
   * `stage.held`, `store.failed` and like the switch of a web server; then nothing has changed.
   */
  change(
    id: string,
    change: MaintenanceChange,
    ifMatch: Precondition,
    arrivedAt: number,
  ): Promise<Result<Committed & { receipt: Receipt }>> {
    const { author, reason } = change;
    return this.#write({ kind: "change", receipt: id, change }, { author, reason }, ifMatch, arrivedAt);
  }

  /** Has reverts by hand ask this first, in their turn: why the site cannot be brought back now. */
  guardReverts(obstacle: (receipt: Receipt) => Refusal | undefined): void {
    this.#revertGuards.push(obstacle);
  }

  /** Why this maintenance cannot be brought back by hand now. To be asked in the write queue. */
  obstacleToRevert(id: string): Refusal | undefined {
    const receipt = this.#parts.receipts.get(id);
    if (receipt?.state !== "in-maintenance") return undefined;
    return this.#revertGuards.map((obstacle) => obstacle(receipt)).find((refusal) => refusal !== undefined);
  }

  /** Refuses with `not-found`. */
  get(id: string): Result<Receipt> {
    const receipt = this.#parts.receipts.get(id);
    return receipt === undefined
      ? refuse("not-found", `There is no receipt ${id}; GET /v1/maintenance lists them.`)
      : done(receipt);
  }

  /**
   * Plans changes one after the other; what they become is one generation with a receipt for each.
   * Must run in the write queue.
   */
  async planAll(changes: readonly WantedChange[], behalf: OnBehalf): Promise<PlanOutcome> {
    const { receipts } = this.#parts;
    const { author, operation, window, afterProof } = behalf;
    const title = operation?.title ?? window?.title;
    const before = await this.#documentsBefore(changes);
    const startedAt = performance.now();
    const planning = planOneByOne(this.#parts.switch.active.config, changes, {
      receipts,
      before,
      now: new Date().toISOString(),
    });
    let step = planning.next();
    for (; step.done !== true; step = planning.next()) await setImmediate();
    const result = step.value;
    if (!result.ok) return result;
    // A window closes its sites also without their page: it was there when it was planned.
    for (const [index, change] of (behalf.byWindow === true ? [] : changes).entries()) {
      const fault = change.kind === "revert" ? undefined : await ownPageFault(pageOf(change));
      if (fault !== undefined) return { ok: false, fault: { index, ...fault } };
    }
    // Each of them was validated by itself.
    const compileMs = (performance.now() - startedAt) / changes.length;
    const { config, planned } = result;
    const [first] = planned;
    const only = planned.length === 1 ? changesOf(first) : undefined;
    const request: ChangeRequest = {
      wanted: { kind: "planned", config, compileMs, ...(only === undefined ? {} : { changes: only }) },
      author: author ?? "unknown",
      reason: `${title === undefined ? "" : `${title}: `}${reasonFor(planned)}${afterProof === undefined ? "" : `: ${afterProof.why}`}`,
      own: this.#ownReceipts(planned, behalf),
      byWindow: behalf.byWindow ?? false,
    };
    return { ok: true, value: { request, config, planned } };
  }

  #write(
    change: WantedChange,
    behalf: OnBehalf,
    ifMatch: Precondition,
    arrivedAt: number,
    obstacle: () => Refusal | undefined = () => undefined,
  ): Promise<Result<Committed & { receipt: Receipt }>> {
    const { queue, switch: swap } = this.#parts;
    return queue.write(
      () => this.#carryOut(change, behalf, arrivedAt),
      () => checkPrecondition(ifMatch, swap.active.generation) ?? obstacle(),
    );
  }

  async #carryOut(
    change: WantedChange,
    behalf: OnBehalf,
    arrivedAt: number,
  ): Promise<Result<Committed & { receipt: Receipt }>> {
    const planned = await this.planAll([change], behalf);
    if (!planned.ok) {
      const { code, message, index: _index, ...details } = planned.fault;
      return refuse(code, message, details);
    }
    const committed = await this.#parts.switch.apply(planned.value.request, arrivedAt);
    if (!committed.ok) return committed;
    const [receipt] = committed.value.receipts;
    if (receipt === undefined)
      throw new Error(`generation ${committed.value.generation} was committed without its receipt`);
    return done({ ...committed.value, receipt });
  }

  /** By receipt that is to be reverted: the document from before its switch. */
  async #documentsBefore(changes: readonly WantedChange[]): Promise<Map<string, Config>> {
    const documents = new Map<string, Config>();
    // Receipts of one switch have one document before it.
    const read = new Map<number, Config | undefined>();
    for (const change of changes) {
      const receipt = change.kind === "revert" ? this.#parts.receipts.get(change.receipt) : undefined;
      if (receipt === undefined) continue;
      const generation = receipt.generation - 1;
      if (!read.has(generation)) read.set(generation, await this.#parts.switch.documentOf(generation));
      const document = read.get(generation);
      if (document !== undefined) documents.set(receipt.id, document);
    }
    return documents;
  }

  #ownReceipts(planned: readonly PlannedChange[], behalf: OnBehalf): OwnReceipts {
    return {
      closes: new Set(planned.flatMap((change) => (change.kind === "revert" ? [change.receipt.id] : []))),
      make: (generation, at) => {
        const ids = newTimedIds(at, planned.length);
        return planned.map((change, index) => {
          if (change.kind === "maintenance") return opened(change, { id: ids[index] ?? "", generation, at }, behalf);
          // Counts have gone on since it was planned.
          const receipt = this.#parts.receipts.get(change.receipt.id) ?? change.receipt;
          return change.kind === "change"
            ? edited(receipt, change, { generation, at }, behalf)
            : closed(receipt, change, { generation, at }, behalf);
        });
      },
    };
  }
}

/** The difference that a change makes by itself, where it is known. */
function changesOf(planned: PlannedChange | undefined): Change[] | undefined {
  if (planned?.kind === "change") return planned.changes;
  return planned?.kind === "maintenance" ? planned.plan.changes : undefined;
}

function pageOf(change: Exclude<WantedChange, { kind: "revert" }>): { root?: string | undefined } {
  return change.kind === "maintenance" ? change.options : change.change;
}

async function ownPageFault({
  root,
}: {
  root?: string | undefined;
}): Promise<(Omit<PlanFault, "index"> & { problems: Problem[] }) | undefined> {
  const problem = root === undefined ? undefined : await ownPageProblem(root);
  if (problem === undefined) return undefined;
  const message = `This cannot be planned: root: ${problem.message}`;
  return { code: "options.invalid", message, problems: [problem] };
}
