/** `ProxyPass` and `ProxyPassMatch`: addresses that are led to an application. */
import type { Condition } from "../../../contract/condition.ts";
import type { Handler } from "../../../contract/handler.ts";
import type { Upstream } from "../../../contract/upstream.ts";
import { parseTarget } from "../../config/upstream-target.ts";
import type { Answer } from "../document/answer.ts";
import type { Draft } from "../document/draft.ts";
import { CLOSED } from "../document/finish.ts";
import { ALWAYS, both, folderMatch, prefixMatch, regexMatch } from "../document/match.ts";
import { type Mounted, mountedAt } from "../document/mounted.ts";
import type { Entry } from "../document/report.ts";
import type { Statement } from "../document/statements.ts";
import { ledBy, scriptsIn } from "./captured.ts";

/** Addresses that are led to an application. */
export interface Pass {
  /** Undefined: all of them. */
  readonly when: Condition | undefined;
  /** Undefined: no application has them (`!`). */
  readonly handler: Answer["handler"] | undefined;
}

/** How a site leads requests to applications. */
export interface Proxying {
  readonly draft: Draft;
  readonly preserveHost: boolean;
  /** Targets by the name of the balancer. */
  readonly balancers: ReadonlyMap<string, readonly string[]>;
}

/**
 * In the order in which Apache asks them: what sections about locations say, of which the last one
 * counts, then the directives of the site and of the server, of which the first one does.
 */
export function passesOf(server: readonly Statement[], own: readonly Statement[], proxying: Proxying): Pass[] {
  const sections = [...server, ...own].filter(({ name }) => /^location(?:match)?$/.test(name));
  for (const { name, entry } of [...server, ...own, ...sections.flatMap(({ body = [] }) => body)])
    if (name === "proxypassreverse") entry.carried("the handler `proxy`");
  const inSections = sections.flatMap(({ name, args, body = [] }) => {
    const isRegex = name === "locationmatch" || args[0] === "~";
    const from = args[0] === "~" ? (args[1] ?? "") : (args[0] ?? "");
    return body.filter(isPass).map((pass) => ({ pass, around: { from, isRegex } }));
  });
  const direct = [...own, ...server].filter(isPass).map((pass) => ({ pass, around: undefined }));
  return [...inSections.reverse(), ...direct].map(({ pass, around }) => passOf(pass, around, proxying));
}

function isPass({ name }: Statement): boolean {
  return name === "proxypass" || name === "proxypassmatch";
}

/** @param around Of the section that it stands in, whose path or expression is its own. */
function passOf(
  { name, args, entry }: Statement,
  around: { from: string; isRegex: boolean } | undefined,
  proxying: Proxying,
): Pass {
  const isTilde = around === undefined && args[0] === "~";
  const [first = "", second = ""] = isTilde ? args.slice(1) : args;
  const [from, to] = around === undefined ? [first, second] : [around.from, first];
  const isRegex = name === "proxypassmatch" || isTilde || around?.isRegex === true;
  const closed = (when: Condition | undefined, why: string): Pass => {
    entry.closed(`answered with 403: ${why}`);
    return { when, handler: CLOSED };
  };
  const section = around?.isRegex === false ? folderMatch(from) : ALWAYS;
  const path = () => (from.endsWith("/") ? prefixMatch(from) : folderMatch(from));
  const match = isRegex ? both(section, regexMatch(from)) : path();
  if (!match.isExact) return closed(match.when, "its expression is not supported (RE2)");
  // Apache takes an expression for a path then, which no address begins with.
  if (around?.isRegex === true && name === "proxypass") return closed(match.when, "write `ProxyPassMatch`");
  if (to === "!") {
    entry.carried("no handler `proxy`");
    return { when: match.when, handler: undefined };
  }
  const handler = isRegex ? matchedPass({ pattern: from, to, entry }, proxying) : proxyOf(to, from, entry, proxying);
  return typeof handler === "string" ? closed(match.when, handler) : { when: match.when, handler };
}

/** Where a URL leads. */
interface Place {
  readonly protocol: string;
  readonly targets: string[];
  /** What stands behind the target. */
  readonly rest: string;
}

