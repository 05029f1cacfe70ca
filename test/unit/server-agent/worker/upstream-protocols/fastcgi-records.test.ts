import fc from "fast-check";
import { expect, it } from "vitest";
import {
  ABORT_REQUEST,
  beginRequest,
  END_OF_STDIN,
  wholeStdin,
  writeStdin,
} from "../../../../../server-agent/worker/upstream-protocols/fastcgi-records.ts";

interface Record {
  type: number;
  content: Buffer;
}

/** Reads records as the specification has them. */
function recordsOf(text: string): Record[] {
  const bytes = Buffer.from(text, "latin1");
  const records: Record[] = [];
  for (let at = 0; at < bytes.length;) {
    expect([bytes[at], bytes.readUInt16BE(at + 2)]).toEqual([1, 1]);
    const end = at + 8 + bytes.readUInt16BE(at + 4);
    records.push({ type: bytes.readUInt8(at + 1), content: bytes.subarray(at + 8, end) });
    at = end + bytes.readUInt8(at + 6);
  }
  return records;
}

function pairsOf(bytes: Buffer): [string, string][] {
  let at = 0;
  const length = (): number => {
    const short = bytes.readUInt8(at);
    if (short < 128) return ((at += 1), short);
    at += 4;
    return bytes.readUInt32BE(at - 4) & 0x7fffffff;
  };
  const pairs: [string, string][] = [];
  while (at < bytes.length) {
    const sizes = [length(), length()] as const;
    const [name, value] = sizes.map((size) => bytes.toString("latin1", at, (at += size)));
    pairs.push([name ?? "", value ?? ""]);
  }
  return pairs;
}

it("a request is a beginning, its variables, and an end of these, however long", () => {
  const text = fc.oneof(
    fc.string({ unit: "binary-ascii" }),
    fc.constantFrom("x".repeat(127), "x".repeat(128), "ÿ".repeat(70_000)),
  );
  fc.assert(
    fc.property(fc.array(fc.tuple(text, text)), fc.boolean(), (params, keep) => {
      const [begin, ...records] = recordsOf(beginRequest(params, keep));
      expect(begin).toEqual({ type: 1, content: Buffer.from([0, 1, keep ? 1 : 0, 0, 0, 0, 0, 0]) });
      expect(records.every(({ type }) => type === 4)).toBe(true);
      expect(records.map(({ content }) => content.length).indexOf(0)).toBe(records.length - 1);
      expect(pairsOf(Buffer.concat(records.map(({ content }) => content)))).toEqual(params);
    }),
    { numRuns: 30 },
  );
});

it.each([0, 1, 65_528, 65_529, 200_000])("a body of %d bytes comes through as it is", (size) => {
  const body = Buffer.alloc(size, "abc");
  const written: string[] = [];
  writeStdin({ write: (bytes) => written.push(bytes.toString("latin1")) > 0 }, body);
  for (const text of [written.join("") + END_OF_STDIN, wholeStdin(body)]) {
    const records = recordsOf(text);
    expect(records.at(-1)).toEqual({ type: 5, content: Buffer.alloc(0) });
    expect(records.slice(0, -1).every(({ type, content }) => type === 5 && content.length > 0)).toBe(true);
    expect(Buffer.concat(records.map(({ content }) => content)).equals(body)).toBe(true);
  }
});

it("an abort is a record of its own", () => {
  expect(recordsOf(ABORT_REQUEST)).toEqual([{ type: 2, content: Buffer.alloc(0) }]);
});
