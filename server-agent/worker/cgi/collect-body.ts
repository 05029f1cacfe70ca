/**
 * Programs are told the length of a body before it comes (RFC 3875, 4.1.2). One whose length is not
 * known has to be here first.
 */
import type { Exchange } from "../exchange.ts";
import { bufferBody } from "../proxy/buffered-body.ts";

/** A longer one has to name its length: 411. */
const MAX_COLLECTED_BYTES = 1024 * 1024;

/**
 * Calls back with the body once it is complete. One that is too long, or does not come, is answered
 * here; so is one for which there is no room, as those with a length are passed on as they come.
 */
export function collectBody(exchange: Exchange, onBody: (body: Buffer) => void): void {
  bufferBody(exchange, MAX_COLLECTED_BYTES, (buffered) => {
    const body = buffered?.take();
    if (body !== undefined) {
      onBody(body);
      return;
    }
    exchange.request.discard();
    exchange.response.shouldKeepAlive = false;
    exchange.fail(411);
  });
}
