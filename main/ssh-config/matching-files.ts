/** Files that match the pattern of an `Include` line (glob(7)). */
import fs from "node:fs/promises";

const MAGIC = /[*?[]/;

/**
 * Paths that fit an absolute pattern of glob(7), sorted. Without wildcards it is the path itself,
 * whether or not it exists.
 */
export async function matchingFiles(pattern: string): Promise<string[]> {
  if (!MAGIC.test(pattern)) return [pattern];
  const [root = "", ...segments] = pattern.split("/");
  let found = [root];
  for (const segment of segments) {
    if (!MAGIC.test(segment)) {
      found = found.map((path) => `${path}/${segment}`);
      continue;
    }
    const names = segmentPattern(segment);
    const lists = await Promise.all(
      found.map(async (path) =>
        (await namesIn(`${path}/`)).filter((name) => names.test(name)).map((name) => `${path}/${name}`),
      ),
    );
    found = lists.flat();
  }
  return found.sort();
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await fs.readdir(folder);
  } catch {
    // Not there, not a folder, not for us: then nothing in it fits, as for glob(3).
    return [];
  }
}

/** A leading dot must be written out. */
function segmentPattern(segment: string): RegExp {
  const source = segment.replaceAll(
    /\[([!^]?)([^/]+?)\]|\*+|[^]/g,
    (written: string, negation: string | undefined, set: string | undefined) => {
      if (set !== undefined)
        return `[${negation === undefined || negation === "" ? "" : "^"}${set.replaceAll(/[\\\]^[]/g, String.raw`\$&`)}]`;
      if (written.startsWith("*")) return ".*";
      return written === "?" ? "." : written.replace(/[\\^$.*+?()[\]{}|/]/, String.raw`\$&`);
    },
  );
  try {
    return new RegExp(`^${segment.startsWith(".") ? "" : String.raw`(?!\.)`}${source}$`, "su");
  } catch {
    // A range that runs backwards fits nothing.
    return /(?!)/;
  }
}
