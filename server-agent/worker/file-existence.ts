/**
 * Whether files exist, asked of the disk at most once a second each: conditions and the static
 * maintenance page ask for every request.
 */
import { statSync } from "node:fs";
import { fileNameOf } from "./files/file-name.ts";

const FRESH_MS = 1000;
/** Paths come from visitors, so the memory is bounded. */
const MAX_CACHED_PATHS = 10_000;

export class FileExistence {
  readonly #known = new Map<string, { at: number; kind: "file" | "other" | "none" }>();

  /** Anything of that name. */
  exists(path: string): boolean {
    return this.#look(path) !== "none";
  }

  isFile(path: string): boolean {
    return this.#look(path) === "file";
  }

  #look(path: string): "file" | "other" | "none" {
    const now = Date.now();
    const known = this.#known.get(path);
    if (known !== undefined && now - known.at < FRESH_MS) return known.kind;
    const kind = look(path);
    if (this.#known.size >= MAX_CACHED_PATHS) this.#known.clear();
    this.#known.set(path, { at: now, kind });
    return kind;
  }
}

function look(path: string): "file" | "other" | "none" {
  try {
    const stats = statSync(fileNameOf(path), { throwIfNoEntry: false });
    if (stats === undefined) return "none";
    return stats.isFile() ? "file" : "other";
  } catch {
    return "none"; // a folder that may not be entered, a name that is too long
  }
}
