/**
 * The folder `generations/`: `000041.json` is generation 41, immutable. The highest one is the
 * active one, because every change (a roll-back and a restart too) makes a new generation: so a
 * single rename commits a change, and there is no pointer that could disagree with the files.
 *
 * Of a large document only what differs from an earlier generation is stored, the _base_, which has
 * all of it: so a switch takes as long for ten thousand sites as for ten.
 */
import { join } from "node:path";
import type { Config } from "../contract/config.ts";
import { applyDelta, deltaOf } from "../core/config/config-delta.ts";
import { Folder } from "./folder.ts";
import { CORRUPT, type OpenParts } from "./sealed-files.ts";
import { readOrNothing } from "./read-or-nothing.ts";
import { seal, unseal } from "./sealed-text.ts";
import {
  type DecodedGeneration,
  decodeGeneration,
  encodeGeneration,
  type GenerationRecord,
  type StoredDelta,
  type StoredGeneration,
} from "./stored-generation.ts";
import { STORED_KINDS } from "./stored-kinds.ts";

const { fileName } = STORED_KINDS.generations;
/** Smaller documents are stored whole: one file to read, to back up, to repair (characters). */
const MIN_BASE_LENGTH = 256 * 1024;
/** A delta may have so much of its base's length; then the whole is stored again. */
const MAX_DELTA_SHARE = 1 / 8;

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
  /** What a person has to decide about: it is later than the active one, and not set aside. */
  damagedLatest: DamagedLatest | undefined;
}

export interface DamagedLatest {
  generation: number;
  file: string;
  /** Lost where there is no file. */
  isThere: boolean;
  /** The latest of those that cannot be read without it. */
  needing?: number;
}

export class GenerationFiles {
  readonly #folder: Folder;
  readonly #bytes = new Map<number, number>();
  /** By generation that is stored as a delta. */
  readonly #bases = new Map<number, number>();
  /** The generation that the next one is told from. */
  #base: { generation: number; config: Config; length: number } | undefined = undefined;
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
    /** Intact, and left as they are: with their base they can be read again. */
    const baseless: { generation: number; base: number }[] = [];
    let foreign = 0;
    let latest: DecodedGeneration | undefined;
    const whole = new Set<number>();
    for (const { name, generation, corrupt } of numbered) {
      const good = corrupt ? undefined : await files.#read(generation);
      if (typeof good === "object" && "base" in good.document && !whole.has(good.document.base)) {
        baseless.push({ generation, base: good.document.base });
        continue;
      }
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
      if ("config" in good.document) whole.add(generation);
      latest = good;
    }
    if (latest !== undefined) loaded.active = { record: latest.record, config: await files.#open(latest) };
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
      if (isLatest) loaded.damagedLatest = { generation, file, isThere: true };
      else loaded.damaged++;
    }
    for (const { generation, base } of baseless) {
      log.error("a generation cannot be read without the one that it is told from; not used", { generation, base });
      const own = numbered.find((one) => one.generation === base);
      // Who has set the base aside has decided about both.
      if (generation > (loaded.active?.record.generation ?? 0) && own?.corrupt !== true)
        loaded.damagedLatest = {
          generation: base,
          file: join(path, nameOf(base)),
          isThere: own !== undefined,
          needing: generation,
        };
    }
    return loaded;
  }

  /** The number that the next generation will have. */
  get next(): number {
    return this.#highest + 1;
  }

  /** Makes the generation durable. @throws like `Folder.write`; then it is not there */
  commit(stored: StoredGeneration): void {
    const { generation, config } = stored;
    const delta = this.#deltaTo(config);
    const short = delta === undefined ? "" : seal(encodeGeneration(stored, delta));
    const isShort = delta !== undefined && short.length <= (this.#base?.length ?? 0) * MAX_DELTA_SHARE;
    const text = isShort ? short : seal(encodeGeneration(stored));
    this.#folder.write(nameOf(generation), text);
    this.#highest = generation;
    this.#bytes.set(generation, text.length);
    if (isShort) this.#bases.set(generation, delta.base);
    else this.#base = { generation, config, length: text.length };
  }

  /** Undefined where the whole is to be stored: a small document, or one with little in common. */
  #deltaTo(config: Config): StoredDelta | undefined {
    if (this.#base === undefined || this.#base.length < MIN_BASE_LENGTH) return undefined;
    // What is only equal may be written otherwise, and the document is stored as it was sent.
    const delta = deltaOf(this.#base.config, config, (one, other) => one === other);
    const told = delta.virtualHosts.filter((part) => !Array.isArray(part)).length;
    return told > config.virtualHosts.length * MAX_DELTA_SHARE ? undefined : { base: this.#base.generation, delta };
  }

  /** The generation that has all of what this one is told from; undefined: itself. */
  baseOf(generation: number): number | undefined {
    return this.#bases.get(generation);
  }

  /**
   * The stored document of a generation, or `undefined` when it is no longer stored or no longer
   * readable.
   */
  async config(generation: number): Promise<unknown> {
    if (generation === this.#base?.generation) return this.#base.config;
    const found = await this.#read(generation);
    return typeof found === "object" ? this.#documentOf(found) : undefined;
  }

  /** Removes a generation from the history. @throws the system's error */
  forget(generation: number): void {
    this.#folder.forget(nameOf(generation));
    this.#bytes.delete(generation);
    this.#bases.delete(generation);
  }

  /** Size of its file; about right for one that holds other than ASCII text. */
  bytes(generation: number): number {
    return this.#bytes.get(generation) ?? 0;
  }

  close(): void {
    this.#folder.close();
  }

  /** `foreign`: whole, but not as this version of the agent writes it. */
  async #read(generation: number): Promise<DecodedGeneration | "foreign" | undefined> {
    const path = join(this.#folder.path, nameOf(generation));
    const text = await readOrNothing(path);
    if (text !== "") this.#bytes.set(generation, Buffer.byteLength(text));
    const value = unseal(text);
    const decoded = decodeGeneration(value);
    if (value !== undefined && decoded === undefined) return "foreign";
    if (decoded?.record.generation !== generation) return undefined;
    if ("base" in decoded.document) this.#bases.set(generation, decoded.document.base);
    return decoded;
  }

  /** The next generations are told from this one, or from its base. */
  async #open({ record: { generation }, document }: DecodedGeneration): Promise<unknown> {
    const base = "config" in document ? generation : document.base;
    const config = ("config" in document ? document.config : await this.config(base)) as Config;
    this.#base = { generation: base, config, length: this.bytes(base) };
    return this.#documentOf({ document });
  }

  async #documentOf({ document }: Pick<DecodedGeneration, "document">): Promise<unknown> {
    if ("config" in document) return document.config;
    const base = (await this.config(document.base)) as Config | undefined;
    return base === undefined ? undefined : applyDelta(base, document.delta);
  }
}

export function nameOf(generation: number): string {
  return `${String(generation).padStart(6, "0")}.json`;
}
