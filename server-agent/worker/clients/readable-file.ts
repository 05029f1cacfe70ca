import type { Stats } from "node:fs";

/** @throws {Error} Of what would hold up its reader: a pipe for ever, a large file for long. */
export function refuseUnreadable(stats: Stats, maxBytes: number): void {
  if (!stats.isFile()) throw new Error("it is not a file");
  if (stats.size > maxBytes) throw new Error(`it has ${String(stats.size)} bytes; ${String(maxBytes)} are allowed`);
}
