import { randomUUID } from "node:crypto";
import { failed } from "../failures.ts";
import type { Result } from "../contract/failures.ts";

/** So many of the latest changes can be undone. */
const MAX_UNDOS = 100;

/** Ways back, by an id that the page may hold. Each is gone once it has led back. */
export class UndoStore {
  readonly #ways = new Map<string, () => Promise<Result<null>>>();

  keep(way: () => Promise<Result<null>>): string {
    const id = randomUUID();
    this.#ways.set(id, way);
    for (const old of [...this.#ways.keys()].slice(0, -MAX_UNDOS)) this.#ways.delete(old);
    return id;
  }

  async run(id: string): Promise<Result<null>> {
    const way = this.#ways.get(id);
    if (way === undefined) return failed("not-found", "This cannot be undone any more; change it as it is now.");
    this.#ways.delete(id);
    const result = await way();
    if (!result.ok) this.#ways.set(id, way);
    return result;
  }
}
