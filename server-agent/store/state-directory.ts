/** The state directory: all that the agent must remember. One agent at a time owns it. */
import { join } from "node:path";
import type { Receipt } from "../contract/maintenance.ts";
import { type Log, messageOf } from "../log.ts";
import { makeFolder } from "../make-folder.ts";
import { GenerationFiles } from "./generation-files.ts";
import { mergeReceipts } from "./merge-receipts.ts";
import { inheritLock, type LockFile, type LockOutcome, takeLock } from "./lock-file.ts";
import { olderServes, refuseDamaged } from "./refuse-damaged.ts";
import { prunable } from "./prune.ts";
import { type Disk, SYSTEM_DISK } from "./disk.ts";
import { Folder } from "./folder.ts";
import { type FilesByKind, type FoundByKind, openKinds, problemsOf, sentence } from "./open-kinds.ts";
import type { GenerationRecord, StoredGeneration } from "./stored-generation.ts";
import { ForeignFile } from "./sealed-files.ts";
import type { KindById, StoredValue } from "./stored-kinds.ts";

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
  /** Certificates as PEM, which workers read. */
  pem: Folder;
}

/** Where they are, below the state directory. */
const CERTIFICATES: KindById = "certificates";

export type OpenOutcome =
  | { ok: true; state: StateDirectory; found: Found }
  | { ok: false; reason: "in-use"; pid: number }
  | { ok: false; reason: "unusable"; message: string };

export interface OpenOptions {
  log: Log;
  /** From the agent that hands over to this process and has shared its lock. Default: no. */
  inherit?: boolean;
  disk?: Disk;
}

/** What was found when it was opened. */
interface Opened {
  lock: LockFile;
  files: Files;
  records: GenerationRecord[];
  /** Receipts whose file is up to date with the generation that opened or closed them. */
  saved: Set<string>;
  /** What is wrong with the generations, as long as it is so. */
  damage: { older: string | undefined; files: readonly string[] };
  /** Why the last write failed, if it did. */
  failure: string | undefined;
}

export class StateDirectory {
  readonly path: string;
  /** Called when there is another problem, or one less. */
  changed: () => void = () => undefined;
  readonly #lock: LockFile;
  readonly #files: Files;
  readonly #log: Log;
  #records: GenerationRecord[];
  #isClosed = false;
  readonly #saved: Set<string>;
  #damage: Opened["damage"];
  #failure: string | undefined;

  private constructor(path: string, log: Log, { lock, files, records, saved, damage, failure }: Opened) {
    this.path = path;
    this.#log = log;
    this.#lock = lock;
    this.#files = files;
    this.#records = records;
    this.#saved = saved;
    this.#damage = damage;
    this.#failure = failure;
  }

