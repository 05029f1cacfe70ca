/**
 * A pass as text: its id, its end, and a signature (HMAC-SHA-256) over both and the site, so that
 * it opens no other site. The key is the pass's own and stays with the agent.
 */
import { createHmac, timingSafeEqual } from "node:crypto";

/** What a worker knows of a pass that may be used. */
export interface PassKey {
  readonly id: string;
  readonly site: string;
  /** Epoch milliseconds. */
  readonly endMs: number;
  /** Hexadecimal. */
  readonly key: string;
}

/** A longer one is none; nothing of it is looked at. */
const MAX_TOKEN_LENGTH = 160;

const TOKEN = /^([A-Za-z0-9-]{1,64})\.([0-9a-z]{1,11})\.[A-Za-z0-9_-]{43}$/;

export function signPass({ id, site, endMs, key }: PassKey): string {
  const end = endMs.toString(36);
  const signature = createHmac("sha256", Buffer.from(key, "hex"))
    .update(`backsoon pass\n${id}\n${end}\n${site}`)
    .digest("base64url");
  return `${id}.${end}.${signature}`;
}

/**
 * The pass that the text is, for this site and at this time (epoch milliseconds). The comparison
 * takes as long for every signature.
 * @param find Those that may be used, by id.
 */
export function verifyPass(
  token: string,
  site: string,
  nowMs: number,
  find: (id: string) => PassKey | undefined,
): PassKey | undefined {
  if (token.length > MAX_TOKEN_LENGTH) return undefined;
  const [, id = ""] = TOKEN.exec(token) ?? [];
  const pass = find(id);
  if (pass?.site !== site || pass.endMs <= nowMs) return undefined;
  const given = Buffer.from(token);
  const right = Buffer.from(signPass(pass));
  return given.length === right.length && timingSafeEqual(given, right) ? pass : undefined;
}
