/**
 * Between names as text (`core/routing/file-path.ts`) and names as the file system has them, which
 * are bytes.
 */
import { realpath } from "node:fs/promises";
import { mapName, textOfName } from "../../core/routing/file-path.ts";

/**
 * A path for `node:fs`, which would write U+FFFD for bytes that are not UTF-8. Names that come back
 * from it are to be asked for in latin1, and read with `textOfName`.
 */
export function fileNameOf(path: string): string | Buffer {
  if (path.isWellFormed()) return path;
  return Buffer.concat(
    mapName(
      path,
      (text) => Buffer.from(text),
      (byte) => Buffer.of(byte),
    ),
  );
}

/** Where a path leads once all links are followed. Throws what the file system throws. */
export async function realPathOf(path: string): Promise<string> {
  return textOfName(await realpath(fileNameOf(path), "latin1"));
}
