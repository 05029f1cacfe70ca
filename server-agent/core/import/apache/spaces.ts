/** Folders that a site shows, and which sections are about what in them. */
import type { Condition } from "../../../contract/condition.ts";
import { escapeRegex, folderMatch, type Match, regexMatch, UNKNOWN } from "../document/match.ts";
import { startsOf } from "../document/regex-parts.ts";
import { Level, type Statement } from "../document/statements.ts";
import { allOf, type Grant } from "./grants.ts";

/** A folder at an address; an application has no folder. */
export interface Space {
  /** Of the address, without a slash at its end; `""` for all of the site. */
  readonly mount: string;
  readonly root: string | undefined;
}

/** What a section says, and for which addresses of a space, as far as that can be said. */
export interface Section {
  readonly when: Grant | "unknown";
  readonly statement: Statement;
  readonly level: Level;
}

const ORDER = ["directory", "directorymatch", "files", "filesmatch", "proxy", "location", "locationmatch"];

/**
 * In the order in which Apache merges them: later ones count.
 *
 * @param outer Sections of the whole server, then those of the site.
 */
export function sectionsFor(space: Space, outer: readonly Statement[]): Section[] {
  const place = ({ name, args }: Statement) =>
    ORDER.indexOf(name.replace(/(?<=location|files)match$/, "")) * 100_000 +
    (name === "directory" ? (args[0]?.length ?? 0) : 0);
  return sectionsIn(outer, true, space).sort((a, b) => place(a.statement) - place(b.statement));
}

/** Those within others, too: they are about what both are about. */
function sectionsIn(statements: readonly Statement[], around: Section["when"], space: Space): Section[] {
  return statements.flatMap((statement): Section[] => {
    const { name, body } = statement;
    const own = ORDER.includes(name) && body !== undefined ? whenOf(statement, space) : undefined;
    if (own === undefined || body === undefined) return [];
    const when = around === "unknown" || own === "unknown" ? "unknown" : allOf([around, own]);
    return when === false ? [] : [{ when, statement, level: new Level(body) }, ...sectionsIn(body, when, space)];
  });
}

/** Undefined: it is about none of the space. */
function whenOf({ name, args }: Statement, space: Space): Grant | "unknown" | undefined {
  const isRegex = name.endsWith("match") || args[0] === "~";
  const [pattern = ""] = args[0] === "~" ? args.slice(1) : args;
  if (name.startsWith("location")) {
    if (isRegex) return said(regexMatch(pattern));
    if (/[*?[]/.test(pattern)) return said(regexMatch(`^${glob(pattern)}(?:/|$)`));
    return said(
      pattern.endsWith("/") && pattern !== "/" ? regexMatch(`^${escapeRegex(pattern)}`) : folderMatch(pattern),
    );
  }
  if (name === "proxy") return space.root !== undefined ? undefined : pattern === "*" ? true : "unknown";
  if (space.root === undefined) return undefined;
  if (name.startsWith("files")) return said(baseMatch(isRegex ? pattern : `^${glob(pattern)}$`));
  if (isRegex || /[*?[]/.test(pattern)) return "unknown";
  const folder = pattern.replace(/\/+$/, "");
  const root = space.root.replace(/\/+$/, "");
  if (folder === "" || root === folder || root.startsWith(`${folder}/`)) return true;
  return folder.startsWith(`${root}/`) ? said(folderMatch(space.mount + folder.slice(root.length))) : undefined;
}

function said({ when, isExact }: Match): Grant | "unknown" {
  return isExact ? (when ?? true) : "unknown";
}

/** An expression for the last name of a path. */
function baseMatch(pattern: string): Match {
  const [, flags = "", written = ""] = /^(\(\?i\))?([\s\S]*)$/.exec(pattern) ?? [];
  const parts = startsOf(written)?.map((part) => {
    const bare = part.replace(/^\^/, "").replace(/(?<!\\)\$$/, "");
    const before = part.startsWith("^") ? "" : "[^/]*";
    const after = /(?<!\\)\$$/.test(part) ? "" : "[^/]*";
    return `/${before}(?:${bare})${after}$`;
  });
  return parts === undefined ? UNKNOWN : regexMatch(flags + parts.join("|"));
}

/** Whether a `<Directory>` is about a folder, as a whole. */
export function coversFolder({ name, args }: Statement, folder: string): boolean {
  const [pattern = ""] = args;
  if (name !== "directory" || pattern === "~") return false;
  return new RegExp(`^${glob(pattern.replace(/\/+$/, ""))}(?:/|$)`).test(folder);
}

function glob(pattern: string): string {
  return escapeRegex(pattern).replaceAll("\\*", "[^/]*").replaceAll("\\?", "[^/]");
}

/** The addresses of a space. */
export function spaceCondition({ mount }: Space): Condition | undefined {
  return mount === "" ? undefined : folderMatch(mount).when;
}

/** Extensions that an expression for the last name asks for. */
export function extensionsIn(pattern: string): string[] | undefined {
  return /\\\.\(?(?:\?:)?([a-z0-9|]+)\)?\$$/i.exec(pattern)?.[1]?.split("|");
}
