import { normaliseHost } from "./normalise-host.ts";
import { isAscii, toAsciiHost } from "../punycode.ts";
import { compileRegex, type Regex } from "./regex.ts";
import { quote } from "../wording.ts";

/** One entry of `hosts`. Names are normalised as those of requests are. */
export type HostPattern =
  | { kind: "exact"; name: string }
  /** Any depth of labels below `suffix`, not `suffix` itself. */
  | { kind: "wildcard"; suffix: string }
  | { kind: "regex"; regex: Regex }
  | { kind: "any" };

export type ParsedHostPattern = { ok: true; pattern: HostPattern } | { ok: false; code: string; message: string };

const MAX_NAME_LENGTH = 253;
const MAX_LABEL_LENGTH = 63;

/** Reads an entry of `hosts`: an exact name, `*.example.com`, `~` + regular expression, or `*`. */
export function parseHostPattern(text: string): ParsedHostPattern {
  if (text === "*") return { ok: true, pattern: { kind: "any" } };
  if (text.startsWith("~")) {
    if (text === "~")
      return refuse(
        "host.regex",
        "the regular expression after `~` is empty; use `*` in the last virtual host to match every host",
      );
    // Requests' names are in lower case; a capital in the expression must not keep it from ever
    // matching.
    const compiled = compileRegex(text.slice(1), { ignoreCase: true });
    return compiled.ok
      ? { ok: true, pattern: { kind: "regex", regex: compiled.regex } }
      : refuse("host.regex", compiled.message);
  }
  if (text.startsWith("[")) {
    const name = normaliseHost(text);
    return text.endsWith("]") && /^\[[0-9a-f:]+\]$/.test(name) && name.includes(":")
      ? { ok: true, pattern: { kind: "exact", name } }
      : refuse(
          "host.malformed",
          `${quote(text)} is not an IPv6 address in brackets; write it like \`[::1]\`, without a port`,
        );
  }
  const wildcard = text.startsWith("*.");
  const name = normaliseName(wildcard ? text.slice(2) : text);
  const problem = refuseName(text, name);
  if (problem !== undefined) return problem;
  return { ok: true, pattern: wildcard ? { kind: "wildcard", suffix: name } : { kind: "exact", name } };
}

/**
 * Whether a pattern matches a normalised name. The table of hosts answers faster; this says it for
 * a single pattern.
 */
export function matchesHost(pattern: HostPattern, host: string): boolean {
  switch (pattern.kind) {
    case "exact":
      return host === pattern.name;
    case "wildcard":
      return host.length > pattern.suffix.length + 1 && host.endsWith(`.${pattern.suffix}`);
    case "regex":
      return pattern.regex.test(host);
    case "any":
      return true;
  }
}

/** What a group of the regular expression matched by which a host is answered; else `""`. */
export type HostGroup = (host: string, group: number) => string;

/** @param hosts Those of a virtual host. */
export function hostGroups(hosts: readonly string[]): HostGroup {
  const patterns = hosts.flatMap((text) => {
    const parsed = parseHostPattern(text);
    return parsed.ok ? [parsed.pattern] : [];
  });
  return (host, group) => {
    const pattern = patterns.find((each) => matchesHost(each, host));
    const span = pattern?.kind === "regex" ? pattern.regex.groups(host)?.[group] : undefined;
    return span === undefined ? "" : host.slice(span.start, span.end);
  };
}

function normaliseName(name: string): string {
  return (name.endsWith(".") ? name.slice(0, -1) : name).toLowerCase();
}

function refuse(code: string, message: string): ParsedHostPattern & { ok: false } {
  return { ok: false, code, message };
}

function refuseName(text: string, name: string): (ParsedHostPattern & { ok: false }) | undefined {
  const shown = quote(text);
  const scheme = /^[a-z][a-z0-9+.-]*:\/\/([^/?#]*)/i.exec(text);
  if (scheme !== null)
    return refuse("host.scheme", `${shown} is a URL; write only the name: ${quote(normaliseHost(scheme[1]))}`);
  if (name.includes("/"))
    return refuse(
      "host.malformed",
      `${shown} contains a path; write only the name and put the path into a rule's \`when\``,
    );
  if (/^[^:]+:\d*$/.test(name))
    return refuse(
      "host.port",
      `${shown} names a port, which is not compared; write ${quote(normaliseHost(text))} and use the \`listener\` condition to tell ports apart`,
    );
  if (name.includes(":")) return refuse("host.malformed", `${shown}: write an IPv6 address in brackets: \`[::1]\``);
  if (name.includes("*"))
    return refuse(
      "host.wildcard",
      `${shown}: a star can only stand for the labels in front (\`*.example.com\`); use \`~\` and a regular expression for anything else`,
    );
  if (name.length > 4 * MAX_NAME_LENGTH)
    return refuse(
      "host.too-long",
      `${shown} has ${String(name.length)} characters; names have at most ${String(MAX_NAME_LENGTH)}`,
    );
  if (!isAscii(name))
    return refuse("host.not-ascii", `${shown} is not ASCII; browsers send ${quote(toAsciiHost(text))}, so write that`);
  if (name.length > MAX_NAME_LENGTH)
    return refuse(
      "host.too-long",
      `${shown} has ${String(name.length)} characters; names have at most ${String(MAX_NAME_LENGTH)}`,
    );
  for (const label of name.split(".")) {
    if (label === "") return refuse("host.malformed", emptyLabel(text));
    if (label.length > MAX_LABEL_LENGTH)
      return refuse(
        "host.malformed",
        `${shown}: the label ${quote(label)} has more than ${String(MAX_LABEL_LENGTH)} characters`,
      );
    if (!/^[a-z0-9_-]+$/.test(label))
      return refuse(
        "host.malformed",
        `${shown}: the label ${quote(label)} may only have letters, digits, dash and underscore`,
      );
  }
  return undefined;
}

function emptyLabel(text: string): string {
  const name = text.replace(/^\.+/, "");
  if (text.startsWith(".") && name !== "" && !name.includes(".."))
    return `${quote(text)} starts with a dot; write ${quote(name)} for the name itself and ${quote(`*.${name}`)} for the names below it`;
  return `${quote(text)} has an empty label; put a name between all dots`;
}
