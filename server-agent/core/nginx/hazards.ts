/** What makes a site harder to close, or impossible, with the place where it stands. */
import type { Hazard } from "../../contract/web-servers.ts";
import { type FoundBlock, type SiteBlocks, isCatchAll } from "./blocks.ts";
import type { Directive } from "./directives.ts";
import { hookIn } from "./hook-names.ts";
import type { HttpPlace } from "./http-place.ts";
import { type ConfigurationTree, type Placed, type ServerBlock, ownValue, valueIn } from "./include-tree.ts";
import type { FactsOf } from "../web-servers/file-facts.ts";
import { placeHazards, refusing, telling } from "./place-hazards.ts";

/**
 * Directives that would keep nginx from seeing the flag, or from seeing it at once: the flag is
 * looked up like a file of the site, and lies behind a symbolic link.
 */
const TURNED_OFF = ["open_file_cache", "disable_symlinks"];

/** Those that `http` has and the blocks do not: the hook turns them off. */
export function turnedOff(group: SiteBlocks): string[] {
  return TURNED_OFF.filter((name) =>
    group.blocks.some(({ block }) => isOn(block.http.findLast(({ directive }) => directive.name === name))),
  );
}

/** Whether a server block sends a copy of each request elsewhere. */
export function isMirrored(group: SiteBlocks): boolean {
  return group.blocks.some(({ block }) => isOn(valueIn(block, "mirror")));
}

function isOn(placed: Placed | undefined): boolean {
  return placed !== undefined && placed.directive.args[0] !== "off";
}

export function hazardsOf(group: SiteBlocks, tree: ConfigurationTree, httpPlace: HttpPlace, facts: FactsOf): Hazard[] {
  return [
    ...(httpPlace.kind === "none" ? httpPlace.hazards : []),
    ...group.blocks.flatMap((found) => [
      // What a template has by now needs no edit.
      ...(found.hooks.includes(group.id) ? [] : placeHazards(found.block, group.id, tree, facts)),
      ...blockHazards(found, group),
    ]),
  ];
}

function blockHazards(found: FoundBlock, group: SiteBlocks): Hazard[] {
  const { block, hooks, skipped, unusable, listeners } = found;
  const hazards: Hazard[] = [];
  for (const name of TURNED_OFF) {
    const own = ownValue(block, name);
    if (own !== undefined && (isOn(own) || turnedOff(group).includes(name)))
      hazards.push(
        refusing(name.replaceAll("_", "-"), `${OWN_VALUE[name] ?? ""} Take it out, or move it to \`http\`.`, own),
      );
  }
  if (hooks.length === 0 && block.body.some((placed) => hookIn(placed.directive) !== undefined))
    hazards.push(refusing("hook-elsewhere", "A line of the agent stands in a file that this block includes.", block));
  for (const hook of new Set(hooks))
    if (hook !== group.id)
      hazards.push(telling("copied-hook", `The block asks for the site ${hook}; prepare the site again.`, block));
  for (const { file, line, code, message } of skipped) hazards.push({ code, message, file, line, refuses: false });
  for (const message of unusable)
    hazards.push({ ...telling("name-unusable", message, block), refuses: group.hosts.length === 0 });
  if (listeners.length === 0)
    hazards.push(refusing("no-listener", "No listener of this block can be asked, so it is never seen closed.", block));
  if (isCatchAll(found) && listeners.length > 0 && !isReached(found))
    hazards.push({
      ...telling("never-reached", "The block has no name and is no default: no request reaches it.", block),
      refuses: !group.blocks.some(isReached),
    });
  if (!isCatchAll(found) && listeners.some(({ isDefault }) => isDefault))
    hazards.push(telling("also-default", "It also answers names that no block lists; they close with it.", block));
  const mutual = ownValue(block, "ssl_verify_client") ?? block;
  if (listeners.some(({ clientCertificate }) => clientCertificate))
    hazards.push(
      telling("client-certificate", "Visitors need a certificate here; the agent has none and cannot ask.", mutual),
    );
  if (hasNumberedGroup(found))
    hazards.push(
      telling(
        "numbered-group",
        "`$1` of the name is empty for requests that an exception lets in while the site is closed: name the group, as in `(?<name>…)`.",
        block,
      ),
    );
  const early = earlyPage(block);
  if (early !== undefined)
    hazards.push(
      telling(
        "early-error",
        `Requests that nginx refuses before anything else, such as \`TRACE\`, come to \`${early.directive.args.at(-1) ?? ""}\` also while the site is closed: name a path in its place.`,
        early,
      ),
    );
  const lua = [...block.body, ...block.http].find(({ directive }) =>
    /^(?:server_)?(?:rewrite|access)_by_lua/.test(directive.name),
  );
  if (lua !== undefined)
    hazards.push(telling("lua", "This Lua runs for the page of a closed site, too, and can answer in its place.", lua));
  return hazards;
}

/** What nginx answers before it comes to the rules of the server block. */
const EARLY = new Set(["400", "405", "408", "414", "421", "494", "495", "496", "497", "501", "505"]);

/** An error page for such an answer that is a named location: no rule of the block comes first. */
function earlyPage({ body, http }: ServerBlock): Placed | undefined {
  const pages = [body, http]
    .map((all) => all.filter(({ directive }) => directive.name === "error_page"))
    .find((found) => found.length > 0);
  return pages?.find(
    ({ directive: { args } }) => args.at(-1)?.startsWith("@") === true && args.some((arg) => EARLY.has(arg)),
  );
}

/** Later expressions take the place of numbered groups, never of named ones. */
function hasNumberedGroup({ names, block }: FoundBlock): boolean {
  const hasGroup = names.some((name) => name.startsWith("~") && /(?<!\\)\((?!\?)/.test(name));
  return hasGroup && block.body.some(({ directive }) => usesNumber(directive));
}

function usesNumber({ name, args, block }: Directive): boolean {
  // These have expressions of their own.
  if (name === "rewrite" || name === "if" || (name === "location" && args.some((arg) => arg.startsWith("~"))))
    return false;
  return args.some((arg) => /\$\{?[1-9]/.test(arg)) || (block?.directives.some(usesNumber) ?? false);
}

function isReached(found: FoundBlock): boolean {
  return !isCatchAll(found) || found.listeners.some(({ isDefault }) => isDefault);
}

const OWN_VALUE: Readonly<Record<string, string>> = {
  open_file_cache: "With `open_file_cache` in the server block, nginx sees late that the site is closed.",
  disable_symlinks: "With `disable_symlinks` in the server block, nginx does not see that the site is closed.",
};
