/**
 * Follows the `Include` lines of a configuration. Where files come from is given, so that this part
 * knows no disk.
 */
import type { Result } from "../contract/failures.ts";
import {
  ConfigFault,
  type ConfigFile,
  type ConfigLine,
  type ConfigProblem,
  parseLines,
  printable,
} from "./ssh-config-lines.ts";
import { type LocalAccount, expandTokens, isAbsolutePath } from "./ssh-config-tokens.ts";

export type ReadText = { kind: "text"; text: string } | { kind: "missing" } | { kind: "unreadable"; why: string };

export interface ConfigSources {
  read(path: string): Promise<ReadText>;
  /** Paths of the files that fit an absolute pattern of glob(7), sorted; none when nothing fits. */
  matching(pattern: string): Promise<string[]>;
}

export interface RootFile {
  path: string;
  /** Folder where relative includes of it and of all its includes start. */
  base: string;
  /** A file that ssh trusts whoever owns it; its includes are looked at all the same. */
  trusted?: true;
}

/** As in OpenSSH (readconf.c, `READCONF_MAX_DEPTH`). */
const MAX_DEPTH = 16;
/** Includes can multiply; nobody has this many, and each is gone through for every host. */
const MAX_FILES = 1_000;

/** Reads the root files, of which each may be missing, and everything they include. */
export async function loadConfig(
  roots: readonly RootFile[],
  sources: ConfigSources,
  { home, env }: Pick<LocalAccount, "home" | "env">,
): Promise<Result<ConfigFile[], ConfigProblem>> {
  const parsed = new Map<string, ReturnType<typeof parseLines> | undefined>();
  let count = 0;

  /** `undefined` for a missing file. Each file is read once, however often it is included. */
  const linesOf = async (path: string) => {
    if (parsed.has(path)) return parsed.get(path);
    const found = await sources.read(path);
    if (found.kind === "unreadable") throw new ConfigFault(path, undefined, found.why);
    const lines = found.kind === "missing" ? undefined : parseLines(found.text);
    parsed.set(path, lines);
    return lines;
  };

  const load = async (path: string, base: string, chain: readonly string[]): Promise<ConfigFile | undefined> => {
    const lines = await linesOf(path);
    if (lines === undefined) return undefined;
    count += 1;
    if (count > MAX_FILES) throw new ConfigFault(path, undefined, `more than ${MAX_FILES} files are included`);
    const loaded: ConfigLine[] = [];
    for (const line of lines) {
      if (line.kind === "broken" || line.keyword !== "include") loaded.push(line);
      else
        loaded.push({
          kind: "include",
          line: line.line,
          files: await include(line.words, base, [...chain, path], line.line),
        });
    }
    return { path, lines: loaded };
  };

  const include = async (
    words: readonly string[],
    base: string,
    chain: readonly string[],
    line: number,
  ): Promise<ConfigFile[]> => {
    const from = chain.at(-1) ?? "";
    const files: ConfigFile[] = [];
    for (const word of words) {
      const pattern = patternOf(word, base, from, line);
      for (const path of await sources.matching(pattern)) {
        if (chain.includes(path))
          throw new ConfigFault(
            from,
            line,
            `the file includes itself (${[...chain, path].map(printable).join(" includes ")})`,
          );
        if (chain.length > MAX_DEPTH)
          throw new ConfigFault(from, line, `files include each other more than ${MAX_DEPTH} deep`);
        const file = await load(path, base, chain);
        if (file !== undefined) files.push(file);
      }
    }
    return files;
  };

  const patternOf = (word: string, base: string, from: string, line: number): string => {
    const expansion = expandTokens(word.replaceAll("%", "%%"), {}, env);
    if (!expansion.ok) throw new ConfigFault(from, line, `Include: ${expansion.message}`);
    const { text } = expansion;
    if (/^~[^/\\]/.test(text))
      throw new ConfigFault(
        from,
        line,
        `Include: the home folder of another user (“${printable(text)}”) is not understood`,
      );
    if (text.startsWith("~")) return home + text.slice(1);
    return isAbsolutePath(text) ? text : `${base}/${text}`;
  };

  const files: ConfigFile[] = [];
  try {
    for (const { path, base } of roots) {
      const file = await load(path, base, []);
      if (file !== undefined) files.push(file);
    }
  } catch (error) {
    if (error instanceof ConfigFault) return { ok: false, failure: error.problem };
    throw error;
  }
  return { ok: true, value: files };
}
