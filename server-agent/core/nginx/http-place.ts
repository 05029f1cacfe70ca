/** How `http` gets what all sites need: by a line of its own, or as a file that is read anyway. */
import type { Hazard } from "../../contract/web-servers.ts";
import { HTTP_HOOK, hookFile, hookIn } from "./hook-names.ts";
import { isHookText } from "./hook-text.ts";
import type { ConfigurationTree } from "./include-tree.ts";
import type { FactsOf } from "../web-servers/file-facts.ts";
import { matchesPattern } from "../web-servers/matches-pattern.ts";
import { placeHazards } from "./place-hazards.ts";

export type HttpPlace =
  /** A line directly behind `http {`, which is there or is put there. */
  | { kind: "line"; path: string; isThere: boolean }
  /** The main file is not ours to edit, but `http` reads a whole folder. */
  | { kind: "file"; path: string }
  | { kind: "none"; hazards: readonly Hazard[] };

const FILE_NAME = "backsoon.conf";

export function httpPlaceOf(tree: ConfigurationTree, facts: FactsOf): HttpPlace {
  const path = hookFile(tree.main, HTTP_HOOK);
  if (tree.shared.some(({ directive }) => hookIn(directive) === HTTP_HOOK))
    return { kind: "line", path, isThere: true };
  if (tree.http === undefined) return { kind: "none", hazards: [] };
  const files = tree.folders.flatMap((pattern) => fileFor(pattern, tree, facts));
  const known = files.find((file) => isHookText(tree.files.get(file)?.text ?? ""));
  if (known !== undefined) return { kind: "file", path: known };
  const hazards = placeHazards(tree.http, HTTP_HOOK, tree, facts);
  if (hazards.length === 0) return { kind: "line", path, isThere: false };
  const free = files.find((file) => !tree.files.has(file) && facts(file) === undefined);
  return free === undefined ? { kind: "none", hazards } : { kind: "file", path: free };
}

/** A file that this pattern would read, in a folder that is there. */
function fileFor(pattern: string, tree: ConfigurationTree, facts: FactsOf): string[] {
  const folder = pattern.slice(0, pattern.lastIndexOf("/"));
  const path = `${folder}/${FILE_NAME}`;
  const isThere = facts(folder) !== undefined || tree.files.has(path);
  return isThere && !/[*?[]/.test(folder) && matchesPattern(pattern, path) ? [path] : [];
}
