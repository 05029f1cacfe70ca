/** Serves files below one folder. The `file`, `common` and `maintenance` handlers share it. */
import { DEFAULT_INDEX } from "../../core/index-files.ts";
import type { Exchange } from "../exchange.ts";
import { FRESH_MS, isFresh, sharedFileCache, type FileCache, type Known, type LookUpPlace } from "./file-cache.ts";
import { isServablePath, type Miss } from "./file-lookup.ts";
import type { FoundFile } from "./found-file.ts";
import type { OwnTypes } from "./media-type.ts";
import { sendFromDisk, sendFromMemory } from "./send-file.ts";

const MISSING: Miss = { kind: "missing" };
/**
 * How many files are remembered besides the cache, which counts their bytes; these are not counted.
 */
const MAX_CACHED_FOLDERS = 64;
/** Files that change faster than they can be opened are looked up this often before giving up. */
const MAX_ATTEMPTS = 3;

interface FolderOptions {
  readonly index?: readonly string[] | undefined;
  readonly mediaTypes?: OwnTypes | undefined;
  /** What rules say of an index file holds for its folder, too. */
  readonly asksRules?: boolean;
}

export class FileFolder {
  readonly #place: LookUpPlace;
  readonly #cache: FileCache;
  readonly #keyPrefix: string;
  readonly #asksRules: boolean;
  /**
   * Files of the last second by path alone: the few that are asked for all the time are found
   * without making the cache's long key.
   */
  readonly #recent = new Map<string, FoundFile>();
  #recentSince = 0;

  /** @param root Absolute; need not exist yet. */
  constructor(
    root: string,
    { index = DEFAULT_INDEX.files, mediaTypes, asksRules = false }: FolderOptions = {},
    cache = sharedFileCache,
  ) {
    this.#place = { root, index, mediaTypes: mediaTypes === undefined ? undefined : lowerCase(mediaTypes) };
    this.#cache = cache;
    this.#asksRules = asksRules;
    const types = mediaTypes === undefined ? "" : JSON.stringify(mediaTypes);
    this.#keyPrefix = `${root}\0${index.join("/")}\0${types}`;
  }

  /**
   * Answers a GET or HEAD with the file that `path` names (from `filePathOf`), status 200,
   * 206, 304, 412 or 416. Where there is none, nothing is sent and `otherwise` is called. Files
   * known from the last second are answered before this returns.
   */
  serve(exchange: Exchange, path: string, otherwise: (miss: Miss) => void | Promise<void>): void | Promise<void> {
    // Not that of the exchange: an application may have thought, and written the file, since then.
    const now = Date.now();
    const recent = this.#recent.get(path);
    if (recent !== undefined && isFresh(recent, now) && this.#sendKnown(exchange, recent)) return;
    if (!isServablePath(path)) return otherwise(MISSING);
    const key = this.#keyPrefix + path;
    const known = this.#cache.fresh(key, now);
    if (known === undefined) return this.#lookUpAndServe(exchange, key, path, otherwise);
    if (known.kind !== "file") return otherwise(known);
    this.#remember(path, known, now);
    if (!this.#sendKnown(exchange, known)) return this.#loadAndServe(exchange, key, path, known, otherwise);
  }

  /** True: it was in memory, or the rules have given it to somebody else. */
  #sendKnown(exchange: Exchange, file: FoundFile): boolean {
    return this.#isAnsweredByRules(exchange, file) || sendFromMemory(exchange, file.choose(exchange.request));
  }

  #isAnsweredByRules(exchange: Exchange, { index }: FoundFile): boolean {
    return index !== undefined && this.#asksRules && exchange.answerAsIndex(index);
  }

  #remember(path: string, file: FoundFile, now: number): void {
    if (now - this.#recentSince >= FRESH_MS) {
      this.#recent.clear();
      this.#recentSince = now;
    }
    if (this.#recent.size < MAX_CACHED_FOLDERS) this.#recent.set(path, file);
  }

  async #lookUpAndServe(
    exchange: Exchange,
    key: string,
    path: string,
    otherwise: (miss: Miss) => void | Promise<void>,
  ): Promise<void> {
    const known = await this.#cache.lookUp(key, Date.now(), path, this.#place);
    if (known.kind !== "file") return otherwise(known);
    return this.#loadAndServe(exchange, key, path, known, otherwise);
  }

  async #loadAndServe(
    exchange: Exchange,
    key: string,
    path: string,
    found: FoundFile,
    otherwise: (miss: Miss) => void | Promise<void>,
  ): Promise<void> {
    let known: Known = found;
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      if (known.kind !== "file") return otherwise(known);
      if (this.#isAnsweredByRules(exchange, known)) return;
      if (await this.#send(exchange, key, known)) return;
      // The path leads elsewhere since the look-up.
      this.#recent.delete(path);
      this.#cache.forget(key);
      known = await this.#cache.lookUp(key, Date.now(), path, this.#place);
    }
    return otherwise(MISSING);
  }

  /** Resolves to false, with nothing sent, when the file is no longer where it was found. */
  async #send(exchange: Exchange, key: string, found: FoundFile): Promise<boolean> {
    const representation = found.choose(exchange.request);
    if (representation.body === undefined) {
      if (!representation.isWorthLoading(Date.now())) return sendFromDisk(exchange, representation);
      if (!(await representation.load())) return false;
      this.#cache.weigh(key, found);
    }
    if (!exchange.response.destroyed) sendFromMemory(exchange, representation);
    return true;
  }
}

function lowerCase(types: OwnTypes): OwnTypes {
  return Object.fromEntries(Object.entries(types).map(([extension, type]) => [extension.toLowerCase(), type]));
}
