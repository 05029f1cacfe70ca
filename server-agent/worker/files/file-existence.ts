/** Whether files exist, asked of the disk at most once a second each: conditions ask every time. */
import { statSync } from "node:fs";
import { fileNameOf } from "./file-name.ts";

const FRESH_MS = 1000;
/** Paths come from visitors, so the memory is bounded. */
const MAX_CACHED_PATHS = 10_000;

export class FileExistence {
  readonly #known = new Map<string, { at: number; exists: boolean }>();

  /** Anything of that name. */
  exists(path: string): boolean {
    const now = Date.now();
    const known = this.#known.get(path);
    if (known !== undefined && now - known.at < FRESH_MS) return known.exists;
    const exists = isThere(path);
    if (this.#known.size >= MAX_CACHED_PATHS) this.#known.clear();
    this.#known.set(path, { at: now, exists });
    return exists;
  }
}

function isThere(path: string): boolean {
  try {
    return statSync(fileNameOf(path), { throwIfNoEntry: false }) !== undefined;
  } catch {
    return false; // a folder that may not be entered, a name that is too long
  }
}
