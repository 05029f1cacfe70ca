/** What the arguments of an HAProxy say of its configuration. */
import { readdirSync, statSync } from "node:fs";
import { join, resolve } from "node:path";

/** Options with one value that say which configuration it is. */
const OF_CONFIGURATION = new Set(["-f", "-C", "-L", "-S"]);
/** Options with one value that do something else. */
const OTHERS = new Set(["-p", "-x", "-m", "-n", "-N"]);

/** Without what it was told for a reload, such as `-sf` and the processes behind it. */
export function configurationArgs(given: readonly string[]): string[] {
  const kept: string[] = [];
  for (let index = 0; index < given.length; index += 1) {
    const arg = given[index] ?? "";
    if (arg === "--") return [...kept, ...given.slice(index)];
    if (OF_CONFIGURATION.has(arg)) kept.push(arg, given[(index += 1)] ?? "");
    else if (OTHERS.has(arg)) index += 1;
    else if (arg === "-sf" || arg === "-st") while (/^\d+$/.test(given[index + 1] ?? "")) index += 1;
  }
  return kept;
}

/** The value of an option that is given once. */
export function valueOf(args: readonly string[], option: string): string | undefined {
  const at = args.lastIndexOf(option);
  return at < 0 ? undefined : args[at + 1];
}

/** Every file that it reads, in its order: of a folder those that end in `.cfg`. */
export function configurationFiles(args: readonly string[], cwd: string): string[] {
  const end = args.indexOf("--");
  const named = args.flatMap((arg, index) =>
    args[index - 1] === "-f" && (end < 0 || index < end) ? [arg] : end >= 0 && index > end ? [arg] : [],
  );
  return named.flatMap((name) => {
    const path = resolve(cwd, name);
    if (statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) return [path];
    const files = readdirSync(path, { withFileTypes: true }).filter(
      (entry) => !entry.isDirectory() && entry.name.endsWith(".cfg") && !entry.name.startsWith("."),
    );
    return files.map((entry) => join(path, entry.name)).sort();
  });
}
