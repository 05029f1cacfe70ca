/**
 * Reads a configuration file of HAProxy into lines of words that know where they stand in the text.
 * It follows HAProxy's own reader (parse_line): quotes, backslashes, comments, and variables of the
 * environment within double quotes. Nothing is written back from here; changes are whole lines.
 */

interface Word {
  readonly text: string;
  readonly start: number;
  /** Offset behind it. */
  readonly end: number;
}

export interface Line {
  /** None on an empty line and on a comment. */
  readonly words: readonly Word[];
  /** From 1. */
  readonly number: number;
  readonly start: number;
  /** Offset behind its line feed. */
  readonly end: number;
  /** What stands behind `#` on a line of its own. */
  readonly comment?: string;
}

/** Variables of the environment that HAProxy was started with. */
export type Environment = Readonly<Record<string, string>>;

export function readLines(text: string, environment: Environment): Line[] {
  const lines: Line[] = [];
  for (let start = 0; start < text.length;) {
    const feed = text.indexOf("\n", start);
    const end = feed < 0 ? text.length : feed + 1;
    const { words, comment } = readWords(text, start, feed < 0 ? end : feed, environment);
    lines.push({
      words,
      number: lines.length + 1,
      start,
      end,
      ...(words.length === 0 && comment !== undefined ? { comment } : {}),
    });
    start = end;
  }
  return lines;
}

/** The words from one on, as text. */
export function textsOf({ words }: Pick<Line, "words">, from = 0): string[] {
  return words.slice(from).map(({ text }) => text);
}

const ESCAPES: Readonly<Record<string, string>> = {
  n: "\n",
  r: "\r",
  t: "\t",
  " ": " ",
  "#": "#",
  "\\": "\\",
  '"': '"',
  "'": "'",
};

function readWords(
  text: string,
  from: number,
  to: number,
  environment: Environment,
): { words: Word[]; comment: string | undefined } {
  const words: Word[] = [];
  let at = from;
  for (;;) {
    while (at < to && /[ \t\r]/.test(text[at] ?? "")) at += 1;
    if (at >= to) return { words, comment: undefined };
    if (text[at] === "#") return { words, comment: text.slice(at + 1, to).trim() };
    const start = at;
    let word = "";
    let quote = "";
    for (; at < to; at += 1) {
      const char = text[at] ?? "";
      if (quote === "" && /[ \t\r#]/.test(char)) break;
      if (char === quote) quote = "";
      else if (quote === "" && (char === "'" || char === '"')) quote = char;
      else if (char === "\\" && quote !== "'") {
        at += 1;
        const escaped = text[at] ?? "";
        // Any other stays as it is, as in a regular expression.
        word += (quote === '"' && escaped === "$" ? "$" : ESCAPES[escaped]) ?? `\\${escaped}`;
      } else if (char === "$" && quote === '"') {
        const variable = /\$(?:(\w+)|\{(\w+)(?:\[\*\])?(?:-([^}]*))?\})/y;
        variable.lastIndex = at;
        const found = variable.exec(text);
        if (found === null) word += char;
        else {
          word += environment[found[1] ?? found[2] ?? ""] ?? found[3] ?? "";
          at += found[0].length - 1;
        }
      } else word += char;
    }
    words.push({ text: word, start, end: at });
  }
}
