/** Small pieces of the sentences that problems and explanations are made of. */

const LONGEST_QUOTE = 100;
const LONGEST_LIST = 5;

/** The text in backticks, cut to a length that a person reads. */
export function quote(text: string): string {
  return `\`${text.length > LONGEST_QUOTE ? `${text.slice(0, LONGEST_QUOTE)}…` : text}\``;
}

/** `a`, `b` or `c`; long lists are cut and say how many there are. */
export function listOf(texts: readonly string[], conjunction: "or" | "and" = "or"): string {
  if (texts.length > LONGEST_LIST)
    return `${texts.slice(0, LONGEST_LIST).join(", ")}, … (${String(texts.length)} in all)`;
  return texts.length < 2 ? texts.join("") : `${texts.slice(0, -1).join(", ")} ${conjunction} ${texts.at(-1) ?? ""}`;
}
