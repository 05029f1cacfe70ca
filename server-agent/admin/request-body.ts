import { isUtf8 } from "node:buffer";
import type { IncomingMessage } from "node:http";
import type { CallLoad } from "./load.ts";

/** Largest body that is read (bytes). */
export const MAX_BODY_BYTES = 8 * 1024 * 1024;

export type BodyOutcome =
  { ok: true; text: string } | { ok: false; reason: "too-large" | "no-room" | "interrupted" | "not-utf8" };

/**
 * Reads a body to its end, or stops as soon as it is too large, or too much is being read. Text in
 * another encoding is no text here: a decoder would put U+FFFD where it was, and that would be
 * stored.
 */
export async function readBody(request: IncomingMessage, load: Pick<CallLoad, "take">): Promise<BodyOutcome> {
  if (Number(request.headers["content-length"] ?? 0) > MAX_BODY_BYTES) return { ok: false, reason: "too-large" };
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > MAX_BODY_BYTES) return { ok: false, reason: "too-large" };
      if (!load.take(chunk.length)) return { ok: false, reason: "no-room" };
      chunks.push(chunk);
    }
  } catch {
    return { ok: false, reason: "interrupted" };
  }
  const body = Buffer.concat(chunks);
  return isUtf8(body) ? { ok: true, text: body.toString("utf8") } : { ok: false, reason: "not-utf8" };
}

/**
 * Reads what is left of a body and drops it: who is still sending does not look for a reply (RFC
 * 9112, 9.6). False where it is too large, or ended before its end.
 */
export async function dropBody(request: IncomingMessage): Promise<boolean> {
  if (Number(request.headers["content-length"] ?? 0) > MAX_BODY_BYTES) return false;
  let size = 0;
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > MAX_BODY_BYTES) return false;
    }
  } catch {
    return false;
  }
  return request.complete;
}
