/** The state directory: all that the agent must remember. One agent at a time owns it. */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Receipt } from "../contract/maintenance.ts";
import { type Log, messageOf } from "../log.ts";
import { GenerationFiles } from "./generation-files.ts";
import { mergeReceipts } from "./merge-receipts.ts";
import { inheritLock, type LockFile, takeLock } from "./lock-file.ts";
import { prunable } from "./prune.ts";
import { type FilesByKind, type FoundByKind, openKinds } from "./open-kinds.ts";
import type { GenerationRecord, StoredGeneration } from "./stored-generation.ts";
import { type KindById, STORED_KINDS, type StoredValue } from "./stored-kinds.ts";

/** What was found at the start. */
export interface Found extends FoundByKind {
  /** The highest good generation, its document not yet validated. */
  active: { record: GenerationRecord; config: unknown } | undefined;
  /** Newest first, as the generations and their own files say. */
  receipts: readonly Receipt[];
}

interface Files {
  generations: GenerationFiles;
  byKind: FilesByKind;
}

export type OpenOutcome =
  | { ok: true; state: StateDirectory; found: Found }
  | { ok: false; reason: "in-use"; pid: number }
  | { ok: false; reason: "unusable"; message: string };

export class StateDirectory {
  readonly path: string;
  readonly #lock: LockFile;
  readonly #files: Files;
  readonly #log: Log;
  #records: GenerationRecord[];
  #isClosed = false;
  /** Receipts whose file is up to date with the generation that opened or closed them. */
  readonly #saved: Set<string>;

  private constructor(
    path: string,
    log: Log,
    lock: LockFile,
    files: Files,
    records: GenerationRecord[],
    saved: Set<string>,
  ) {
    this.path = path;
    this.#log = log;
    this.#lock = lock;
    this.#files = files;
    this.#records = records;
    this.#saved = saved;
  }

  /** `inherit`: from the agent that hands over to this process and has shared its lock. */
  static async open(path: string, log: Log, inherit = false): Promise<OpenOutcome> {
    let lock: LockFile | undefined;
    try {
      await mkdir(path, { recursive: true, mode: 0o700 });
      const taken = inherit ? ({ ok: true, lock: inheritLock(path), stale: undefined } as const) : takeLock(path);
      if (!taken.ok) return { ok: false, reason: "in-use", pid: taken.pid };
      lock = taken.lock;
      if (taken.stale !== undefined) log.warn("previous agent did not shut down cleanly", { pid: taken.stale });
      const loaded = await GenerationFiles.open(join(path, "generations"), log);
      const kinds = await openKinds(path, log);
      if (loaded.active === undefined && loaded.corrupt > 0) {
        lock.release();
        return {
          ok: false,
          reason: "unusable",
          message: `${path}/generations holds ${loaded.corrupt} generations and none of them is readable; restore a backup, or move the folder away to start from --config`,
        };
      }
      if (loaded.corrupt > 0)
        log.error("damaged generations set aside; the last good one is active", {
          generation: loaded.active?.record.generation,
          damaged: loaded.corrupt,
        });
      const { receipts: observed } = kinds.found;
      const receipts = mergeReceipts(loaded.records, observed);
      const saved = new Set(observed.filter((receipt) => receipts.includes(receipt)).map(({ id }) => id));
      const files = { generations: loaded.files, byKind: kinds.files };
      const state = new StateDirectory(path, log, lock, files, loaded.records, saved);
      return { ok: true, state, found: { ...kinds.found, active: loaded.active, receipts } };
    } catch (failure) {
      lock?.release();
      return { ok: false, reason: "unusable", message: `${path}: ${messageOf(failure)}` };
    }
  }

  /** Oldest first. */
  get records(): readonly GenerationRecord[] {
    return this.#records;
  }

  get nextGeneration(): number {
    return this.#files.generations.next;
  }

  /** Whether the receipt's own file tells all that its generation tells. */
  hasFile(receipt: string): boolean {
    return this.#saved.has(receipt);
  }

  /**
   * Makes a generation and the receipts that it opens or closes durable, both or neither. @throws
   * the system's error
   */
  commit(stored: StoredGeneration): void {
    this.#files.generations.commit(stored);
    const { config: _config, ...record } = stored;
    this.#records.push(record);
    for (const receipt of stored.receipts) this.#saved.delete(receipt.id);
  }

  /** The document of a generation, not validated; `undefined` when it is no longer stored. */
  config(generation: number): Promise<unknown> {
    return this.#files.generations.config(generation);
  }

  /**
   * Stores what was observed about a receipt since its generation. A failure is logged and not
   * fatal: the receipt itself is in its generation.
   */
  saveReceipt(receipt: Receipt): boolean {
    try {
      this.#files.byKind.receipts.save(receipt);
      this.#saved.add(receipt.id);
      return true;
    } catch (failure) {
      this.#log.warn("could not store the counts of a receipt", {
        receipt: receipt.id,
        why: messageOf(failure),
      });
      return false;
    }
  }

  /**
   * Removes old generations and receipts that nothing needs any more. Returns the ids of the
   * receipts that are gone.
   */
  prune(receipts: readonly Receipt[]): readonly string[] {
    const old = prunable(
      this.#records,
      receipts,
      (generation) => this.#files.generations.bytes(generation),
      this.#saved,
    );
    try {
      for (const generation of old.generations) this.#files.generations.remove(generation);
      for (const id of old.receipts) this.#files.byKind.receipts.remove(id);
    } catch (failure) {
      this.#log.warn("could not remove old state", { why: messageOf(failure) });
      return [];
    }
    const gone = new Set(old.generations);
    if (gone.size > 0) this.#records = this.#records.filter((record) => !gone.has(record.generation));
    return old.receipts;
  }

  /** Makes a value durable, in place of what it was. @throws the system's error; then it stands */
  save<K extends Exclude<KindById, "receipts">>(kind: K, value: StoredValue<K>): void {
    this.#files.byKind[kind].save(value);
  }

  /** Removes a value for good. @throws the system's error */
  remove(kind: Exclude<KindById, "receipts">, id: string): void {
    this.#files.byKind[kind].remove(id);
    this.#files.byKind[kind].sync();
  }

  /** Removes what is old; a failure is logged and not fatal. */
  forget(kind: Exclude<KindById, "receipts">, id: string): void {
    try {
      this.#files.byKind[kind].remove(id);
    } catch (failure) {
      this.#log.warn(`could not remove an old ${STORED_KINDS[kind].name}`, { id, why: messageOf(failure) });
    }
  }

  /**
   * Passes the directory on to a successor, beside this process, which must not write any more
   * unless it takes it back. Throws the system's error; then nothing has changed.
   */
  share(successor: number): void {
    this.#lock.share(successor);
  }

  /**
   * The directory is this process' alone: taken back from a successor that has ended, or passed on
   * by the agent before.
   */
  own(): void {
    try {
      this.#lock.own();
    } catch (failure) {
      // The lock names this process still, beside another one.
      this.#log.error("could not write the lock of the state directory", { why: messageOf(failure) });
    }
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#files.generations.close();
    for (const files of Object.values(this.#files.byKind)) files.close();
    this.#lock.release();
  }
}
