/**
 * The cookie by which a visitor stays with a target (RFC 6265). It has the target's id, which says
 * nothing of where the target is, and means the same to every worker and server.
 */
import type { Upstream } from "../../contract/upstream.ts";

/** Value of `Set-Cookie`. @param isSecure The visitor came over TLS. */
export function stickyCookie(
  { cookie, maxAge }: NonNullable<Upstream["sticky"]>,
  target: string,
  isSecure: boolean,
): string {
  const age = maxAge === undefined ? "" : `; Max-Age=${String(maxAge)}`;
  return `${cookie}=${target}; Path=/${age}; HttpOnly; SameSite=Lax${isSecure ? "; Secure" : ""}`;
}
