/** A beginner's mistakes in a configuration file are shown where they are. */
import { describe, expect, it } from "vitest";
import { jsonFault } from "../../../../server-agent/supervisor/json-fault.ts";

describe("where a text stops being JSON", () => {
  it.each([
    ["", "it is empty"],
    ['{\n  "a": [1, 2,]\n}', "line 2, column 14: the comma before `]` is one too many"],
    ['{\n  "a": 1,\n}', "line 3, column 1: the comma before `}` is one too many"],
    ['{ "a": 1\n  "b": 2 }', 'line 2, column 3: a comma is missing before `"`'],
    ["// shop\n{}", "line 1, column 1: JSON has no comments"],
    ['{ "a": [1, 2 }', "line 1, column 14: `}` does not close the last `[`"],
    ['{ "a": [1, 2', "line 1, column 13: it ends before the last `[` is closed"],
    ['{ "a": ', "line 1, column 8: it ends before the last `{` is closed"],
    ["{}\n{}", "line 2, column 1: something follows the end of the document"],
    ['{ "a" 1 }', "line 1, column 7: a colon is missing after the name"],
    ["{ 1: 2 }", "line 1, column 3: the name `1` needs double quotes"],
    ["{ 'a': 1 }", "line 1, column 3: `'` is unexpected here"],
    ['{ "a": yes }', "line 1, column 8: `yes` is unexpected here"],
    ['{ "a": }', "line 1, column 8: `}` is unexpected here"],
    ['{ "a": "b\n" }', "line 1, column 8: this text is not closed, or has a character that JSON escapes"],
    ['["\\x"]', "line 1, column 2: this text is not closed, or has a character that JSON escapes"],
  ])("%j", (text, expected) => {
    expect(() => void JSON.parse(text)).toThrow(SyntaxError);
    expect(jsonFault(text)).toBe(expected);
  });

  it("is found however deep it is", () => {
    const deep = 200_000;
    expect(jsonFault(`${"[".repeat(deep)}}`)).toBe(`line 1, column ${deep + 1}: \`}\` is unexpected here`);
    expect(jsonFault("[".repeat(deep))).toBe(`line 1, column ${deep + 1}: it ends before the last \`[\` is closed`);
  });

  it("reads past everything that is JSON", () => {
    const text = JSON.stringify(
      { a: ['b"\\\u0001\u2028', -1.5e-7, true, false, null, {}, [], [[{ c: "" }]], "x".repeat(300_000)] },
      undefined,
      "\t",
    );
    expect(jsonFault(`${text} x`)).toMatch(/^line \d+, column 3: something follows the end of the document$/);
  });
});
