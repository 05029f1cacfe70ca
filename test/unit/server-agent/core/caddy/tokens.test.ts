import { describe, expect, it } from "vitest";
import { readTokens } from "../../../../../server-agent/core/caddy/tokens.ts";

const PLAIN = { environment: {}, heredocs: true };

function words(text: string, reading = PLAIN): string[] {
  const lexed = readTokens(text, reading);
  if (!lexed.ok) throw new Error(`${String(lexed.line)}: ${lexed.message}`);
  for (const { start, end } of lexed.tokens) expect(start).toBeLessThan(end);
  return lexed.tokens.map((token) => (token.startsLine ? `^${token.text}` : token.text));
}

describe("words of a Caddyfile", () => {
  it.each([
    ["a b\n\tc {\n}", ["^a", "b", "^c", "{", "^}"]],
    ["\ufeffa # {\n# }\nb#c", ["^a", "^b#c"]],
    ['respond "a { \\" } # b" 200', ["^respond", 'a { " } # b', "200"]],
    ['respond "two\nlines" x\ny', ["^respond", "two\nlines", "x", "^y"]],
    ["respond `a \\` b", ["^respond", "a \\", "b"]],
    ["a \\\n b\nc", ["^a", "b", "^c"]],
    ["a\\\n b\nc", ["^a", "b", "^c"]],
    ["{path}/x {a{b}}", ["^{path}/x", "{a{b}}"]],
    ["respond <<END\n  { # no brace\n  END 200\nx", ["^respond", "<<END\n  { # no brace\n  END", "200", "^x"]],
    ["a\r\nb {\r\n}\r\n", ["^a", "^b", "{", "^}"]],
  ])("%j", (text, expected) => {
    expect(words(text)).toEqual(expected);
  });

  it("knows heredocs only where Caddy does", () => {
    expect(words("respond <<END\n{\n}", { environment: {}, heredocs: false })).toEqual([
      "^respond",
      "<<END",
      "^{",
      "^}",
    ]);
  });

  it("puts variables in before it reads, and knows where they stood", () => {
    const text = "{$NAMES} {$PORT:8080}{$NONE}x {\n}";
    const environment = { NAMES: "a.example, b.example" };
    const lexed = readTokens(text, { environment, heredocs: true });
    expect(lexed.ok && lexed.tokens.map(({ text: word, start, end }) => [word, start, end])).toEqual([
      ["a.example,", 0, 8],
      ["b.example", 0, 8],
      ["8080x", 9, text.indexOf("x {") + 1],
      ["{", text.indexOf("{\n"), text.indexOf("{\n") + 1],
      ["}", text.length - 1, text.length],
    ]);
  });

  it.each([
    ['a\nb "c', 2],
    ["a `b", 1],
    ["a <<X\nb", 1],
  ])("says where %j has no end", (text, line) => {
    expect(readTokens(text, PLAIN)).toMatchObject({ ok: false, line });
  });
});
