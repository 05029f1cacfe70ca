/**
 * Paths for which only nginx itself may ask (`internal`). Whom an exception lets into a closed site
 * comes to it by a redirect within nginx, which opens them: so the hook has to tell them.
 */
import type { FoundBlock } from "./blocks.ts";
import type { Directive } from "./directives.ts";

/** As a condition of nginx has it: `=` a path, or `~` or `~*` an expression. */
export interface PathTest {
  readonly operator: "=" | "~" | "~*";
  readonly pattern: string;
}

/** Those of the hook. */
export const OWN_PATHS: PathTest = { operator: "~", pattern: String.raw`^/\.backsoon/` };

interface Location {
  readonly modifier: string;
  readonly path: string;
  readonly isInternal: boolean;
}

/**
 * Those of the blocks of a site. Some tests hold for more than the location: an expression of
 * another one may come before it.
 */
export function internalPaths({ blocks }: { blocks: readonly FoundBlock[] }): PathTest[] {
  const tests = blocks.flatMap(({ block }) => {
    const all = block.body.flatMap(({ directive }) => locationsIn(directive));
    return all.filter(({ isInternal }) => isInternal).map((location) => testOf(location, all));
  });
  return [...new Map(tests.map((test) => [`${test.operator} ${test.pattern}`, test])).values()];
}

function locationsIn({ name, args, block }: Directive): Location[] {
  if (name !== "location" || block === undefined) return [];
  const [, modifier = "", path = ""] = /^(=|~\*|~|\^~)?(.*)$/s.exec(args.join("")) ?? [];
  const isInternal = block.directives.some((inner) => inner.name === "internal");
  const nested = block.directives.flatMap(locationsIn);
  return path.startsWith("@") ? [] : [{ modifier, path, isInternal }, ...nested];
}

function testOf({ modifier, path }: Location, all: readonly Location[]): PathTest {
  if (modifier === "=" || modifier === "~" || modifier === "~*") return { operator: modifier, pattern: path };
  const longer = all
    .filter((one) => !one.isInternal && one.modifier !== "~" && one.modifier !== "~*")
    .filter((one) => one.path.startsWith(path) && (one.path.length > path.length || one.modifier === "="))
    .map((one) => literal(one.path.slice(path.length)) + (one.modifier === "=" ? "$" : ""));
  return { operator: "~", pattern: `^${literal(path)}${longer.length === 0 ? "" : `(?!${longer.join("|")})`}` };
}

function literal(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
