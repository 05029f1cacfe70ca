/** How Apache gets what all sites need: by lines of its own, or as a file that is read anyway. */
import type { Hazard } from "../../contract/web-servers.ts";
import type { FactsOf } from "../web-servers/file-facts.ts";
import { fileHazards } from "../web-servers/file-hazards.ts";
import { matchesPattern } from "../web-servers/matches-pattern.ts";
import { absolutePath, type Configuration } from "./configuration.ts";
import { parseDirectives } from "./directives.ts";
import { hookFile, hookIn, hookLines, MAIN_HOOK } from "./hook-names.ts";
import { isHookText } from "./hook-text.ts";
import { wordsOf } from "./lines.ts";

export type MainPlace =
  /** Lines at the end of the main file, which are there or are put there. */
  | { kind: "lines"; path: string; isThere: boolean }
  /** The main file is not ours to edit, but it reads a whole folder. */
  | { kind: "file"; path: string }
  | { kind: "none"; hazards: readonly Hazard[] };

const FILE_NAME = "backsoon.conf";

export function mainPlaceOf(configuration: Configuration, serverRoot: string, facts: FactsOf): MainPlace {
  const { main, files, top } = configuration;
  const path = hookFile(main, MAIN_HOOK);
  if (top.some(({ directive }) => hookIn(directive) === MAIN_HOOK)) return { kind: "lines", path, isThere: true };
  const file = files.get(main);
  if (file === undefined) return { kind: "none", hazards: [] };
  const candidates = foldersOf(file.text, serverRoot).flatMap((pattern) => fileFor(pattern, configuration, facts));
  const known = candidates.find((one) => isHookText(files.get(one)?.text ?? ""));
  if (known !== undefined) return { kind: "file", path: known };
  const hazards = fileHazards({
    path: main,
    line: 1,
    ...file,
    all: files.keys(),
    facts,
    server: "Apache",
    instead: "put the lines at the end of it in its template.",
    paste: hookLines(main, MAIN_HOOK).join("\n"),
  });
  if (hazards.length === 0) return { kind: "lines", path, isThere: false };
  const free = candidates.find((one) => !files.has(one) && facts(one) === undefined);
  return free === undefined ? { kind: "none", hazards } : { kind: "file", path: free };
}

/** Patterns by which the main file reads whole folders, but for those of modules; absolute. */
function foldersOf(text: string, serverRoot: string): string[] {
  const parsed = parseDirectives(text);
  if (!parsed.ok) return [];
  return parsed.directives
    .filter(({ name, rest }) => /^include(?:optional)?$/.test(name) && rest.includes("*"))
    .map(({ rest }) => wordsOf(rest)[0] ?? "")
    .map((pattern) => absolutePath(pattern, serverRoot))
    .filter((pattern) => !/\/(?:mods-enabled|conf\.modules\.d)\//.test(pattern));
}

/** A file that this pattern would read, in a folder that is there. */
function fileFor(pattern: string, { files }: Configuration, facts: FactsOf): string[] {
  const folder = pattern.slice(0, pattern.lastIndexOf("/"));
  const path = `${folder}/${FILE_NAME}`;
  const isThere = facts(folder) !== undefined || files.has(path);
  return isThere && !/[*?[]/.test(folder) && matchesPattern(pattern, path) ? [path] : [];
}
