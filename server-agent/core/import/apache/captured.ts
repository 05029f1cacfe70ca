/** A path of which an expression takes groups, and a target that is put together from them. */
import { escapeRegex } from "../document/match.ts";
import { alternativesOf, endOfGroup } from "../document/regex-parts.ts";

/** What begins so is sent to what begins so: as `ProxyPass` with two paths. */
export interface Led {
  /** `/` where the target is put before all of the path. */
  readonly location: string;
  readonly application: string;
}

/** It begins wherever it can, which is the beginning of the path. */
const FROM_THE_START = /^(?:\^|\/?\??(?:\.\*|\(\.\*(?=[^|]*$)))/;
const TO_THE_END = /(?<!\\)(?:\$|\.\*\)*)$/;

/**
 * @param pattern Matched against the path, which begins with a slash.
 * @param made Path of the target, with `$1` for a group, and `$0` for all that is found.
 * @returns Undefined where the path is taken apart in another way.
 */
export function ledBy(pattern: string, made: string): Led | undefined {
  const written = pattern.replace(/^\(\?i\)/, "");
  const isWhole = FROM_THE_START.test(written) && TO_THE_END.test(written);
  if (!isWhole || alternativesOf(written).length > 1) return undefined;
  // The slash that may be there is: each path begins with one.
  const bare = written
    .replace(/^\^/, "")
    .replace(/^\/?\/\?/, "/")
    .replace(/(?<!\\)\$$/, "");
  const folder = folderLedBy(bare, made);
  return folder === undefined || folder.location === folder.application ? (wholeLedBy(bare, made) ?? folder) : folder;
}

/** Groups and what is between them make the same again, with something before it or nothing. */
function wholeLedBy(bare: string, made: string): Led | undefined {
  const groups = [bare, ...groupsOf(bare)];
  const used = Array.from(made.matchAll(/\$(\d)/g), ([, digit]) => Number(digit));
  if (used.some((number, index) => number <= (used[index - 1] ?? -1))) return undefined;
  for (const literal of [escapeRegex, (text: string) => text]) {
    const put = made
      .split(/(\$\d)/)
      .map((part) => (/^\$\d$/.test(part) ? (groups[Number(part[1])] ?? "$") : literal(part)))
      .join("");
    const before = put.slice(0, -bare.length).replace(/\\(.)/g, "$1");
    if (put.endsWith(bare) && /^(?:\/[^$()*+?[\]{}|\\]*)?$/.test(before))
      return { location: "/", application: `${before}/` };
  }
  return undefined;
}

/** `/api/(.*)` to `/v2/$1`. */
function folderLedBy(bare: string, made: string): Led | undefined {
  const [, prefix = "", slash = ""] = /^((?:[\w/. ~-]|\\[^\w\s])*?)(\/\?)?\((?!\?)/.exec(bare) ?? [];
  const start = prefix.length + slash.length + 1;
  const end = endOfGroup(bare, start);
  const application = /^([^$]*)\$1$/.exec(made)?.[1];
  if (prefix === "" || application === undefined || !/^\??$/.test(bare.slice(end + 1))) return undefined;
  return { location: prefix.replace(/\\(.)/g, "$1"), application };
}

/** With their parentheses, in the order of their numbers. */
function groupsOf(pattern: string): string[] {
  return Array.from(pattern.matchAll(/(?<!\\)\((?!\?)/g), ({ index }) =>
    pattern.slice(index, endOfGroup(pattern, index + 1) + 1),
  );
}

/** Extensions of the scripts that an expression asks for, with what may follow them. */
export function scriptsIn(pattern: string): string[] | undefined {
  const named = /\\\.(?:(\w+)|\((?:\?:)?([\w|]+)\))(?=\$|\)|\((?:\?:|\|)?\\?\/|$)/.exec(pattern);
  return (named?.[1] ?? named?.[2])?.split("|");
}
