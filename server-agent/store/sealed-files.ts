/**
 * A folder of the state directory with one sealed file for each thing of a kind. `receipts/`,
 * `stages/` and `windows/` hold what was observed: whether a receipt was opened, a stage committed
 * or a window begun is decided by the generations alone, and a file may be older than that.
 * `reminders/` says what has been said.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { z } from "zod";
import type { Log } from "../log.ts";
import { Folder } from "./folder.ts";
import { seal, unseal } from "./sealed-text.ts";

const FILE_NAME = /^([A-Za-z0-9-]+)\.json$/;

export class SealedFiles<T extends { id: string }> {
  readonly #folder: Folder;

  private constructor(folder: Folder) {
    this.#folder = folder;
  }

  /**
   * @param kind in words, for the log. What is found is in the order of its ids; damaged files are
   *   set aside.
   */
  static async open<T extends { id: string }>(
    path: string,
    schema: z.ZodType<T>,
    kind: string,
    log: Log,
  ): Promise<{ files: SealedFiles<T>; found: T[] }> {
    const folder = await Folder.open(path);
    const found: T[] = [];
    for (const name of await folder.names()) {
      if (!FILE_NAME.test(name)) continue;
      const parsed = schema.safeParse(unseal(await readFile(join(folder.path, name), "utf8")));
      if (parsed.success) found.push(parsed.data);
      else log.error(`a stored ${kind} is damaged and is not used`, { file: folder.setAside(name) });
    }
    return { files: new SealedFiles<T>(folder), found: found.sort((a, b) => (a.id < b.id ? -1 : 1)) };
  }

  /** Throws the system's error; then the file is as it was. */
  save(value: T): void {
    this.#folder.write(`${value.id}.json`, seal(value));
  }

  /** Throws the system's error. */
  remove(id: string): void {
    this.#folder.remove(`${id}.json`);
  }

  /** Makes removals durable. Throws the system's error. */
  sync(): void {
    this.#folder.sync();
  }

  close(): void {
    this.#folder.close();
  }
}
