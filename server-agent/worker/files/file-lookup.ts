/**
 * Finds what a path means below a folder, without ever leaving it.
 *
 * The folder itself may be a symbolic link (deployments switch one), so its real path is looked up
 * anew each time; whatever a request names must lie below that real path once all links are
 * followed.
 */
import type { Stats } from "node:fs";
import { lstat } from "node:fs/promises";
import { CODINGS, type Coding } from "../coding/content-coding.ts";
import { fileNameOf, realPathOf } from "./file-name.ts";
import { mediaTypeOf, type MediaType, type OwnTypes } from "./media-type.ts";

/** A regular file as it was when it was looked up. */
export interface FileOnDisk {
  readonly realPath: string;
  readonly stats: Stats;
}

export type Miss =
  /** Nothing there, or nothing that may be served. */
  | { readonly kind: "missing" }
  /** The operating system refuses to read it. */
  | { readonly kind: "forbidden" }
  /** A folder without an index file. */
  | { readonly kind: "folder"; readonly realPath: string; readonly realRoot: string }
  /**
   * A folder asked for without its slash: relative links in it would break, so the visitor is
   * redirected.
   */
  | { readonly kind: "folder-without-slash" };

export interface Hit {
  readonly kind: "file";
  readonly file: FileOnDisk;
  readonly mediaType: MediaType;
  /** Name of the index file, where a folder was asked for. */
  readonly index: string | undefined;
  /** `page.html.br` and the like beside the file, when at least as new as the file. */
  readonly precompressed: Readonly<Partial<Record<Coding, FileOnDisk>>>;
}

const MISSING: Miss = { kind: "missing" };
const FORBIDDEN: Miss = { kind: "forbidden" };

/**
 * A dotfile anywhere in the path (except `.well-known`, RFC 8615), a backslash (a separator to some
 * programs) or a NUL.
 */
const REFUSED_PATH = /(?:^|\/)\.(?!well-known(?:\/|$))|[\\\0]/;

const SUFFIX: Readonly<Record<Coding, string>> = { br: ".br", zstd: ".zst", gzip: ".gz" };

/**
 * Whether a path may be served at all, before the disk is asked. Dot segments count as dotfiles.
 */
export function isServablePath(path: string): boolean {
  return path.startsWith("/") && !REFUSED_PATH.test(path);
}

/**
 * @param path From `filePathOf`; a trailing slash asks for a folder.
 * @param index Index files of a folder, first existing wins.
 */
export async function lookUpFile(
  root: string,
  path: string,
  index: readonly string[],
  mediaTypes?: OwnTypes,
): Promise<Hit | Miss> {
  if (!isServablePath(path)) return MISSING;
  try {
    const realRoot = await realPathOf(root);
    const found = await resolveBelow(realRoot, path);
    if (found === undefined) return MISSING;
    if (found.stats.isFile())
      return path.endsWith("/") ? MISSING : { ...(await describe(found, path, mediaTypes)), index: undefined };
    if (!found.stats.isDirectory()) return MISSING;
    if (!path.endsWith("/")) return { kind: "folder-without-slash" };
    for (const name of index) {
      const candidate = isServablePath(`/${name}`) ? await resolveIfThere(realRoot, path + name) : undefined;
      if (candidate?.stats.isFile() === true) return { ...(await describe(candidate, name, mediaTypes)), index: name };
    }
    return { kind: "folder", realPath: found.realPath, realRoot };
  } catch (error) {
    return missOf(error);
  }
}

/**
 * What below `realRoot` a path stands for; undefined when it leads out of it or to a dotfile.
 * Throws what the file system throws.
 */
export async function resolveBelow(realRoot: string, path: string): Promise<FileOnDisk | undefined> {
  const realPath = await realPathOf(realRoot + path);
  const base = realRoot === "/" ? "" : realRoot;
  if (realPath !== realRoot && (!realPath.startsWith(`${base}/`) || !isServablePath(realPath.slice(base.length))))
    return undefined;
  return { realPath, stats: await lstat(fileNameOf(realPath)) };
}

/**
 * A failed look-up as an answer; errors that are not about this path (no descriptors left, a broken
 * disk) are thrown on.
 */
export function missOf(error: unknown): Miss {
  switch ((error as NodeJS.ErrnoException).code) {
    case "ENOENT":
    case "ENOTDIR":
    case "ENAMETOOLONG":
    case "ELOOP":
    case "ENXIO":
      return MISSING;
    case "EACCES":
    case "EPERM":
      return FORBIDDEN;
    default:
      throw error;
  }
}

async function resolveIfThere(realRoot: string, path: string): Promise<FileOnDisk | undefined> {
  try {
    return await resolveBelow(realRoot, path);
  } catch (error) {
    if (missOf(error).kind === "missing") return undefined;
    throw error;
  }
}

/** @param name What the visitor asked for; a link `latest.html` is HTML whatever it points to. */
async function describe(file: FileOnDisk, name: string, own: OwnTypes | undefined): Promise<Omit<Hit, "index">> {
  const mediaType = mediaTypeOf(name, own);
  const precompressed: Partial<Record<Coding, FileOnDisk>> = {};
  if (mediaType.compressible) {
    await Promise.all(
      CODINGS.map(async (coding) => {
        const sibling = await precompressedOf(file, coding);
        if (sibling !== undefined) precompressed[coding] = sibling;
      }),
    );
  }
  return { kind: "file", file, mediaType, precompressed };
}

async function precompressedOf(file: FileOnDisk, coding: Coding): Promise<FileOnDisk | undefined> {
  const realPath = file.realPath + SUFFIX[coding];
  try {
    const stats = await lstat(fileNameOf(realPath));
    // Whole seconds: some tools copy only those. A link is not followed: it might lead out of the
    // folder.
    return stats.isFile() && Math.floor(stats.mtimeMs / 1000) >= Math.floor(file.stats.mtimeMs / 1000)
      ? { realPath, stats }
      : undefined;
  } catch {
    return undefined;
  }
}
