/** Files of a web server as they are on disk; what cannot be read counts as not there. */
import { readFileSync, readdirSync, realpathSync, statSync } from "node:fs";
import { join } from "node:path";
import type { FileFacts } from "../core/web-servers/file-facts.ts";

export function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

export function factsOf(path: string): FileFacts | undefined {
  try {
    return { real: realpathSync(path), names: statSync(path).nlink };
  } catch {
    return undefined;
  }
}

/** Text of each file in a folder, by path. */
export function textsIn(folder: string): Map<string, string> {
  const found = new Map<string, string>();
  try {
    for (const name of readdirSync(folder)) {
      const path = join(folder, name);
      const text = textOf(path);
      if (text !== undefined) found.set(path, text);
    }
  } catch {
    // There is no such folder.
  }
  return found;
}
