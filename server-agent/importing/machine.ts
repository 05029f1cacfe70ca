/** What an import asks about this machine: its files, those that were sent in their place first. */
import { readdirSync, readFileSync, realpathSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Surroundings } from "../core/import/document/surroundings.ts";
import { mediaTypeOf } from "../worker/files/media-type.ts";

/** Nobody writes longer ones; and what is named may be a device, which has no end. */
const MAX_FILE_BYTES = 64 * 1024 * 1024;
const MAX_FOLDERS = 50_000;

/** @param sent Texts by absolute path. */
export function machineWith(sent: ReadonlyMap<string, string> = new Map()): Surroundings {
  return {
    textOf: (path) => sent.get(path) ?? includedText(path),
    filesIn: (folder) => {
      const own = [...sent.keys()].filter((path) => dirname(path) === folder.replace(/(.)\/+$/, "$1"));
      return [...new Set([...own, ...filesIn(folder)])].sort();
    },
    foldersWith: (name, below) => {
      const own = [...sent.keys()].filter((path) => path.startsWith(`${below}/`) && path.endsWith(`/${name}`));
      const found = foldersWith(name, below);
      const folders = own.map((path) => dirname(path)).filter((folder) => folder !== below);
      return found === undefined ? undefined : [...new Set([...folders, ...found])].sort();
    },
    mediaTypeOf: (extension) => mediaTypeOf(`file.${extension}`).value,
  };
}

function includedText(path: string): string | undefined {
  try {
    return textOfFile(path);
  } catch {
    return undefined;
  }
}

/** @throws {Error} for what cannot be read, is no regular file with a size, or too large */
export function textOfFile(path: string): string {
  const facts = statSync(path);
  if (!facts.isFile()) throw new Error("it is not a file");
  if (facts.size > MAX_FILE_BYTES) throw new Error("it has more than 64 MB");
  // Files of /proc have no size, and some have no end either.
  return facts.size === 0 ? "" : readFileSync(path, "utf8");
}

function filesIn(folder: string): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => !entry.isDirectory())
      .map(({ name }) => join(folder, name));
  } catch {
    return [];
  }
}

function foldersWith(name: string, below: string): string[] | undefined {
  const found: string[] = [];
  const seen = new Set<string>();
  const folders = [below];
  for (const folder of folders) {
    if (seen.size >= MAX_FOLDERS) return undefined;
    try {
      // Links may lead round in a circle.
      const real = realpathSync(folder);
      if (seen.has(real)) continue;
      seen.add(real);
      for (const entry of readdirSync(folder, { withFileTypes: true })) {
        if (entry.name === name && folder !== below) found.push(folder);
        if (entry.isDirectory() || entry.isSymbolicLink()) folders.push(join(folder, entry.name));
      }
    } catch {
      // Not a folder, or not to be read: Apache would not show it either.
    }
  }
  return found;
}
