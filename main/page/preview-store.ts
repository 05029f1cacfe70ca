/** Previewed pages until their frames have loaded them. */
import { createHash } from "node:crypto";

/**
 * Pages that frames may show as `app://preview/<id>`. The id is the hash of the page: the same page
 * has the same address, so a frame does not reload without need.
 */
export class PreviewStore {
  readonly #pages = new Map<string, string>();
  readonly #limit: number;

  /** @param limit number of pages kept; the ones not asked for or put in for longest go first. */
  constructor(limit = 16) {
    this.#limit = limit;
  }

  /** @returns the address of the page. */
  put(html: string): string {
    const id = createHash("sha256").update(html).digest("hex").slice(0, 32);
    this.#pages.delete(id);
    this.#pages.set(id, html);
    for (const oldest of this.#pages.keys()) {
      if (this.#pages.size <= this.#limit) break;
      this.#pages.delete(oldest);
    }
    return `app://preview/${id}`;
  }

  get(id: string): string | undefined {
    return this.#pages.get(id);
  }
}
