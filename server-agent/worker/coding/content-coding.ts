/** Which compression a visitor takes (RFC 9110, 12.5.3), in this server's order of preference. */
export type Coding = "br" | "gzip";

/** Smaller first: where the visitor weighs both alike, brotli wins. */
export const CODINGS: readonly Coding[] = ["br", "gzip"];

const NONE: readonly Coding[] = [];
const remembered = new Map<string, readonly Coding[]>();
const MAX_CACHED_HEADERS = 256;

/**
 * The codings a visitor accepts, best first. Browsers send the same few headers over and over, so
 * their meaning is remembered.
 */
export function acceptedCodings(header: string | string[] | undefined): readonly Coding[] {
  if (typeof header !== "string" || header === "") return NONE;
  let codings = remembered.get(header);
  if (codings === undefined) {
    codings = parse(header);
    if (remembered.size >= MAX_CACHED_HEADERS) remembered.clear();
    if (header.length < 256) remembered.set(header, codings);
  }
  return codings;
}

function parse(header: string): readonly Coding[] {
  const weights = new Map<string, number>();
  for (const entry of header.split(",")) {
    const [name = "", ...parameters] = entry.split(";");
    const weight = parameters
      .map((parameter) => /^\s*q\s*=\s*([01](?:\.\d{0,3})?)\s*$/i.exec(parameter)?.[1])
      .find((value) => value !== undefined);
    weights.set(name.trim().toLowerCase(), weight === undefined ? 1 : Number(weight));
  }
  const weightOf = (coding: Coding): number =>
    weights.get(coding) ?? (coding === "gzip" ? weights.get("x-gzip") : undefined) ?? weights.get("*") ?? 0;
  return CODINGS.filter((coding) => weightOf(coding) > 0 && weightOf(coding) >= (weights.get("identity") ?? 0)).sort(
    (a, b) => weightOf(b) - weightOf(a),
  );
}
