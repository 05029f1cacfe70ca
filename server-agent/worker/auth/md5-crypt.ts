/** Hashes of passwords by MD5, as htpasswd makes them (`$apr1$`), and old systems (`$1$`). */
import { createHash } from "node:crypto";

const FORM = /^(\$(?:apr1|1)\$)([./0-9A-Za-z]{0,8})\$([./0-9A-Za-z]{22})$/;
const ALPHABET = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const ROUNDS = 1000;
/** The digest's bytes in the order in which they are written down. */
const ORDER = [
  [0, 6, 12],
  [1, 7, 13],
  [2, 8, 14],
  [3, 9, 15],
  [4, 10, 5],
] as const;

export interface Md5Hash {
  readonly magic: string;
  readonly salt: string;
  /** As it is written in the hash. */
  readonly digest: string;
}

export function parseMd5Crypt(hash: string): Md5Hash | undefined {
  const [, magic = "", salt = "", digest = ""] = FORM.exec(hash) ?? [];
  return digest === "" ? undefined : { magic, salt, digest };
}

/** The digest of a password, to be compared with that of its hash; takes some milliseconds. */
export function md5CryptDigest(text: string, { magic, salt }: Md5Hash): string {
  const password = Buffer.from(text);
  const inner = md5(password, salt, password);
  const parts: (Buffer | string)[] = [password, magic, salt];
  for (let left = password.length; left > 0; left -= 16) parts.push(inner.subarray(0, Math.min(left, 16)));
  const NUL = Buffer.from([0]);
  for (let bits = password.length; bits > 0; bits >>= 1) parts.push((bits & 1) === 1 ? NUL : password.subarray(0, 1));
  let digest = md5(...parts);
  for (let round = 0; round < ROUNDS; round++) {
    const isOdd = round % 2 === 1;
    digest = md5(
      isOdd ? password : digest,
      round % 3 === 0 ? "" : salt,
      round % 7 === 0 ? "" : password,
      isOdd ? digest : password,
    );
  }
  const groups = ORDER.map(([a, b, c]) =>
    write(((digest[a] ?? 0) << 16) | ((digest[b] ?? 0) << 8) | (digest[c] ?? 0), 4),
  );
  return groups.join("") + write(digest[11] ?? 0, 2);
}

function md5(...parts: (Buffer | string)[]): Buffer {
  const hash = createHash("md5");
  for (const part of parts) hash.update(part);
  return hash.digest();
}

function write(value: number, characters: number): string {
  return Array.from({ length: characters }, (_, index) => ALPHABET.charAt((value >> (6 * index)) & 0x3f)).join("");
}
