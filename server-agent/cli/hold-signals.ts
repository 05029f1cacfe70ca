import { EXIT } from "../exit-codes.ts";
import type { Predecessor } from "../supervisor/hand-over/predecessor.ts";

const SIGNALS = ["SIGTERM", "SIGINT", "SIGHUP", "SIGUSR1", "SIGUSR2"] as const;

/**
 * What a signal means to a process that takes over and is not ready to obey: before it is told to
 * serve, it ends, and its predecessor goes on. Afterwards that would end the service, so the signal
 * waits. The returned function gives those that waited to whoever listens by then.
 */
export function holdSignals(predecessor: Predecessor): () => void {
  const held: NodeJS.Signals[] = [];
  const hold = (signal: NodeJS.Signals): void => {
    if (!predecessor.mustServe) process.exit(EXIT.failed);
    held.push(signal);
  };
  for (const signal of SIGNALS) process.on(signal, hold);
  return () => {
    for (const signal of SIGNALS) process.off(signal, hold);
    for (const signal of held) process.emit(signal, signal);
  };
}
