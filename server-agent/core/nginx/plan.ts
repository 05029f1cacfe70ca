/**
 * What changes in which file so that sites ask the agent while they are closed, or do so no more.
 * Lines go in and out at offsets, so that all else stays byte for byte. The order of the files is
 * one in which nginx could start after each.
 */
import type { FileChange, Hazard, HookPlan } from "../../contract/web-servers.ts";
import { chooseSites } from "../web-servers/chosen-sites.ts";
import { type Edit, edited } from "../web-servers/edited-text.ts";
import type { Directive } from "./directives.ts";
import type { Discovered } from "./discover.ts";
import type { SiteBlocks } from "./blocks.ts";
import { isMirrored, turnedOff } from "./hazards.ts";
import { HTTP_HOOK, commentOf, hookDirective, hookFile, hookIn } from "./hook-names.ts";
import { internalPaths, OWN_PATHS } from "./internal-paths.ts";
import { type HookPaths, hookOwner, httpHook, siteHook } from "./hook-text.ts";

export interface HookWish {
  readonly sites: readonly string[];
  readonly remove: boolean;
  readonly paths: HookPaths;
  /** Text of a file of the hook, null where there is none; it may be there and not be included. */
  readonly hookFileOnDisk: (path: string) => string | null;
}

export type NginxChanges = Pick<HookPlan, "sites" | "files" | "refused">;

export function planHook(found: Discovered, wish: HookWish): NginxChanges {
  const { chosen, sites, refused } = chooseSites({
    groups: found.groups,
    discovered: found.sites,
    wanted: wish.sites,
    remove: wish.remove,
    anotherOwner: (site) => anotherOwner(found, wish, site),
    unknown,
  });
  const files = wish.remove ? removal(found, sites, wish) : installation(found, chosen, wish);
  return { sites, files: files.filter(({ before, after }) => before !== after), refused };
}

/** One nginx asks one agent: what all sites share leads to its socket. */
function anotherOwner(found: Discovered, wish: HookWish, site: string): Hazard[] {
  const { tree, httpPlace } = found;
  const paths = [hookFile(tree.main, site), httpPlace.kind === "none" ? "" : httpPlace.path];
  return paths.flatMap((file): Hazard[] => {
    const owner = hookOwner(textOf(found, wish, file) ?? "");
    if (owner === undefined || owner === wish.paths.webFolder) return [];
    const message = `Another agent, with the web folder ${owner}, has prepared this nginx. Take its hook out by that agent, or by hand.`;
    return [{ code: "another-agent", message, file, line: 1, refuses: true }];
  });
}

function unknown(site: string): Hazard {
  return { code: "unknown-site", message: `nginx has no site ${site} (any more).`, refuses: true };
}

/** Files of the hook first, then `http`, then the sites. */
function installation(found: Discovered, chosen: readonly SiteBlocks[], wish: HookWish): FileChange[] {
  const { tree, httpPlace } = found;
  if (chosen.length === 0 || tree.http === undefined || httpPlace.kind === "none") return [];
  const edits = new Edits(found);
  if (httpPlace.kind === "line" && !httpPlace.isThere) edits.insert(tree.http.file, tree.http.directive, HTTP_HOOK);
  for (const { id, blocks } of chosen)
    for (const { block, hooks } of blocks) {
      if (hooks.length === 1 && hooks[0] === id) continue;
      edits.removeFrom(block.file, block.directive, () => true);
      edits.insert(block.file, block.directive, id);
    }
  const hook = (path: string, after: string): FileChange => ({ path, before: textOf(found, wish, path), after });
  return [
    hook(httpPlace.path, httpHook(wish.paths)),
    ...chosen.map((group) =>
      hook(
        hookFile(tree.main, group.id),
        siteHook({
          ...wish.paths,
          site: group.id,
          turnOff: turnedOff(group),
          internal: [OWN_PATHS, ...internalPaths(group)],
          mirrored: isMirrored(group),
        }),
      ),
    ),
    ...edits.files(tree.http.file),
  ];
}

/** The same backwards. What `http` has goes with the last site. */
function removal(found: Discovered, sites: readonly string[], wish: HookWish): FileChange[] {
  const { tree, httpPlace } = found;
  const edits = new Edits(found);
  const isOurs = (name: string) => sites.includes(name);
  for (const { file, directive } of tree.servers) edits.removeFrom(file, directive, isOurs);
  const isLast = !found.groups.some(({ blocks }) => blocks.some(({ hooks }) => hooks.some((hook) => !isOurs(hook))));
  if (isLast && tree.http !== undefined)
    edits.removeFrom(tree.http.file, tree.http.directive, (name) => name === HTTP_HOOK);
  const ofHttp = [hookFile(tree.main, HTTP_HOOK), ...(httpPlace.kind === "file" ? [httpPlace.path] : [])];
  return [
    ...edits.files(tree.http?.file ?? "").reverse(),
    ...[...sites.map((site) => hookFile(tree.main, site)), ...(isLast ? ofHttp : [])].map((path): FileChange => ({
      path,
      before: textOf(found, wish, path),
      after: null,
    })),
  ];
}

function textOf({ tree }: Discovered, { hookFileOnDisk }: HookWish, path: string): string | null {
  return tree.files.get(path)?.text ?? hookFileOnDisk(path);
}

class Edits {
  readonly #found: Discovered;
  readonly #edits = new Map<string, Edit[]>();

  constructor(found: Discovered) {
    this.#found = found;
  }

  /** Directly behind the brace of a block. */
  insert(file: string, { block }: Directive, name: string): void {
    if (block === undefined) return;
    const { tree } = this.#found;
    // A comment would hide what stands behind it on the same line.
    const rest = /[^\n]*/.exec(this.#textOf(file).slice(block.start))?.[0] ?? "";
    const comment = /^[ \t\r]*(?:#|$)/.test(rest) ? commentOf(name) : "";
    this.#add(file, { start: block.start, end: block.start, text: ` ${hookDirective(tree.main, name)}${comment}` });
  }

  /** Our lines that stand directly in a block. */
  removeFrom(file: string, { block }: Directive, isOurs: (name: string) => boolean): void {
    const text = this.#textOf(file);
    for (const directive of block?.directives ?? []) {
      const hook = hookIn(directive);
      if (hook === undefined || !isOurs(hook)) continue;
      this.#add(file, lineOfOurs(text, directive.start, directive.end, commentOf(hook)));
    }
  }

  /** @param first The file whose change comes first. */
  files(first: string): FileChange[] {
    return [...this.#edits.entries()]
      .sort(([a], [b]) => Number(b === first) - Number(a === first))
      .map(([path, edits]) => {
        const before = this.#textOf(path);
        return { path, before, after: edited(before, edits) };
      });
  }

  #textOf(file: string): string {
    return this.#found.tree.files.get(file)?.text ?? "";
  }

  #add(file: string, edit: Edit): void {
    this.#edits.set(file, [...(this.#edits.get(file) ?? []), edit]);
  }
}

/**
 * Exactly what was put in. Where somebody has since moved it to a line of its own, that line goes.
 */
function lineOfOurs(text: string, start: number, end: number, comment: string): Edit {
  const to = text.startsWith(comment, end) ? end + comment.length : end;
  const lineStart = text.lastIndexOf("\n", start - 1) + 1;
  const rest = /^[ \t]*\r?\n/.exec(text.slice(to));
  if (rest !== null && text.slice(lineStart, start).trim() === "")
    return { start: lineStart, end: to + rest[0].length, text: "" };
  return { start: text[start - 1] === " " ? start - 1 : start, end: to, text: "" };
}
