import { describe, expect, it } from "vitest";
import { type Directive, parseDirectives } from "../../../../../server-agent/core/nginx/directives.ts";

function read(text: string): readonly Directive[] {
  const parsed = parseDirectives(text);
  if (!parsed.ok) throw new Error(`${String(parsed.line)}: ${parsed.message}`);
  return parsed.directives;
}

/** Names and arguments, blocks in brackets. */
function shape(directives: readonly Directive[]): unknown[] {
  return directives.map(({ name, args, block }) => [
    name,
    ...args,
    ...(block === undefined ? [] : [shape(block.directives)]),
  ]);
}

describe("directives of nginx", () => {
  it.each([
    ["plain words", "listen 80  default_server;", [["listen", "80", "default_server"]]],
    ["quotes", `a "b c" 'd;e' ;`, [["a", "b c", "d;e"]]],
    ["escapes in quotes", String.raw`a "b\"c" 'd\'e' "\t\\\d";`, [["a", 'b"c', "d'e", "\t\\\\d"]]],
    ["an escaped end", String.raw`a b\;c\{d;`, [["a", String.raw`b\;c\{d`]]],
    ["quotes within a word", `a b"c'd;`, [["a", `b"c'd`]]],
    ["a number sign within a word", "a b#c;", [["a", "b#c"]]],
    ["variables in braces", "a ${b}c${d} x${e};", [["a", "${b}c${d}", "x${e}"]]],
    ["a brace in a word", "a b}c;", [["a", "b}c"]]],
    ["a block without a blank", "server{listen 80;}", [["server", [["listen", "80"]]]]],
    ["a condition", `if ($a = "b{c}") { return 403; }`, [["if", "($a", "=", "b{c}", ")", [["return", "403"]]]]],
    ["a quantifier in quotes", String.raw`location ~ "^/\d{4}$" {}`, [["location", "~", String.raw`^/\d{4}$`, []]]],
    ["comments with braces", "# }\na { # {\n b; # }\n}#{", [["a", [["b"]]]]],
    ["a comment between", "server # {\n{ }", [["server", []]]],
    ["two blocks", "a { b { c; } } d;", [["a", [["b", [["c"]]]]], ["d"]]],
    ["Windows' line ends", "a\r\n{\r\nb;\r\n}\r\n", [["a", [["b"]]]]],
  ])("are read with %s", (_what, text, expected) => {
    expect(shape(read(text))).toEqual(expected);
  });

  it.each([
    ["braces in strings", `content_by_lua_block { ngx.say("}") ngx.say('{') } root /x;`],
    ["braces in long strings", "content_by_lua_block { local t = [[ } ]] local u = [==[ ]] } ]==] } root /x;"],
    ["braces in comments", "content_by_lua_block {\n -- }\n --[[ } ]] local t = {}\n} root /x;"],
    ["escaped quotes", String.raw`content_by_lua_block { ngx.say("\"}") } root /x;`],
  ])("of Lua end where Lua's block ends: %s", (_what, text) => {
    expect(shape(read(text))).toEqual([
      ["content_by_lua_block", []],
      ["root", "/x"],
    ]);
  });

  it("know where they stand", () => {
    const text = "a;\nserver {\n  b c;\n}\n";
    const [, server] = read(text);
    expect(server).toMatchObject({ line: 2, start: 3, end: text.length - 1 });
    expect(text.slice(0, server?.block?.start)).toBe("a;\nserver {");
    expect(server?.block?.directives[0]).toMatchObject({ line: 3, start: 14, end: 18 });
  });

  it.each([
    ["a;\n}", 2, "unexpected }"],
    ["a {\n b;\n", 3, "unexpected end of the file"],
    ["a {\n b }", 2, "unexpected }"],
    ["{ }", 1, "unexpected {"],
    [";", 1, "unexpected ;"],
    ['a "b;\n', 1, "the quote has no end"],
    ["a_by_lua_block { {", 1, "the Lua block has no end"],
  ])("are refused as nginx refuses them: %j", (text, line, message) => {
    expect(parseDirectives(text)).toEqual({ ok: false, line, message });
  });

  it("come with the comments that stand alone", () => {
    const parsed = parseDirectives("# one\na; # two\n  # three\n");
    expect(parsed.ok ? parsed.comments : []).toEqual([
      { text: "one", line: 1 },
      { text: "three", line: 3 },
    ]);
  });
});
