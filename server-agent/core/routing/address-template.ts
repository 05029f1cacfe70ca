/**
 * An address made of parts of a request: where a redirect leads, what a rewrite goes on with.
 *
 * `regex` is found in the decoded path plus, where there is one, `?` and the query. What is
 * inserted into `to` is written as the visitor wrote it, so that data stays data: `%2F` does not
 * become a slash, nor `%3F` the beginning of a query. The query of the request is kept when neither
 * `regex` nor `to` say anything about it: without `regex`, and with neither `?` nor `${query}` nor
 * `#` in `to`.
 *
 * Nothing that a visitor sends can choose another site than `to` names: what stands for the
 * authority in `to` is inserted only if it is a host name, and what follows it starts with `/` or
 * `?` (else `https://new.example$1` could become `https://new.example@evil.example`).
 */
import { hostGroups } from "./host-pattern.ts";
import { decodeEscapes } from "./normalise-path.ts";
import { compileRegex, type Regex } from "./regex.ts";
import type { RequestFacts } from "./request-facts.ts";

/** A part of the request as the visitor wrote it: of the path, of the query, or of both. */
interface Sent {
  readonly path: string;
  /** The `?` between path and query belongs to it. */
  readonly mark: "" | "?";
  readonly query: string;
}
const NOTHING_SENT: Sent = { path: "", mark: "", query: "" };
type Groups = (Sent | undefined)[] & { hostGroup?: (group: number) => string };
/** Text, the number of a group, or a part of the request. */
type Piece = { text: string } | { group: number } | { part: "host" | "path" | "query"; hostGroup?: number };

/** Undefined where `regex` does not match, or no address can be made. */
export type Locate = (facts: RequestFacts) => string | undefined;

/** @throws Error when `regex` does not compile. */
export function compileAddress(
  { to, regex }: { to: string; regex?: string | undefined },
  hosts: readonly string[],
): Locate {
  const compiled = regex === undefined ? undefined : compileRegex(regex);
  if (compiled?.ok === false) throw new Error(compiled.message);
  const scheme = /^https?:\/\//i.exec(to)?.[0] ?? "";
  const template = to.slice(scheme.length);
  const pieces = parseTemplate(template);
  const groupOfHost = /\$\{host[1-9]\}/.test(template) ? hostGroups(hosts) : undefined;
  const keepsQuery = regex === undefined && !/[?#]|\$\{query\}/.test(to);
  return (facts) => {
    const groups: Groups | undefined = compiled === undefined ? [] : groupsOf(compiled.regex, facts);
    if (groups === undefined) return undefined;
    if (groupOfHost !== undefined) groups.hostGroup = (group) => groupOfHost(facts.host, group);
    const location =
      scheme === "" ? withinThisSite(expand(pieces, facts, groups)) : expandUrl(scheme, pieces, facts, groups);
    return keepsQuery && facts.query !== "" ? location && `${location}?${encodeQuery(facts.query)}` : location;
  };
}

function parseTemplate(template: string): Piece[] {
  const pieces: Piece[] = [];
  let from = 0;
  for (const match of template.matchAll(/\$(?:([1-9])|\{(host|path|query|host[1-9])\})/g)) {
    if (match.index > from) pieces.push({ text: template.slice(from, match.index) });
    pieces.push(match[1] === undefined ? partOf(match[2] ?? "") : { group: Number(match[1]) });
    from = match.index + match[0].length;
  }
  if (from < template.length) pieces.push({ text: template.slice(from) });
  return pieces;
}

function partOf(name: string): Piece {
  const hostGroup = Number(name.slice("host".length));
  return name.startsWith("host") && hostGroup > 0
    ? { part: "host", hostGroup }
    : { part: name as "host" | "path" | "query" };
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
    if (piece.hostGroup !== undefined) return encode(groups.hostGroup?.(piece.hostGroup) ?? "");
    if (piece.part === "host") return encode(facts.host);
    return writeSent({ ...NOTHING_SENT, path: pathOf(facts) }, inQuery);
  }
  return writeSent(groups[piece.group] ?? NOTHING_SENT, inQuery);
}

function writeSent({ path, mark, query }: Sent, inQuery: boolean): string {
  // In a query, these would end a parameter or be read as a space.
  if (inQuery) return encode(path.replace(/[&+;]/g, encodeURIComponent)) + mark + encodeQuery(query);
  // A part of a query that is put into a path does not begin another one.
  return encode(path) + mark + (mark === "" ? encodeQuery(query).replaceAll("?", "%3F") : encodeQuery(query));
}

function pathOf({ rawPath }: RequestFacts): string {
  return rawPath === "*" ? "/" : rawPath;
}

function groupsOf(regex: Regex, facts: RequestFacts): Groups | undefined {
  const { query } = facts;
  let rawPath = pathOf(facts);
  let { text, places } = decodeWithPlaces(rawPath);
  // Dot segments appeared only by decoding.
  if (text !== facts.path) {
    rawPath = facts.path.toWellFormed().split("/").map(encodeURIComponent).join("/");
    ({ text, places } = decodeWithPlaces(rawPath));
  }
  const spans = regex.groups(query === "" ? text : `${text}?${query}`);
  return spans?.map((span): Sent | undefined => {
    if (span === undefined) return undefined;
    const { start, end } = span;
    const from = start - text.length - 1;
    const to = end - text.length - 1;
    return {
      path: rawPath.slice(places[start] ?? rawPath.length, places[end] ?? rawPath.length),
      mark: from < 0 && to >= 0 ? "?" : "",
      query: query.slice(Math.max(from, 0), Math.max(to, 0)),
    };
  });
}

/** The decoded path, and for each of its characters where it begins in the encoded one. */
function decodeWithPlaces(rawPath: string): { text: string; places: readonly number[] } {
  let text = "";
  const places: number[] = [];
  for (const { 0: piece, index } of rawPath.matchAll(/(?:%[0-9A-Fa-f]{2})+|[^]/g)) {
    let place = index;
    for (const character of decodeEscapes(piece)) {
      if (character !== "/" || !text.endsWith("/")) {
        // As many as the character has units.
        places.push(...Array<number>(character.length).fill(place));
        text += character;
      }
      place += piece.length === 1 ? 1 : 3 * bytesOf(character, piece, place - index);
    }
  }
  return { text, places };
}

/** A character's bytes in a run of escapes; one that stands for a byte that is no UTF-8 has one. */
function bytesOf(character: string, run: string, offset: number): number {
  if (character !== "\ufffd") return encodeURIComponent(character.toWellFormed()).replace(/%../g, "x").length;
  return /^%ef%bf%bd/i.test(run.slice(offset)) ? 3 : 1;
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
