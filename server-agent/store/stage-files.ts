/**
 * The folder `stages/`: the stage that is held, so that it outlives a crash, and the latest ended ones. Whether a stage was committed is decided by the generations alone; a file
 * that still says `staged` may be older than that.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Stage } from "../contract.ts";
import type { Log } from "../log.ts";
import { Folder } from "./folder.ts";
import { seal, unseal } from "./sealed-text.ts";

const FILE_NAME = /^([A-Za-z0-9-]+)\.json$/;

export class StageFiles {
  readonly #folder: Folder;

  private constructor(folder: Folder) {
    this.#folder = folder;
  }

  static async open(path: string, log: Log): Promise<{ files: StageFiles; stages: Stage[] }> {
    const folder = await Folder.open(path);
    const stages: Stage[] = [];
    for (const name of await folder.names()) {
      if (!FILE_NAME.test(name)) continue;
      const parsed = Stage.safeParse(unseal(await readFile(join(folder.path, name), "utf8")));
      if (parsed.success) stages.push(parsed.data);
      else log.error("a stored stage is damaged and is not used", { file: folder.setAside(name) });
    }
    return { files: new StageFiles(folder), stages };
  }

  /** Throws the system's error; then the file is as it was. */
  save(stage: Stage): void {
    this.#folder.write(`${stage.id}.json`, seal(stage));
  }

  remove(id: string): void {
    this.#folder.remove(`${id}.json`);
  }

  close(): void {
    this.#folder.close();
  }
}
