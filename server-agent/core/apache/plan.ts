/**
 * What changes in which file so that sites ask the agent while they are closed, or do so no more.
 * Lines go in and out at offsets, so that all else stays byte for byte. The order of the files is
 * one in which Apache could start after each.
 */
import type { FileChange, Hazard, HookPlan } from "../../contract/web-servers.ts";
import { chooseSites } from "../web-servers/chosen-sites.ts";
import type { Discovered } from "./discover.ts";
import { FileEdits } from "./file-edits.ts";
import { hookFile, MAIN_HOOK } from "./hook-names.ts";
import { type HookPaths, hookOwner, mainHook, siteHook } from "./hook-text.ts";
import type { SiteBlocks } from "./virtual-hosts.ts";

export interface HookWish {
  readonly sites: readonly string[];
  readonly remove: boolean;
  readonly paths: HookPaths;
  /** Text of a file of the hook, null where there is none; it may be there and not be included. */
  readonly hookFileOnDisk: (path: string) => string | null;
}

export type ApacheChanges = Pick<HookPlan, "sites" | "files" | "refused">;

export function planHook(found: Discovered, wish: HookWish): ApacheChanges {
  const { chosen, sites, refused } = chooseSites({
    groups: found.groups,
    discovered: found.sites,
    wanted: wish.sites,
    remove: wish.remove,
    anotherOwner: (site) => obstacles(found, wish, site),
    unknown: (site) => unknown(found, site),
  });
  const files = wish.remove ? removal(found, sites, wish) : installation(found, chosen, wish);
  return { sites, files: files.filter(({ before, after }) => before !== after), refused };
}

/** One Apache asks one agent: what all sites share is written once. */
function obstacles({ configuration: { main }, mainPlace }: Discovered, wish: HookWish, site: string): Hazard[] {
  const { webFolder, pageSocket } = wish.paths;
  const hazard = (code: string, message: string, file = main): Hazard[] => [
    { code, message, file, line: 1, refuses: true },
  ];
  if (![webFolder, pageSocket].every((path) => /^\/[\w./+@-]+$/.test(path)))
    return hazard("odd-path", `${webFolder} cannot be written into a rule; give the agent another --web-folder.`);
  const paths = [hookFile(main, site), mainPlace.kind === "none" ? "" : mainPlace.path];
  return paths.flatMap((file) => {
    const owner = hookOwner(wish.hookFileOnDisk(file) ?? "");
    if (owner === undefined || owner === webFolder) return [];
    return hazard(
      "another-agent",
      `Another agent, with the web folder ${owner}, has prepared this Apache. Take its hook out by that agent, or by hand.`,
      file,
    );
  });
}

function unknown({ configuration: { main } }: Discovered, site: string): Hazard {
  const message = `Apache has no site ${site} (any more).`;
  return { code: "unknown-site", message, file: main, line: 1, refuses: true };
}

/** Files of the hook first, then what all sites share, then the sites. */
function installation(
  { configuration, mainPlace }: Discovered,
  chosen: readonly SiteBlocks[],
  wish: HookWish,
): FileChange[] {
  if (chosen.length === 0 || mainPlace.kind === "none") return [];
  const { main } = configuration;
  const edits = new FileEdits(configuration);
  if (mainPlace.kind === "lines" && !mainPlace.isThere) edits.append(main, MAIN_HOOK);
  for (const { id, blocks } of chosen)
    for (const { block, hooks } of blocks) {
      if (hooks.length === 1 && hooks[0] === id) continue;
      edits.removeHooks(block, () => true);
      edits.insertBehind(block, id);
    }
  const hook = (path: string, after: string): FileChange => ({ path, before: wish.hookFileOnDisk(path), after });
  return [
    hook(mainPlace.path, mainHook(wish.paths)),
    ...chosen.map(({ id }) => hook(hookFile(main, id), siteHook(id, wish.paths))),
    ...edits.changes(),
  ];
}

/** The same backwards. What all sites share goes with the last one. */
function removal(
  { configuration, groups, mainPlace }: Discovered,
  sites: readonly string[],
  wish: HookWish,
): FileChange[] {
  const { main } = configuration;
  const edits = new FileEdits(configuration);
  const isOurs = (name: string) => sites.includes(name);
  const blocks = groups.flatMap((group) => group.blocks);
  for (const { block } of blocks) edits.removeHooks(block, isOurs);
  const isLast = !blocks.some(({ hooks }) => hooks.some((hook) => !isOurs(hook)));
  if (isLast) edits.removeMain();
  const ofAll = [hookFile(main, MAIN_HOOK), ...(mainPlace.kind === "file" ? [mainPlace.path] : [])];
  const gone = [...sites.map((site) => hookFile(main, site)), ...(isLast ? ofAll : [])];
  return [
    ...edits.changes().reverse(),
    ...gone.map((path): FileChange => ({ path, before: wish.hookFileOnDisk(path), after: null })),
  ];
}
