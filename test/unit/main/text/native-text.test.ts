import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { nativeText } from "../../../../main/text/native-text.ts";

describe("text for menus and notifications", () => {
  it.each([
    ["shop.example.com", "shop.example.com"],
    ["a\nb\tc", "a b c"],
    ["\u202Egpj.exe", "gpj.exe"],
    ["\u001b[31mred", "[31mred"],
    ["Zürich 🚧", "Zürich 🚧"],
    ["👩\u200d🔧", "👩\u200d🔧"],
  ])("%j is %j", (text, shown) => expect(nativeText(text)).toBe(shown));

  it("is one short line, whatever comes", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 300 }), (text) => {
        const shown = nativeText(text);
        expect(Array.from(shown).length).toBeLessThanOrEqual(80);
        expect(shown).not.toMatch(/(?![\u200c\u200d])[\p{Cc}\p{Cf}\u2028\u2029]/u);
      }),
    );
    expect(nativeText("x".repeat(5_000_000))).toHaveLength(80);
  });
});
