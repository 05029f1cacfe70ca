/**
 * The Huffman code of HPACK (RFC 7541, appendix B). It is canonical: the lengths of the codes say
 * what they are.
 */
import { ConnectionFault, ErrorCode } from "./faults.ts";

/** Bits of the code of each byte, in base 36. */
const LENGTHS =
  "dnsssssssoussussssssssusssssssss6aacd68baa8b8666555666666678f6ca" +
  "d67777777777777777777777878djde6f56565666577666567655677777fbeds" +
  "kmkkmmmnmnnnnnonoomnonnnnlmnmnnomlkmmnnlnmmolmnnllmlnmnnkmmmnmmn" +
  "qqkjmnmpqqqrrqopjlqrrqrollqqsrrrkoklmllnmmppooqnqrqqrrrrrsrrrrrq";
const EOS_BITS = 30;

/** One step takes four bits: no code is shorter than five, so a step ends at most one of them. */
const STEP_BITS = 4;
const STEPS = 1 << STEP_BITS;

const NOTHING = -1;
/** By state and four bits: the next state, or `FAILED`. */
let nextState: Int16Array | undefined;
/** By the same: the byte that has ended, or `NOTHING`. */
let endedByte: Int16Array;
/** By state: the bits since the last byte may be padding (RFC 7541, 5.2). */
let mayEnd: Uint8Array;
const FAILED = -1;

/** A node is a place in the tree: two children each, negative ones are leaves. */
function makeTree(): number[][] {
  const bits = Array.from(LENGTHS, (digit) => parseInt(digit, 36));
  bits.push(EOS_BITS);
  const tree: number[][] = [[0, 0]];
  let code = 0;
  for (let length = 5; length <= EOS_BITS; length++) {
    for (const [symbol, symbolLength] of bits.entries()) {
      if (symbolLength !== length) continue;
      let node = 0;
      for (let bit = length - 1; bit > 0; bit--) {
        const side = (code >>> bit) & 1;
        const children = tree[node] ?? [];
        if ((children[side] ?? 0) === 0) children[side] = tree.push([0, 0]) - 1;
        node = children[side] ?? 0;
      }
      const last = tree[node] ?? [];
      last[code & 1] = -1 - symbol;
      code += 1;
    }
    code *= 2;
  }
  return tree;
}

/** Made when the first Huffman-coded text comes. */
function prepare(): Int16Array {
  const tree = makeTree();
  const states = new Int16Array(tree.length * STEPS).fill(FAILED);
  endedByte = new Int16Array(tree.length * STEPS).fill(NOTHING);
  mayEnd = new Uint8Array(tree.length);
  for (let node = 0, depth = 0; depth < 8; depth++) {
    mayEnd[node] = 1;
    node = tree[node]?.[1] ?? 0;
  }
  for (let state = 0; state < tree.length; state++) {
    for (let step = 0; step < STEPS; step++) {
      let node = state;
      let ended = NOTHING;
      for (let bit = STEP_BITS - 1; bit >= 0 && node !== FAILED; bit--) {
        const child = tree[node]?.[(step >>> bit) & 1] ?? 0;
        if (child >= 0) node = child;
        else {
          ended = -1 - child;
          // The end of text never stands in a text.
          node = ended > 0xff ? FAILED : 0;
        }
      }
      states[state * STEPS + step] = node;
      endedByte[state * STEPS + step] = ended;
    }
  }
  nextState = states;
  return states;
}

/**
 * The text, one character per byte.
 *
 * @throws ConnectionFault
 */
export function decodeHuffman(bytes: Buffer, start: number, end: number): string {
  const states = nextState ?? prepare();
  const decoded = Buffer.allocUnsafe((end - start) * 2);
  let length = 0;
  let state = 0;
  for (let at = start; at < end; at++) {
    const byte = bytes[at] ?? 0;
    for (let step = byte >>> STEP_BITS, half = 0; half < 2; half++, step = byte & (STEPS - 1)) {
      const place = state * STEPS + step;
      state = states[place] ?? FAILED;
      if (state === FAILED) throw new ConnectionFault(ErrorCode.COMPRESSION_ERROR, "not a Huffman code");
      const ended = endedByte[place] ?? NOTHING;
      if (ended !== NOTHING) decoded[length++] = ended;
    }
  }
  if (mayEnd[state] !== 1) throw new ConnectionFault(ErrorCode.COMPRESSION_ERROR, "a Huffman code that is cut off");
  return decoded.toString("latin1", 0, length);
}
