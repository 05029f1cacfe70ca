/** The state directory: all that the agent must remember. One agent at a time owns it. */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { Receipt, Stage } from "../contract/maintenance.ts";
import { Reminder } from "../contract/reminders.ts";
import { type Log, messageOf } from "../log.ts";
import { GenerationFiles } from "./generation-files.ts";
import { mergeReceipts } from "./merge-receipts.ts";
import { inheritLock, type LockFile, takeLock } from "./lock-file.ts";
import { prunable } from "./prune.ts";
import { SealedFiles } from "./sealed-files.ts";
import type { GenerationRecord, StoredGeneration } from "./stored-generation.ts";
import { StoredChannel } from "./stored-channel.ts";
import { StoredTraffic } from "./stored-traffic.ts";
import { StoredWindow } from "./stored-window.ts";

/** What was found at the start. */
export interface Found {
  /** The highest good generation, its document not yet validated. */
  active: { record: GenerationRecord; config: unknown } | undefined;
  /** Newest first. */
  receipts: readonly Receipt[];
  /** As their files say, in no order. */
  stages: readonly Stage[];
  /** In the order in which they were planned. */
  windows: readonly StoredWindow[];
  /** In no order. */
  reminders: readonly Reminder[];
  /** One, where something was counted. */
  traffic: readonly StoredTraffic[];
  channels: readonly StoredChannel[];
}

interface Files {
  generations: GenerationFiles;
  receipts: SealedFiles<Receipt>;
  stages: SealedFiles<Stage>;
  windows: SealedFiles<StoredWindow>;
  reminders: SealedFiles<Reminder>;
  traffic: SealedFiles<StoredTraffic>;
  channels: SealedFiles<StoredChannel>;
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
      if (taken.stale !== undefined)
        log.warn("the agent before this one did not stop in an orderly way", { pid: taken.stale });
      const loaded = await GenerationFiles.open(join(path, "generations"), log);
      const receipts = await SealedFiles.open(join(path, "receipts"), Receipt, "receipt", log);
      const stages = await SealedFiles.open(join(path, "stages"), Stage, "stage", log);
      const windows = await SealedFiles.open(join(path, "windows"), StoredWindow, "window", log);
      const reminders = await SealedFiles.open(join(path, "reminders"), Reminder, "reminder", log);
      const traffic = await SealedFiles.open(join(path, "traffic"), StoredTraffic, "count of visits", log);
      const channels = await SealedFiles.open(join(path, "channels"), StoredChannel, "channel", log);
      if (loaded.active === undefined && loaded.corrupt > 0) {
        lock.release();
        return {
          ok: false,
          reason: "unusable",
          message: `${path}/generations holds ${loaded.corrupt} generations and none of them is readable; restore a backup, or move the folder away to start from --config`,
        };
      }
      if (loaded.corrupt > 0)
        log.error("damaged generations are set aside; the last good one serves", {
          generation: loaded.active?.record.generation,
          damaged: loaded.corrupt,
        });
      const merged = mergeReceipts(loaded.records, receipts.found);
      const saved = new Set(receipts.found.filter((receipt) => merged.includes(receipt)).map((receipt) => receipt.id));
      const files = {
        generations: loaded.files,
        receipts: receipts.files,
        stages: stages.files,
        windows: windows.files,
        reminders: reminders.files,
        traffic: traffic.files,
        channels: channels.files,
      };
      const state = new StateDirectory(path, log, lock, files, loaded.records, saved);
      return {
        ok: true,
        state,
        found: {
          active: loaded.active,
          receipts: merged,
          stages: stages.found,
          windows: windows.found,
          reminders: reminders.found,
          traffic: traffic.found,
          channels: channels.found,
        },
      };
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
   * Makes a generation and the receipts that it opens or closes durable, both or neither. Throws
   * the system's error.
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
      this.#files.receipts.save(receipt);
      this.#saved.add(receipt.id);
      return true;
    } catch (failure) {
      this.#log.warn("the latest counts of a receipt could not be stored", {
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
      for (const id of old.receipts) this.#files.receipts.remove(id);
    } catch (failure) {
      this.#log.warn("old state could not be removed", { why: messageOf(failure) });
      return [];
    }
    const gone = new Set(old.generations);
    if (gone.size > 0) this.#records = this.#records.filter((record) => !gone.has(record.generation));
    return old.receipts;
  }

  /** Makes a stage durable. Throws the system's error; then it is not, or as it was. */
  saveStage(stage: Stage): void {
    this.#files.stages.save(stage);
  }

  /**
   * Stores how a stage ended. Where that fails its file goes, so that it is not taken for one that
   * is held; a failure is logged and not fatal.
   */
  saveEndedStage(stage: Stage): void {
    try {
      this.#files.stages.save(stage);
    } catch (failure) {
      this.#log.warn("the end of a stage could not be stored", {
        stage: stage.id,
        state: stage.state,
        why: messageOf(failure),
      });
      this.forgetStage(stage.id);
    }
  }

  forgetStage(id: string): void {
    try {
      this.#files.stages.remove(id);
    } catch (failure) {
      this.#log.warn("an old stage could not be removed", { stage: id, why: messageOf(failure) });
    }
  }

  /**
   * Makes a window durable, with what became of it. Throws the system's error; then it is as it
   * was.
   */
  saveWindow(window: StoredWindow): void {
    this.#files.windows.save(window);
  }

  /** Throws the system's error. */
  removeWindow(id: string): void {
    this.#files.windows.remove(id);
    this.#files.windows.sync();
  }

  /** Throws the system's error. */
  saveReminder(reminder: Reminder): void {
    this.#files.reminders.save(reminder);
  }

  /** Throws the system's error. */
  saveChannel(channel: StoredChannel): void {
    this.#files.channels.save(channel);
  }

  /** Throws the system's error. */
  removeChannel(id: string): void {
    this.#files.channels.remove(id);
    this.#files.channels.sync();
  }

  /** Throws the system's error. */
  saveTraffic(traffic: StoredTraffic): void {
    this.#files.traffic.save(traffic);
  }

  forgetReminder(id: string): void {
    try {
      this.#files.reminders.remove(id);
    } catch (failure) {
      this.#log.warn("an old reminder could not be removed", { reminder: id, why: messageOf(failure) });
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
      this.#log.error("the lock of the state directory could not be written", { why: messageOf(failure) });
    }
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    const { generations, receipts, stages, windows, reminders, traffic, channels } = this.#files;
    for (const files of [generations, receipts, stages, windows, reminders, traffic, channels]) files.close();
    this.#lock.release();
  }
}
