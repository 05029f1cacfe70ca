/** Conditions of `if`, and what locations match. */
import { exactly, hostMatch, hostRegex, type Match, neither, regexMatch, UNKNOWN } from "../document/match.ts";

/** `if (…)`, as its words. @param root Folder of the site; undefined where it is not known. */
export function ifMatch(args: readonly string[], root: string | undefined): Match {
  const words = args.join(" ").replace(/^\(\s*|\s*\)$/g, "");
  const [, not, kind = "", name = ""] = /^(!?)-([def])\s+"?([^\s"]+)"?$/.exec(words) ?? [];
  if (kind !== "") {
    const exists = fileMatch(kind, name, root);
    return not === "!" ? neither(exists) : exists;
  }
  const [, variable = "", operator = "", value = ""] =
    /^\$\{?(\w+)\}?\s*(?:(!=|=|!~\*|!~|~\*|~)\s*"?(.*?)"?)?$/s.exec(words) ?? [];
  if (variable === "" || operator === "") return UNKNOWN;
  const match = compare(variable, operator.replace("!", ""), value);
  return operator.startsWith("!") ? neither(match) : match;
}

/** `-f`, `-d` and `-e`: of what is asked for, or of one file. */
function fileMatch(kind: string, name: string, root: string | undefined): Match {
  const isAsked = /^\$(?:request_filename|document_root\$(?:\w*uri|fastcgi_script_name))$/.test(name);
  if (isAsked && root !== undefined) {
    const exists = { exists: `${root}{path}` };
    return exactly(kind === "f" ? { all: [exists, { not: { pathRegex: "/$" } }] } : exists);
  }
  const one = name.replace(/^\$(?:document_root|realpath_root)(?=\/)/, root ?? "$");
  return one.startsWith("/") && !/[${}]/.test(one) ? exactly({ exists: one }) : UNKNOWN;
}

function compare(variable: string, operator: string, value: string): Match {
  const pattern = operator === "~*" ? `(?i)${value}` : value;
  const isRegex = operator !== "=";
  if (isRegex && !regexMatch(pattern).isExact) return UNKNOWN;
  const wanted = isRegex ? `~${pattern}` : value;
  if (variable === "scheme" && !isRegex) return exactly(value === "https" ? { tls: true } : { not: { tls: true } });
  if (variable === "https" && !isRegex) return exactly(value === "on" ? { tls: true } : { not: { tls: true } });
  if (variable === "ssl_client_verify" && !isRegex)
    return value === "SUCCESS" ? exactly({ clientCertificate: true }) : UNKNOWN;
  if (variable === "host") return isRegex ? hostRegex(value) : hostMatch([value]);
  if (variable === "http_host" && !isRegex && !value.includes(":")) return hostMatch([value]);
  if (variable === "request_method") return methodMatch(value, isRegex);
  if (variable === "remote_addr" && !isRegex) return exactly({ from: value });
  if (/^(?:uri|document_uri)$/.test(variable))
    return isRegex ? regexMatch(pattern) : value.startsWith("/") ? exactly({ path: value }) : UNKNOWN;
  if (variable === "request_uri" && isRegex && !/\\\?|\$$/.test(value)) return regexMatch(pattern);
  const [, kind, name = ""] = /^(http|cookie|arg)_(\w+)$/.exec(variable) ?? [];
  if (kind === undefined || (name === "host" && !isRegex)) return UNKNOWN;
  const field = kind === "http" ? "header" : kind === "cookie" ? "cookie" : "query";
  const named = kind === "http" ? name.replaceAll("_", "-") : name;
  // Nothing is the same as an empty value for nginx.
  if (wanted === "") return neither(exactly({ [field]: { [named]: "~." } }));
  return exactly({ [field]: { [named]: wanted } });
}

function methodMatch(value: string, isRegex: boolean): Match {
  if (!isRegex) return /^[A-Z]+$/.test(value) ? exactly({ method: value }) : UNKNOWN;
  const methods = /^\^?\(?(?:\?:)?([A-Z]+(?:\|[A-Z]+)*)\)?\$?$/.exec(value)?.[1];
  return methods === undefined ? UNKNOWN : exactly({ method: methods.split("|") });
}

type LocationKind = "exact" | "prefix" | "first-prefix" | "regex" | "named";

export interface LocationName {
  readonly kind: LocationKind;
  /** Its path, or its expression in RE2. */
  readonly path: string;
}

export function locationName(args: readonly string[]): LocationName {
  const [first = "", second] = args;
  const modifier = second === undefined ? (/^(?:\^~|~\*|~|=)(?=.)/.exec(first)?.[0] ?? "") : first;
  const path = second ?? first.slice(modifier.length);
  if (modifier === "=") return { kind: "exact", path };
  if (modifier === "^~") return { kind: "first-prefix", path };
  if (modifier === "~") return { kind: "regex", path };
  if (modifier === "~*") return { kind: "regex", path: `(?i)${path}` };
  return { kind: path.startsWith("@") ? "named" : "prefix", path };
}
