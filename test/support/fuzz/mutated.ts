/** Bytes that are nearly those of a corpus, and the pieces in which they come. */
import fc from "fast-check";

/** Makes others of these bytes. */
type Mutation = (bytes: Buffer) => Buffer;

/** Of which two can be told from each other by few readers only. */
const ODD_BYTES = [0, 1, 0x09, 0x0a, 0x0b, 0x0d, 0x20, 0x22, 0x2c, 0x30, 0x3a, 0x3b, 0x5c, 0x7f, 0x80, 0xa0, 0xff];

/** A place among the bytes, as a share of them. */
const place = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const oddByte = fc.oneof(fc.constantFrom(...ODD_BYTES), fc.nat({ max: 255 }));

function at(bytes: Buffer, share: number): number {
  return Math.floor(share * bytes.length);
}

function mutation(corpus: readonly Buffer[]): fc.Arbitrary<Mutation> {
  return fc.oneof(
    fc.tuple(place, oddByte).map(([share, byte]): Mutation => (bytes) => {
      const copy = Buffer.from(bytes);
      if (copy.length > 0) copy[at(bytes, share)] = byte;
      return copy;
    }),
    fc.tuple(place, fc.nat({ max: 7 })).map(([share, bit]): Mutation => (bytes) => {
      const copy = Buffer.from(bytes);
      if (copy.length > 0) copy[at(bytes, share)] = (copy[at(bytes, share)] ?? 0) ^ (1 << bit);
      return copy;
    }),
    fc.tuple(place, fc.array(oddByte, { minLength: 1, maxLength: 4 })).map(([share, more]): Mutation => (bytes) => {
      const index = at(bytes, share);
      return Buffer.concat([bytes.subarray(0, index), Buffer.from(more), bytes.subarray(index)]);
    }),
    fc.tuple(place, fc.nat({ max: 12 })).map(([share, count]): Mutation => (bytes) => {
      const index = at(bytes, share);
      return Buffer.concat([bytes.subarray(0, index), bytes.subarray(index + count)]);
    }),
    fc.tuple(place, place, fc.nat({ max: 40 })).map(([from, to, count]): Mutation => (bytes) => {
      const part = bytes.subarray(at(bytes, from), at(bytes, from) + count);
      const index = at(bytes, to);
      return Buffer.concat([bytes.subarray(0, index), part, bytes.subarray(index)]);
    }),
    fc.tuple(place, fc.constantFrom(...corpus), place).map(
      ([share, other, from]): Mutation =>
        (bytes) =>
          Buffer.concat([bytes.subarray(0, at(bytes, share)), other.subarray(at(other, from))]),
    ),
    fc.constantFrom(...corpus).map(
      (other): Mutation =>
        (bytes) =>
          Buffer.concat([bytes, other]),
    ),
  );
}

/** An entry of the corpus as it is, or after some mutations. */
export function mutated(corpus: readonly Buffer[]): fc.Arbitrary<Buffer> {
  return fc
    .tuple(fc.constantFrom(...corpus), fc.array(mutation(corpus), { maxLength: 6 }))
    .map(([entry, mutations]) => mutations.reduce((bytes, mutate) => mutate(bytes), entry));
}

/** Cuts the bytes into pieces, none of them empty. */
export const cuts: fc.Arbitrary<(bytes: Buffer) => Buffer[]> = fc
  .oneof(fc.array(place, { maxLength: 8 }), fc.constant("each" as const))
  .map((shares) => (bytes) => {
    if (shares === "each") return Array.from(bytes, (byte) => Buffer.from([byte]));
    const places = [0, ...shares.map((share) => at(bytes, share)).sort((a, b) => a - b), bytes.length];
    return places
      .slice(1)
      .map((end, index) => bytes.subarray(places[index], end))
      .filter((piece) => piece.length > 0);
  });
