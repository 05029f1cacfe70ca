/**
 * The folder `generations/`: `000041.json` is generation 41, immutable. The highest one is the
 * active one, because every change (a roll-back and a restart too) makes a new generation: so a
 * single rename commits a change, and there is no pointer that could disagree with the files.
 */
import { join } from "node:path";
import { Folder } from "./folder.ts";
import { CORRUPT, type OpenParts } from "./sealed-files.ts";
import { readOrNothing } from "./read-or-nothing.ts";
import { seal, unseal } from "./sealed-text.ts";
import {
  decodeGeneration,
  encodeGeneration,
  type GenerationRecord,
  type StoredGeneration,
} from "./stored-generation.ts";
import { STORED_KINDS } from "./stored-kinds.ts";

const { fileName } = STORED_KINDS.generations;

export interface LoadedGenerations {
  files: GenerationFiles;
  /** Oldest first. */
  records: GenerationRecord[];
  /** The document of the highest good generation, not yet validated; absent in an empty folder. */
  active: { record: GenerationRecord; config: unknown } | undefined;
  /** So many were damaged, and set aside now or before. */
  corrupt: number;
  /** The highest that was set aside before this start. */
  setAside: number | undefined;
  /** So many were found to be damaged now, without the latest. */
  damaged: number;
  /** A damaged one that is later than the active one, and was not set aside by anybody. */
  damagedLatest: { generation: number; file: string } | undefined;
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
   * Reads and checks every generation. What is torn or altered is set aside as `*.corrupt`, but for
   * the latest, which only a person may set aside; its number is never used again.
   * @throws where the latest one is of another version
   */
  static async open(path: string, { disk, isOwn, log }: OpenParts): Promise<LoadedGenerations> {
    const folder = await Folder.open(path, disk, isOwn);
    const numbered = (await folder.names()).flatMap((name) => {
      const good = name.replace(CORRUPT, "");
      return fileName.test(good) ? [{ name, generation: Number.parseInt(good, 10), corrupt: good !== name }] : [];
    });
    numbered.sort((a, b) => a.generation - b.generation);
    const files = new GenerationFiles(folder, numbered.at(-1)?.generation ?? 0);
    const loaded: LoadedGenerations = {
      files,
      records: [],
      active: undefined,
      corrupt: 0,
      setAside: numbered.findLast(({ corrupt }) => corrupt)?.generation,
      damaged: 0,
      damagedLatest: undefined,
    };
    const damaged: { name: string; generation: number }[] = [];
    let foreign = 0;
    for (const { name, generation, corrupt } of numbered) {
      const good = corrupt ? undefined : await files.#read(generation);
      if (good === undefined) {
        loaded.corrupt++;
        if (!corrupt) damaged.push({ name, generation });
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
    for (const { name, generation } of damaged) {
      const isLatest = generation > (loaded.active?.record.generation ?? 0);
      const file = isLatest || !isOwn ? join(path, name) : folder.setAside(name);
      log.error("damaged generation file; not used", { generation, file });
      if (isLatest) loaded.damagedLatest = { generation, file };
      else loaded.damaged++;
    }
    return loaded;
  }

  /** The number that the next generation will have. */
  get next(): number {
    return this.#highest + 1;
  }

  /** Makes the generation durable. @throws like `Folder.write`; then it is not there */
  commit(stored: StoredGeneration): void {
    const text = seal(encodeGeneration(stored));
    this.#folder.write(nameOf(stored.generation), text);
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

  /** Removes a generation from the history. @throws the system's error */
  forget(generation: number): void {
    this.#folder.forget(nameOf(generation));
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
    const text = await readOrNothing(path);
    if (text !== "") this.#bytes.set(generation, Buffer.byteLength(text));
    const value = unseal(text);
    const decoded = decodeGeneration(value);
    if (value !== undefined && decoded === undefined) return "foreign";
    return decoded?.record.generation === generation ? decoded : undefined;
  }
}

export function nameOf(generation: number): string {
  return `${String(generation).padStart(6, "0")}.json`;
}
