import type { IncomingRequest } from "../http/incoming-request.ts";
import type { OutgoingResponse } from "../http/outgoing-response.ts";
import { MAX_DISCARDED_BYTES } from "../http1/connection.ts";

/**
 * Nobody wants the body. Who waits for leave to send it may send it or not (RFC 9110, 10.1.1): what
 * comes next on the connection could be either.
 */
export function refuseBody(request: IncomingRequest, response: OutgoingResponse): void {
  request.discard();
  const isLarge = (request.contentLength ?? 0) > MAX_DISCARDED_BYTES;
  if (isLarge || (request.hasBody && request.field("expect") !== undefined)) response.shouldKeepAlive = false;
}
