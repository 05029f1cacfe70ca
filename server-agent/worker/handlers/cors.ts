/**
 * Lets a script of another origin read a maintenance answer. Without this, it would see "network
 * error" where there is a 503 with `Retry-After`.
 *
 * Every origin may: the answer holds nothing that depends on who asks. It is named rather than `*`,
 * because only so requests with cookies may read it too.
 */
import type { IncomingRequest } from "../http/incoming-request.ts";
import type { OutgoingResponse } from "../http/outgoing-response.ts";

/** @param origin The request's `Origin`. A response with these needs `Vary: Origin`. */
export function corsFields(origin: string): Readonly<Record<string, string>> {
  return {
    "Access-Control-Allow-Origin": origin,
    "Access-Control-Allow-Credentials": "true",
    "Access-Control-Expose-Headers": "Retry-After",
  };
}

/** A browser's question whether it may send a request (Fetch, CORS-preflight). */
export function isPreflight(request: IncomingRequest): boolean {
  return (
    request.method === "OPTIONS" &&
    request.field("origin") !== undefined &&
    request.field("access-control-request-method") !== undefined
  );
}

/**
 * Says yes, for a preflight that gets no 2xx fails, and the request itself, with the 503 that the
 * script is to see, is never sent.
 */
export function answerPreflight(response: OutgoingResponse, request: IncomingRequest): void {
  const fields = [
    ...Object.entries(corsFields(request.field("origin") ?? "")).flat(),
    "Cache-Control",
    "no-store",
    "Vary",
    "Origin",
  ];
  fields.push(
    "Access-Control-Allow-Methods",
    request.field("access-control-request-method") ?? "",
    "Access-Control-Max-Age",
    "0",
  );
  const asked = request.field("access-control-request-headers");
  if (asked !== undefined) fields.push("Access-Control-Allow-Headers", asked);
  response.writeHead(204, fields);
  response.end();
}
