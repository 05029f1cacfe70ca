/** Hashes of passwords, of the kinds that password files have. */
import crypto, { createHash, timingSafeEqual } from "node:crypto";
import { promisify } from "node:util";
import { bcryptDigest, MAX_BCRYPT_COST, parseBcrypt } from "./bcrypt.ts";
import { md5CryptDigest, parseMd5Crypt } from "./md5-crypt.ts";

/** Whether a password is the one that was hashed. */
type PasswordCheck = (password: string) => boolean | Promise<boolean>;

export type ParsedHash =
  { readonly ok: true; readonly check: PasswordCheck } | { readonly ok: false; readonly why: string };

const ARGON2 =
  /^\$(argon2(?:id|i|d))\$v=19\$m=(\d{1,7}),t=(\d{1,3}),p=(\d{1,2})\$([A-Za-z0-9+/]{11,86})\$([A-Za-z0-9+/]{22,171})$/;
/** KiB; a check takes as much memory. */
const MAX_ARGON2_KIB = 256 * 1024;

export function parseHash(hash: string): ParsedHash {
  const bcrypt = parseBcrypt(hash);
  if (bcrypt !== undefined)
    return { ok: true, check: async (password) => isEqual(await bcryptDigest(password, bcrypt), bcrypt.digest) };
  const md5 = parseMd5Crypt(hash);
  if (md5 !== undefined) return { ok: true, check: (password) => isEqual(md5CryptDigest(password, md5), md5.digest) };
  const sha = /^\{SHA\}([A-Za-z0-9+/]{27}=)$/.exec(hash)?.[1];
  if (sha !== undefined)
    return { ok: true, check: (password) => isEqual(createHash("sha1").update(password).digest("base64"), sha) };
  if (hash.startsWith("$argon2")) return parseArgon2(hash);
  if (hash.startsWith("$2"))
    return { ok: false, why: `its bcrypt hash is malformed, or its cost is not 4 to ${String(MAX_BCRYPT_COST)}` };
  return { ok: false, why: "its hash is of none of the kinds bcrypt, argon2, apr1 and {SHA}" };
}

function parseArgon2(hash: string): ParsedHash {
  const [, algorithm, memory, passes, parallelism, salt = "", tag = ""] = ARGON2.exec(hash) ?? [];
  if (algorithm === undefined || Number(memory) > MAX_ARGON2_KIB)
    return { ok: false, why: `its argon2 hash is malformed, or takes more than ${String(MAX_ARGON2_KIB)} KiB` };
  // Node has it from version 24.7 on.
  const { argon2 } = crypto as Partial<typeof crypto>;
  if (argon2 === undefined)
    return { ok: false, why: `Node ${process.versions.node} knows no argon2; use bcrypt, or Node 24.7 or newer` };
  const wanted = Buffer.from(tag, "base64");
  const derive = promisify(argon2);
  return {
    ok: true,
    check: async (message) =>
      timingSafeEqual(
        await derive(algorithm as "argon2id", {
          message,
          nonce: Buffer.from(salt, "base64"),
          memory: Number(memory),
          passes: Number(passes),
          parallelism: Number(parallelism),
          tagLength: wanted.length,
        }),
        wanted,
      ),
  };
}

/** In a time that does not tell where two texts differ. */
export function isEqual(a: string, b: string): boolean {
  const [left, right] = [a, b].map((text) => createHash("sha256").update(text).digest()) as [Buffer, Buffer];
  return timingSafeEqual(left, right);
}
