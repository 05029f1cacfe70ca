/**
 * Opening and reading a file that was looked up before, and noticing when it is no longer that
 * file.
 */
import { constants, type Stats } from "node:fs";
import { open, type FileHandle } from "node:fs/promises";
import { missOf, type FileOnDisk } from "./file-lookup.ts";

const CHUNK_BYTES = 128 * 1024;

// A link put in the file's place since the look-up is not followed, and a named pipe put there does
// not block.
const FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** Whether two looks at a path saw the same, unchanged file. */
export function isSameFile(a: Stats, b: Stats): boolean {
  return a.ino === b.ino && a.size === b.size && a.mtimeMs === b.mtimeMs && a.ctimeMs === b.ctimeMs && a.dev === b.dev;
}

/**
 * An open handle to exactly the file that was looked up, which the caller closes; undefined when
 * the path has become something else meanwhile.
 */
export async function openUnchanged(file: FileOnDisk): Promise<FileHandle | undefined> {
  let handle: FileHandle;
  try {
    handle = await open(file.realPath, FLAGS);
  } catch (error) {
    missOf(error);
    return undefined;
  }
  try {
    if (isSameFile(await handle.stat(), file.stats)) return handle;
  } catch (error) {
    await handle.close();
    throw error;
  }
  await handle.close();
  return undefined;
}

/**
 * The file's bytes in chunks. Throws when the file ends before `length` bytes: a promised length
 * must not be filled up with anything else.
 */
export async function* readChunks(
  handle: FileHandle,
  first: number,
  length: number,
): AsyncGenerator<Buffer, void, undefined> {
  const end = first + length;
  for (let position = first; position < end;) {
    const buffer = Buffer.allocUnsafeSlow(Math.min(CHUNK_BYTES, end - position));
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, position);
    if (bytesRead === 0)
      throw new Error(`the file ended ${String(end - position)} bytes early: it was truncated while it was sent`);
    position += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}

/** All bytes of the file; undefined when it is no longer the file that was looked up. */
export async function readUnchanged(file: FileOnDisk): Promise<Buffer | undefined> {
  const handle = await openUnchanged(file);
  if (handle === undefined) return undefined;
  try {
    const content = Buffer.alloc(file.stats.size);
    let filled = 0;
    while (filled < content.length) {
      const { bytesRead } = await handle.read(content, filled, content.length - filled, filled);
      if (bytesRead === 0) return undefined;
      filled += bytesRead;
    }
    return isSameFile(await handle.stat(), file.stats) ? content : undefined;
  } finally {
    await handle.close();
  }
}
