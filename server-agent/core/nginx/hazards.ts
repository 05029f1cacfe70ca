/** What makes a site harder to close, or impossible, with the place where it stands. */
import type { Hazard } from "../../contract/web-servers.ts";
import type { FoundBlock } from "./blocks.ts";
import { generatedBy } from "./generated-file.ts";
import { type BlockGroup, isCatchAll } from "./group-blocks.ts";
import { HTTP_HOOK, hookLine, includedHook } from "./hook-names.ts";
import { type ConfigurationTree, type Placed, ownValue } from "./include-tree.ts";

/** What the file system says of a configuration file. */
export interface FileFacts {
  /** The file itself, behind all links. */
  readonly real: string;
  /** How many names the file has (hard links). */
  readonly names: number;
}

/**
 * Directives that would keep nginx from seeing the flag, or from seeing it at once: the flag is
 * looked up like a file of the site, and lies behind a symbolic link.
 */
const TURNED_OFF = ["open_file_cache", "disable_symlinks"];

/** Those that `http` has and the blocks do not: the hook turns them off. */
export function turnedOff(group: BlockGroup): string[] {
  return TURNED_OFF.filter((name) =>
    group.blocks.some(({ block }) => isOn(block.http.findLast(({ directive }) => directive.name === name))),
  );
}

function isOn(placed: Placed | undefined): boolean {
  return placed !== undefined && placed.directive.args[0] !== "off";
}

export function hazardsOf(
  group: BlockGroup,
  tree: ConfigurationTree,
  facts: (path: string) => FileFacts | undefined,
): Hazard[] {
  return [
    ...(tree.http === undefined ? [] : placeHazards(tree.http, HTTP_HOOK, hasHttpHook(tree), tree, facts)),
    ...group.blocks.flatMap((found) => [
      ...placeHazards(found.block, group.id, found.hooks.includes(group.id), tree, facts),
      ...blockHazards(found, group),
    ]),
  ];
}

export function hasHttpHook(tree: ConfigurationTree): boolean {
  return tree.shared.some((placed) => hookIn(placed) === HTTP_HOOK);
}

function refusing(code: string, message: string, { file, directive }: Placed): Hazard {
  return { code, message, file, line: directive.line, refuses: true };
}

function telling(code: string, message: string, { file, directive }: Placed): Hazard {
  return { code, message, file, line: directive.line, refuses: false };
}

/** Whether the line can be put behind the brace of a block. */
function placeHazards(
  placed: Placed,
  name: string,
  isThere: boolean,
  tree: ConfigurationTree,
  facts: (path: string) => FileFacts | undefined,
): Hazard[] {
  const file = tree.files.get(placed.file);
  // What a template has by now needs no edit.
  if (isThere || file === undefined) return [];
  const generated = generatedBy(file.comments);
  if (generated !== undefined)
    return [
      {
        code: "generated-file",
        message: `The file says that something else writes it ("${generated.text}"): put the line directly behind this \`${placed.directive.name} {\` in its template.`,
        file: placed.file,
        line: placed.directive.line,
        refuses: true,
        paste: hookLine(tree.main, name),
      },
    ];
  if (file.text.includes("\ufffd"))
    return [refusing("not-utf8", "The file is not UTF-8, so the agent could not put it back byte by byte.", placed)];
  const here = facts(placed.file);
  if (here === undefined) return [];
  if (here.names > 1)
    return [
      refusing(
        "hard-link",
        `The file has ${String(here.names)} names (hard links); a change would part them. Make it a file of its own.`,
        placed,
      ),
    ];
  const twin = [...tree.files.keys()].find((path) => path !== placed.file && facts(path)?.real === here.real);
  return twin === undefined
    ? []
    : [refusing("file-twice", `nginx reads the same file as ${twin}, too; include it once.`, placed)];
}

function blockHazards(found: FoundBlock, group: BlockGroup): Hazard[] {
  const { block, hooks, skipped, unusable, listeners } = found;
  const hazards: Hazard[] = [];
  for (const name of TURNED_OFF) {
    const own = ownValue(block, name);
    if (own !== undefined && (isOn(own) || turnedOff(group).includes(name)))
      hazards.push(
        refusing(name.replaceAll("_", "-"), `${OWN_VALUE[name] ?? ""} Take it out, or move it to \`http\`.`, own),
      );
  }
  if (hooks.length === 0 && block.body.some((placed) => hookIn(placed) !== undefined))
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
  const lua = [...block.body, ...block.http].find(({ directive }) =>
    /^(?:server_)?(?:rewrite|access)_by_lua/.test(directive.name),
  );
  if (lua !== undefined)
    hazards.push(telling("lua", "This Lua runs for the page of a closed site, too, and can answer in its place.", lua));
  return hazards;
}

function isReached(found: FoundBlock): boolean {
  return !isCatchAll(found) || found.listeners.some(({ isDefault }) => isDefault);
}

const OWN_VALUE: Readonly<Record<string, string>> = {
  open_file_cache: "With `open_file_cache` in the server block, nginx sees late that the site is closed.",
  disable_symlinks: "With `disable_symlinks` in the server block, nginx does not see that the site is closed.",
};

function hookIn({ directive: { name, args } }: Placed): string | undefined {
  return name === "include" ? includedHook(args[0] ?? "") : undefined;
}
