import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ConfigFault } from "../../../../main/ssh-config/ssh-config-lines.ts";
import { nativeText } from "../../../../main/text/native-text.ts";
import { plainText } from "../../../../main/text/plain-text.ts";
import { quotedText, visibleLines, visibleText } from "../../../../server-agent/core/visible-text.ts";
import { formatLine } from "../../../../server-agent/log.ts";

/** Ranges that must never reach a person as they are, written out. */
const UNSEEN: [first: number, last: number][] = [
  [0x00, 0x1f],
  [0x7f, 0x9f],
  [0xad, 0xad],
  [0x61c, 0x61c],
  [0x200b, 0x200b],
  [0x200e, 0x200f],
  [0x2028, 0x202e],
  [0x2060, 0x2064],
  [0x2066, 0x206f],
  [0xfeff, 0xfeff],
  [0xfff9, 0xfffb],
  [0xe0001, 0xe0001],
  [0xe0020, 0xe007f],
];
const characters = UNSEEN.flatMap(([first, last]) =>
  Array.from({ length: last - first + 1 }, (_, at) => String.fromCodePoint(first + at)),
);

function isUnseen(text: string, kept = ""): boolean {
  return characters.some((character) => !kept.includes(character) && text.includes(character));
}

/** Ordinary text in which such characters turn up. */
const spoiled = fc
  .array(fc.oneof(fc.constantFrom(...characters), fc.string({ unit: "grapheme", maxLength: 3 })), { maxLength: 30 })
  .map((parts) => parts.join(""));

describe("text of others", () => {
  it.each<[way: string, show: (text: string) => string, kept: string]>([
    ["on one line", visibleText, ""],
    ["on several lines", visibleLines, "\t\n"],
    ["as a quoted string", quotedText, ""],
    ["in a menu or notification", nativeText, ""],
    ["from a server, in questions of SSH, from a file", (text) => plainText(text, 1000), "\t\n"],
    ["in a fault of ~/.ssh/config", (text) => new ConfigFault(text, 1, text).message, ""],
    ["as message of the agent's log", (text) => formatLine("", "info", text, {}).slice(0, -1), ""],
    ["as field of the agent's log", (text) => formatLine("", "info", "", { field: text }).slice(0, -1), ""],
  ])("has nothing that acts unseen %s", (_way, show, kept) => {
    fc.assert(fc.property(spoiled, (text) => !isUnseen(show(text), kept)));
    for (const character of characters) expect(isUnseen(show(`a${character}b`), kept)).toBe(false);
  });

  it.each(["Zürich, שלום, سلام 🚧", "می\u200cخواهم", "क्\u200dष", "👩\u200d🔧 ❤️", "a\u0301", "\u00a0"])(
    "stays as it is: %j",
    (text) => {
      for (const show of [visibleText, visibleLines]) expect(show(text)).toBe(text);
      expect(quotedText(text)).toBe(JSON.stringify(text));
    },
  );

  it("shows where something was", () => {
    expect(visibleText("invoice\u202egpj.exe\n")).toBe("invoice\ufffdgpj.exe\ufffd");
    expect(visibleLines("a\r\n\tb\u200bc")).toBe("a\ufffd\n\tb\ufffdc");
    expect(quotedText('a"\u001b\u009b\u{e0041}')).toBe(String.raw`"a\"\u001b\u009b\udb40\udc41"`);
  });

  it("is complete when it is quoted", () => {
    fc.assert(fc.property(spoiled, (text) => JSON.parse(quotedText(text)) === text));
  });
});
