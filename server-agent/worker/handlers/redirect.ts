/**
 * The `redirect` handler.
 *
 * `regex` is found in the decoded path plus, where there is one, `?` and the query as it came. The
 * query of the request is kept when neither `regex` nor `to` say anything about it: without
 * `regex`, and with neither `?` nor `${query}` nor `#` in `to`.
 *
 * Nothing that a visitor sends can choose another site than `to` names: what stands for the
 * authority in `to` is inserted only if it is a host name, and what follows it starts with `/` or
 * `?` (else `https://new.example$1` could become `https://new.example@evil.example`).
 */
import type { Handler } from "../../contract/handler.ts";
import { compileRegex } from "../../core/routing/regex.ts";
import type { RequestFacts } from "../../core/routing/request-facts.ts";
import type { CompiledHandler } from "../exchange.ts";

type Groups = readonly (string | undefined)[];
/** Text, the number of a group, or a part of the request. */
type Piece = { text: string } | { group: number } | { part: "host" | "path" | "query" };

export function compileRedirect({ to, regex, status = 302 }: Extract<Handler, { type: "redirect" }>): CompiledHandler {
  const compiled = regex === undefined ? undefined : compileRegex(regex);
  if (compiled?.ok === false) throw new Error(compiled.message);
  const scheme = /^https?:\/\//i.exec(to)?.[0] ?? "";
  const pieces = parseTemplate(to.slice(scheme.length));
  const keepsQuery = regex === undefined && !/[?#]|\$\{query\}/.test(to);

  const locate = (facts: RequestFacts): string | undefined => {
    const subject = facts.query === "" ? facts.path : `${facts.path}?${facts.query}`;
    const groups = compiled === undefined ? [] : compiled.regex.groups(subject);
    if (groups === undefined) return undefined;
    const location =
      scheme === "" ? withinThisSite(expand(pieces, facts, groups)) : expandUrl(scheme, pieces, facts, groups);
    return keepsQuery && facts.query !== "" ? location && `${location}?${encodeQuery(facts.query)}` : location;
  };
  return {
    answer(exchange) {
      const location = locate(exchange.facts);
      if (location === undefined) {
        exchange.fail(404);
        return;
      }
      exchange.response.writeHead(status, ["Location", location, "Content-Length", "0"]);
      exchange.response.end();
    },
  };
}

function parseTemplate(template: string): Piece[] {
  const pieces: Piece[] = [];
  let from = 0;
  for (const match of template.matchAll(/\$(?:([1-9])|\{(host|path|query)\})/g)) {
    if (match.index > from) pieces.push({ text: template.slice(from, match.index) });
    pieces.push(match[1] === undefined ? { part: match[2] as "host" | "path" | "query" } : { group: Number(match[1]) });
    from = match.index + match[0].length;
  }
  if (from < template.length) pieces.push({ text: template.slice(from) });
  return pieces;
}

function expand(pieces: readonly Piece[], facts: RequestFacts, groups: Groups): string {
  let expanded = "";
  for (const piece of pieces)
    expanded += "text" in piece ? encode(piece.text) : valueOf(piece, facts, groups, expanded.includes("?"));
  return expanded;
}

/**
 * A path of this site: `//name` and `/\name` are addresses of others. Backslashes are encoded
 * already.
 */
function withinThisSite(location: string): string {
  return `/${location.replace(/^\/+/, "")}`;
}

/** Undefined when the place of the host name would be taken by something that is none. */
function expandUrl(scheme: string, pieces: readonly Piece[], facts: RequestFacts, groups: Groups): string | undefined {
  let authority = "";
  for (const [index, piece] of pieces.entries()) {
    if ("text" in piece) {
      const end = /[/?#]/.exec(piece.text)?.index;
      if (end === undefined) {
        authority += piece.text;
        continue;
      }
      const rest = [{ text: piece.text.slice(end) }, ...pieces.slice(index + 1)];
      return `${scheme}${authority}${piece.text.slice(0, end)}${expand(rest, facts, groups)}`;
    }
    const value = valueOf(piece, facts, groups, false);
    const isName = /^[A-Za-z0-9.-]+$|^\[[0-9a-f:.]+\]$/.test(value);
    const endsAuthority = /^[/?]/.test(value) || value === "" || ("part" in piece && piece.part !== "host");
    if (endsAuthority && authority !== "") {
      const tail = expand(pieces.slice(index), facts, groups);
      return `${scheme}${authority}${/^[/?]/.test(tail) || tail === "" ? "" : "/"}${tail}`;
    }
    // A group straight after a literal name would lengthen it: `https://new.example$1` is meant to
    // go on with a path.
    const before = pieces[index - 1];
    if (!isName || (before !== undefined && !("text" in before && /[.@]$/.test(before.text)))) return undefined;
    authority += value;
  }
  return `${scheme}${authority}`;
}

function valueOf(
  piece: Exclude<Piece, { text: string }>,
  facts: RequestFacts,
  groups: Groups,
  inQuery: boolean,
): string {
  if ("part" in piece) {
    if (piece.part === "query") return encodeQuery(facts.query);
    return piece.part === "path" ? encodePath(facts.path) : encode(facts.host);
  }
  const value = groups[piece.group] ?? "";
  if (inQuery) return encodeQuery(value);
  // Up to `?` a group is decoded path, from there on it is query as it came.
  const mark = value.indexOf("?");
  return mark < 0 ? encodePath(value) : `${encodePath(value.slice(0, mark))}?${encodeQuery(value.slice(mark + 1))}`;
}

/** A decoded path as it is written in an address (RFC 3986, 3.3). */
function encodePath(path: string): string {
  return encode(path.replaceAll("%", "%25")).replaceAll("#", "%23").replaceAll("?", "%3F");
}

/** A query as it came, with whatever may not stand in an address encoded. */
function encodeQuery(query: string): string {
  return encode(query).replaceAll("#", "%23");
}

/**
 * Encodes what may never stand in an address; escapes that are there stay. Line breaks go the same
 * way, so no header can be added.
 */
function encode(text: string): string {
  return text
    .replace(/\p{Cs}/gu, "\ufffd")
    .replace(/[^!#-;=?-[\]_a-z~]/gu, (character) => encodeURIComponent(character));
}
