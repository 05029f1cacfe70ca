/** `bufferRequests`: what a slow visitor sends reaches the upstream when all of it is here. */
import { createServer } from "node:http";
import { describe, expect, it } from "vitest";
import type { Upstream } from "../../../../../server-agent/contract/upstream.ts";
import { type ProxyHarness, startProxy } from "../../../../support/agent/proxy-harness.ts";
import { ask } from "../../../../support/http/ask.ts";
import { listening } from "../../../../support/http/listening.ts";
import { openRaw } from "../../../../support/http/raw-client.ts";
import { type RawRequest, type RawUpstream, startRawUpstream } from "../../../../support/http/raw-upstream.ts";
import { keep } from "../../../../support/keep.ts";

const OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

async function raw(answer: (request: RawRequest) => void = ({ socket }) => socket.write(OK)): Promise<RawUpstream> {
  return keep(await startRawUpstream(answer));
}

/** Says what it got, and how it was framed. */
async function echo(): Promise<{ readonly url: string; readonly asked: number }> {
  let asked = 0;
  const server = createServer((request, response) => {
    asked++;
    let body = "";
    const { "content-length": length, "transfer-encoding": coding } = request.headers;
    request
      .on("data", (part: Buffer) => (body += part.toString()))
      .on("end", () => response.end(`${body} ${String(length)} ${String(coding)}`));
  });
  const port = await listening(server);
  return {
    url: `http://127.0.0.1:${String(port)}`,
    get asked() {
      return asked;
    },
  };
}

async function proxy(upstreams: readonly RawUpstream[], rest: Partial<Upstream> = {}): Promise<ProxyHarness> {
  const targets = upstreams.map(({ url }) => url);
  return keep(await startProxy(targets, { bufferRequests: { maxBytes: 1000 }, ...rest }));
}

async function received({ entries }: ProxyHarness, bytes: number): Promise<void> {
  while (entries[0]?.bytesReceived !== bytes) await new Promise(setImmediate);
}

describe("a body that is waited for", () => {
  it("comes with its length, whatever the visitor said, and nothing comes before", async () => {
    const upstream = await echo();
    const harness = keep(await startProxy([upstream.url], { bufferRequests: { maxBytes: 1000 } }));
    using visitor = await openRaw(harness.port);
    await visitor.write("POST / HTTP/1.1\r\nHost: shop\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n");
    await received(harness, 3);
    expect(upstream.asked).toBe(0);
    await visitor.write("2\r\nde\r\n0\r\n\r\n");
    expect((await visitor.read()).body).toBe("abcde 5 undefined");
    expect(harness.entries[0]?.bytesReceived).toBe(5);
    const again = await visitor.ask("PUT / HTTP/1.1\r\nHost: shop\r\nContent-Length: 1\r\n\r\nx");
    expect(again.body).toBe("x 1 undefined");
  });

  it("is passed on as it comes where it is too long, known or not", async () => {
    const upstream = await raw();
    const known = await proxy([upstream]);
    using one = await openRaw(known.port);
    await one.write("POST / HTTP/1.1\r\nHost: shop\r\nContent-Length: 2000\r\n\r\n");
    expect((await one.read()).status).toBe(200);
    const unknown = await proxy([upstream]);
    using other = await openRaw(unknown.port);
    const chunk = `258\r\n${"x".repeat(600)}\r\n`;
    await other.write(`POST / HTTP/1.1\r\nHost: shop\r\nTransfer-Encoding: chunked\r\n\r\n${chunk}`);
    await received(unknown, 600);
    expect(upstream.requests).toHaveLength(1);
    await other.write(chunk);
    expect((await other.read()).status).toBe(200);
    expect(upstream.requests[1]?.text).toContain("Transfer-Encoding: chunked");
    await received(unknown, 1200);
  });

  it("asks nobody when it does not come", async () => {
    const upstream = await raw();
    const harness = await proxy([upstream]);
    using visitor = await openRaw(harness.port);
    await visitor.write("POST / HTTP/1.1\r\nHost: shop\r\nTransfer-Encoding: chunked\r\n\r\nnonsense\r\n");
    expect((await visitor.read()).status).toBe(400);
    using gone = await openRaw(harness.port);
    await gone.write("POST / HTTP/1.1\r\nHost: shop\r\nContent-Length: 9\r\n\r\nabc");
    gone.destroy();
    while (harness.sockets.size > 1) await new Promise(setImmediate);
    expect(upstream.sockets.size).toBe(0);
  });

  it("is sent again to another target if that does no harm", async () => {
    const broken = await raw(({ socket }) => socket.destroy());
    const working = await raw();
    const body = "x".repeat(500);
    const first = await proxy([broken, working]);
    expect((await ask(first.port, "/", { method: "PUT", body })).status).toBe(200);
    expect(working.requests[0]?.text).toMatch(/Content-Length: 500\r\n/);
    const second = await proxy([broken, working]);
    expect((await ask(second.port, "/", { method: "POST", body })).status).toBe(502);
  });
});
