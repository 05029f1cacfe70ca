/** Whether a request comes from a user, of whom name and password are known. */
import type { Auth } from "../../contract/rules/auth.ts";
import { Basic } from "./basic.ts";
import { Digest } from "./digest.ts";
import type { Authenticator } from "./verdict.ts";

/**
 * @param key Secret that all workers share, so that one takes what another has handed out.
 * @param log Told what is wrong with the users.
 */
export function compileAuth(auth: Auth, key: string, log: (line: string) => void): Authenticator {
  return auth.type === "basic" ? new Basic(auth, log) : new Digest(auth, key, log);
}