  /**
   * Opens it, makes it if it is missing, and takes its lock. One on a disk that is full or
   * read-only can be read; what it refuses then is every write.
   */
  static async open(path: string, { log, inherit = false, disk = SYSTEM_DISK }: OpenOptions): Promise<OpenOutcome> {
    let lock: LockFile | undefined;
    try {
      makeFolder(path, 0o700);
      const taken: LockOutcome = inherit ? { ok: true, lock: inheritLock(path), stale: undefined } : takeLock(path);
      if (!taken.ok) return { ok: false, reason: "in-use", pid: taken.pid };
      lock = taken.lock;
      if (taken.stale !== undefined) log.warn("previous agent did not shut down cleanly", { pid: taken.stale });
      if (taken.notWritten !== undefined)
        log.error("state directory is not writable; serving the stored configuration and refusing changes", {
          why: taken.notWritten,
        });
      const parts = { disk, isOwn: !inherit, log };
      const loaded = await GenerationFiles.open(join(path, "generations"), parts);
      const kinds = await openKinds(path, parts);
      const unusable = refuseDamaged(path, loaded, kinds.found.receipts);
      if (unusable !== undefined) {
        lock.release();
        return { ok: false, reason: "unusable", message: unusable };
      }
      if (loaded.corrupt > 0)
        log.error("set damaged generations aside; the last good one is active", {
          generation: loaded.active?.record.generation,
          damaged: loaded.corrupt,
        });
      const { receipts: observed } = kinds.found;
      const receipts = mergeReceipts(loaded.records, observed);
      const saved = new Set(observed.filter((receipt) => receipts.includes(receipt)).map(({ id }) => id));
      const pem = await Folder.open(join(path, CERTIFICATES), disk, !inherit);
      const files = { generations: loaded.files, byKind: kinds.files, pem };
      const damage = {
        older: await olderServes(loaded),
        files: sentence("generations", loaded.damaged, "damaged, and not used"),
      };
      const { records } = loaded;
      const state = new StateDirectory(path, log, { lock, files, records, saved, damage, failure: taken.notWritten });
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

  /** What an operator has to know of it; each a sentence. */
  get problems(): readonly string[] {
    const { older, files } = this.#damage;
    return [
      ...(this.#failure === undefined
        ? []
        : [`${this.path} cannot be written, so that changes are refused: ${this.#failure}.`]),
      ...(older === undefined ? [] : [older]),
      ...files,
      ...problemsOf(this.#files.byKind),
    ];
  }

  /** Whether another version of the agent has stored this one, which is left alone. */
  isForeign(kind: KindById, id: string): boolean {
    return this.#files.byKind[kind].isForeign(id);
  }

  /** Whether the receipt's own file tells all that its generation tells. */
  hasFile(receipt: string): boolean {
    return this.#saved.has(receipt);
  }

  /**
   * Makes a generation and the receipts that it opens or closes durable, both or neither. @throws
   * like `Folder.write`
   */
  commit(stored: StoredGeneration): void {
    this.#write(() => {
      this.#files.generations.commit(stored);
      if (stored.changes.length > 0) this.#damage.older = undefined;
    });
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
    // Another version has observed more of it than this one can say.
    if (this.isForeign("receipts", receipt.id)) return true;
    try {
      this.#write(() => this.#files.byKind.receipts.save(receipt));
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
    const old = prunable(this.#records, receipts, this.#files.generations, this.#saved);
    const generations = this.#forgetAll(old.generations, (generation) => this.#files.generations.forget(generation));
    const gone = new Set(generations);
    if (gone.size > 0) this.#records = this.#records.filter((record) => !gone.has(record.generation));
    const receiptsGone = this.#forgetAll(old.receipts, (id) => this.#files.byKind.receipts.forget(id));
    for (const id of receiptsGone) this.#saved.delete(id);
    return receiptsGone;
  }

  /** Makes a value durable, in place of what it was. @throws like `Folder.write` */
  save<K extends Exclude<KindById, "receipts">>(kind: K, value: StoredValue<K>): void {
    this.#write(() => this.#files.byKind[kind].save(value));
  }

  /** Removes a value for good. @throws like `Folder.remove` */
  remove(kind: Exclude<KindById, "receipts">, id: string): void {
    this.#write(() => this.#files.byKind[kind].remove(id));
  }

  /** Where the certificates are that the agent has obtained, as `certificateFiles` names them. */
  get certificateFolder(): string {
    return join(this.path, CERTIFICATES);
  }

  /** With its key, in one file: nobody ever reads halves. @throws like `Folder.write` */
  saveCertificate(name: string, pem: string): void {
    this.#write(() => this.#files.pem.write(name, pem));
  }

  /** @throws like `Folder.remove` */
  removeCertificate(name: string): void {
    this.#write(() => this.#files.pem.remove(name));
  }

  /** Removes what is old. False where it is still there; that is logged. */
  forget(kind: Exclude<KindById, "receipts">, id: string): boolean {
    return this.#forgetAll([id], (each) => this.#files.byKind[kind].forget(each)).length > 0;
  }

  /** Those that are gone, in their order. */
  #forgetAll<T>(all: readonly T[], forget: (one: T) => void): T[] {
    const gone: T[] = [];
    try {
      for (const one of all) {
        this.#lock.hold();
        forget(one);
        gone.push(one);
      }
    } catch (failure) {
      this.#log.warn("could not remove old state", { why: messageOf(failure) });
    }
    return gone;
  }

  /** Every write, under the lock; notes whether it was possible. */
  #write(act: () => void): void {
    const problems = this.problems.length;
    try {
      this.#lock.hold();
      act();
      this.#note(undefined);
    } catch (failure) {
      if (!(failure instanceof ForeignFile)) this.#note(messageOf(failure));
      throw failure;
    } finally {
      if (this.problems.length !== problems) this.changed();
    }
  }

  #note(failure: string | undefined): void {
    const before = this.#failure;
    this.#failure = failure;
    if ((before === undefined) === (failure === undefined)) return;
    if (failure === undefined) this.#log.info("state directory is writable again");
    else this.#log.error("state directory is not writable; refusing changes", { why: failure });
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
    this.#files.pem.close();
    this.#lock.release();
  }
}
