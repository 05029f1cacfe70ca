/**
 * Lines of a configuration file as Apache reads them (ap_cfg_getline): one that ends in a backslash
 * goes on in the next, blanks around it do not count, and a comment is a line of its own.
 */

export interface Line {
  /** Without what joins its parts, and without blanks around it. */
  readonly text: string;
  readonly start: number;
  /** Offset behind its line feed. */
  readonly end: number;
  /** Number of its last part: it is the one that Apache tells. */
  readonly number: number;
}

export function readLines(text: string): Line[] {
  const lines: Line[] = [];
  let number = 0;
  for (let start = 0; start < text.length;) {
    let joined = "";
    let end = start;
    for (let goesOn = true; goesOn && end < text.length;) {
      const feed = text.indexOf("\n", end);
      const next = feed < 0 ? text.length : feed + 1;
      const part = text.slice(end, next).replace(/\r?\n$/, "");
      number += 1;
      goesOn = part.endsWith("\\");
      joined += goesOn ? part.slice(0, -1) : part;
      end = next;
    }
    lines.push({ text: joined.trim(), start, end, number });
    start = end;
  }
  return lines;
}

/** Words behind a directive, as ap_getword_conf takes them: in quotes of either kind, or bare. */
export function wordsOf(text: string): string[] {
  const words: string[] = [];
  for (let at = 0; at < text.length;) {
    const char = text[at] ?? "";
    if (/\s/.test(char)) {
      at += 1;
      continue;
    }
    const quote = char === '"' || char === "'" ? char : undefined;
    let word = "";
    let end = quote === undefined ? at : at + 1;
    for (; end < text.length; end += 1) {
      const one = text[end] ?? "";
      if (quote === undefined ? /\s/.test(one) : one === quote) break;
      // Only what would end the word, and the backslash itself, is escaped.
      if (one === "\\" && (text[end + 1] === "\\" || (quote !== undefined && text[end + 1] === quote))) end += 1;
      word += text[end] ?? "";
    }
    words.push(word);
    at = quote === undefined ? end : end + 1;
  }
  return words;
}
