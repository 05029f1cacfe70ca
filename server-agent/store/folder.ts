/**
 * A folder of the state directory whose files are only ever replaced as a whole. A write or a
 * removal is done or refused, never both: one that fails is taken back on the disk, too.
 */
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { messageOf } from "../log.ts";
import { codeOf, type Disk } from "./disk.ts";

const TEMPORARY = ".tmp-";

/**
 * The disk has failed so that it is not known what a restart would find: the file as it was, or as
 * it was to be.
 */
export class UnknownOutcome extends Error {}

export class Folder {
  readonly path: string;
  readonly #disk: Disk;
  /** Kept open: the fsync of a directory is on the way of every switch. */
  #descriptor: number | undefined;
  #serial = 0;
  /** What could not be taken back yet: by the name of the file, where it is kept as it was. */
  readonly #unsettled = new Map<string, string | undefined>();

  private constructor(path: string, disk: Disk) {
    this.path = path;
    this.#disk = disk;
  }

  /**
   * The folder at this path. `isOwn`: it is made (mode 0700) if it is missing, and what a crash
   * left half written is removed, as far as the disk lets that happen.
   */
  static async open(path: string, disk: Disk, isOwn: boolean): Promise<Folder> {
    const folder = new Folder(path, disk);
    if (isOwn) await folder.#clearUp();
    return folder;
  }

  /** @throws the system's error, where the folder is there and cannot be read */
  async names(): Promise<string[]> {
    return (await this.#all()).filter((name) => !name.startsWith(TEMPORARY));
  }

  /**
   * Writes temporary file, fsync, rename, fsync of the folder: afterwards the file is durable, and
   * at every moment before either the old or the new one is there in full.
   *
   * Without `await` between the steps: each would cost a trip through the thread pool on the way of
   * every switch, and the supervisor keeps no visitor waiting.
   * @throws the system's error (`ENOSPC`, `EROFS`, ...); then the file is as it was
   * @throws {UnknownOutcome}
   */
  write(name: string, text: string): void {
    this.#settle();
    const folder = this.#open();
    const temporary = this.#temporary(name);
    let before: string | undefined;
    try {
      this.#writeNew(temporary, text);
      before = this.#keep(name);
      this.#disk.rename(temporary, join(this.path, name));
    } catch (failure) {
      this.#discard(temporary);
      if (before !== undefined) this.#discard(before);
      throw failure;
    }
    try {
      this.#disk.sync(folder);
    } catch (failure) {
      throw this.#takeBack(name, before, failure);
    }
    if (before !== undefined) this.#discard(before);
  }

  /**
   * Removes the file, if it is there, for good.
   * @throws the system's error; then it is there as it was
   * @throws {UnknownOutcome}
   */
  remove(name: string): void {
    this.#settle();
    const folder = this.#open();
    const before = this.#temporary(name);
    try {
      this.#disk.rename(join(this.path, name), before);
    } catch (failure) {
      if (codeOf(failure) === "ENOENT") return;
      throw failure;
    }
    try {
      this.#disk.sync(folder);
    } catch (failure) {
      throw this.#takeBack(name, before, failure);
    }
    this.#discard(before);
  }

  /** Removes what is old; after a crash it may come back. @throws the system's error */
  forget(name: string): void {
    this.#disk.remove(join(this.path, name));
  }

  /**
   * Renames a file that cannot be trusted, so that nothing reads it again but a person still can.
   * Where the disk does not let that happen, it stays. Returns where it is.
   */
  setAside(name: string): string {
    const file = join(this.path, name);
    try {
      this.#disk.rename(file, `${file}.corrupt`);
      this.#disk.sync(this.#open());
      return `${file}.corrupt`;
    } catch {
      return file;
    }
  }

  close(): void {
    if (this.#descriptor !== undefined) this.#disk.close(this.#descriptor);
    this.#descriptor = undefined;
  }

  async #all(): Promise<string[]> {
    try {
      return await readdir(this.path);
    } catch (failure) {
      if (codeOf(failure) === "ENOENT") return [];
      throw failure;
    }
  }

  async #clearUp(): Promise<void> {
    try {
      this.#open();
    } catch {
      // A disk that is full or read-only; it is made with the first write.
    }
    for (const name of await this.#all()) if (name.startsWith(TEMPORARY)) this.#discard(join(this.path, name));
  }

  #open(): number {
    if (this.#descriptor === undefined) {
      this.#disk.mkdir(this.path);
      this.#descriptor = this.#disk.open(this.path, "r");
    }
    return this.#descriptor;
  }

  #temporary(name: string): string {
    return join(this.path, `${TEMPORARY}${process.pid}-${this.#serial++}-${name}`);
  }

  #writeNew(path: string, text: string): void {
    const file = this.#disk.open(path, "wx");
    try {
      this.#disk.write(file, text);
      this.#disk.sync(file);
    } finally {
      this.#disk.close(file);
    }
  }

  /** A second name for the file as it is, which needs no room to take it back. */
  #keep(name: string): string | undefined {
    const before = this.#temporary(name);
    try {
      this.#disk.link(join(this.path, name), before);
      return before;
    } catch (failure) {
      if (codeOf(failure) === "ENOENT") return undefined;
      throw failure;
    }
  }

  /**
   * After a change of the folder that may not be durable. Returns what is to be thrown.
   * @param before where the file is kept as it was; `undefined`: there was none
   */
  #takeBack(name: string, before: string | undefined, why: unknown): unknown {
    this.#unsettled.set(name, before);
    try {
      this.#settle();
      return why;
    } catch (failure) {
      return failure;
    }
  }

  /** Takes back what could not be taken back for good before. @throws {UnknownOutcome} */
  #settle(): void {
    if (this.#unsettled.size === 0) return;
    try {
      for (const [name, before] of this.#unsettled) this.#restore(join(this.path, name), before);
      this.#disk.sync(this.#open());
    } catch (failure) {
      throw new UnknownOutcome(
        `${[...this.#unsettled.keys()].join(", ")} in ${this.path} could not be taken back for good: ${messageOf(failure)}`,
      );
    }
    this.#unsettled.clear();
  }

  #restore(file: string, before: string | undefined): void {
    if (before === undefined) {
      this.#disk.remove(file);
      return;
    }
    try {
      this.#disk.rename(before, file);
    } catch (failure) {
      // It was restored before, and only not made durable.
      if (codeOf(failure) !== "ENOENT") throw failure;
    }
  }

  /** What is left of it is removed at the next start. */
  #discard(path: string): void {
    try {
      this.#disk.remove(path);
    } catch {
      // A disk on which nothing can be removed either.
    }
  }
}
