/**
 * The folder `receipts/`: the latest observation of every receipt (counts, proof, exact switch time). That a receipt was opened or closed is committed by the generation's
 * own file; what is here may be a few seconds old after a crash, and never contradicts it.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Receipt } from "../contract.ts";
import type { Log } from "../log.ts";
import { Folder } from "./folder.ts";
import { seal, unseal } from "./sealed-text.ts";

const FILE_NAME = /^([A-Za-z0-9-]+)\.json$/;

export class ReceiptFiles {
  readonly #folder: Folder;

  private constructor(folder: Folder) {
    this.#folder = folder;
  }

  static async open(path: string, log: Log): Promise<{ files: ReceiptFiles; receipts: Receipt[] }> {
    const folder = await Folder.open(path);
    const receipts: Receipt[] = [];
    for (const name of await folder.names()) {
      if (!FILE_NAME.test(name)) continue;
      const parsed = Receipt.safeParse(unseal(await readFile(join(folder.path, name), "utf8")));
      if (parsed.success) receipts.push(parsed.data);
      else log.error("a stored receipt is damaged and is not used", { file: folder.setAside(name) });
    }
    return { files: new ReceiptFiles(folder), receipts };
  }

  save(receipt: Receipt): void {
    this.#folder.write(`${receipt.id}.json`, seal(receipt));
  }

  remove(id: string): void {
    this.#folder.remove(`${id}.json`);
  }

  close(): void {
    this.#folder.close();
  }
}
