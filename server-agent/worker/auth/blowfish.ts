/**
 * The cipher Blowfish as far as bcrypt needs it (B. Schneier, 1993): its first state, which is the
 * fraction of pi, and the mixing of keys into a state.
 */

const ROUNDS = 16;
/** P-array and four S-boxes, one behind the other. */
const P_WORDS = ROUNDS + 2;
const STATE_WORDS = P_WORDS + 4 * 256;

let first: Int32Array | undefined;

/** The state before any key. Takes some 20 ms when it is called first. */
export function freshState(): Int32Array {
  first ??= fractionOfPi(STATE_WORDS);
  return first.slice();
}

/** By J. Machin's formula, in words of 32 bits. */
function fractionOfPi(words: number): Int32Array {
  const bits = BigInt(words * 32);
  const guard = 64n;
  const one = 1n << (bits + guard);
  const pi = (16n * inverseTangent(5n, one) - 4n * inverseTangent(239n, one)) >> guard;
  const fraction = (pi - (3n << bits)).toString(16).padStart(words * 8, "0");
  return Int32Array.from({ length: words }, (_, index) =>
    Number.parseInt(fraction.slice(index * 8, index * 8 + 8), 16),
  );
}

/** The arc tangent of 1/x. */
function inverseTangent(x: bigint, one: bigint): bigint {
  const square = x * x;
  let power = one / x;
  let sum = power;
  for (let divisor = 3n, sign = -1n; power > 0n; divisor += 2n, sign = -sign) {
    power /= square;
    sum += (sign * power) / divisor;
  }
  return sum;
}

/** Two words, encrypted in place. */
export type Block = Int32Array;

export function encrypt(state: Int32Array, block: Block): void {
  let left = (block[0] ?? 0) ^ (state[0] ?? 0);
  let right = block[1] ?? 0;
  for (let round = 1; round <= ROUNDS; round += 2) {
    right ^= mix(state, left) ^ (state[round] ?? 0);
    left ^= mix(state, right) ^ (state[round + 1] ?? 0);
  }
  block[0] = right ^ (state[P_WORDS - 1] ?? 0);
  block[1] = left;
}

function mix(state: Int32Array, word: number): number {
  const a = state[P_WORDS + (word >>> 24)] ?? 0;
  const b = state[P_WORDS + 256 + ((word >>> 16) & 0xff)] ?? 0;
  const c = state[P_WORDS + 512 + ((word >>> 8) & 0xff)] ?? 0;
  const d = state[P_WORDS + 768 + (word & 0xff)] ?? 0;
  return (((a + b) ^ c) + d) | 0;
}

/**
 * Mixes a key into a state (Provos and Mazières, "A Future-Adaptable Password Scheme", 1999).
 *
 * @param key Of 18 words, repeated as it fills them.
 * @param salt Of 4 words; undefined for zeros.
 */
export function expandKey(state: Int32Array, key: Int32Array, salt: Int32Array | undefined): void {
  for (let index = 0; index < P_WORDS; index++) state[index] = (state[index] ?? 0) ^ (key[index] ?? 0);
  const block = new Int32Array(2);
  for (let index = 0; index < STATE_WORDS; index += 2) {
    if (salt !== undefined) {
      block[0] = (block[0] ?? 0) ^ (salt[index & 3] ?? 0);
      block[1] = (block[1] ?? 0) ^ (salt[(index + 1) & 3] ?? 0);
    }
    encrypt(state, block);
    state[index] = block[0] ?? 0;
    state[index + 1] = block[1] ?? 0;
  }
}

/** @param bytes Repeated without end. */
export function keyWords(bytes: Uint8Array): Int32Array {
  let at = 0;
  const next = (): number => bytes[at++ % bytes.length] ?? 0;
  return Int32Array.from({ length: P_WORDS }, () => (next() << 24) | (next() << 16) | (next() << 8) | next());
}
