import type { Explanation } from "../../contract/agent.ts";
import type { Handler } from "../../contract/handler.ts";
import { indexFilesOf } from "../index-files.ts";
import { compileMountedPath } from "./mounted-path.ts";
import { matchesHost } from "./host-pattern.ts";
import type { RequestFacts } from "./request-facts.ts";
import { matchRequest, type RoutingTable } from "./routing-table.ts";
import type { CompiledRule, CompiledVirtualHost, Match } from "./rule-matches.ts";
import { listOf, quote } from "../wording.ts";

type Explained = Pick<Explanation, "answer" | "virtualHosts" | "rules">;

/**
 * Which virtual host, rule and handler would answer the request, and why the ones above did not.
 */
export function explainRequest(table: RoutingTable, facts: RequestFacts): Explained {
  const match = matchRequest(table, facts);
  const answering = match?.virtualHost;
  const isRefused =
    match?.otherwise === 400 &&
    match.rewritten === undefined &&
    match.passed.every(({ rewrite }) => rewrite === undefined);
  const last = answering === undefined ? Infinity : table.virtualHosts.indexOf(answering);
  return {
    answer: answerOf(match, facts),
    virtualHosts: table.virtualHosts.map((virtualHost, index) =>
      explainVirtualHost(virtualHost, index > last, answering, facts),
    ),
    rules: match === undefined ? [] : explainRules(match, isRefused, match.rewritten ?? facts),
  };
}

function answerOf(match: Match | undefined, facts: RequestFacts): Explanation["answer"] {
  if (match === undefined) return { virtualHost: "", site: "", rule: null, handler: "none", status: 404 };
  const { virtualHost, rule } = match;
  const names = { virtualHost: virtualHost.id, site: virtualHost.site };
  if (rule === undefined) return { ...names, rule: null, handler: "none", status: match.otherwise };
  return {
    ...names,
    rule: rule.index,
    handler: rule.config.handler?.type ?? "none",
    status:
      rule.config.handler === undefined || (match.settings?.auth.length ?? 0) > 0
        ? null
        : statusOf(rule.config.handler, match.rewritten ?? facts),
  };
}

/**
 * The status where it is known beforehand; null where files, an upstream or a regular expression of
 * the handler decide.
 */
function statusOf(handler: Handler, facts: RequestFacts): number | null {
  switch (handler.type) {
    case "maintenance":
      return handler.root !== undefined && mayBeAsset(facts.path) ? null : (handler.status ?? 503);
    case "error":
      return handler.status;
    case "redirect":
      return handler.regex === undefined ? (handler.status ?? 302) : null;
    case "respond":
      return handler.status ?? 200;
    case "emptyGif":
      return facts.method === "GET" || facts.method === "HEAD" ? 200 : null;
    case "file":
    case "listing":
    case "common":
    case "proxy": {
      const sent = sentTarget(handler, facts);
      return typeof sent === "number" ? sent : null;
    }
    case "fastcgi":
    case "scgi":
    case "uwsgi":
    case "cgi":
    case "signedFile":
    case "serverInfo":
    case "foreign":
    case "rewrite":
    case "drop":
      return null;
  }
}

/** What the upstream gets, if that is not the visitor's address; or the status without it. */
function sentTarget(handler: Handler | undefined, { rawPath, query }: RequestFacts): string | number | undefined {
  if (handler?.type !== "proxy") return undefined;
  const target = query === "" ? rawPath : `${rawPath}?${query}`;
  const sent = compileMountedPath(handler)?.targetOf(target);
  return sent === target ? undefined : sent;
}

/** Assets of a static maintenance page are answered with 200, all else with its page and 503. */
function mayBeAsset(path: string): boolean {
  const extension = /\.([^./]+)$/.exec(path)?.[1];
  return extension !== undefined && extension !== "html" && extension !== "htm";
}

