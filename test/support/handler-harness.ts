/** A real HTTP server around one compiled handler, with as little of the worker as a handler needs. */
import { once } from "node:events";
import { createServer, STATUS_CODES, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { compileAddressSet, type AddressSet } from "../../server-agent/core/address-set.ts";
import { clientOf } from "../../server-agent/core/client-address.ts";
import { normaliseHost } from "../../server-agent/core/normalise-host.ts";
import { normalisePath } from "../../server-agent/core/normalise-path.ts";
import type { RequestFacts } from "../../server-agent/core/request-facts.ts";
import type { CompiledHandler, Entry, Exchange } from "../../server-agent/handlers/exchange.ts";

export interface HandlerHarness extends AsyncDisposable {
  readonly port: number;
  readonly url: string;
  /** Entries of all requests so far, in order of arrival. */
  readonly entries: Entry[];
  /** Connections of visitors that are open now. */
  readonly sockets: ReadonlySet<Socket>;
  /** What handlers threw: nothing, unless a test expects it. */
  readonly thrown: unknown[];
  close(): Promise<void>;
}

/** @param trustedProxies As in the configuration. */
export async function startHandler(handler: CompiledHandler, trustedProxies: readonly string[] = []): Promise<HandlerHarness> {
  const trusted = compileAddressSet(trustedProxies, "", []);
  const entries: Entry[] = [];
  const thrown: unknown[] = [];
  const sockets = new Set<Socket>();
  const base = (request: IncomingMessage) => {
    const entry: Entry = { kind: "page", bytesReceived: 0, bytesSent: 0, bytesExpected: undefined, expire: undefined };
    entries.push(entry);
    return { request, entry, facts: factsOf(request, trusted), now: Date.now() };
  };
  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    const exchange: Exchange = {
      ...base(request),
      response,
      fail: (status, headers) => {
        const body = `error page of the site: ${String(status)} ${STATUS_CODES[status] ?? ""}\n`;
        response.writeHead(status, { "Content-Type": "text/plain", "Content-Length": body.length, ...headers });
        response.end(request.method === "HEAD" ? undefined : body);
      },
    };
    void (async () => {
      try {
        await handler.answer(exchange);
      } catch (error) {
        thrown.push(error);
        response.destroy();
      }
    })();
  };
  const server = createServer(answer);
  server.on("checkContinue", (request, response) => {
    response.writeContinue();
    answer(request, response);
  });
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  if (handler.upgrade !== undefined) {
    const { upgrade } = handler;
    server.on("upgrade", (request, socket, head) => {
      void (async () => {
        try {
          await upgrade(base(request), socket, head);
        } catch (error) {
          thrown.push(error);
          socket.destroy();
        }
      })();
    });
  }
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const close = async () => {
    for (const socket of sockets) socket.destroy();
    if (server.listening) {
      server.close();
      await once(server, "close");
    }
    handler.close?.();
  };
  return { port, url: `http://127.0.0.1:${String(port)}`, entries, sockets, thrown, close, [Symbol.asyncDispose]: close };
}

function factsOf(request: IncomingMessage, trusted: AddressSet): RequestFacts {
  const url = request.url ?? "/";
  const mark = url.indexOf("?");
  const header = (name: string): string | undefined => {
    const value = request.headers[name];
    return Array.isArray(value) ? value[0] : value;
  };
  const { client, tls } = clientOf(request.socket.remoteAddress, header("x-forwarded-for"), header("x-forwarded-proto"), trusted);
  return {
    host: normaliseHost(request.headers.host),
    path: normalisePath(mark < 0 ? url : url.slice(0, mark)) ?? "/",
    query: mark < 0 ? "" : url.slice(mark + 1),
    method: request.method ?? "GET",
    client,
    tls,
    listener: "http",
    header,
    exists: () => false,
  };
}
