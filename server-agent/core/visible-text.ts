/**
 * Text of others (visitors, operators, servers, files) on its way to a person. What would act
 * instead of being read is made visible, everywhere by the same rule: on the page, in menus and
 * notifications, in questions of SSH, on the terminal and in logs.
 */

/**
 * Controls (C0, C1), the line ends of Unicode, and format characters: bidirectional controls (UAX
 * #9: U+061C, U+200E, U+200F, U+202A to U+202E, U+2066 to U+2069) turn the text around them, spaces
 * without width and their like make two names look the same. The joiners U+200C and U+200D stay:
 * words of Persian and Hindi and many emoji are written with them.
 */
const UNSEEN = /(?!\u200c|\u200d)[\p{Cc}\p{Cf}\u2028\u2029]/gu;
const UNSEEN_BUT_LAYOUT = /(?!\u200c|\u200d|\t|\n)[\p{Cc}\p{Cf}\u2028\u2029]/gu;

/** For one line; `sign` takes the place of each character that cannot be seen. */
export function visibleText(text: string, sign = "\ufffd"): string {
  return text.replaceAll(UNSEEN, sign);
}

/** For a text of several lines: line feeds and tabs stay. */
export function visibleLines(text: string): string {
  return text.replaceAll(UNSEEN_BUT_LAYOUT, "\ufffd");
}

/** As a JSON string with nothing left out: what cannot be seen is written as `\u202e`. */
export function quotedText(text: string): string {
  return JSON.stringify(text).replaceAll(UNSEEN, (character) =>
    Array.from({ length: character.length }, (_, at) => {
      return `\\u${character.charCodeAt(at).toString(16).padStart(4, "0")}`;
    }).join(""),
  );
}
