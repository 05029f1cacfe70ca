/** What a configuration has in place of a password. The password itself is kept nowhere. */
import { createHash, randomBytes } from "node:crypto";
import type { Input } from "../contract/commands.ts";
import { hashWithBcrypt } from "../../server-agent/worker/auth/bcrypt.ts";

/** As `htpasswd` and most programs: a check takes a tenth of a second. */
const BCRYPT_COST = 10;
const SALT_BYTES = 16;

/** @param use For a digest, whose hash is of all three (RFC 7616, 3.4.2). */
export async function hashPassword(password: string, use: Input<"password.hash">["for"]): Promise<string> {
  if (use.type === "basic") return hashWithBcrypt(password, randomBytes(SALT_BYTES), BCRYPT_COST);
  const algorithm = use.algorithm === "MD5" ? "md5" : "sha256";
  return createHash(algorithm).update(`${use.user}:${use.realm}:${password}`).digest("hex");
}
