import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { PreparedFields } from "../../../../../server-agent/worker/http/prepared-fields.ts";
import { ConnectionFault } from "../../../../../server-agent/worker/http2/faults.ts";
import { FieldDecoder } from "../../../../../server-agent/worker/http2/field-decoder.ts";
import {
  encodeFields,
  encodePrepared,
  encodeStatus,
  NO_TABLE,
} from "../../../../../server-agent/worker/http2/field-encoder.ts";
import { repetitions } from "../../../../support/repetitions.ts";

function decoded(...blocks: readonly string[]): string[] {
  const decoder = new FieldDecoder(32 * 1024);
  return blocks.map((block) => decoder.decode(Buffer.from(block, "hex")).list.join(" "));
}

describe("fields are read", () => {
  it("by the examples of RFC 7541, C.3 and C.4, with a table that grows", () => {
    const wanted = [
      ":method GET :scheme http :path / :authority www.example.com",
      ":method GET :scheme http :path / :authority www.example.com cache-control no-cache",
      ":method GET :scheme https :path /index.html :authority www.example.com custom-key custom-value",
    ];
    expect(
      decoded(
        "828684410f7777772e6578616d706c652e636f6d",
        "828684be58086e6f2d6361636865",
        "828785bf400a637573746f6d2d6b65790c637573746f6d2d76616c7565",
      ),
    ).toEqual(wanted);
    expect(
      decoded(
        "828684418cf1e3c2e5f23a6ba0ab90f4ff",
        "828684be5886a8eb10649cbf",
        "828785bf408825a849e95ba97d7f8925a849e95bb8e8b4bf",
      ),
    ).toEqual(wanted);
  });

  it("with a table that gives way to what does not fit, and is made smaller", () => {
    const decoder = new FieldDecoder(32 * 1024);
    const add = (name: string, value: string): Buffer =>
      Buffer.concat([Buffer.from([0x40, 1]), Buffer.from(name), Buffer.from([value.length]), Buffer.from(value)]);
    decoder.decode(add("a", "1"));
    decoder.decode(add("b", "2"));
    expect(decoder.decode(Buffer.from([0xbe, 0xbf])).list).toEqual(["b", "2", "a", "1"]);
    // Room for one field of 34 bytes.
    expect(decoder.decode(Buffer.from([0x3f, 9, 0xbe])).list).toEqual(["b", "2"]);
    expect(() => decoder.decode(Buffer.from([0xbf]))).toThrow(ConnectionFault);
  });

  it("to the end although the list is too large, as later ones refer to them", () => {
    const decoder = new FieldDecoder(100);
    const block = Buffer.concat([encodeFields(["a", "x".repeat(100)]), Buffer.from([0x40, 1, 0x62, 1, 0x32])]);
    expect(decoder.decode(block)).toMatchObject({ isTooLarge: true });
    expect(decoder.decode(Buffer.from([0xbe]))).toEqual({ list: ["b", "2"], isTooLarge: false });
  });

  it.each([
    ["the index 0", "80"],
    ["an index that stands for nothing", "be"],
    ["a number that does not end", "ffffffffffffff"],
    ["a number that is cut off", "ff"],
    ["a text that is cut off", "000561"],
    ["a table that is larger than was agreed", "3fe21f"],
    ["a change of the table between fields", "8220"],
    ["the end of text in a Huffman code", "0084ffffffff00"],
    ["padding of eight bits", "008207ff00"],
    ["padding that is not of ones", "00810000"],
  ])("but not %s", (_what, block) => {
    expect(() => decoded(block)).toThrow(ConnectionFault);
  });

  it("whatever comes, by ConnectionFault or as a list of pairs", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        try {
          expect(new FieldDecoder(1000).decode(Buffer.from(bytes)).list.length % 2).toBe(0);
        } catch (failure) {
          expect(failure).toBeInstanceOf(ConnectionFault);
        }
      }),
      { numRuns: repetitions(300, 20_000) },
    );
  });
});

describe("fields are written", () => {
  const name = fc
    .stringMatching(/^[A-Za-z][A-Za-z0-9-]{0,40}$/)
    .filter((text) => !/^(te|proxy|connection|keep-alive|upgrade|transfer)/i.test(text));
  const value = fc.string({
    unit: fc
      .integer({ min: 0x20, max: 0xff })
      .filter((code) => code !== 0x7f)
      .map((code) => String.fromCharCode(code)),
    maxLength: 300,
  });

  it("so that they are read as they were, in lower case", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 100, max: 599 }),
        fc.array(fc.tuple(name, value), { maxLength: 8 }),
        (status, list) => {
          const block = Buffer.concat([NO_TABLE, encodeStatus(status), encodeFields(list.flat())]);
          expect(new FieldDecoder(32 * 1024).decode(block).list).toEqual([
            ":status",
            String(status),
            ...list.flatMap(([key, text]) => [key.toLowerCase(), text]),
          ]);
        },
      ),
      { numRuns: repetitions(100, 5000) },
    );
  });

  it("without those about a connection of HTTP/1.1, and once where they last", () => {
    const fields = new PreparedFields(["Connection", "close", "Upgrade", "x", "TE", "x", "Allow", "GET"]);
    const block = encodePrepared(fields, true);
    expect(new FieldDecoder(1000).decode(block).list).toEqual(["allow", "GET"]);
    expect(encodePrepared(fields, true)).toBe(block);
  });
});
