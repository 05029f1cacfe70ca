import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/** Long enough after the start that nobody waits for this process any more (ms). */
const START_DELAY_MS = 1500;
const CHECK_INTERVAL_MS = 30_000;
/** So much of the heap must be unused before it is worth a collection (bytes). */
const MIN_GARBAGE_BYTES = 24 * 1024 * 1024;

type Collect = (options: { type: "major"; flavor: "last-resort" }) => void;

/**
 * Gives back what starting left behind, once: V8 collects by itself only when a heap grows, and
 * that of an agent at rest never does. Worth about 5 MB in each process, for a pause of some 10 ms.
 */
export function settleMemory(): void {
  setTimeout(collect, START_DELAY_MS).unref();
}

/**
 * Gives back again and again what bursts of work left behind. Only for the supervisor, which no
 * visitor waits for.
 */
export function keepMemorySettled(): void {
  settleMemory();
  setInterval(() => {
    const { heapTotal, heapUsed } = process.memoryUsage();
    if (heapTotal - heapUsed > MIN_GARBAGE_BYTES) collect();
  }, CHECK_INTERVAL_MS).unref();
}

function collect(): void {
  // Node offers no other way to ask for a collection to a program that was started without flags.
  setFlagsFromString("--expose-gc");
  const gc = runInNewContext("gc") as Collect;
  gc({ type: "major", flavor: "last-resort" });
}
