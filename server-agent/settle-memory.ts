import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/** Long enough after the start that nobody waits for this process any more (ms). */
const AFTER_MS = 1500;

/**
 * Gives back what starting left behind, once: V8 collects by itself only when a heap grows, and that of an agent at rest never does. Worth about 5 MB in each process,
 * for a pause of some 10 ms.
 */
export function settleMemory(): void {
  setTimeout(() => {
    setFlagsFromString("--expose-gc");
    const collect = runInNewContext("gc") as (options: { type: "major"; flavor: "last-resort" }) => void;
    collect({ type: "major", flavor: "last-resort" });
  }, AFTER_MS).unref();
}
