import { done, refuse, type Result } from "../result.ts";
import type { Precondition } from "../supervisor/switch/precondition.ts";

/**
 * `If-Match` (RFC 9110, 13.1.1): `*`, `"41"`, or for people at a prompt 41. Refuses with
 * `if-match.required` or `request.malformed`.
 */
export function parseIfMatch(
  header: string | undefined,
  rule: "required" | "optional" | undefined,
): Result<Precondition> {
  if (rule === undefined || header === undefined) {
    return rule === "required" && header === undefined
      ? refuse(
          "if-match.required",
          "Send `If-Match` with the generation that you changed (the ETag of GET /v1/config), or `If-Match: *` to write unconditionally.",
        )
      : done({ kind: "none" });
  }
  if (header.trim() === "*") return done({ kind: "any" });
  const found = /^\s*(?:"(\d{1,15})"|(\d{1,15}))\s*$/.exec(header);
  const digits = found?.[1] ?? found?.[2];
  if (digits === undefined) return refuse("request.malformed", '`If-Match` must be one generation like "41", or *.');
  return done({ kind: "generation", generation: Number(digits) });
}
