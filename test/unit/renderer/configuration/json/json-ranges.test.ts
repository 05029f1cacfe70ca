import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  lineAt,
  rangeOf,
  rangeOfSyntaxError,
  rangesByPointer,
} from "../../../../../renderer/configuration/json/json-ranges.ts";

function pretty(value: unknown) {
  return JSON.stringify(value, null, 2);
}

describe("ranges of JSON", () => {
  it("finds each field", () => {
    const text = pretty({ id: "shop", hosts: ["a", "b"], rules: [{ handler: { type: "drop" } }], empty: {}, none: [] });
    const shown = text.split("\n");
    const found = Object.fromEntries(
      [...rangesByPointer(text)].map(([pointer, { from }]) => [pointer, shown[lineAt(text, from)]?.trim()]),
    );
    expect(found).toMatchObject({
      "": "{",
      "/id": '"id": "shop",',
      "/hosts/1": '"b"',
      "/rules/0": "{",
      "/rules/0/handler": '"handler": {',
      "/rules/0/handler/type": '"type": "drop"',
      "/empty": '"empty": {},',
      "/none": '"none": []',
    });
  });

  it("knows every pointer of any document, in order of the text", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = pretty(value);
        const pointers: string[] = [];
        const walk = (part: unknown, pointer: string) => {
          pointers.push(pointer);
          if (typeof part !== "object" || part === null) return;
          for (const [key, child] of Object.entries(part))
            walk(child, `${pointer}/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`);
        };
        walk(JSON.parse(text), "");
        const ranges = rangesByPointer(text);
        expect([...ranges.keys()]).toEqual(pointers);
        const starts = [...ranges.values()].map(({ from }) => from);
        expect(starts).toEqual(starts.toSorted((a, b) => a - b));
      }),
    );
  });

  it("shows a missing field at the object that lacks it", () => {
    const text = pretty({ rules: [{ handler: { type: "proxy" } }] });
    const ranges = rangesByPointer(text);
    expect(lineAt(text, rangeOf(ranges, "/rules/0/handler/upstream").from)).toBe(3);
    expect(rangeOf(ranges, "/hosts")).toEqual({ from: 0, to: 0 });
  });

  it("covers a field from its name to the end of its value", () => {
    const text = '{"a": [1, {"b/c": "x"}]}';
    const { from, to } = rangeOf(rangesByPointer(text), "/a/1/b~1c");
    expect(text.slice(from, to)).toBe('"b/c": "x"');
  });

  it.each([
    ['{\n  "id": "a",\n  "hosts" ["b"]\n}', 2],
    ['{\n  "id": "a",\n', 2],
    ['{\n  "id": \n  "a",\n}', 3],
  ])("says where text stops being JSON: %j", (text, line) => {
    try {
      rangesByPointer(text);
      expect.unreachable();
    } catch (error) {
      expect(lineAt(text, rangeOfSyntaxError(text, error as SyntaxError).from)).toBe(line);
    }
  });
});
