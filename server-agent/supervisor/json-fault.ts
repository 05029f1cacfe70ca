/**
 * Says where a text stops being JSON, by line and column and with the usual mistake; the engine's
 * own message shows a piece of the text, with its line breaks.
 *
 * The npm package `jsonc-parser` does not do this work: it has one code for a value that is missing
 * and for a comma that is one too many, and one for a missing comma and for a bracket that closes
 * something else; it calls itself for every bracket and runs out of stack at 10,000 of them.
 */

const SPACE = /[ \t\r\n]*/y;
const STRING = /"[^"\\\n]*(?:\\.[^"\\\n]*)*"/y;
const SCALAR = /[-+.\w]+/y;

export function jsonFault(text: string): string {
  const open: string[] = [];
  let awaited: "value" | "key" | "colon" | "separator" = "value";
  let after = "";
  let at = 0;
  const match = (pattern: RegExp): string => {
    pattern.lastIndex = at;
    return pattern.exec(text)?.[0] ?? "";
  };
  const fault = (what: string): string => {
    const lines = text.slice(0, at).split("\n");
    return `line ${lines.length}, column ${(lines.at(-1)?.length ?? 0) + 1}: ${what}`;
  };
  for (;;) {
    at += match(SPACE).length;
    const char = text[at];
    if (char === undefined)
      return text.trim() === ""
        ? "it is empty"
        : fault(open.length === 0 ? "it is incomplete" : `it ends before the last \`${open.at(-1) ?? ""}\` is closed`);
    if (text.startsWith("//", at) || text.startsWith("/*", at)) return fault("JSON has no comments");
    const closes = char === "]" || char === "}";
    if (
      closes &&
      open.at(-1) === (char === "]" ? "[" : "{") &&
      (awaited === "separator" || after === "[" || after === "{")
    ) {
      open.pop();
      awaited = "separator";
    } else if (closes && after === ",") {
      return fault(`the comma before \`${char}\` is one too many`);
    } else if (awaited === "separator") {
      if (open.length === 0) return fault("something follows the end of the document");
      if (char !== ",")
        return fault(
          closes
            ? `\`${char}\` does not close the last \`${open.at(-1) ?? ""}\``
            : `a comma is missing before \`${char}\``,
        );
      awaited = open.at(-1) === "{" ? "key" : "value";
    } else if (awaited === "colon") {
      if (char !== ":") return fault("a colon is missing after the name");
      awaited = "value";
    } else if (awaited === "value" && (char === "[" || char === "{")) {
      open.push(char);
      awaited = char === "{" ? "key" : "value";
    } else {
      const token = match(char === '"' ? STRING : SCALAR);
      if (!isJson(token))
        return fault(
          char === '"'
            ? "this text is not closed, or has a character that JSON escapes"
            : `\`${token || char}\` is unexpected here`,
        );
      if (awaited === "key" && char !== '"') return fault(`the name \`${token}\` needs double quotes`);
      awaited = awaited === "key" ? "colon" : "separator";
      at += token.length - 1;
    }
    after = char;
    at += 1;
  }
}

function isJson(token: string): boolean {
  try {
    JSON.parse(token);
    return true;
  } catch {
    return false;
  }
}
