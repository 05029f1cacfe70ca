/**
 * A folder of the state directory with one sealed file for each thing of a kind. Where it holds
 * what was observed, a file may be older than the generations, which decide what was switched.
 */
import { join } from "node:path";
import type { Log } from "../log.ts";
import type { Disk } from "./disk.ts";
import { Folder } from "./folder.ts";
import { readOrNothing } from "./read-or-nothing.ts";
import { seal, unseal } from "./sealed-text.ts";
import type { StoredKind } from "./stored-kinds.ts";

/** What another version of the agent has stored is neither replaced nor removed. */
export class ForeignFile extends Error {}

export interface OpenParts {
  disk: Disk;
  /** Nothing is made, set aside or cleared up in a directory that is another process' still. */
  isOwn: boolean;
  log: Log;
}

/** Ends the name of a file that was set aside as damaged. */
export const CORRUPT = /\.corrupt$/;

export class SealedFiles<T extends { id: string }> {
  readonly #folder: Folder;
  /** Files that are whole, but not as this version of the agent writes them: left alone. */
  readonly #foreign = new Set<string>();
  /** Files that were found to be damaged at this start, and have not been stored anew. */
  readonly #damaged = new Set<string>();
  /** The same of an earlier start, where it matters still. */
  readonly #setAside = new Set<string>();

  private constructor(folder: Folder) {
    this.#folder = folder;
  }

  /**
   * Reads all files. Damaged ones are set aside; those of another version are left alone, as it may
   * come back. @throws the system's error
   */
  static async open<T extends { id: string }>(
    path: string,
    { name: kind, fileName, schema, damaged }: StoredKind<T>,
    { disk, isOwn, log }: OpenParts,
  ): Promise<{ files: SealedFiles<T>; values: T[] }> {
    const folder = await Folder.open(path, disk, isOwn);
    const files = new SealedFiles<T>(folder);
    const values: T[] = [];
    const names = await folder.names();
    for (const name of names) {
      const good = name.replace(CORRUPT, "");
      if (!fileName.test(good)) continue;
      if (good !== name) {
        if (damaged === "missed" && !names.includes(good)) files.#setAside.add(good);
        continue;
      }
      const value = unseal(await readOrNothing(join(folder.path, name)));
      const parsed = schema.safeParse(value);
      if (parsed.success && fileOf(parsed.data.id) === name) {
        values.push(parsed.data);
      } else if (value !== undefined && !parsed.success) {
        files.#foreign.add(name);
        log.warn(`${kind} file from another version of the agent; ignoring it`, {
          file: join(folder.path, name),
        });
      } else {
        files.#damaged.add(name);
        log.error(`damaged ${kind} file; not used`, {
          file: isOwn ? folder.setAside(name) : join(folder.path, name),
        });
      }
    }
    values.sort((a, b) => (a.id < b.id ? -1 : 1));
    return { files, values };
  }

  /** How many files are not used, and why. */
  get unused(): { damaged: number; setAside: number; foreign: number } {
    return { damaged: this.#damaged.size, setAside: this.#setAside.size, foreign: this.#foreign.size };
  }

  /** Whether another version of the agent has stored this one. */
  isForeign(id: string): boolean {
    return this.#foreign.has(fileOf(id));
  }

  /** @throws the system's error, then the file is as it was; or `UnknownOutcome` */
  save(value: T): void {
    this.#refuseForeign(value.id);
    this.#folder.write(fileOf(value.id), seal(value));
    this.#damaged.delete(fileOf(value.id));
    this.#setAside.delete(fileOf(value.id));
  }

  /** Removes it for good. @throws the system's error, then it is there; or `UnknownOutcome` */
  remove(id: string): void {
    this.#refuseForeign(id);
    this.#folder.remove(fileOf(id));
  }

  /** Removes what is old; after a crash it may come back. @throws the system's error */
  forget(id: string): void {
    if (!this.isForeign(id)) this.#folder.forget(fileOf(id));
  }

  close(): void {
    this.#folder.close();
  }

  #refuseForeign(id: string): void {
    if (this.isForeign(id))
      throw new ForeignFile(
        `${join(this.#folder.path, fileOf(id))} was stored by another version of the agent and is kept`,
      );
  }
}

function fileOf(id: string): string {
  return `${id}.json`;
}
