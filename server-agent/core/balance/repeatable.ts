/**
 * Whether a request may be sent again when nobody can know whether it was carried out (RFC 9110,
 * 9.2.2). One of which nothing was sent may be sent again in any case.
 */
const IDEMPOTENT: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"]);

/** @param hasBody Of which what was read is gone. */
export function isRepeatable(method: string, hasBody: boolean): boolean {
  return !hasBody && IDEMPOTENT.has(method);
}
