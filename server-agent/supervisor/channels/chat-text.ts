/**
 * Text of others in the formats of chat services: nothing in it acts (links, mentions, headings),
 * and it is never longer than the service takes. Pure.
 */

/** How a service counts the length that it limits. */
type Measure = (text: string) => number;

/** UTF-16 code units, as most services count. */
function units(text: string): number {
  return text.length;
}

export function utf8Bytes(text: string): number {
  return Buffer.byteLength(text);
}

/**
 * The text with each character written as `escape` says, cut with an ellipsis where it would be
 * longer than `max`. Neither an escape nor a surrogate pair is cut in two.
 */
export function fitted(
  text: string,
  max: number,
  escape: (character: string) => string = (character) => character,
  measure: Measure = units,
): string {
  const room = max - measure("…");
  let whole = "";
  let cut = "";
  let length = 0;
  for (const character of text) {
    const written = escape(character);
    length += measure(written);
    whole += written;
    if (length <= room) cut = whole;
    if (length > max) return `${cut}…`;
  }
  return whole;
}

/** https://api.slack.com/reference/surfaces/formatting#escaping: these three, and no others. */
export function slackEscape(character: string): string {
  return ENTITIES[character] ?? character;
}

const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;" };

/**
 * CommonMark, 2.4: a backslash makes any ASCII punctuation itself. What has no meaning in the
 * middle of a chat's line stays, so that a notification without Markdown reads well.
 */
export function markdownEscape(character: string): string {
  return /[\\`*_[\]<>#|~]/.test(character) ? `\\${character}` : character;
}

/** Mattermost reads Slack's links and mentions first, and Markdown then. */
export function mattermostEscape(character: string): string {
  return ENTITIES[character] ?? markdownEscape(character);
}

/** Nobody's title calls a whole channel, where the service has no switch for it. */
export function withoutMentions(text: string): string {
  return text.replaceAll(/@(?=(all|channel|everyone|here)\b)/gi, "@\u200b");
}
