/** Previewed pages until their frames have loaded them. */
import { createHash } from "node:crypto";

/** A file of somebody's own page. */
export interface OwnFile {
  type: string;
  body: Uint8Array<ArrayBuffer>;
}

/**
 * Pages that frames may show as `app://preview/<id>`. The id is the hash of the page: the same page
 * has the same address, so a frame does not reload without need.
 */
export class PreviewStore {
  readonly #pages = new Map<string, string>();
  readonly #limit: number;
  #own: ((path: string) => Promise<OwnFile | undefined>) | undefined;

  /** @param limit number of pages kept; the ones not asked for or put in for longest go first. */
  constructor(limit = 16) {
    this.#limit = limit;
  }

  /**
   * Without the page's script, which its frame would refuse to run: the end is shown in UTC there.
   *
   * @returns the address of the page.
   */
  put(page: string): string {
    const html = page.replace(/<script>.*?<\/script>/, "");
    const id = createHash("sha256").update(html).digest("hex").slice(0, 32);
    this.#pages.delete(id);
    this.#pages.set(id, html);
    for (const oldest of this.#pages.keys()) {
      if (this.#pages.size <= this.#limit) break;
      this.#pages.delete(oldest);
    }
    return `app://preview/${id}`;
  }

  /**
   * Shows an own page with its files, in place of the one before: as on its site, `/logo.png` is a
   * file of it. @param version another one for a changed page, so that frames load it
   * @returns the address of the page
   */
  putOwn(version: string, read: (path: string) => Promise<OwnFile | undefined>): string {
    this.#own = read;
    return `app://own-page/?${createHash("sha256").update(version).digest("hex").slice(0, 32)}`;
  }

  /** A file of the own page that is shown. */
  async own(path: string): Promise<OwnFile | undefined> {
    return this.#own?.(path);
  }

  get(id: string): string | undefined {
    return this.#pages.get(id);
  }
}
