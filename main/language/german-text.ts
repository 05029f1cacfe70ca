/** What a German sentence needs that its catalogue does not write out. Pure. */

/** Before an ellipsis or a unit, and inside “z. B.”. */
const NEVER_BROKEN = / (?=…)|(?<=[\d}]) (?=(?:s|min|h|kB|MB|MiB|%)(?!\p{L}))|(?<=\bz\.) (?=B\.)/gu;

/** “2 Tage” behind a word that wants the dative: “in 2 Tage”, “seit 14 Tage”. */
const DATIVE_DAYS = /\b((?:in|vor|seit|nach|von)(?: etwa)? \d+ Tage)\b/giu;

/** A message of the catalogue with no-break spaces where a line must not end. */
export function withFixedSpaces(message: string): string {
  return message.replaceAll(NEVER_BROKEN, "\u00a0");
}

/** A sentence with its values in it: days come as “2 Tage”, whatever stands before them. */
export function withDativeDays(sentence: string): string {
  return sentence.replaceAll(DATIVE_DAYS, "$1n");
}
