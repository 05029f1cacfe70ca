import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { lineOf, lineOfSyntaxError, linesByPointer } from "../../../../renderer/configuration/json-lines.ts";

function pretty(value: unknown) {
  return JSON.stringify(value, null, 2);
}

describe("lines of JSON", () => {
  it("finds each field", () => {
    const text = pretty({ id: "shop", hosts: ["a", "b"], rules: [{ handler: { type: "drop" } }], empty: {}, none: [] });
    const lines = linesByPointer(text).entries();
    const shown = text.split("\n");
    const found = Object.fromEntries([...lines].map(([pointer, line]) => [pointer, shown[line]?.trim()]));
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

  it("knows every pointer of any document, in order of the lines", () => {
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
        const lines = linesByPointer(text);
        expect([...lines.keys()]).toEqual(pointers);
        expect([...lines.values()]).toEqual([...lines.values()].sort((a, b) => a - b));
      }),
    );
  });

  it("shows a missing field at the object that lacks it", () => {
    const lines = linesByPointer(pretty({ rules: [{ handler: { type: "proxy" } }] }));
    expect(lineOf(lines, "/rules/0/handler/upstream")).toBe(3);
    expect(lineOf(lines, "/hosts")).toBe(0);
  });

  it("says where text stops being JSON", () => {
    const text = '{\n  "id": "a",\n  "hosts" ["b"]\n}';
    try {
      linesByPointer(text);
      expect.unreachable();
    } catch (error) {
      expect(lineOfSyntaxError(text, error as SyntaxError)).toBe(2);
    }
  });
});
