/**
 * Puts the files of a dump together, as nginx does: each `include` is replaced by what it names,
 * and every directive keeps the file it stands in.
 */
import { matchesPattern } from "../web-servers/matches-pattern.ts";
import { type Comment, type Directive, parseDirectives } from "./directives.ts";
import type { DumpedFile } from "./dump.ts";
import { isHookFile } from "./hook-names.ts";

export interface Placed {
  readonly file: string;
  readonly directive: Directive;
}

export interface ServerBlock extends Placed {
  /** What stands in it, included files too, without the hook. */
  readonly body: readonly Placed[];
  /** What stands in `http` beside the server blocks. */
  readonly http: readonly Placed[];
}

export interface ConfigurationTree {
  readonly main: string;
  readonly files: ReadonlyMap<string, { text: string; comments: readonly Comment[] }>;
  readonly http: Placed | undefined;
  /** What stands in `http` beside the server blocks. */
  readonly shared: readonly Placed[];
  /** Patterns by which `http` reads whole folders, absolute. */
  readonly folders: readonly string[];
  readonly servers: readonly ServerBlock[];
  /** Files that could not be read as nginx does, a sentence each. */
  readonly problems: readonly string[];
}

const MAX_INCLUDE_DEPTH = 64;

/** @param dumped The main configuration file is the first. */
export function buildTree(dumped: readonly DumpedFile[]): ConfigurationTree {
  const files = new Map<string, { text: string; comments: readonly Comment[] }>();
  const parsed = new Map<string, readonly Directive[]>();
  const problems: string[] = [];
  for (const { path, text } of dumped) {
    const file = parseDirectives(text);
    files.set(path, { text, comments: file.ok ? file.comments : [] });
    if (file.ok) parsed.set(path, file.directives);
    else problems.push(`${path}:${String(file.line)}: ${file.message}; what is in this file is not known.`);
  }
  const main = dumped[0]?.path ?? "";
  const folder = main.slice(0, main.lastIndexOf("/") + 1);
  const absolute = (pattern: string) => (pattern.startsWith("/") ? pattern : folder + pattern);
  const expand = (file: string, directives: readonly Directive[], depth = 0): Placed[] =>
    directives.flatMap((directive) => {
      if (directive.name !== "include") return [{ file, directive }];
      const pattern = directive.args[0] ?? "";
      // What the agent wrote itself is no part of the site.
      if (isHookFile(pattern)) return [{ file, directive }];
      if (depth >= MAX_INCLUDE_DEPTH) return [];
      return named(absolute(pattern), [...parsed.keys()]).flatMap((path) =>
        expand(path, parsed.get(path) ?? [], depth + 1),
      );
    });
  const inside = ({ file, directive }: Placed) => expand(file, directive.block?.directives ?? []);

  const top = expand(main, parsed.get(main) ?? []);
  const http = top.find(({ directive }) => directive.name === "http" && directive.block !== undefined);
  const inHttp = http === undefined ? [] : inside(http);
  const isServer = ({ directive }: Placed) => directive.name === "server" && directive.block !== undefined;
  const shared = inHttp.filter((placed) => !isServer(placed));
  const servers = new Map<string, ServerBlock>();
  for (const placed of inHttp.filter(isServer)) {
    // A file that is read twice has its blocks twice; nginx uses the first.
    const place = `${placed.file}:${String(placed.directive.start)}`;
    if (!servers.has(place)) servers.set(place, { ...placed, body: inside(placed), http: shared });
  }
  const folders = (http?.directive.block?.directives ?? [])
    .filter(({ name, args }) => name === "include" && /[*?[]/.test(args[0] ?? "") && !isHookFile(args[0] ?? ""))
    .map(({ args }) => absolute(args[0] ?? ""));
  return { main, files, http, shared, folders, servers: [...servers.values()], problems };
}

/** The files that an `include` names, in the order in which nginx reads them. */
function named(pattern: string, paths: readonly string[]): string[] {
  if (!/[*?[]/.test(pattern)) return paths.filter((path) => path === pattern);
  return paths.filter((path) => matchesPattern(pattern, path)).sort((a, b) => (a < b ? -1 : 1));
}

/** A directive as it holds in a block: its own, or that of `http`. */
export function valueIn(block: ServerBlock, name: string): Placed | undefined {
  return ownValue(block, name) ?? block.http.findLast(({ directive }) => directive.name === name);
}

export function ownValue(block: ServerBlock, name: string): Placed | undefined {
  return block.body.findLast(({ directive }) => directive.name === name);
}
