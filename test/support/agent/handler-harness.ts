/**
 * A real HTTP server around one compiled handler, with as little of the worker as a handler needs.
 */
import { once } from "node:events";
import { STATUS_CODES } from "node:http";
import { createServer, type AddressInfo, type Socket } from "node:net";
import { compileAddressSet, type AddressSet } from "../../../server-agent/core/routing/address-set.ts";
import { clientOf } from "../../../server-agent/core/routing/client-address.ts";
import { normaliseHost } from "../../../server-agent/core/routing/normalise-host.ts";
import { normalisePath } from "../../../server-agent/core/routing/normalise-path.ts";
import { NOWHERE, type RequestFacts } from "../../../server-agent/core/routing/request-facts.ts";
import type { CompiledHandler, Entry, Exchange } from "../../../server-agent/worker/exchange.ts";
import type { Carrier } from "../../../server-agent/worker/http/carrier.ts";
import { Connection } from "../../../server-agent/worker/http1/connection.ts";
import type { IncomingRequest } from "../../../server-agent/worker/http/incoming-request.ts";
import type { OutgoingResponse } from "../../../server-agent/worker/http/outgoing-response.ts";

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
export async function startHandler(
  handler: CompiledHandler,
  trustedProxies: readonly string[] = [],
): Promise<HandlerHarness> {
  const trusted = compileAddressSet(trustedProxies, "", []);
  const entries: Entry[] = [];
  const thrown: unknown[] = [];
  const sockets = new Set<Socket>();
  const base = (request: IncomingRequest) => {
    const entry: Entry = {
      kind: "page",
      bytesReceived: 0,
      bytesSent: 0,
      bytesExpected: undefined,
      isRateLimited: false,
      upstream: undefined,
      upstreamMs: undefined,
      isHeld: false,
      expire: undefined,
    };
    entries.push(entry);
    const facts = factsOf(request, trusted);
    return {
      request,
      entry,
      requestEdit: undefined,
      facts,
      asked: facts,
      user: undefined,
      authType: undefined,
      now: Date.now(),
    };
  };
  const answer = async (carrier: Carrier, request: IncomingRequest, response: OutgoingResponse): Promise<void> => {
    const exchange: Exchange = {
      ...base(request),
      response,
      fail: (status, headers) => {
        const body = `error page of the site: ${String(status)} ${STATUS_CODES[status] ?? ""}\n`;
        response.writeHead(status, [
          "Content-Type",
          "text/plain",
          "Content-Length",
          String(body.length),
          ...Object.entries(headers ?? {}).flat(),
        ]);
        response.end(body);
      },
      answerAs: (location) => {
        throw new Error(`there is no site that could answer ${location}`);
      },
      answerAsIndex: () => false,
      takeConnection: (agreement) => carrier.takeOver(agreement),
    };
    if (request.field("expect") === "100-continue") response.writeInformation(100, []);
    await handler.answer(exchange);
  };
  const request = (carrier: Carrier, incoming: IncomingRequest, response: OutgoingResponse): void => {
    const serve = async () => {
      try {
        await answer(carrier, incoming, response);
      } catch (error) {
        thrown.push(error);
        carrier.cut();
      }
    };
    void serve();
  };
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    sockets.add(socket);
    new Connection(
      socket,
      { listener: "http", isPageSource: false },
      {
        isRetiring: false,
        request,
        ended: () => undefined,
        refused: () => undefined,
        closed: () => sockets.delete(socket),
      },
    );
  });
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
  return {
    port,
    url: `http://127.0.0.1:${String(port)}`,
    entries,
    sockets,
    thrown,
    close,
    [Symbol.asyncDispose]: close,
  };
}

function factsOf(request: IncomingRequest, trusted: AddressSet): RequestFacts {
  const { url } = request;
  const mark = url.indexOf("?");
  const header = (name: string): string | undefined => request.field(name);
  const rawPath = mark < 0 ? url : url.slice(0, mark);
  const { client, peerTrusted, tls } = clientOf(
    request.peer,
    header("x-forwarded-for"),
    header("x-forwarded-proto"),
    trusted,
  );
  return {
    host: normaliseHost(request.field("host")),
    path: normalisePath(rawPath) ?? "/",
    rawPath,
    query: mark < 0 ? "" : url.slice(mark + 1),
    method: request.method,
    peerTrusted,
    client,
    geo: NOWHERE,
    tls: tls === true,
    listener: "http",
    header,
    exists: () => false,
    hasPass: () => false,
  };
}
