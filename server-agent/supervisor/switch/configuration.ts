/** What a person can do to the whole configuration: replace, check, roll back, restart. */
import type { Body, Reply } from "../../contract/routes.ts";
import { done, type Result, refuse } from "../../result.ts";
import type { StateDirectory } from "../../store/state-directory.ts";
import { checkPrecondition, type Precondition } from "./precondition.ts";
import type { Committed } from "./change.ts";
import type { Switch } from "./switch.ts";
import type { WriteQueue } from "./write-queue.ts";

interface Signature {
  author?: string | undefined;
  reason?: string | undefined;
}

export class Configuration {
  readonly #queue: WriteQueue;
  readonly #switch: Switch;
  readonly #state: StateDirectory;

  constructor(parts: { queue: WriteQueue; switch: Switch; state: StateDirectory }) {
    this.#queue = parts.queue;
    this.#switch = parts.switch;
    this.#state = parts.state;
  }

  /**
   * Makes the document the active generation. Refuses with `config.invalid`, `config.bind`,
   * `config.stale`, `stage.held` or `store.failed`; then nothing has changed. `arrivedAt`:
   * `performance.now()` when the call arrived.
   */
  replace(
    document: unknown,
    { author = "unknown", reason = "configuration replaced" }: Signature,
    ifMatch: Precondition,
    arrivedAt: number,
  ): Promise<Result<Committed>> {
    return this.#write(ifMatch, () =>
      this.#switch.apply({ wanted: { kind: "sent", document }, author, reason }, arrivedAt),
    );
  }

  /** Everything that `replace` would do up to the point where something changes. */
  check(document: unknown): Promise<Result<Reply<"checkConfig">>> {
    return this.#queue.run(async () => {
      const { problems, warnings } = await this.#switch.dryRun(document);
      return done({ ok: problems.length === 0, problems, ...(warnings.length === 0 ? {} : { warnings }) });
    });
  }

  /**
   * Rolls back (or forward): the old document becomes a new generation. Refuses with `not-found`,
   * and like `replace`.
   */
  activate(
    number: string,
    { author = "unknown", reason }: Signature,
    ifMatch: Precondition,
    arrivedAt: number,
  ): Promise<Result<Committed>> {
    return this.#write(ifMatch, async () => {
      const generation = /^\d{1,15}$/.test(number) ? Number(number) : 0;
      const document = this.#state.records.some((record) => record.generation === generation)
        ? await this.#state.config(generation)
        : undefined;
      if (document === undefined)
        return refuse(
          "not-found",
          `Generation ${number} is not stored, or no longer; GET /v1/generations lists the stored ones.`,
        );
      const why = `back to generation ${generation}${reason === undefined ? "" : `: ${reason}`}`;
      return this.#switch.apply({ wanted: { kind: "sent", document }, author, reason: why }, arrivedAt);
    });
  }

  /** Refuses with `stage.held`, `store.failed`, or `internal` when fresh workers do not start. */
  restart(
    { mode, drainSeconds, author = "unknown", reason = `${mode} restart` }: Body<"restart">,
    arrivedAt: number,
  ): Promise<Result<Committed & { cut: number }>> {
    return this.#queue.write(() => this.#switch.restart({ mode, drainSeconds, author, reason, arrivedAt }));
  }

  #write<T>(ifMatch: Precondition, change: () => Promise<Result<T>>): Promise<Result<T>> {
    return this.#queue.write(change, () => checkPrecondition(ifMatch, this.#switch.active.generation));
  }
}
