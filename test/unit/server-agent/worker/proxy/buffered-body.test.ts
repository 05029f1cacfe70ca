/** What comes while an upstream is looked for must not be lost. */
import { expect, it } from "vitest";
import type { Exchange } from "../../../../../server-agent/worker/exchange.ts";
import { FramedRequest } from "../../../../../server-agent/worker/http1/framed-request.ts";
import { parseRequestHead } from "../../../../../server-agent/worker/http1/request-head.ts";
import { bufferBody, type BufferedBody } from "../../../../../server-agent/worker/proxy/buffered-body.ts";

function begin() {
  const head = Buffer.from("POST / HTTP/1.1\r\nHost: shop\r\nTransfer-Encoding: chunked");
  const source = { pauseReading: () => undefined, resumeReading: () => undefined };
  const request = new FramedRequest(parseRequestHead(head, head.length), "192.0.2.1", source);
  // Only what is used of them.
  const exchange: unknown = { request, response: {}, entry: {} };
  let sent: BufferedBody | undefined;
  bufferBody(exchange as Exchange, 4, (buffered) => (sent = buffered));
  let told = "";
  const read = (): void => {
    sent?.read({
      onData: (bytes) => (told += bytes.toString()),
      onEnd: () => (told += "(end)"),
      onAbandoned: (status) => (told += `(${String(status)})`),
    });
  };
  return { request, read, told: () => told };
}

it("passes on what comes in one piece with what made it too long to wait for", () => {
  const { request, read, told } = begin();
  request.feed(Buffer.from("3\r\nabc\r\n3\r\ndef\r\n3\r\nghi\r\n0\r\n\r\n"));
  read();
  expect(told()).toBe("abcdefghi(end)");
});

it("tells who reads a body that has become too long that the rest will not come", async () => {
  const { request, read, told } = begin();
  request.feed(Buffer.from("5\r\nabcde\r\n"));
  request.abandon(400);
  read();
  await new Promise(setImmediate);
  expect(told()).toBe("abcde(400)");
});
