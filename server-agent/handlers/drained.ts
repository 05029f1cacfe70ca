import type { Writable } from "node:stream";

/** Resolves when a writable that said "enough" takes more, or when it is closed. */
export function drained(writable: Writable): Promise<void> {
  if (writable.destroyed) return Promise.resolve();
  return new Promise((resolve) => {
    const done = (): void => {
      writable.off("drain", done);
      writable.off("close", done);
      resolve();
    };
    writable.on("drain", done);
    writable.on("close", done);
  });
}
