/**
 * The files that a pattern of an `import` names, as Caddy finds them (Go's `path/filepath.Glob`):
 * `*`, `?` and `[…]` within one segment of the path. Not by `fs.globSync`, which Node 20 has not,
 * and servers have.
 */
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";

const MAGIC = /[*?[]/;

/** Absolute paths, sorted; a pattern without `*`, `?` and `[` names itself. */
export function filesNamed(pattern: string): string[] {
  if (!MAGIC.test(pattern)) return [pattern];
  let found = ["/"];
  for (const segment of pattern.split("/").filter((part) => part !== ""))
    found = MAGIC.test(segment)
      ? found.flatMap((folder) => namesIn(folder, segment))
      : found.map((folder) => join(folder, segment));
  return found.filter((path) => statSync(path, { throwIfNoEntry: false }) !== undefined).sort();
}

function namesIn(folder: string, segment: string): string[] {
  const pattern = patternOf(segment);
  try {
    return readdirSync(folder)
      .filter((name) => pattern.test(name))
      .map((name) => join(folder, name));
  } catch {
    // No folder, or none that can be read: it names nothing.
    return [];
  }
}

function patternOf(segment: string): RegExp {
  const source = segment.replace(/\[\^?[^\]]+\]|[*?]|[\\^$.|+(){}[\]]/g, (part) => {
    if (part === "*") return ".*";
    if (part === "?") return ".";
    return part.length > 1 ? part : `\\${part}`;
  });
  try {
    return new RegExp(`^${source}$`, "su");
  } catch {
    // A class that is none: Go calls the pattern malformed, and nothing has its name.
    return /(?!)/;
  }
}
