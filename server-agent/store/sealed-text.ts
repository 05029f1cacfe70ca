/**
 * Text of a stored file: one line of JSON, then one line with its checksum. A file that was torn,
 * cut short or changed by hand does not match and is never read as good. `head -1 FILE` gives plain
 * JSON.
 */
import { createHash } from "node:crypto";

const SEAL = /\n\{"sha256":"([0-9a-f]{64})"\}\n$/;

export function seal(value: unknown): string {
  const body = JSON.stringify(value);
  return `${body}\n{"sha256":"${digest(body)}"}\n`;
}

/** The value, or `undefined` when the text is not what was sealed. */
export function unseal(text: string): unknown {
  const found = SEAL.exec(text);
  if (found === null) return undefined;
  const body = text.slice(0, found.index);
  if (digest(body) !== found[1]) return undefined;
  try {
    return JSON.parse(body) as unknown;
  } catch {
    // Somebody has sealed by hand what is no JSON.
    return undefined;
  }
}

function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
