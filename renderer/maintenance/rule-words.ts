/** Rules of a virtual host in words: when they apply, and what answers. Pure. */
import { t } from "../../main/language/translate.ts";
import type { Condition, Config, Handler, Rule, RuleSettings } from "../../main/contract/agent.ts";
import { webServerTitle } from "../../main/contract/shared/foreign.ts";

/** What a handler does, in a few words: `forwards to http://127.0.0.1:3000`. */
export function handlerWords(handler: Handler, upstreams: Config["upstreams"]): string {
  switch (handler.type) {
    case "proxy":
      return t("forwards to {targets}", { targets: targetsOf(handler.upstream, upstreams) });
    case "fastcgi":
    case "scgi":
    case "uwsgi": {
      const { root, upstream } = handler;
      const targets = targetsOf(upstream, upstreams);
      return root === undefined
        ? t("forwards to {targets}", { targets })
        : t("runs the scripts of {folder} by {targets}", { folder: root, targets });
    }
    case "file":
      return t("serves the files of {folder}", { folder: handler.root });
    case "common":
      return t("serves the files of {folder}, and lists folders", { folder: handler.root });
    case "listing":
      return t("lists the folders of {folder}", { folder: handler.root });
    case "redirect":
      return t("redirects to {target} ({status})", { target: handler.to, status: handler.status ?? 302 });
    case "respond":
      return t("answers {status} with a fixed text", { status: handler.status ?? 200 });
    case "error":
      return t("answers {status}", { status: handler.status });
    case "maintenance":
      return t("says that the site is in maintenance ({status})", { status: handler.status ?? 503 });
    case "foreign":
      return t("is answered by {server}", { server: webServerTitle(handler.server) });
    case "rewrite":
      return t("goes on as {path}", { path: handler.to });
    case "cgi":
      return t("runs the programs of {folder}", { folder: handler.root });
    case "signedFile":
      return t("serves the files of {folder} to signed links", { folder: handler.root });
    case "serverInfo":
      return t("shows figures of the server");
    case "emptyGif":
      return t("answers with an empty picture");
    case "drop":
      return t("closes the connection");
  }
}

function settingNames(): Readonly<Record<keyof RuleSettings, string>> {
  return {
    responseHeaders: t("response headers"),
    requestHeaders: t("request headers"),
    auth: t("who may log in"),
    rateLimit: t("number of requests"),
    maxBodyBytes: t("size of requests"),
    bodyTimeout: t("duration of requests"),
    bytesPerSecond: t("speed"),
    compress: t("compression"),
    cacheControl: t("caching"),
  };
}

/** What a rule without a handler changes: `changes response headers, caching; goes on`. */
export function settingsWords(rule: Rule): string {
  return t("changes {settings}; goes on", { settings: settingsOf(rule).join(", ") });
}

/** What a rule does besides answering: `also: caching`; `undefined` where that is nothing. */
export function alsoWords(rule: Rule): string | undefined {
  const settings = settingsOf(rule);
  return settings.length === 0 ? undefined : t("also: {settings}", { settings: settings.join(", ") });
}

function settingsOf(rule: Rule): string[] {
  return Object.entries(settingNames())
    .filter(([key]) => rule[key as keyof RuleSettings] !== undefined)
    .map(([, words]) => words);
}

/** Where an application listens; its name if it is not known. */
export function targetsOf(name: string, upstreams: Config["upstreams"]): string {
  const upstream = upstreams !== undefined && Object.hasOwn(upstreams, name) ? upstreams[name] : undefined;
  return upstream?.targets.map((target) => (typeof target === "string" ? target : target.url)).join(", ") ?? name;
}

export function ruleWords({ when }: Rule): string {
  return when === undefined ? t("every request") : conditionWords(when);
}

const LISTED = [
  "path",
  "pathRegex",
  "urlRegex",
  "extension",
  "method",
  "from",
  "country",
  "continent",
  "asn",
  "listener",
  "exists",
] as const;

/** @param values one, or several of which one has to fit */
function listedWords(fact: (typeof LISTED)[number], values: string): string {
  switch (fact) {
    case "path":
      return t("path {values}", { values });
    case "pathRegex":
      return t("path matching {values}", { values });
    case "urlRegex":
      return t("address matching {values}", { values });
    case "extension":
      return t("files ending in {values}", { values });
    case "method":
      return t("method {values}", { values });
    case "from":
      return t("from {values}", { values });
    case "country":
      return t("from the country {values}", { values });
    case "continent":
      return t("from the continent {values}", { values });
    case "asn":
      return t("from the network AS {values}", { values });
    case "listener":
      return t("on the listener {values}", { values });
    case "exists":
      return t("where the file exists: {values}", { values });
  }
}

/** A header, a cookie or a parameter of the query: that it is there, or what it says. */
function namedWords(kind: "header" | "cookie" | "query", name: string, value: true | string | string[]): string {
  const named = value === true ? name : `${name}: ${listed(value)}`;
  if (kind === "header") return t("header {named}", { named });
  return kind === "cookie" ? t("cookie {named}", { named }) : t("query {named}", { named });
}

/** `path /healthz`, `from 10.0.0.0/8 and method GET`, `not (path /admin/*)`. */
export function conditionWords(condition: Condition): string {
  const parts: string[] = [];
  for (const key of LISTED) {
    const value = condition[key];
    if (value !== undefined) parts.push(listedWords(key, listed(value)));
  }
  for (const kind of ["header", "cookie", "query"] as const)
    for (const [name, value] of Object.entries(condition[kind] ?? {})) parts.push(namedWords(kind, name, value));
  if (condition.tls !== undefined) parts.push(condition.tls ? t("over TLS") : t("without TLS"));
  if (condition.clientCertificate !== undefined) parts.push(t("with a certificate"));
  if (condition.pass !== undefined) parts.push(t("with a pass"));
  if (condition.share !== undefined)
    parts.push(t("{percent, number} % of the visitors", { percent: condition.share * 100 }));
  if (condition.any !== undefined) parts.push(inBrackets(condition.any, either));
  if (condition.all !== undefined) parts.push(inBrackets(condition.all, both));
  if (condition.not !== undefined) parts.push(t("not ({condition})", { condition: conditionWords(condition.not) }));
  return parts.length > 0 ? parts.reduce((one, other) => both(one, other)) : t("every request");
}

function inBrackets(conditions: readonly Condition[], join: (one: string, other: string) => string): string {
  const words = conditions.map(conditionWords);
  return words.length === 1 ? (words[0] ?? "") : `(${words.reduce((one, other) => join(one, other), "")})`;
}

function both(one: string, other: string): string {
  return one === "" ? other : t("{one} and {other}", { one, other });
}

function either(one: string, other: string): string {
  return one === "" ? other : t("{one} or {other}", { one, other });
}

function listed(value: string | number | readonly (string | number)[]): string {
  return [value].flat().join(", ");
}
