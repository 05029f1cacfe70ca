/**
 * bcrypt, in slices: a check takes a tenth of a second on purpose, and other visitors do not wait
 * for it. There is none in Node, and a package with native code does not fit into the one file
 * that the agent is.
 */
import { setImmediate as nextTurn } from "node:timers/promises";
import { encrypt, expandKey, freshState, keyWords } from "./blowfish.ts";

const FORM = /^\$2[aby]\$(\d\d)\$([./A-Za-z0-9]{22})([./A-Za-z0-9]{31})$/;
const ALPHABET = "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const TEXT = "OrpheanBeholderScryDoubt";
/** What bcrypt takes of a password (bytes), the NUL at its end included. */
const MAX_KEY_BYTES = 72;
/** Above, a check takes more than two seconds of a core. */
export const MAX_BCRYPT_COST = 14;
const MIN_COST = 4;
/** After so long (ms), other visitors have their turn. */
const SLICE_MS = 2;
/** How many rounds pass between two looks at the clock. */
const ROUNDS_PER_LOOK = 16;

export interface BcryptHash {
  readonly cost: number;
  readonly salt: Uint8Array;
  /** As it is written in the hash. */
  readonly digest: string;
}

/** Undefined for what is no hash of bcrypt, or one whose cost is not taken. */
export function parseBcrypt(hash: string): BcryptHash | undefined {
  const [, cost = "", salt = "", digest = ""] = FORM.exec(hash) ?? [];
  const rounds = Number(cost);
  if (digest === "" || rounds < MIN_COST || rounds > MAX_BCRYPT_COST) return undefined;
  return { cost: rounds, salt: decode(salt).subarray(0, 16), digest };
}

/** A password as it is stored. @param salt 16 bytes of chance @param cost 4 to `MAX_BCRYPT_COST` */
export async function hashWithBcrypt(password: string, salt: Uint8Array, cost: number): Promise<string> {
  const digest = await bcryptDigest(password, { cost, salt });
  return `$2b$${String(cost).padStart(2, "0")}$${encode(Buffer.from(salt))}${digest}`;
}

/** The digest of a password, to be compared with that of its hash. */
export async function bcryptDigest(
  password: string,
  { cost, salt }: Pick<BcryptHash, "cost" | "salt">,
): Promise<string> {
  const state = freshState();
  const bytes = Buffer.concat([Buffer.from(password), Buffer.from([0])]).subarray(0, MAX_KEY_BYTES);
  const key = keyWords(bytes);
  const saltKey = keyWords(salt);
  expandKey(state, key, saltKey);
  let since = performance.now();
  for (let round = 0; round < 2 ** cost; round++) {
    expandKey(state, key, undefined);
    expandKey(state, saltKey, undefined);
    if (round % ROUNDS_PER_LOOK === 0 && performance.now() - since >= SLICE_MS) {
      await nextTurn();
      since = performance.now();
    }
  }
  const output = Buffer.from(TEXT);
  for (let at = 0; at < output.length; at += 8) {
    const block = new Int32Array([output.readInt32BE(at), output.readInt32BE(at + 4)]);
    for (let times = 0; times < 64; times++) encrypt(state, block);
    output.writeInt32BE(block[0] ?? 0, at);
    output.writeInt32BE(block[1] ?? 0, at + 4);
  }
  // The last byte is left out, as in the first implementation.
  return encode(output.subarray(0, -1));
}

function decode(text: string): Uint8Array {
  const standard = text.replace(/./g, (character) => BASE64.charAt(ALPHABET.indexOf(character)));
  return Buffer.from(standard, "base64");
}

function encode(bytes: Buffer): string {
  return bytes
    .toString("base64")
    .replace(/=+$/, "")
    .replace(/./g, (character) => ALPHABET.charAt(BASE64.indexOf(character)));
}

const BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
