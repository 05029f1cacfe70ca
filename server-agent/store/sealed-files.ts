/**
 * A folder of the state directory with one sealed file for each thing of a kind. Where it holds
 * what was observed, a file may be older than the generations, which decide what was switched.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Log } from "../log.ts";
import { Folder } from "./folder.ts";
import { seal, unseal } from "./sealed-text.ts";
import type { StoredKind } from "./stored-kinds.ts";

export class SealedFiles<T extends { id: string }> {
  readonly #folder: Folder;

  private constructor(folder: Folder) {
    this.#folder = folder;
  }

  /**
   * What is found is in the order of its ids; damaged files are set aside. @throws the system's
   * error
   */
  static async open<T extends { id: string }>(
    path: string,
    { name: kind, fileName, schema }: StoredKind<T>,
    log: Log,
  ): Promise<{ files: SealedFiles<T>; found: T[] }> {
    const folder = await Folder.open(path);
    const found: T[] = [];
    for (const name of await folder.names()) {
      if (!fileName.test(name)) continue;
      const parsed = schema.safeParse(unseal(await readFile(join(folder.path, name), "utf8")));
      if (parsed.success) found.push(parsed.data);
      else log.error(`damaged ${kind} file; not used`, { file: folder.setAside(name) });
    }
    return { files: new SealedFiles<T>(folder), found: found.sort((a, b) => (a.id < b.id ? -1 : 1)) };
  }

  /** @throws the system's error; then the file is as it was */
  save(value: T): void {
    this.#folder.write(`${value.id}.json`, seal(value));
  }

  /** A removal that is not made durable may come back after a crash. @throws the system's error */
  remove(id: string): void {
    this.#folder.remove(`${id}.json`);
  }

  /** Makes removals durable. @throws the system's error */
  sync(): void {
    this.#folder.sync();
  }

  close(): void {
    this.#folder.close();
  }
}
