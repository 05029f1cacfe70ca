/** Directives of a virtual host that would answer in place of the hook. */
import type { Hazard } from "../../contract/web-servers.ts";
import { type Configuration, lastOf, type Placed } from "./configuration.ts";
import type { Dump } from "./dump.ts";
import type { FoundBlock } from "./virtual-hosts.ts";

export function ruleHazards({ block }: FoundBlock, { top }: Configuration, { modules }: Dump): Hazard[] {
  const { body } = block;
  const inside = everywhere(body);
  const around = top.filter(({ directive }) => directive.name !== "virtualhost");
  const found = (code: string, message: string, placed: Placed | undefined): Hazard[] =>
    placed === undefined ? [] : [refusing(code, message, placed)];
  const inPlaces = sections([...body, ...around], PLACES).flatMap(({ body: own }) => everywhere(own));
  return [
    ...found(
      "rewrite-off",
      "`RewriteEngine Off` switches the hook off, wherever it stands in the virtual host, also for a `<Location>`. Take it out, or write it into a `<Directory>`.",
      switchingOff(block, top),
    ),
    ...found(
      "rules-before",
      "With `RewriteOptions InheritBefore`, rules of the whole server come before the hook. Write `Inherit`.",
      body.find(({ directive, args }) => directive.name === "rewriteoptions" && hasOption(args, /^InheritBefore$/i)),
    ),
    ...found(
      "proxy-mapping",
      "A `ProxyPass` with `mapping=` comes before all rules. Take the option out.",
      inside.find(
        ({ directive, args }) => /^proxypass(?:match)?$/.test(directive.name) && hasOption(args, /^mapping=/i),
      ),
    ),
    ...found(
      "cache",
      "mod_cache answers from its store before it comes to any rule, so visitors would get pages of before. Take `CacheEnable` out.",
      modules.has("cache_module")
        ? [...body, ...around].find(({ directive }) => directive.name === "cacheenable")
        : undefined,
    ),
    ...found(
      "own-user",
      "With `AssignUserID` the workers of this site run as a user who may not ask the agent.",
      lastOf(body, "assignuserid"),
    ),
    ...found(
      "expression-section",
      "This `<If>` comes after that of the hook, and could answer in its place. Write `<Location>` or `<Directory>`, or move the line out of it.",
      sections(body, EXPRESSIONS)
        .flatMap(({ body: own }) => everywhere(own))
        .find(isDeciding),
    ),
    ...inPlaces
      .filter(({ directive }) => directive.name.startsWith("redirect"))
      .map((placed) => ({
        ...refusing(
          "redirect-in-section",
          "This redirect goes on while the site is closed, as it is for a place. Written outside of the section, it does not.",
          placed,
        ),
        refuses: false,
      })),
  ];
}

/** The line that keeps the rules of a virtual host from running, or those for a place of it. */
export function switchingOff({ body }: Placed, top: readonly Placed[]): Placed | undefined {
  const around = top.filter(({ directive }) => directive.name !== "virtualhost");
  const places = sections([...body, ...around], PLACES).flatMap(({ body: own }) => everywhere(own));
  return [lastOf(body, "rewriteengine"), ...places].find(
    (placed) => placed?.directive.name === "rewriteengine" && placed.args[0]?.toLowerCase() === "off",
  );
}

const EXPRESSIONS = new Set(["if", "elseif", "else"]);
const PLACES = new Set([...EXPRESSIONS, "location", "locationmatch"]);
const DECIDING =
  /^(?:require\w*|order|allow|deny|satisfy|authtype|sethandler|errordocument|rewriteengine|rewriterule|proxypass\w*)$/;

function isDeciding({ directive }: Placed): boolean {
  return DECIDING.test(directive.name);
}

/** Of these names, at any depth. */
function sections(all: readonly Placed[], names: ReadonlySet<string>): Placed[] {
  return everywhere(all).filter(({ directive }) => directive.section !== undefined && names.has(directive.name));
}

function everywhere(all: readonly Placed[]): Placed[] {
  return all.flatMap((placed) => [placed, ...everywhere(placed.body)]);
}

function hasOption(args: readonly string[], option: RegExp): boolean {
  return args.some((arg) => option.test(arg));
}

export function refusing(code: string, message: string, { file, directive }: Placed): Hazard {
  return { code, message, file, line: directive.line, refuses: true };
}
