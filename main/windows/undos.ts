/** Undoing changes of the schedule. */
import { t } from "../language/translate.ts";
import { randomUUID } from "node:crypto";
import type { Result } from "../contract/failures.ts";
import { done, failed, messageOf } from "../failures.ts";
import type { OpenDocument } from "../stores/document.ts";
import type { StoredUndo, UndoStage } from "../stores/undos.ts";
import { type Part, failureOf } from "./refusals.ts";
import { type WindowGroup, failureIn } from "./window-group.ts";

const MAX_UNDOS = 50;
const MAX_UNDO_AGE_MS = 24 * 3_600_000;
/** Drafts may have logos in them. */
const MAX_UNDO_CHARACTERS = 8 * 1024 * 1024;

/** What can be undone in the schedule, by an id that the page may hold; once each. */
export class Undos {
  readonly #document: OpenDocument<StoredUndo[]>;
  readonly #group: WindowGroup;
  readonly #log: (line: string) => void;

  constructor(document: OpenDocument<StoredUndo[]>, group: WindowGroup, log: (line: string) => void) {
    this.#document = document;
    this.#group = group;
    this.#log = log;
  }

  /** @returns the id; `null` where it cannot be kept, or there is nothing to undo */
  keep(stages: readonly UndoStage[]): string | null {
    const wanted = stages.filter(({ steps }) => steps.length > 0);
    if (wanted.length === 0) return null;
    const undo = { id: randomUUID(), at: new Date().toISOString(), stages: wanted };
    const kept = bounded([undo, ...this.#document.value], Date.now());
    try {
      this.#document.save(kept);
    } catch (error) {
      this.#log(`it cannot be undone: ${messageOf(error)}`);
      return null;
    }
    return kept.includes(undo) ? undo.id : null;
  }

  /**
   * Undoes it. Refuses with `not-found` what is too old or undone, with `window.stale` what someone
   * else has changed since, and with what the servers say; what is not undone yet stays for later.
   */
  async run(id: string): Promise<Result<null>> {
    for (;;) {
      const undo = bounded(this.#document.value, Date.now()).find((candidate) => candidate.id === id);
      const [stage, ...others] = undo?.stages ?? [];
      if (undo === undefined || stage === undefined)
        return failed("not-found", t("This can no longer be undone. Change the window instead."));
      const left = stage.how === "all" ? await this.#all(stage) : await this.#each(stage);
      this.#replace(undo, [...(left.steps.length > 0 ? [{ ...stage, steps: left.steps }] : []), ...others]);
      if (left.failure !== undefined) return { ok: false, failure: left.failure };
      if (others.length === 0) return done(null);
    }
  }

  async #all({ steps }: UndoStage) {
    const drafts = steps.flatMap((step) => (step.kind === "create" ? [step] : []));
    const created = await this.#group.createAll(drafts, "Nothing was undone on any server.");
    return created.ok ? { steps: [], failure: undefined } : { steps, failure: created.failure };
  }

  async #each({ steps }: UndoStage) {
    const failures = await Promise.all(steps.map(async (step) => failureIn(await this.#group.revert(step))));
    const parts = steps.map(({ serverId }, index): Part => ({
      name: this.#group.nameOf(serverId),
      failure: failures[index],
      left: undefined,
    }));
    const isUndone = parts.every(({ failure }) => failure === undefined);
    return {
      steps: steps.filter((_step, index) => failures[index] !== undefined),
      failure: isUndone ? undefined : failureOf("It could not be undone on any server.", parts),
    };
  }

  #replace(undo: StoredUndo, stages: UndoStage[]): void {
    const others = this.#document.value.filter(({ id }) => id !== undo.id);
    try {
      this.#document.save(bounded(stages.length === 0 ? others : [{ ...undo, stages }, ...others], Date.now()));
    } catch (error) {
      // What is undone already is refused by its revision when it is tried again.
      this.#log(`what was undone could not be stored: ${messageOf(error)}`);
    }
  }
}

/** The newest, as far as there is room for them. */
function bounded(undos: readonly StoredUndo[], now: number): StoredUndo[] {
  let characters = 0;
  return undos.slice(0, MAX_UNDOS).filter((undo) => {
    characters += JSON.stringify(undo.stages).length;
    return characters <= MAX_UNDO_CHARACTERS && now - Date.parse(undo.at) < MAX_UNDO_AGE_MS;
  });
}