/** @returns why not, in words, where it cannot be said. */
function placeOf(url: string, balancers: Proxying["balancers"]): Place | string {
  const [, socket, scheme = "", host = "", rest = ""] =
    /^(?:(unix:[^|]+)\|)?(https?|wss?|fcgi|balancer):\/\/([^/$%]*)(.*)$/i.exec(url) ?? [];
  if (scheme === "") return "its target has no scheme that is known here";
  const protocol = scheme.toLowerCase().replace("ws", "http");
  const members = protocol === "balancer" ? (balancers.get(host) ?? []) : [`${protocol}://${socket ?? host}`];
  const targets = members.filter((target) => parseTarget(target) !== undefined);
  if (targets.length === 0) return "it names no target that can be said here";
  return { protocol, targets, rest };
}

/** @returns the handler behind a path, or why not, in words. */
function proxyOf(url: string, path: string, entry: Entry, proxying: Proxying): Handler | string {
  const place = placeOf(url, proxying.balancers);
  if (typeof place === "string") return place;
  const { protocol, rest } = place;
  const isSame = rest.replace(/\/+$/, "") === path.replace(/\/+$/, "");
  const mounted = isSame ? { fields: {}, change: undefined } : mountedAt(path, rest);
  if (mounted === undefined)
    return `the application would get ${rest || "/"} for ${path}; write a slash at the end of both, or of none`;
  if (protocol === "fcgi") return "scripts are known by their folder; use `SetHandler` with `proxy:fcgi:`";
  if (mounted.change !== undefined && rest.endsWith("/")) entry.changed(mounted.change);
  return proxied(place, mounted.fields, entry, proxying);
}

function proxied({ targets }: Place, fields: Mounted["fields"], entry: Entry, proxying: Proxying): Handler {
  entry.carried("the handler `proxy`");
  // Apache looks at no certificate unless it is told to.
  const tls = targets.some((target) => target.startsWith("https")) ? { tls: { verify: false } } : {};
  const upstream = upstreamOf({ targets, ...tls }, entry, proxying.draft);
  return { type: "proxy", upstream, ...fields, preserveHost: proxying.preserveHost };
}

/** What an expression leads to a target: by `ProxyPassMatch`, or by a rule of mod_rewrite. */
export interface MatchedPass {
  readonly pattern: string;
  /** URL with `$1` for a group. Without any, the whole path is put behind it. */
  readonly to: string;
  readonly entry: Entry;
}

/** @returns the handler for what the expression matches, or why not, in words. */
export function matchedPass({ pattern, to, entry }: MatchedPass, proxying: Proxying): Handler | string {
  const place = placeOf(to, proxying.balancers);
  if (typeof place === "string") return place;
  const { protocol, rest } = place;
  if (rest.includes("?")) return "its target has a query";
  const led = /\$\d/.test(rest) ? ledBy(pattern, rest) : { location: "/", application: rest.replace(/\/*$/, "/") };
  const mounted = led === undefined ? undefined : mountedAt(led.location, led.application);
  if (led === undefined || mounted === undefined)
    return "what it makes of the path cannot be said here; use `ProxyPass` with a path";
  if (protocol === "fcgi") return scriptsOf(place, pattern, mounted, entry, proxying.draft);
  const isSame = led.location === led.application;
  if (mounted.change !== undefined && !isSame) entry.changed(mounted.change);
  return proxied(place, isSame ? {} : mounted.fields, entry, proxying);
}

function scriptsOf(
  { targets }: Place,
  pattern: string,
  { fields: { mount, upstreamPath: root } }: Mounted,
  entry: Entry,
  draft: Draft,
): Handler | string {
  const extensions = scriptsIn(pattern);
  if (root === undefined) return "its target names no folder of scripts";
  if (extensions === undefined) return "its expression names no extension of scripts, such as `\\.php$`";
  entry.carried("the handler `fastcgi`");
  return {
    type: "fastcgi",
    upstream: upstreamOf({ targets }, entry, draft),
    root,
    ...(mount === undefined ? {} : { mount }),
    ...(extensions.join() === "php" ? {} : { extensions }),
    index: [],
  };
}

/** @returns the name of an upstream of these targets. */
export function upstreamOf(
  upstream: Omit<Upstream, "targets"> & { targets: string[] },
  entry: Entry,
  draft: Draft,
): string {
  const name = (upstream.targets[0] ?? "").replace(/^\w+:\/\/(?:unix:.*\/)?/, "").replace(/:\d+$/, "");
  return draft.upstream(name, upstream, [entry]);
}