function explainVirtualHost(
  virtualHost: CompiledVirtualHost,
  isBelow: boolean,
  answering: CompiledVirtualHost | undefined,
  facts: RequestFacts,
): Explanation["virtualHosts"][number] {
  const { id, config, when } = virtualHost;
  if (answering !== undefined && isBelow)
    return { id, outcome: "not-reached", why: `${quote(answering.id)} stands above and answers` };
  if (config.disabled === true) return { id, outcome: "disabled", why: "it is disabled" };
  const matching = virtualHost.hosts.findIndex((pattern) => matchesHost(pattern, facts.host));
  if (matching < 0)
    return {
      id,
      outcome: "host-differs",
      why: `${named(facts)}; this one answers for ${listOf(config.hosts.map(quote), "and")}`,
    };
  if (when !== undefined && !when.test(facts)) {
    if (virtualHost === answering) return { id, outcome: "answers", why: readOtherwise(facts) };
    return { id, outcome: "condition-not-met", why: when.why(facts) };
  }
  const host = config.hosts[matching] ?? "";
  const reason =
    host === "*" ? "it answers every host that no other answers" : `${named(facts)}, which ${quote(host)} covers`;
  return { id, outcome: "answers", why: when === undefined ? reason : `${reason}; ${when.why(facts)}` };
}

function named(facts: RequestFacts): string {
  return facts.host === "" ? "the request names no host" : `the request is for ${quote(facts.host)}`;
}

function readOtherwise({ rawPath }: RequestFacts): string {
  return `the application could read the path ${quote(rawPath)} otherwise than it is judged here`;
}

function explainRules(match: Match, isRefused: boolean, facts: RequestFacts): Explanation["rules"] {
  const answering = match.rule?.index;
  return match.virtualHost.rules.map((compiled): Explanation["rules"][number] => {
    const { index, config, when } = compiled;
    const rule = { index, handler: config.handler?.type ?? "none" };
    if (isRefused) return { ...rule, outcome: "not-reached", why: readOtherwise(facts) };
    if (match.passed.includes(compiled)) return { ...rule, outcome: "applies", why: goesOn(compiled, match, facts) };
    if (answering !== undefined && index > answering)
      return { ...rule, outcome: "not-reached", why: "a rule above answers" };
    if (index !== answering)
      return { ...rule, outcome: "condition-not-met", why: when?.why(facts) ?? "the address does not match" };
    if (when?.test(facts) === false) return { ...rule, outcome: "answers", why: readOtherwise(facts) };
    const why = [
      when?.why(facts) ?? "it has no condition",
      ...indexWords(match, facts),
      ...sentWords(config.handler, facts),
    ];
    return { ...rule, outcome: "answers", why: why.join("; ") };
  });
}

/** Only the disk knows whether there is an index file, for which other rules may answer. */
function indexWords({ virtualHost, rule, passed }: Match, facts: RequestFacts): string[] {
  const handler = rule?.config.handler;
  if (handler === undefined || !facts.path.endsWith("/")) return [];
  return indexFilesOf(handler).flatMap((name) => {
    const found = virtualHost.matches.findIndex(facts, passed, name);
    if (found === undefined) return [];
    const other = found.match.rule;
    const who =
      other === rule
        ? "more rules apply"
        : other === undefined
          ? "no rule answers"
          : `rule ${String(other.index + 1)} answers`;
    return [`if there is ${quote(name)}, ${who}`];
  });
}

function sentWords(handler: Handler | undefined, facts: RequestFacts): string[] {
  const sent = sentTarget(handler, facts);
  if (sent === undefined) return [];
  if (sent === 404) return ["the path is not below `mount`"];
  if (sent === 400) return ["the application could read the path otherwise than it is judged here"];
  return [`the application gets ${quote(String(sent))}`];
}

function goesOn({ config, when, rewrite }: CompiledRule, match: Match, facts: RequestFacts): string {
  if (rewrite === undefined || config.handler?.type !== "rewrite")
    return `${when?.why(facts) ?? "it has no condition"}; a rule below answers`;
  if (match.otherwise === 500) return "it gives the request another address again and again";
  const { rawPath, query } = facts;
  return `the request goes on as ${quote(query === "" ? rawPath : `${rawPath}?${query}`)}`;
}
