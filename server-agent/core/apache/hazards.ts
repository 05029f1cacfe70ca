/** What makes a site harder to close, or impossible, with the place where it stands. */
import type { Hazard } from "../../contract/web-servers.ts";
import type { FactsOf } from "../web-servers/file-facts.ts";
import { fileHazards } from "../web-servers/file-hazards.ts";
import { listOf } from "../wording.ts";
import { type Configuration, lastOf, type Placed } from "./configuration.ts";
import type { Dump } from "./dump.ts";
import { hookIn, hookLines } from "./hook-names.ts";
import type { MainPlace } from "./main-place.ts";
import { refusing, ruleHazards } from "./rule-hazards.ts";
import { type FoundBlock, isCatchAll, type SiteBlocks } from "./virtual-hosts.ts";

export interface Surroundings {
  readonly configuration: Configuration;
  readonly dump: Dump;
  readonly mainPlace: MainPlace;
  readonly facts: FactsOf;
}

/** Modules that the hook needs, without `mod_`. */
const NEEDED = ["rewrite", "proxy", "proxy_http", "headers", "asis"];

/** The same for every site. */
export function commonHazards({ configuration, dump, mainPlace }: Surroundings): Hazard[] {
  const { main, top } = configuration;
  const missing = NEEDED.filter((name) => !dump.modules.has(`${name}_module`));
  const hazards: Hazard[] = mainPlace.kind === "none" ? [...mainPlace.hazards] : [];
  if (missing.length > 0)
    hazards.push({
      code: "module-missing",
      message: `Apache runs without ${listOf(
        missing.map((name) => `mod_${name}`),
        "and",
      )}, which the hook needs. On Debian: a2enmod ${missing.join(" ")}, then reload Apache.`,
      file: main,
      line: 1,
      refuses: true,
    });
  const remote = top.find(
    ({ directive, args }) => directive.name === "proxyremote" && /^(?:\*|http$)/.test(args[0] ?? ""),
  );
  if (remote !== undefined)
    hazards.push(
      refusing("proxy-remote", "With `ProxyRemote`, Apache would ask another proxy instead of the agent.", remote),
    );
  const before = top.find(
    ({ directive, args }) =>
      directive.name === "rewriteoptions" && args.some((arg) => /^InheritDownBefore$/i.test(arg)),
  );
  if (before !== undefined && top.some(({ directive }) => directive.name === "rewriterule"))
    hazards.push(
      refusing(
        "rules-before",
        "With `RewriteOptions InheritDownBefore`, rules of the whole server come before the hook. Take it out, or write the rules into the virtual hosts.",
        before,
      ),
    );
  return hazards;
}

export function siteHazards(group: SiteBlocks, around: Surroundings): Hazard[] {
  return group.blocks.flatMap((found) => [
    ...placeHazards(found, group, around),
    ...ruleHazards(found, around.configuration, around.dump),
    ...reachHazards(found, group),
  ]);
}

/** Whether the lines can be put behind the tag of the section. */
function placeHazards({ block, hooks, kind }: FoundBlock, { id }: SiteBlocks, around: Surroundings): Hazard[] {
  if (kind === "macro") return [macro(block)];
  if (kind === "none")
    return [
      refusing(
        "no-virtual-host",
        "Apache has no `<VirtualHost>`. Put what it serves into one, then prepare it.",
        block,
      ),
    ];
  // What a template has by now needs no edit.
  if (hooks.includes(id)) return [];
  const { files, main } = around.configuration;
  const file = files.get(block.file);
  if (file === undefined) return [];
  return fileHazards({
    path: block.file,
    line: block.directive.line,
    ...file,
    all: files.keys(),
    facts: around.facts,
    server: "Apache",
    instead: "put the lines directly behind this `<VirtualHost>` in its template.",
    paste: hookLines(main, id).join("\n"),
  });
}

function macro(block: Placed): Hazard {
  return refusing(
    "macro",
    "The virtual host is made by a macro, which may be for several sites. Write it out as a `<VirtualHost>` of its own.",
    block,
  );
}

/** Who comes to the site, and whether the agent can. */
function reachHazards(found: FoundBlock, group: SiteBlocks): Hazard[] {
  const { block, hooks, unusable, listeners } = found;
  const hazards: Hazard[] = [];
  if (hooks.length === 0 && block.body.some(({ directive }) => hookIn(directive) !== undefined))
    hazards.push(
      refusing("hook-elsewhere", "A line of the agent stands in a file that this virtual host includes.", block),
    );
  for (const hook of new Set(hooks))
    if (hook !== group.id)
      hazards.push(
        telling("copied-hook", `The virtual host asks for the site ${hook}; prepare the site again.`, block),
      );
  for (const message of unusable)
    hazards.push({ ...telling("name-unusable", message, block), refuses: group.hosts.length === 0 });
  if (listeners.length === 0)
    hazards.push(
      refusing("no-listener", "No `Listen` leads to this virtual host, so nobody could see it closed.", block),
    );
  if (isCatchAll(found) && listeners.length > 0 && !isReached(found))
    hazards.push({
      ...telling("never-reached", "The virtual host has no name and is no default: no request reaches it.", block),
      refuses: !group.blocks.some(isReached),
    });
  if (!isCatchAll(found) && listeners.some(({ isDefault }) => isDefault))
    hazards.push(telling("also-default", "It also answers names that no virtual host has; they close with it.", block));
  if (listeners.some(({ clientCertificate }) => clientCertificate))
    hazards.push(
      telling(
        "client-certificate",
        "Visitors need a certificate here; the agent has none and cannot ask.",
        lastOf(block.body, "sslverifyclient") ?? block,
      ),
    );
  return hazards;
}

function isReached(found: FoundBlock): boolean {
  return !isCatchAll(found) || found.listeners.some(({ isDefault }) => isDefault);
}

function telling(code: string, message: string, { file, directive }: Placed): Hazard {
  return { code, message, file, line: directive.line, refuses: false };
}
