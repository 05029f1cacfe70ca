/** A folder of the state directory whose files are only ever replaced as a whole. */
import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";

const TEMPORARY = ".tmp-";

export class Folder {
  readonly path: string;
  // Kept open: the fsync of a directory is on the way of every switch.
  readonly #descriptor: number;
  #serial = 0;

  private constructor(path: string) {
    this.path = path;
    this.#descriptor = openSync(path, "r");
  }

  /**
   * Opens the folder, makes it (mode 0700) if it is missing, and removes what a crash left half
   * written.
   */
  static async open(path: string): Promise<Folder> {
    await mkdir(path, { recursive: true, mode: 0o700 });
    for (const name of await readdir(path)) if (name.startsWith(TEMPORARY)) rmSync(join(path, name));
    return new Folder(path);
  }

  async names(): Promise<string[]> {
    return (await readdir(this.path)).filter((name) => !name.startsWith(TEMPORARY));
  }

  /**
   * Writes temporary file, fsync, rename, fsync of the folder: afterwards the file is durable, and
   * at every moment before either the old or the new one is there in full. Throws the system's
   * error (`ENOSPC`, `EROFS`, ...); then the old file still stands, unless the last fsync itself
   * failed.
   *
   * Without `await` between the steps: each would cost a trip through the thread pool on the way of
   * every switch, and the supervisor keeps no visitor waiting.
   */
  write(name: string, text: string): void {
    const temporary = join(this.path, `${TEMPORARY}${process.pid}-${this.#serial++}-${name}`);
    try {
      const file = openSync(temporary, "wx", 0o600);
      try {
        writeFileSync(file, text);
        fsyncSync(file);
      } finally {
        closeSync(file);
      }
      renameSync(temporary, join(this.path, name));
    } catch (failure) {
      rmSync(temporary, { force: true });
      throw failure;
    }
    this.sync();
  }

  /** Removes the file if it is there. */
  remove(name: string): void {
    rmSync(join(this.path, name), { force: true });
  }

  /**
   * Renames a file that cannot be trusted, so that nothing reads it again but a person still can.
   */
  setAside(name: string): string {
    const aside = `${name}.corrupt`;
    renameSync(join(this.path, name), join(this.path, aside));
    this.sync();
    return join(this.path, aside);
  }

  sync(): void {
    fsyncSync(this.#descriptor);
  }

  close(): void {
    closeSync(this.#descriptor);
  }
}
