/** The folder `windows/`: each planned maintenance with what became of it. That one was begun or ended is decided by the generations alone; a file may be older than that. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Log } from "../log.ts";
import { Folder } from "./folder.ts";
import { seal, unseal } from "./sealed-text.ts";
import { StoredWindow } from "./stored-window.ts";

const FILE_NAME = /^([A-Za-z0-9-]+)\.json$/;

export class WindowFiles {
  readonly #folder: Folder;

  private constructor(folder: Folder) {
    this.#folder = folder;
  }

  static async open(path: string, log: Log): Promise<{ files: WindowFiles; windows: StoredWindow[] }> {
    const folder = await Folder.open(path);
    const windows: StoredWindow[] = [];
    for (const name of await folder.names()) {
      if (!FILE_NAME.test(name)) continue;
      const parsed = StoredWindow.safeParse(unseal(await readFile(join(folder.path, name), "utf8")));
      if (parsed.success) windows.push(parsed.data);
      else log.error("a stored window is damaged and is not used", { file: folder.setAside(name) });
    }
    return { files: new WindowFiles(folder), windows: windows.sort((a, b) => (a.id < b.id ? -1 : 1)) };
  }

  /** Throws the system's error; then the file is as it was. */
  save(window: StoredWindow): void {
    this.#folder.write(`${window.id}.json`, seal(window));
  }

  /** Throws the system's error. */
  remove(id: string): void {
    this.#folder.remove(`${id}.json`);
    this.#folder.sync();
  }

  close(): void {
    this.#folder.close();
  }
}
