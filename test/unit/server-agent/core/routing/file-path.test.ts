import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encodeName, filePathOf, showName, textOfName } from "../../../../../server-agent/core/routing/file-path.ts";
import { normalisePath } from "../../../../../server-agent/core/routing/normalise-path.ts";
import { repetitions } from "../../../../support/repetitions.ts";

function sent(rawPath: string): string {
  return filePathOf({ rawPath, path: normalisePath(rawPath) ?? "" });
}

/** A name of these bytes, as a segment of an address. */
function addressOf(bytes: Uint8Array): string {
  return `/${Array.from(bytes, (byte) => `%${byte.toString(16).padStart(2, "0")}`).join("")}`;
}

const nameBytes = fc
  .array(fc.oneof(fc.integer({ min: 0x30, max: 0xff }), fc.constantFrom(0xc0, 0xe0, 0xed, 0xf0, 0xf4, 0x80, 0xaf)), {
    minLength: 1,
    maxLength: 12,
  })
  .map((bytes) => Buffer.from(bytes));

describe("the name of a file in an address", () => {
  it.each([
    ["/a%20b", "/a b"],
    ["/%C3%BC%EF%BF%BD", "/ü\ufffd"],
    ["/%FCbersicht.txt", "/\udcfcbersicht.txt"],
    ["/%FC%C3%BC", "/\udcfcü"],
    ["/%C3%BC%FC/x", "/ü\udcfc/x"],
    ["/a%2f..//%fc%2F", "/\udcfc/"],
    ["/%c0%af%e0%80%af%ed%a0%80", "/\udcc0\udcaf\udce0\udc80\udcaf\udced\udca0\udc80"],
    ["/%f4%90%80%80", "/\udcf4\udc90\udc80\udc80"],
    ["/%f0%9f%8c%bb%e2%82", "/🌻\udce2\udc82"],
  ])("%s is %j", (raw, path) => {
    expect(sent(raw)).toBe(path);
  });

  it("is the path that is judged where that is another reading", () => {
    expect(filePathOf({ rawPath: "/%FC;x", path: "/\ufffd" })).toBe("/\ufffd");
  });

  it("is the text of the same name on the disk, and each name has its own", () => {
    fc.assert(
      fc.property(nameBytes, nameBytes, (one, other) => {
        fc.pre(![one, other].some((bytes) => bytes.includes(0x2f)));
        const text = textOfName(one.toString("latin1"));
        expect(sent(addressOf(one))).toBe(`/${text}`);
        expect(sent(`/${encodeName(text)}`)).toBe(`/${text}`);
        expect(text === textOfName(other.toString("latin1"))).toBe(one.equals(other));
      }),
      { numRuns: repetitions(1_000, 20_000) },
    );
  });

  it("has the same letters, dots and slashes as the path that conditions see", () => {
    const piece = fc.constantFrom("/", "//", "..", ".", "%2e", "%2F", "%fc", "%c3", "%bc", "a", ";x", "%5c");
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 9 }), (pieces) => {
        const rawPath = `/${pieces.join("")}`;
        const seen = normalisePath(rawPath) ?? "";
        const shape = (path: string) => path.replace(/[^\0-\x7f]+/g, "?");
        expect(shape(sent(rawPath))).toBe(shape(seen));
      }),
      { numRuns: repetitions(1_000, 20_000) },
    );
  });
});

describe("the name of a file for people", () => {
  it.each([
    ["Größe 1", "Größe 1"],
    ["\udcfcbersicht.txt", "%FCbersicht.txt"],
    ["🌻\udc80", "🌻%80"],
  ])("%j is shown as %s", (name, shown) => {
    expect(showName(name)).toBe(shown);
  });
});
