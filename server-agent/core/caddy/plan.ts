/**
 * What changes in which file so that sites ask the agent while they are closed, or do so no more.
 * Lines go in and out at offsets, so that all else stays byte for byte. The order of the files is
 * one in which Caddy could start after each.
 */
import type { FileChange, Hazard, HookPlan } from "../../contract/web-servers.ts";
import { chooseSites } from "../web-servers/chosen-sites.ts";
import type { SiteBlocks } from "./blocks.ts";
import type { Discovered } from "./discover.ts";
import { FileEdits } from "./file-edits.ts";
import { FALLBACK, hookFile, hookIn, hookLine } from "./hook-names.ts";
import { type HookPaths, fallbackHook, hookOwner, siteHook } from "./hook-text.ts";
import { hasFallback, isOrdered } from "./options-place.ts";

export interface HookWish {
  readonly sites: readonly string[];
  readonly remove: boolean;
  readonly paths: HookPaths;
  /** Text of a file of the hook, null where there is none; it may be there and not be imported. */
  readonly hookFileOnDisk: (path: string) => string | null;
}

export type CaddyChanges = Pick<HookPlan, "sites" | "files" | "refused">;

export function planHook(found: Discovered, wish: HookWish): CaddyChanges {
  const { chosen, sites, refused } = chooseSites({
    groups: found.groups,
    discovered: found.sites,
    wanted: wish.sites,
    remove: wish.remove,
    anotherOwner: (site) => anotherOwner(found, wish, site),
    unknown: (site) => unknown(found, site),
  });
  const files = wish.remove ? removal(found, sites, wish) : installation(found, chosen, wish);
  return { sites, files: files.filter(({ before, after }) => before !== after), refused };
}

/** One Caddy asks one agent: what all sites share is written once. */
function anotherOwner({ tree }: Discovered, wish: HookWish, site: string): Hazard[] {
  return [site, FALLBACK].flatMap((name): Hazard[] => {
    const file = hookFile(tree.main, name);
    const owner = hookOwner(wish.hookFileOnDisk(file) ?? "");
    if (owner === undefined || owner === wish.paths.webFolder) return [];
    const message = `Another agent, with the web folder ${owner}, has prepared this Caddy. Take its hook out by that agent, or by hand.`;
    return [{ code: "another-agent", message, file, line: 1, refuses: true }];
  });
}

function unknown({ tree }: Discovered, site: string): Hazard {
  const message = `Caddy has no site ${site} (any more).`;
  return { code: "unknown-site", message, file: tree.main, line: 1, refuses: true };
}

/** Files of the hook first, then what all sites share, then the sites. */
function installation({ tree }: Discovered, chosen: readonly SiteBlocks[], wish: HookWish): FileChange[] {
  if (chosen.length === 0) return [];
  const edits = new FileEdits(tree);
  if (!isOrdered(tree)) edits.insertOrder();
  if (!hasFallback(tree)) edits.append(tree.main, hookLine(tree.main, FALLBACK));
  for (const { id, blocks } of chosen)
    for (const { block, hooks } of blocks) {
      if (hooks.length === 1 && hooks[0] === id) continue;
      edits.removeHooks(block.statement, () => true);
      edits.insertBehind(block.statement, hookLine(tree.main, id));
    }
  const hook = (name: string, after: string): FileChange => {
    const path = hookFile(tree.main, name);
    return { path, before: wish.hookFileOnDisk(path), after };
  };
  return [
    hook(FALLBACK, fallbackHook(wish.paths)),
    ...chosen.map(({ id }) => hook(id, siteHook(id, wish.paths))),
    ...edits.changes(),
  ];
}

/** The same backwards. What all sites share goes with the last one. */
function removal({ tree, groups }: Discovered, sites: readonly string[], wish: HookWish): FileChange[] {
  const edits = new FileEdits(tree);
  const isOurs = (name: string) => sites.includes(name);
  for (const { statement } of tree.sites) edits.removeHooks(statement, isOurs);
  const isLast = !groups.some(({ blocks }) => blocks.some(({ hooks }) => hooks.some((hook) => !isOurs(hook))));
  if (isLast) {
    edits.removeOrder();
    for (const { statement } of tree.topHooks) if (hookIn(statement) === FALLBACK) edits.remove(statement);
  }
  return [
    ...edits.changes().reverse(),
    ...[...sites, ...(isLast ? [FALLBACK] : [])].map((name): FileChange => {
      const path = hookFile(tree.main, name);
      return { path, before: wish.hookFileOnDisk(path), after: null };
    }),
  ];
}
