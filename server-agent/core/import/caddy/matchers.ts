/** Matchers of Caddy as conditions. Hosts are told apart before. */
import type { Condition } from "../../../contract/condition.ts";
import { ipRanges } from "../document/ip-ranges.ts";
import {
  ALWAYS,
  both,
  either,
  escapeRegex,
  exactly,
  folderMatch,
  hostMatch,
  type Match,
  neither,
  regexMatch,
  UNKNOWN,
} from "../document/match.ts";
import type { JsonNode } from "./json-tree.ts";

export interface MatchContext {
  readonly root: string | undefined;
  /** What was cut off the path before; undefined for nothing. */
  readonly mount: string | undefined;
  /** Hosts of the site; one that asks for others as well cannot be told apart. */
  readonly hosts: readonly string[];
}

/** @param sets `match` of a route: any of these sets, and all of what is in one. */
export function matchOf(sets: JsonNode | undefined, context: MatchContext): Match {
  const items = sets?.items() ?? [];
  if (items.length === 0) return ALWAYS;
  return either(...items.map((set) => setMatch(set, context)));
}

function setMatch(set: JsonNode, context: MatchContext): Match {
  const parts = set.items().map((matcher) => {
    const match = matcherMatch(matcher, context);
    if (match.isExact) matcher.carried("`when` of rules");
    else matcher.left(`the matcher \`${matcher.key}\` cannot be expressed here`);
    return match;
  });
  return both(...parts);
}

function matcherMatch(matcher: JsonNode, context: MatchContext): Match {
  switch (matcher.key) {
    case "path":
      return either(...matcher.list("").map((pattern) => pathMatch(pattern, context.mount ?? "")));
    case "path_regexp":
      return context.mount === undefined ? regexMatch(matcher.text("pattern")) : UNKNOWN;
    case "method":
      return exactly({ method: matcher.list("").map((method) => method.toUpperCase()) });
    case "host":
      return matcher.list("").join() === context.hosts.join() ? ALWAYS : hostMatch(matcher.list(""));
    case "protocol":
      return matcher.scalar === "https"
        ? exactly({ tls: true })
        : matcher.scalar === "http"
          ? exactly({ not: { tls: true } })
          : UNKNOWN;
    case "header":
      return both(...matcher.items().map((field) => headerMatch(field)));
    case "header_regexp":
      return both(...matcher.items().map((field) => fieldRegex("header", field.key, field.text("pattern"))));
    case "query":
      return both(...matcher.items().map((field) => queryMatch(field)));
    case "remote_ip":
    case "client_ip": {
      const { known, unknown } = ipRanges(matcher.list("ranges"));
      return unknown.length > 0 || known.length === 0 ? UNKNOWN : exactly({ from: known });
    }
    case "not":
      return neither(matchOf(matcher, context));
    case "file":
      return fileMatch(matcher, context);
    default:
      return UNKNOWN;
  }
}

/**
 * Caddy ignores case in paths, and a star stands for anything.
 *
 * @param mount What was cut off the path before.
 */
function pathMatch(pattern: string, mount: string): Match {
  if (pattern === "*" || pattern === "/*") return ALWAYS;
  if (/[%{]/.test(pattern)) return UNKNOWN;
  return regexMatch(`(?i)^${escapeRegex(mount)}${pattern.split("*").map(escapeRegex).join(".*")}$`);
}

/**
 * A prefix is cut off. Caddy leaves a path alone that does not begin so: what follows would have
 * two meanings.
 *
 * @returns `others`: the paths that do not begin so; undefined where none comes here.
 */
export function stripped(
  prefix: string,
  { mount = "", when }: { readonly mount: string | undefined; readonly when: Condition | undefined },
): { mount: string; others: Condition | undefined } {
  const below = folderMatch(mount + prefix).when;
  const guard = pathMatch(`${prefix}/*`, mount).when?.pathRegex;
  const isGuarded = (when?.all ?? [when]).some((each) => each?.pathRegex === guard);
  return { mount: mount + prefix, others: isGuarded || below === undefined ? undefined : { not: below } };
}

function headerMatch(field: JsonNode): Match {
  if (field.scalar === null) return exactly({ not: { header: { [field.key]: true } } });
  const values = field.list("");
  return either(
    ...values.map((value) => {
      if (value === "*") return exactly({ header: { [field.key]: true } });
      const pattern = value.split("*").map(escapeRegex).join(".*");
      return value.includes("*") ? fieldRegex("header", field.key, `^${pattern}$`) : text("header", field.key, value);
    }),
  );
}

function queryMatch(field: JsonNode): Match {
  const values = field.list("");
  if (values.includes("*")) return exactly({ query: { [field.key]: true } });
  return either(...values.map((value) => text("query", field.key, value)));
}

function text(kind: "header" | "query", name: string, value: string): Match {
  if (/\{[\w.]+\}/.test(value)) return UNKNOWN;
  return value.startsWith("~")
    ? fieldRegex(kind, name, `^${escapeRegex(value)}$`)
    : exactly({ [kind]: { [name]: value } });
}

function fieldRegex(kind: "header" | "query", name: string, pattern: string): Match {
  return regexMatch(pattern).isExact ? exactly({ [kind]: { [name]: `~${pattern}` } }) : UNKNOWN;
}

const PATH = /^\{http\.request\.(?:orig_)?uri\.path\}/;

/** `try_files` as a matcher alone: any of these is there. */
function fileMatch(matcher: JsonNode, { root, mount }: MatchContext): Match {
  // The condition `exists` knows the whole path only.
  if (mount !== undefined) return UNKNOWN;
  const tried = matcher.list("try_files");
  const own = matcher.text("root").replace(/^\{http\.vars\.root\}$/, "");
  const folder = own === "" ? root : own;
  if (folder === undefined || !folder.startsWith("/") || tried.length === 0) return UNKNOWN;
  const names = tried.map((name) => name.replace(PATH, "{path}"));
  if (names.some((name) => /\{(?!path\})/.test(name) || name.startsWith("="))) return UNKNOWN;
  const exists: Condition = {
    exists: names.map((name) => `${folder}${name.startsWith("{path}") ? "" : "/"}${name}`.replaceAll("//", "/")),
  };
  return exactly(exists);
}
