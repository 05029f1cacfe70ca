/** Words of strangers (a server, a file) on their way to a person. Pure. */

/**
 * Control characters but tab and line feed, and what turns the direction of the text around it
 * (Unicode TR9: embeddings, overrides, isolates).
 */
const UNSEEN = /(?![\t\n])[\p{Cc}\u202a-\u202e\u2066-\u2069]/u;
const EVERY_UNSEEN = new RegExp(UNSEEN, "gu");

/**
 * The text with a sign in place of every character that would do something instead of being read,
 * cut to a length that somebody reads.
 */
export function plainText(text: string, longest: number): string {
  const cut = text.length > longest ? `${text.slice(0, longest)}… (${text.length} characters)` : text;
  return UNSEEN.test(cut) ? cut.replaceAll(EVERY_UNSEEN, "\ufffd") : cut;
}
