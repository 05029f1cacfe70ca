/** Reads a configuration file that may be missing, and refuses one that is far too large. */
import fs from "node:fs/promises";
import os from "node:os";
import { messageOf, systemCodeOf } from "../failures.ts";
import { t } from "../language/translate.ts";

export type TextFile =
  | { kind: "text"; text: string; mode: number; owner: number; group: number }
  | { kind: "missing" }
  | { kind: "folder" }
  | { kind: "unreadable"; why: string };

/** Below a file, or in a loop of links, nothing can be written either: there is no such file. */
const ABSENT: ReadonlySet<string> = new Set(["ENOENT", "ENOTDIR", "ELOOP"]);

/**
 * The text of a file that people and tools write. A pipe or a device is refused unopened, because
 * reading one may never end. Bytes that are not UTF-8 become U+FFFD, and a byte order mark is taken
 * away.
 */
export async function readSmallTextFile(path: string, longestBytes: number): Promise<TextFile> {
  // The usual way to say "no known hosts".
  if (path === os.devNull) return { kind: "missing" };
  try {
    const stats = await fs.stat(path);
    if (stats.isDirectory()) return { kind: "folder" };
    if (!stats.isFile()) return { kind: "unreadable", why: t("it is not a file") };
    if (stats.size > longestBytes)
      return {
        kind: "unreadable",
        why: t("it is larger than {most} MiB", { most: Math.round(longestBytes / 1_048_576) }),
      };
    const text = new TextDecoder().decode(await fs.readFile(path));
    return text.includes("\0")
      ? { kind: "unreadable", why: t("it is not a text file") }
      : { kind: "text", text, mode: stats.mode, owner: stats.uid, group: stats.gid };
  } catch (error) {
    return ABSENT.has(systemCodeOf(error) ?? "") ? { kind: "missing" } : { kind: "unreadable", why: messageOf(error) };
  }
}
