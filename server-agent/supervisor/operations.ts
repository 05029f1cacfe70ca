/** What a person can do to the agent. Every change runs in one queue, and its precondition is checked there. */
import type { Body, Config, InFlightRequest, MaintenanceOptions, Plan, Problem, Proof, Query, Receipt } from "../contract.ts";
import { checkPrecondition } from "../admin/if-match.ts";
import type { Precondition } from "../admin/if-match.ts";
import { done, refuse } from "../outcome.ts";
import type { Outcome } from "../outcome.ts";
import type { StateDirectory } from "../store/state-directory.ts";
import type { Committed, Switch } from "./commit.ts";
import type { Maintenance } from "./maintenance.ts";
import type { Prover } from "./proof.ts";
import type { WorkerPool } from "./worker-pool.ts";
import type { WriteQueue } from "./write-queue.ts";

/** A change that was made. */
export interface Written {
  generation: number;
  /** Publishes it; to be called once the client has its reply. */
  announce(): void;
}

export interface OperationParts {
  queue: WriteQueue;
  switch: Switch;
  state: StateDirectory;
  pool: WorkerPool;
  maintenance: Maintenance;
  prover: Prover;
  /** Tells everyone of a change and of the receipts that it opened or closed, stores what was observed, and has the receipt proved if there is one. */
  announce(change: { config: Config; receipts: readonly Receipt[]; prove: Receipt | undefined }): void;
}

interface Signature {
  author?: string | undefined;
  reason?: string | undefined;
}

export class Operations {
  readonly #parts: OperationParts;
  /** Switches since this process started. */
  switches = 0;

  constructor(parts: OperationParts) {
    this.#parts = parts;
  }

  replaceConfig(document: unknown, { author, reason }: Signature, ifMatch: Precondition, arrivedAt: number): Promise<Outcome<Written>> {
    return this.#change(ifMatch, () =>
      this.#parts.switch.apply({ wanted: { kind: "sent", document }, author: author ?? "unknown", reason: reason ?? "configuration replaced", arrivedAt }),
    );
  }

  checkConfig(document: unknown): Promise<Outcome<{ ok: boolean; problems: Problem[] }>> {
    return this.#parts.queue.run(async () => {
      const problems = await this.#parts.switch.rehearse(document);
      return done({ ok: problems.length === 0, problems });
    });
  }

  /** Rolls back (or forward): the old document becomes a new generation. */
  activate(number: string, { author, reason }: Signature, ifMatch: Precondition, arrivedAt: number): Promise<Outcome<Written>> {
    return this.#change(ifMatch, async () => {
      const generation = /^\d{1,15}$/.test(number) ? Number(number) : 0;
      const document = this.#parts.state.records.some((record) => record.generation === generation) ? await this.#parts.state.config(generation) : undefined;
      if (document === undefined) return refuse("not-found", `Generation ${number} is not stored (any more); GET /v1/generations lists those that are.`);
      return this.#parts.switch.apply({
        wanted: { kind: "sent", document },
        author: author ?? "unknown",
        reason: `back to generation ${generation}${reason === undefined ? "" : `: ${reason}`}`,
        arrivedAt,
      });
    });
  }

  restart({ mode, drainSeconds, author, reason }: Body<"restart">, arrivedAt: number): Promise<Outcome<Written & { cut: number }>> {
    return this.#change({ kind: "none" }, () =>
      this.#parts.switch.restart({ mode, drainSeconds, author: author ?? "unknown", reason: reason ?? `${mode} restart`, arrivedAt }),
    );
  }

  planMaintenance(options: MaintenanceOptions): Outcome<Plan> {
    return this.#parts.maintenance.plan(options);
  }

  startMaintenance(options: MaintenanceOptions, ifMatch: Precondition, arrivedAt: number): Promise<Outcome<Written & { receipt: Receipt }>> {
    return this.#change(ifMatch, () => this.#parts.maintenance.start(options, arrivedAt));
  }

  revertMaintenance(
    id: string,
    { how, author }: NonNullable<Body<"revertMaintenance">>,
    ifMatch: Precondition,
    arrivedAt: number,
  ): Promise<Outcome<Written & { receipt: Receipt }>> {
    return this.#change(ifMatch, () => this.#parts.maintenance.revert(id, how ?? "delete", author ?? "unknown", arrivedAt));
  }

  proveMaintenance(id: string): Promise<Outcome<Proof>> {
    return this.#parts.prover.prove(id);
  }

  receipt(id: string): Outcome<Receipt> {
    return this.#parts.maintenance.get(id);
  }

  /** What is in flight, oldest first. */
  async requests({ generation, site }: Query<"listRequests">): Promise<Outcome<{ requests: InFlightRequest[] }>> {
    const all = await this.#parts.pool.requests();
    const wanted = all.filter(
      (request) => (generation === undefined || String(request.generation) === generation) && (site === undefined || request.site === site),
    );
    return done({ requests: wanted.sort((a, b) => (a.startedAt < b.startedAt ? -1 : 1)) });
  }

  async cutRequest(id: string): Promise<Outcome<InFlightRequest>> {
    const request = await this.#parts.pool.cut(id);
    return request === undefined ? refuse("not-found", `Request ${id} is not in flight (any more).`) : done(request);
  }

  #change<T extends Committed & { receipt?: Receipt }>(ifMatch: Precondition, change: () => Promise<Outcome<T>>): Promise<Outcome<T & Written>> {
    return this.#parts.queue.run(async () => {
      const stale = checkPrecondition(ifMatch, this.#parts.switch.active.generation);
      if (stale !== undefined) return { ok: false, refusal: stale };
      const outcome = await change();
      if (!outcome.ok) return outcome;
      this.switches++;
      const { config } = this.#parts.switch.active;
      const { receipts, receipt } = outcome.value;
      return done({ ...outcome.value, announce: () => this.#parts.announce({ config, receipts, prove: receipt }) });
    });
  }
}
