/** What was refused before it reached a virtual host, as the access log tells of it. */
import type { LoggedRequest } from "../../core/access-log/logged-request.ts";
import { peerAddress } from "../../core/routing/client-address.ts";
import type { Carrier } from "../http/carrier.ts";
import type { IncomingRequest } from "../http/incoming-request.ts";
import type { Refusal } from "../http/refusal.ts";

/** Where it came from. */
export type RefusedCarrier = Pick<Carrier, "place" | "arrival" | "peer">;

/** @param request As far as there is one. */
export function refusedRequest(
  carrier: RefusedCarrier,
  { reason, status, line = "" }: Refusal,
  request: IncomingRequest | undefined,
): LoggedRequest {
  return {
    request: request ?? { method: "", sentTarget: line, httpVersion: "", field: () => undefined },
    // Nothing that it says of its visitor is believed.
    facts: { client: peerAddress(carrier.peer) },
    carrier,
    now: Date.now(),
    status,
    bytesReceived: 0,
    bytesSent: 0,
    refusal: reason,
    outcome: () => "answered",
  };
}
