/** Small pieces of the sentences that problems and explanations are made of. */

const MAX_QUOTE_LENGTH = 100;
const MAX_LISTED = 5;
const MAX_SENTENCES = 10;

/** The text in backticks, cut to a length that a person reads. */
export function quote(text: string): string {
  return `\`${text.length > MAX_QUOTE_LENGTH ? `${text.slice(0, MAX_QUOTE_LENGTH)}…` : text}\``;
}

/** `a`, `b` or `c`; long lists are cut and say how many there are. */
export function listOf(texts: readonly string[], conjunction: "or" | "and" = "or"): string {
  if (texts.length > MAX_LISTED) return `${texts.slice(0, MAX_LISTED).join(", ")}, … (${String(texts.length)} in all)`;
  return texts.length < 2 ? texts.join("") : `${texts.slice(0, -1).join(", ")} ${conjunction} ${texts.at(-1) ?? ""}`;
}

/** The first sentences of many, and one that says how many more there are. */
export function fewOf(sentences: readonly string[], moreOf: (count: number) => string): string[] {
  const hidden = sentences.length - MAX_SENTENCES;
  return hidden > 0 ? [...sentences.slice(0, MAX_SENTENCES), moreOf(hidden)] : [...sentences];
}
