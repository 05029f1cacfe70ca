/**
 * Requests to try conditions with: concrete names for entries of `hosts`, concrete requests for
 * exceptions. What is made here is tested against the condition before it is sent.
 */
import type { Condition } from "../../contract/condition.ts";
import { EVERY_HOST } from "../maintenance/host-coverage.ts";
import { matchesHost, parseHostPattern } from "../routing/host-pattern.ts";
import { compileRegex } from "../routing/regex.ts";

export interface Sample {
  /** Decoded, as conditions compare it. */
  path: string;
  /** Raw, without `?`. */
  query: string;
  /** By lower-case name. */
  headers: Readonly<Record<string, string>>;
  /**
   * What the request has besides its path, as in `header X-Staff`; values are left out, as they may
   * be secrets.
   */
  carries: readonly string[];
}

/** Found in no real name or path. */
export const SAMPLE_NAME = "backsoon-proof";

const PLAIN: Sample = { path: "/", query: "", headers: {}, carries: [] };
/** More variants of one exception tell nothing new. */
const MAX_SAMPLES = 8;
/** Fields that belong to the connection or the message, not to the request's meaning. */
const NOT_SENT = new Set([
  "host",
  "connection",
  "content-length",
  "expect",
  "keep-alive",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

/**
 * A concrete name that the entry matches; undefined where none can be derived from its regular
 * expression.
 */
export function sampleHost(entry: string): string | undefined {
  if (entry === EVERY_HOST) return `${SAMPLE_NAME}.invalid`;
  const parsed = parseHostPattern(entry);
  if (!parsed.ok) return undefined;
  const { pattern } = parsed;
  switch (pattern.kind) {
    case "exact":
      return pattern.name;
    case "wildcard":
      return `${SAMPLE_NAME}.${pattern.suffix}`;
    case "any":
      return `${SAMPLE_NAME}.invalid`;
    case "regex": {
      const name = textFor(entry.slice(1)).toLowerCase();
      return /^[a-z0-9_-]+(\.[a-z0-9_-]+)*$/.test(name) && matchesHost(pattern, name) ? name : undefined;
    }
  }
}

/** Requests that are likely to meet the condition: one for each of its paths and alternatives. */
export function sampleRequests(condition: Condition): Sample[] {
  return extend([PLAIN], condition).slice(0, MAX_SAMPLES);
}

function extend(samples: readonly Sample[], condition: Condition): Sample[] {
  const { path, pathRegex, urlRegex, extension, header, cookie, query, all, any } = condition;
  let extended = [...samples];
  const each = (change: (sample: Sample) => Sample[]) => {
    extended = extended.flatMap(change).slice(0, MAX_SAMPLES);
  };
  if (path !== undefined)
    each((sample) =>
      listed(path).map((wanted) => ({
        ...sample,
        path: (wanted.endsWith("/*") ? wanted.slice(0, -1) + SAMPLE_NAME : wanted).toWellFormed(),
      })),
    );
  if (pathRegex !== undefined) each((sample) => listed(pathRegex).map((regex) => withMatchingPath(sample, regex)));
  if (urlRegex !== undefined) each((sample) => listed(urlRegex).map((regex) => withMatchingUrl(sample, regex)));
  if (extension !== undefined)
    each((sample) => listed(extension).map((wanted) => ({ ...sample, path: withExtension(sample.path, wanted) })));
  for (const [name, wanted] of Object.entries(header ?? {})) each((sample) => [withHeader(sample, name, wanted)]);
  for (const [name, wanted] of Object.entries(cookie ?? {})) each((sample) => [withCookie(sample, name, wanted)]);
  for (const [name, wanted] of Object.entries(query ?? {})) each((sample) => [withParameter(sample, name, wanted)]);
  for (const part of all ?? []) extended = extend(extended, part).slice(0, MAX_SAMPLES);
  if (any !== undefined) each((sample) => any.flatMap((branch) => extend([sample], branch)));
  return extended;
}

type Wanted = true | string | string[];

function withHeader(sample: Sample, name: string, wanted: Wanted): Sample {
  const value = valueFor(wanted);
  // What cannot be sent is left out; the condition then does not hold, and the cell says why.
  if (NOT_SENT.has(name.toLowerCase()) || !/^(?:[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?)?$/.test(value)) return sample;
  return {
    ...sample,
    headers: { ...sample.headers, [name.toLowerCase()]: value },
    carries: [...sample.carries, `header ${name}`],
  };
}

function withCookie(sample: Sample, name: string, wanted: Wanted): Sample {
  const value = valueFor(wanted);
  if (!/^[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]*$/.test(value)) return sample;
  const cookie = [sample.headers.cookie, `${name}=${value}`].filter((part) => part !== undefined).join("; ");
  return { ...sample, headers: { ...sample.headers, cookie }, carries: [...sample.carries, `cookie ${name}`] };
}

function withParameter(sample: Sample, name: string, wanted: Wanted): Sample {
  const parameter = `${encodePart(name)}=${encodePart(valueFor(wanted))}`;
  return {
    ...sample,
    query: sample.query === "" ? parameter : `${sample.query}&${parameter}`,
    carries: [...sample.carries, `query ${name}`],
  };
}

/** %-encoded; half of a surrogate pair, which has no encoding, as U+FFFD. */
function encodePart(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}

/** A decoded path as it is sent. */
export function encodePath(path: string): string {
  return path.split("/").map(encodePart).join("/");
}

function withExtension(path: string, extension: string): string {
  if (path.endsWith("/")) return `${path}${SAMPLE_NAME}.${extension}`;
  return path.endsWith(`/${SAMPLE_NAME}`) ? `${path}.${extension}` : path;
}

function valueFor(wanted: Wanted): string {
  if (wanted === true) return "1";
  const [first = ""] = listed(wanted);
  return first.startsWith("~") ? textFor(first.slice(1)) : first;
}

function listed(value: string | string[]): string[] {
  return typeof value === "string" ? [value] : value;
}

/** Something of an expression is left, so the text is none that it matches. */
const NOT_PLAIN = /[()[\]{}|\\*+?^$]/;

function withMatchingPath(sample: Sample, regex: string): Sample {
  const text = textFor(regex);
  const path = text.startsWith("/") ? text : `/${text}`;
  const compiled = compileRegex(regex);
  return compiled.ok && compiled.regex.test(path) && !NOT_PLAIN.test(path) ? { ...sample, path } : sample;
}

/** The expression of the path, a question mark, and that of the query. */
function withMatchingUrl(sample: Sample, regex: string): Sample {
  const mark = regex.indexOf("\\?");
  if (mark < 0) return withMatchingPath(sample, regex);
  const query = textFor(regex.slice(mark + 2));
  if (NOT_PLAIN.test(query)) return sample;
  return { ...withMatchingPath(sample, regex.slice(0, mark)), query, carries: [...sample.carries, `query ${query}`] };
}

/** A text that a simple regular expression is likely to match. */
function textFor(regex: string): string {
  return regex
    .replace(/^\(\?[a-z]+\)/, "")
    .replace(/^\^/, "")
    .replace(/\$$/, "")
    .replaceAll(/\\d[+*]?|\[0-9\][+*]?/g, "1")
    .replaceAll(/(?:\\w|\[a-z\]|\[a-z0-9\]|\[a-z0-9-\]|\[\^[./]\]|(?<!\\)\.)[+]/g, "x")
    .replaceAll(/(?<!\\)\.\*/g, "")
    .replaceAll(/\\([./_-])/g, "$1");
}
