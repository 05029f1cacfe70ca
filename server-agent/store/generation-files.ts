/**
 * The folder `generations/`: `000041.json` is generation 41, immutable. The highest one is the
 * active one, because every change (a roll-back and a restart too) makes a new generation: so a
 * single rename commits a change, and there is no pointer that could disagree with the files.
 */
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Log } from "../log.ts";
import { Folder } from "./folder.ts";
import { seal, unseal } from "./sealed-text.ts";
import {
  decodeGeneration,
  encodeGeneration,
  type GenerationRecord,
  type StoredGeneration,
} from "./stored-generation.ts";
import { STORED_KINDS } from "./stored-kinds.ts";

const { fileName } = STORED_KINDS.generations;
const CORRUPT = /\.corrupt$/;

export interface LoadedGenerations {
  files: GenerationFiles;
  /** Oldest first. */
  records: GenerationRecord[];
  /** The document of the highest good generation, not yet validated; absent in an empty folder. */
  active: { record: GenerationRecord; config: unknown } | undefined;
  corrupt: number;
}

export class GenerationFiles {
  readonly #folder: Folder;
  readonly #bytes = new Map<number, number>();
  #highest: number;

  private constructor(folder: Folder, highest: number) {
    this.#folder = folder;
    this.#highest = highest;
  }

  /**
   * Reads and checks every generation. What is torn or altered is set aside as `*.corrupt`; its
   * number is never used again. Throws when the latest one is of another version.
   */
  static async open(path: string, log: Log): Promise<LoadedGenerations> {
    const folder = await Folder.open(path);
    const numbered = (await folder.names()).flatMap((name) => {
      const good = name.replace(CORRUPT, "");
      return fileName.test(good) ? [{ name, generation: Number.parseInt(good, 10), corrupt: good !== name }] : [];
    });
    numbered.sort((a, b) => a.generation - b.generation);
    const files = new GenerationFiles(folder, numbered.at(-1)?.generation ?? 0);
    const loaded: LoadedGenerations = { files, records: [], active: undefined, corrupt: 0 };
    let foreign = 0;
    for (const { name, generation, corrupt } of numbered) {
      const good = corrupt ? undefined : await files.#read(generation);
      if (good === undefined) {
        loaded.corrupt++;
        if (!corrupt) log.error("damaged generation file; not used", { generation, file: folder.setAside(name) });
        continue;
      }
      if (good === "foreign") {
        foreign = generation;
        continue;
      }
      loaded.records.push(good.record);
      loaded.active = good;
    }
    // Nothing is wrong with it but this program. An older generation in its place would undo what
    // somebody changed since, such as a maintenance.
    if (foreign > (loaded.active?.record.generation ?? 0))
      throw new Error(
        `generation ${foreign} was stored by another version of the agent, and this one cannot read it; start that version, or move the folder away`,
      );
    return loaded;
  }

  /** The number that the next generation will have. */
  get next(): number {
    return this.#highest + 1;
  }

  /** Makes the generation durable. @throws when it cannot; then it is not there */
  commit(stored: StoredGeneration): void {
    const name = nameOf(stored.generation);
    const text = seal(encodeGeneration(stored));
    try {
      this.#folder.write(name, text);
    } catch (failure) {
      // Only when the folder's own fsync failed is the file there; without it the generation must
      // not come back after a crash.
      this.#folder.remove(name);
      throw failure;
    }
    this.#highest = stored.generation;
    this.#bytes.set(stored.generation, text.length);
  }

  /**
   * The stored document of a generation, or `undefined` when it is no longer stored or no longer
   * readable.
   */
  async config(generation: number): Promise<unknown> {
    const found = await this.#read(generation);
    return found === "foreign" ? undefined : found?.config;
  }

  /** Removes a generation from the history. */
  remove(generation: number): void {
    this.#folder.remove(nameOf(generation));
    this.#bytes.delete(generation);
  }

  /** Size of its file; about right for one that holds other than ASCII text. */
  bytes(generation: number): number {
    return this.#bytes.get(generation) ?? 0;
  }

  close(): void {
    this.#folder.close();
  }

  /** `foreign`: whole, but not as this version of the agent writes it. */
  async #read(generation: number): Promise<{ record: GenerationRecord; config: unknown } | "foreign" | undefined> {
    const path = join(this.#folder.path, nameOf(generation));
    let text: string;
    try {
      text = await readFile(path, "utf8");
      this.#bytes.set(generation, (await stat(path)).size);
    } catch (failure) {
      if ((failure as NodeJS.ErrnoException).code === "ENOENT") return undefined;
      throw failure;
    }
    const value = unseal(text);
    const decoded = decodeGeneration(value);
    if (value !== undefined && decoded === undefined) return "foreign";
    return decoded?.record.generation === generation ? decoded : undefined;
  }
}

function nameOf(generation: number): string {
  return `${String(generation).padStart(6, "0")}.json`;
}
