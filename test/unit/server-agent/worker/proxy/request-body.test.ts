/** An answer of the upstream must be read before more of the body is written to it. */
import { beforeEach, describe, expect, it } from "vitest";
import type { Exchange } from "../../../../../server-agent/worker/exchange.ts";
import { FramedRequest } from "../../../../../server-agent/worker/http1/framed-request.ts";
import { parseRequestHead } from "../../../../../server-agent/worker/http1/request-head.ts";
import { bodyWireOf, RequestBody } from "../../../../../server-agent/worker/proxy/request-body.ts";
import type { CallConnection } from "../../../../../server-agent/worker/upstream/upstream-call.ts";

let written: string[];
let abandoned: number[];
let request: FramedRequest;
let body: RequestBody;

function turn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(() => setImmediate(resolve));
  });
}

beforeEach(() => {
  written = [];
  abandoned = [];
  const bytes = Buffer.from("POST / HTTP/1.1\r\nHost: shop\r\nTransfer-Encoding: chunked");
  const head = parseRequestHead(bytes, bytes.length);
  request = new FramedRequest(head, "192.0.2.1", { pauseReading: () => undefined, resumeReading: () => undefined });
  const connection = {
    write(bytes: Buffer | string) {
      written.push(bytes.toString());
      return true;
    },
    cork: () => undefined,
    uncork: () => undefined,
    finishRequest: () => written.push("(end)"),
  };
  const exchange = { request, entry: { kind: "page", bytesReceived: 0 } };
  body = new RequestBody(
    exchange as unknown as Exchange,
    request,
    connection as unknown as CallConnection,
    bodyWireOf(request),
    (status) => {
      abandoned.push(status);
    },
  );
});

describe("the body of a request on its way to an upstream", () => {
  it("is written after all sockets have been looked at again, in its order", async () => {
    request.feed(Buffer.from("2\r\nab\r\n1\r\nc\r\n"));
    expect(written).toEqual([]);
    await turn();
    expect(written.join("")).toBe("2\r\nab\r\n1\r\nc\r\n");
    request.feed(Buffer.from("0\r\n\r\n"));
    await turn();
    expect(written.join("")).toBe("2\r\nab\r\n1\r\nc\r\n0\r\n\r\n(end)");
  });

  it("is not written once the upstream has answered", async () => {
    request.feed(Buffer.from("2\r\nab\r\n"));
    body.stop();
    await turn();
    expect(written).toEqual([]);
  });

  it.each([400, 408] as const)("that will not come (%d) is told to whoever waits, once", (status) => {
    request.feed(Buffer.from("2\r\nab"));
    request.abandon(status);
    request.abandon(status);
    expect(abandoned).toEqual([status]);
    expect(request.feed(Buffer.from("whatever"))).toBe(8);
  });
});
