/** Rules of a virtual host in words: when they apply, and what answers. Pure. */
import type { Condition, Config, Handler, Rule, RuleSettings } from "../../main/contract/agent.ts";
import { webServerTitle } from "../../main/contract/shared/foreign.ts";

/** What a handler does, in a few words: `forwards to http://127.0.0.1:3000`. */
export function handlerWords(handler: Handler, upstreams: Config["upstreams"]): string {
  switch (handler.type) {
    case "proxy":
      return `forwards to ${targetsOf(handler.upstream, upstreams)}`;
    case "fastcgi": {
      const { root, upstream } = handler;
      const targets = targetsOf(upstream, upstreams);
      return root === undefined ? `forwards to ${targets}` : `runs the scripts of ${root} by ${targets}`;
    }
    case "file":
      return `serves the files of ${handler.root}`;
    case "common":
      return `serves the files of ${handler.root}, and lists folders`;
    case "listing":
      return `lists the folders of ${handler.root}`;
    case "redirect":
      return `redirects to ${handler.to} (${handler.status ?? 302})`;
    case "respond":
      return `answers ${handler.status ?? 200} with a fixed text`;
    case "error":
      return `answers ${handler.status}`;
    case "maintenance":
      return `says that the site is in maintenance (${handler.status ?? 503})`;
    case "foreign":
      return `is answered by ${webServerTitle(handler.server)}`;
    case "rewrite":
      return `goes on as ${handler.to}`;
    case "drop":
      return "closes the connection";
  }
}

const CHANGED: Readonly<Record<keyof RuleSettings, string>> = {
  responseHeaders: "response headers",
  requestHeaders: "request headers",
  cacheControl: "caching",
};

/** What a rule without a handler changes: `changes response headers, caching; goes on`. */
export function settingsWords(rule: Rule): string {
  const changed = Object.entries(CHANGED).filter(([key]) => rule[key as keyof RuleSettings] !== undefined);
  return `changes ${changed.map(([, words]) => words).join(", ")}; goes on`;
}

function targetsOf(name: string, upstreams: Config["upstreams"]): string {
  const upstream = upstreams !== undefined && Object.hasOwn(upstreams, name) ? upstreams[name] : undefined;
  return upstream?.targets.join(", ") ?? name;
}

export function ruleWords({ when }: Rule): string {
  return when === undefined ? "every request" : conditionWords(when);
}

const LISTED = [
  ["path", "path"],
  ["pathRegex", "path matching"],
  ["extension", "files ending in"],
  ["method", "method"],
  ["from", "from"],
  ["listener", "on the listener"],
  ["exists", "where the file exists:"],
] as const;

/** `path /healthz`, `from 10.0.0.0/8 and method GET`, `not (path /admin/*)`. */
export function conditionWords(condition: Condition): string {
  const parts: string[] = [];
  for (const [key, words] of LISTED) {
    const value = condition[key];
    if (value !== undefined) parts.push(`${words} ${listed(value)}`);
  }
  for (const kind of ["header", "cookie", "query"] as const)
    for (const [name, value] of Object.entries(condition[kind] ?? {}))
      parts.push(`${kind} ${name}${value === true ? "" : `: ${listed(value)}`}`);
  if (condition.tls !== undefined) parts.push(condition.tls ? "over TLS" : "without TLS");
  if (condition.pass !== undefined) parts.push("with a pass");
  if (condition.share !== undefined) parts.push(`${condition.share * 100} % of the visitors`);
  if (condition.any !== undefined) parts.push(joined(condition.any, " or "));
  if (condition.all !== undefined) parts.push(joined(condition.all, " and "));
  if (condition.not !== undefined) parts.push(`not (${conditionWords(condition.not)})`);
  return parts.length > 0 ? parts.join(" and ") : "every request";
}

function joined(conditions: readonly Condition[], word: string): string {
  const words = conditions.map(conditionWords);
  return words.length === 1 ? (words[0] ?? "") : `(${words.join(word)})`;
}

function listed(value: string | string[]): string {
  return Array.isArray(value) ? value.join(", ") : value;
}
