/**
 * Where a field stands in pretty-printed JSON, so that a problem can be shown at its field. Pure.
 */

/**
 * Line of each value by JSON Pointer (RFC 6901), counted from 0.
 * @throws {SyntaxError} when the text is not JSON.
 */
export function linesByPointer(text: string): Map<string, number> {
  JSON.parse(text);
  const lines = new Map<string, number>();
  let at = 0;
  let line = 0;

  const blank = () => {
    for (; /\s/.test(text[at] ?? ""); at++) if (text[at] === "\n") line++;
  };
  const string = (): string => {
    const start = at;
    for (at++; text[at] !== '"'; at++) if (text[at] === "\\") at++;
    at++;
    return JSON.parse(text.slice(start, at)) as string;
  };
  // The text is known to be JSON, so what is skipped here is a colon, a comma or a bracket.
  const skip = () => {
    at++;
    blank();
  };
  const value = (pointer: string) => {
    blank();
    if (!lines.has(pointer)) lines.set(pointer, line);
    if (text[at] === "{" || text[at] === "[") {
      const isObject = text[at] === "{";
      skip();
      for (let index = 0; text[at] !== "}" && text[at] !== "]"; index++) {
        const keyLine = line;
        const key = isObject ? string() : String(index);
        const child = `${pointer}/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`;
        if (isObject) {
          lines.set(child, keyLine);
          blank();
          skip();
        }
        value(child);
        blank();
        if (text[at] === ",") skip();
      }
      at++;
    } else if (text[at] === '"') string();
    else while (/[^\s,\]}]/.test(text[at] ?? " ")) at++;
  };
  value("");
  return lines;
}

/**
 * The line of the nearest part that is written down: a missing field is shown at the object that
 * lacks it.
 */
export function lineOf(lines: ReadonlyMap<string, number>, pointer: string): number {
  for (let path = pointer; path !== ""; path = path.slice(0, path.lastIndexOf("/"))) {
    const line = lines.get(path);
    if (line !== undefined) return line;
  }
  return 0;
}

/**
 * Line and column of a syntax error, from where the parser stopped; `undefined` when it does not
 * say.
 */
export function lineOfSyntaxError(text: string, error: SyntaxError): number | undefined {
  const position = /position (\d+)/.exec(error.message)?.[1];
  return position === undefined ? undefined : text.slice(0, Number(position)).split("\n").length - 1;
}
