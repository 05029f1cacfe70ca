/** Opening and reading a file that was looked up before, as it is by then. */
import { constants, type Stats } from "node:fs";
import { open, readlink, stat, type FileHandle } from "node:fs/promises";
import { textOfName } from "../../core/routing/file-path.ts";
import { missOf, type FileOnDisk } from "./file-lookup.ts";
import { fileNameOf, realPathOf } from "./file-name.ts";

const CHUNK_BYTES = 128 * 1024;
/** As many threads read files; what is read beyond gets a buffer of its own. */
const MAX_KEPT_BUFFERS = 4;

// A link put in the file's place since the look-up is not followed, and a named pipe put there does
// not block.
const FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** Whether two looks at a path saw the same, unchanged file. */
export function isSameFile(a: Stats, b: Stats): boolean {
  return a.ino === b.ino && a.size === b.size && a.mtimeMs === b.mtimeMs && a.ctimeMs === b.ctimeMs && a.dev === b.dev;
}

/** A file as it is at the moment. */
export interface OpenedFile {
  readonly handle: FileHandle;
  readonly stats: Stats;
}

/**
 * Opens a file that was looked up; the caller closes it. It may have grown or been replaced since
 * then, but it is where the look-up found it: undefined when the path leads elsewhere by now, or to
 * something else than a file.
 */
export async function openFound(file: FileOnDisk): Promise<OpenedFile | undefined> {
  let handle: FileHandle;
  try {
    handle = await open(fileNameOf(file.realPath), FLAGS);
  } catch (error) {
    missOf(error);
    return undefined;
  }
  try {
    const stats = await handle.stat();
    if (stats.isFile() && (await isAt(handle, stats, file.realPath))) return { handle, stats };
  } catch (error) {
    await handle.close();
    throw error;
  }
  await handle.close();
  return undefined;
}

/**
 * Whether an open file or folder is at this real path: while it was opened, a folder on the way
 * could have been a link. The kernel knows; where it does not tell, the path is followed once more.
 */
export async function isAt(handle: FileHandle, stats: Stats, realPath: string): Promise<boolean> {
  const own = await readlink(`/proc/self/fd/${String(handle.fd)}`, "latin1").catch(() => undefined);
  if (own !== undefined) return textOfName(own) === realPath;
  try {
    const now = await stat(fileNameOf(realPath));
    return (await realPathOf(realPath)) === realPath && now.ino === stats.ino && now.dev === stats.dev;
  } catch (error) {
    missOf(error);
    return false;
  }
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
    const bytes = await readInto(buffer, handle, position, end);
    position += bytes.length;
    yield bytes;
  }
}

/** Buffers that nobody reads into at the moment. */
const kept: Buffer[] = [];

/**
 * The same, each chunk to `use`, which has it for the time of the call: so a visitor who reads
 * slowly holds none, and what is read leaves no garbage. Goes on when `use` resolves, to false for
 * no more.
 */
export async function lendChunks(
  handle: FileHandle,
  first: number,
  length: number,
  use: (chunk: Buffer) => boolean | Promise<boolean>,
): Promise<void> {
  const end = first + length;
  for (let position = first; position < end;) {
    const buffer = kept.pop() ?? Buffer.allocUnsafeSlow(CHUNK_BYTES);
    const bytes = await readInto(buffer, handle, position, end);
    position += bytes.length;
    const goesOn = use(bytes);
    if (kept.length < MAX_KEPT_BUFFERS) kept.push(buffer);
    if (!(await goesOn)) return;
  }
}

async function readInto(buffer: Buffer, handle: FileHandle, position: number, end: number): Promise<Buffer> {
  const { bytesRead } = await handle.read(buffer, 0, Math.min(buffer.length, end - position), position);
  if (bytesRead === 0)
    throw new Error(`the file ended ${String(end - position)} bytes early: it was truncated while it was sent`);
  return buffer.subarray(0, bytesRead);
}

export interface Content {
  readonly bytes: Buffer;
  readonly stats: Stats;
  /** The file stayed as it was while it was read. */
  readonly isSteady: boolean;
}

/** All bytes that the file has when it is opened; undefined when it cannot be opened. */
export async function readFound(file: FileOnDisk): Promise<Content | undefined> {
  const opened = await openFound(file);
  if (opened === undefined) return undefined;
  const { handle, stats } = opened;
  try {
    const bytes = Buffer.alloc(stats.size);
    let filled = 0;
    while (filled < bytes.length) {
      const { bytesRead } = await handle.read(bytes, filled, bytes.length - filled, filled);
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    return { bytes: bytes.subarray(0, filled), stats, isSteady: isSameFile(await handle.stat(), stats) };
  } finally {
    await handle.close();
  }
}
