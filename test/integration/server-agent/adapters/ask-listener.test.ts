import { once } from "node:events";
import { createServer } from "node:http";
import { type AddressInfo, type Socket, createServer as createTcp } from "node:net";
import { describe, expect, it } from "vitest";
import { type ListenerAsked, askListener } from "../../../../server-agent/adapters/ask-listener.ts";

async function tcpServer(answer: (socket: Socket, text: string) => void) {
  const sockets = new Set<Socket>();
  const server = createTcp((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined).on("data", (data: Buffer) => answer(socket, data.toString("latin1")));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    port,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}

function asked(port: number, more: Partial<ListenerAsked> = {}): ListenerAsked {
  return { address: "127.0.0.1", port, tls: false, host: "shop.example", path: "/a%2Fb", timeoutMs: 10_000, ...more };
}

describe("a listener that is asked", () => {
  it("hears the name and the path as they are, and its answer is told whole", async () => {
    const seen: unknown[] = [];
    const server = createServer((request, response) => {
      seen.push([request.method, request.url, request.headers.host, request.headers["x-mark"]]);
      response.writeHead(503, { "retry-after": "5" }).end("größer");
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    expect(await askListener(asked(port, { method: "POST", headers: { "X-Mark": "1" } }))).toMatchObject({
      ok: true,
      answer: { status: 503, headers: { "retry-after": "5" }, body: "größer" },
    });
    expect(seen).toEqual([["POST", "/a%2Fb", "shop.example", "1"]]);
    server.close();
  });

  it("gets a header of the PROXY protocol where it expects one", async () => {
    let heard = "";
    await using server = await tcpServer((socket, text) => {
      heard += text;
      if (heard.includes("\r\n\r\n")) socket.end("HTTP/1.1 204 No Content\r\n\r\n");
    });
    expect(await askListener(asked(server.port, { proxyProtocol: true }))).toMatchObject({ answer: { status: 204 } });
    expect(heard).toMatch(
      new RegExp(`^PROXY TCP4 127\\.0\\.0\\.1 127\\.0\\.0\\.1 \\d+ ${String(server.port)}\r\nGET `),
    );
  });

  it.each([
    ["says nothing", () => undefined, /no answer within/],
    ["hangs up", (socket: Socket) => socket.destroy(), /hang up|ECONNRESET/],
    ["does not speak HTTP", (socket: Socket) => socket.end("SSH-2.0-x\r\n"), /Parse Error/],
    [
      "stops in the middle",
      (socket: Socket) => void socket.write("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nab"),
      /no answer within/,
    ],
  ])("and %s is an answer, too", async (_what, answer, message) => {
    await using server = await tcpServer(answer);
    const answered = await askListener(asked(server.port, { timeoutMs: 500 }));
    expect(answered.ok ? "" : answered.message).toMatch(message);
  });

  it("and is not there, or does not speak TLS", async () => {
    await using server = await tcpServer((socket) => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n"));
    expect(await askListener(asked(server.port, { tls: true }))).toMatchObject({ ok: false });
    expect(await askListener(asked(1))).toMatchObject({
      ok: false,
      message: expect.stringContaining("ECONNREFUSED") as string,
    });
  });

  it("may send without end: only the beginning is read", async () => {
    await using server = await tcpServer((socket) => {
      socket.write("HTTP/1.1 200 OK\r\n\r\n");
      const more = () => {
        while (!socket.destroyed && socket.write("x".repeat(10_000)));
      };
      socket.on("drain", more);
      more();
    });
    const answered = await askListener(asked(server.port));
    expect(answered.ok ? answered.answer.body.length : answered.message).toBe(65_536);
  });
});
