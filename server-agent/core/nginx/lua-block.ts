/** Where a block of Lua ends: its strings and comments may have braces of their own. */

const LONG_OPEN = /\[(=*)\[/y;

/**
 * @param start Offset behind the `{`.
 * @returns the offset behind the matching `}`, undefined where there is none.
 */
export function endOfLua(text: string, start: number): number | undefined {
  let depth = 1;
  let at = start;
  while (at < text.length) {
    const char = text[at] ?? "";
    if (char === "{") depth += 1;
    else if (char === "}") {
      depth -= 1;
      if (depth === 0) return at + 1;
    }
    at = afterString(text, at) ?? afterComment(text, at) ?? at + 1;
  }
  return undefined;
}

function afterString(text: string, start: number): number | undefined {
  const quote = text[start];
  if (quote !== '"' && quote !== "'") return afterLong(text, start);
  for (let at = start + 1; at < text.length; at += 1) {
    if (text[at] === "\\") at += 1;
    else if (text[at] === quote || text[at] === "\n") return at + 1;
  }
  return text.length;
}

function afterComment(text: string, start: number): number | undefined {
  if (!text.startsWith("--", start)) return undefined;
  const long = afterLong(text, start + 2);
  if (long !== undefined) return long;
  const end = text.indexOf("\n", start);
  return end < 0 ? text.length : end;
}

/** `[[ … ]]`, `[==[ … ]==]`. */
function afterLong(text: string, start: number): number | undefined {
  LONG_OPEN.lastIndex = start;
  const open = LONG_OPEN.exec(text);
  if (open === null) return undefined;
  const close = `]${open[1] ?? ""}]`;
  const end = text.indexOf(close, LONG_OPEN.lastIndex);
  return end < 0 ? text.length : end + close.length;
}
