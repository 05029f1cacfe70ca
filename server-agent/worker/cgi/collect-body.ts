/**
 * Programs are told the length of a body before it comes (RFC 3875, 4.1.2). One whose length is not
 * known has to be here first.
 */
import type { Exchange } from "../exchange.ts";
import type { Abandoned } from "../http/incoming-request.ts";

/** A longer one has to name its length: 411. */
const MAX_COLLECTED_BYTES = 1024 * 1024;

/**
 * Calls back with the body once it is complete. One that is too long, or does not come, is answered
 * here.
 */
export function collectBody(exchange: Exchange, onBody: (body: Buffer) => void): void {
  const { request, response, entry } = exchange;
  const parts: Buffer[] = [];
  let isOver = false;
  const refuse = (status: Abandoned | 411): void => {
    if (isOver) return;
    isOver = true;
    request.discard();
    response.shouldKeepAlive = false;
    exchange.fail(status);
  };
  request.read({
    onData(bytes) {
      if (isOver) return;
      entry.bytesReceived += bytes.length;
      if (entry.bytesReceived > MAX_COLLECTED_BYTES) refuse(411);
      // The connection reads into the same buffer again.
      else parts.push(Buffer.from(bytes));
    },
    onEnd() {
      if (isOver) return;
      isOver = true;
      onBody(Buffer.concat(parts));
    },
    onAbandoned: refuse,
  });
}
