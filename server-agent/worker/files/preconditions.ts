/**
 * Conditional requests (RFC 9110, 13): whether the visitor's copy is still good, and whether a
 * write or a resumed download is about the same bytes.
 */
import type { Fields } from "../http/incoming-request.ts";

export interface Validators {
  /** With its quotes, and `W/` when weak. */
  readonly etag: string;
  /** Epoch milliseconds, cut to the whole second that `Last-Modified` can tell. */
  readonly modified: number;
}

export type Verdict = "proceed" | "not-modified" | "failed";

/** Evaluates the preconditions of a GET or HEAD in the order of RFC 9110, 13.2.2. */
export function evaluatePreconditions(request: Fields, validators: Validators): Verdict {
  const ifMatch = request.field("if-match");
  if (ifMatch !== undefined) {
    if (!lists(ifMatch, validators.etag, "strong")) return "failed";
  } else {
    const since = parseHttpDate(request.field("if-unmodified-since"));
    if (since !== undefined && validators.modified > since) return "failed";
  }
  const ifNoneMatch = request.field("if-none-match");
  if (ifNoneMatch !== undefined) return lists(ifNoneMatch, validators.etag, "weak") ? "not-modified" : "proceed";
  const since = parseHttpDate(request.field("if-modified-since"));
  return since !== undefined && validators.modified <= since ? "not-modified" : "proceed";
}

/**
 * Whether `Range` may be honoured: the validator in `If-Range` must be strong and exactly ours (RFC
 * 9110, 13.1.5).
 */
export function ifRangeHolds(ifRange: string | undefined, validators: Validators): boolean {
  if (ifRange === undefined) return true;
  if (ifRange.includes('"')) return !ifRange.startsWith("W/") && ifRange === validators.etag;
  return parseHttpDate(ifRange) === validators.modified;
}

/** All three forms of RFC 9110, 5.6.7. */
export function parseHttpDate(text: string | undefined): number | undefined {
  if (text === undefined || !/^[A-Z][a-z]{2,8},? /.test(text)) return undefined;
  // The asctime form names no zone; without one, Date.parse would read it as local time.
  const time = Date.parse(text.endsWith("GMT") ? text : `${text} GMT`);
  return Number.isNaN(time) ? undefined : time;
}

function lists(header: string, etag: string, comparison: "strong" | "weak"): boolean {
  if (header.trim() === "*") return true;
  const ours = comparison === "weak" ? opaque(etag) : etag;
  for (const [candidate] of header.matchAll(/(?:W\/)?"[^"]*"/g)) {
    if (comparison === "weak" ? opaque(candidate) === ours : candidate === ours && !candidate.startsWith("W/"))
      return true;
  }
  return false;
}

function opaque(etag: string): string {
  return etag.startsWith("W/") ? etag.slice(2) : etag;
}
