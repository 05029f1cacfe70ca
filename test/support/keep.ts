/** What a test has started ends with it, the latest first, whether it passes or fails. */
import { afterEach } from "vitest";

type Kept = AsyncDisposable | { close(): unknown };

const kept: Kept[] = [];

afterEach(async () => {
  for (const thing of kept.splice(0).reverse()) await ("close" in thing ? thing.close() : thing[Symbol.asyncDispose]());
});

export function keep<Thing extends Kept>(thing: Thing): Thing {
  kept.push(thing);
  return thing;
}
