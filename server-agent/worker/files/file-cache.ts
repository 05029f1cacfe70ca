/**
 * What is known about files, for a second: whether they exist, and the bodies of small ones.
 *
 * One cache for the process, not one per handler: a swap must not make a busy site read everything
 * again.
 */
import { LRUCache } from "lru-cache";
import { FoundFile } from "./found-file.ts";
import { lookUpFile, type Miss } from "./file-lookup.ts";
import type { OwnTypes } from "./media-type.ts";

/** Within this time the disk is not asked again. */
export const FRESH_MS = 1000;
const MAX_CACHED_BODY_BYTES = 32 * 1024 * 1024;
const MAX_CACHED_FILES = 20_000;
const MAX_CACHED_MISS_BYTES = 4 * 1024 * 1024;
/** Long addresses are as a rule attacks or accidents, and never repeated. */
const MAX_CACHED_KEY_LENGTH = 1024;

/** Where files are looked up, and how. */
export interface LookUpPlace {
  readonly root: string;
  readonly index: readonly string[];
  readonly mediaTypes: OwnTypes | undefined;
}

type KnownMiss = Miss & { readonly checkedAt: number };
export type Known = FoundFile | KnownMiss;

/**
 * Whether the disk was asked recently enough. A clock that was set back must not make an old look
 * last.
 */
export function isFresh(known: Known, now: number): boolean {
  const age = now - known.checkedAt;
  return age >= 0 && age < FRESH_MS;
}

export class FileCache {
  readonly #files = new LRUCache<string, FoundFile>({
    max: MAX_CACHED_FILES,
    maxSize: MAX_CACHED_BODY_BYTES,
    sizeCalculation: (file) => file.weight,
  });
  /** Apart from the files, so that a scan for what is not there displaces nothing that is. */
  readonly #misses = new LRUCache<string, KnownMiss>({
    maxSize: MAX_CACHED_MISS_BYTES,
    sizeCalculation: (_, key) => key.length * 2 + 200,
  });
  readonly #lookUps = new Map<string, Promise<Known>>();

  /** What is known and no older than a second. */
  fresh(key: string, now: number): Known | undefined {
    const known = this.#files.get(key) ?? this.#misses.get(key);
    return known !== undefined && isFresh(known, now) ? known : undefined;
  }

  /** Asks the disk, once for all who ask at the same time. */
  lookUp(key: string, now: number, path: string, place: LookUpPlace): Promise<Known> {
    let lookUp = this.#lookUps.get(key);
    if (lookUp === undefined) {
      lookUp = this.#ask(key, now, path, place).finally(() => this.#lookUps.delete(key));
      this.#lookUps.set(key, lookUp);
    }
    return lookUp;
  }

  /** Counts a body that was loaded since the file was looked up. */
  weigh(key: string, file: FoundFile): void {
    if (this.#files.peek(key) === file) this.#files.set(key, file);
  }

  forget(key: string): void {
    this.#files.delete(key);
    this.#misses.delete(key);
  }

  async #ask(key: string, now: number, path: string, { root, index, mediaTypes }: LookUpPlace): Promise<Known> {
    const result = await lookUpFile(root, path, index, mediaTypes);
    if (result.kind === "file") {
      const file = new FoundFile(result, now, this.#files.peek(key));
      this.#misses.delete(key);
      this.#files.set(key, file);
      return file;
    }
    const miss: KnownMiss = { ...result, checkedAt: now };
    this.#files.delete(key);
    if (key.length <= MAX_CACHED_KEY_LENGTH) this.#misses.set(key, miss);
    return miss;
  }
}

export const sharedFileCache = new FileCache();
