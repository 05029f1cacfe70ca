/** Whether a file says that something else writes it, so that what is put in by hand is lost. */

const SAYS_SO = new RegExp(
  [
    String.raw`\b(?:managed|generated|maintained|controlled|written)\s+(?:automatically\s+)?by\b`,
    String.raw`\b(?:ansible|puppet|chef|salt|terraform)[- ]managed\b`,
    String.raw`\bdo(?:\s+not|n't)\s+(?:edit|modify|change|touch)(?:\s+(?:this|it|by|or|manually|directly|anything|below|here|the\s+files?)\b|\s*(?:[!.,:;-]|$))`,
    String.raw`\bauto(?:matically)?[- ]?generated\b`,
    String.raw`\bgenerated\s+automatically\b`,
    String.raw`\b(?:changes|edits|modifications)\s+(?:\w+\s+){0,3}will\s+be\s+(?:lost|overwritten|erased|discarded|reverted)\b`,
    String.raw`\bddev-generated\b`,
  ].join("|"),
  "i",
);

/**
 * certbot changes lines and leaves the others alone; people write their own files; and Debian's
 * apache2.conf says that files should be "managed by using" its helpers.
 */
const HARMLESS =
  /\b(?:managed|maintained|controlled|written)\s+by\s+(?:certbot|hand|using|me|us|humans?|people|the\s+\w+\s+team)\b/i;

/** The comment that says so. */
export function generatedBy<Comment extends { readonly text: string }>(
  comments: readonly Comment[],
): Comment | undefined {
  return comments.find(({ text }) => SAYS_SO.test(text) && !HARMLESS.test(text));
}
