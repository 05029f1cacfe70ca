/** Which compression a visitor takes (RFC 9110, 12.5.3), in this server's order of preference. */

const NONE: readonly never[] = [];
const MAX_CACHED_HEADERS = 256;

export type Coding = "br" | "zstd" | "gzip";

/** Of files, smaller first: where the visitor weighs them alike, brotli wins. */
export const CODINGS: readonly Coding[] = ["br", "zstd", "gzip"];

/** Tells for a value of `Accept-Encoding` which of some codings are accepted, best first. */
export type ChooseCodings = (header: string | undefined) => readonly Coding[];

/** @param codings In the order of preference, where the visitor weighs them alike. */
export function codingChooser(codings: readonly Coding[]): ChooseCodings {
  // Browsers send the same few headers over and over, so their meaning is remembered.
  const remembered = new Map<string, readonly Coding[]>();
  return (header) => {
    if (header === undefined || header === "") return NONE;
    let accepted = remembered.get(header);
    if (accepted === undefined) {
      accepted = parse(header, codings);
      if (remembered.size >= MAX_CACHED_HEADERS) remembered.clear();
      if (header.length < 256) remembered.set(header, accepted);
    }
    return accepted;
  };
}

/** The codings of files that a visitor accepts, best first. */
export const acceptedCodings = codingChooser(CODINGS);

function parse(header: string, codings: readonly Coding[]): readonly Coding[] {
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
  return codings
    .filter((coding) => weightOf(coding) > 0 && weightOf(coding) >= (weights.get("identity") ?? 0))
    .sort((a, b) => weightOf(b) - weightOf(a));
}
