/**
 * Programs are told the length of a body before it comes (RFC 3875, 4.1.2). One whose length is not
 * known has to be here first.
 */
import type { Exchange } from "../exchange.ts";
import type { Abandoned } from "../http/incoming-request.ts";

/** A longer one has to name its length: 411. */
const MAX_COLLECTED_BYTES = 1024 * 1024;
/** Of all that are being collected: many that arrive slowly must not take all memory. */
const MAX_BYTES_IN_ALL = 64 * 1024 * 1024;

let bytesInAll = 0;

/**
 * Calls back with the body once it is complete. One that is too long, or does not come, is answered
 * here; so is one for which there is no room, as those with a length are passed on as they come.
 */
export function collectBody(exchange: Exchange, onBody: (body: Buffer) => void): void {
  const { request, response, entry } = exchange;
  const parts: Buffer[] = [];
  let isOver = false;
  let bytes = 0;
  const end = (): void => {
    isOver = true;
    bytesInAll -= bytes;
    bytes = 0;
    parts.length = 0;
  };
  response.onClose = end;
  const refuse = (status: Abandoned | 411): void => {
    if (isOver) return;
    end();
    request.discard();
    response.shouldKeepAlive = false;
    exchange.fail(status);
  };
  request.read({
    onData(part) {
      if (isOver) return;
      bytes += part.length;
      bytesInAll += part.length;
      entry.bytesReceived = bytes;
      if (bytes > MAX_COLLECTED_BYTES || bytesInAll > MAX_BYTES_IN_ALL) refuse(411);
      // The connection reads into the same buffer again.
      else parts.push(Buffer.from(part));
    },
    onEnd() {
      if (isOver) return;
      const body = Buffer.concat(parts);
      end();
      onBody(body);
    },
    onAbandoned: refuse,
  });
}
