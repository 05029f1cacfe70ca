/** The `proxy` handler: passes requests on to an upstream. */
import type { Upstream } from "../../contract/upstream.ts";
import type { Handler } from "../../contract/handler.ts";
import { compileMountedPath } from "../../core/routing/mounted-path.ts";
import type { CompiledHandler, Exchange } from "../exchange.ts";
import { http2Head } from "../upstream/http2-head.ts";
import { isLoop } from "../upstream/write-request-head.ts";
import { leadBack, proxiedHead, type Way } from "./proxied-headers.ts";
import { bufferBody, type BufferedBody } from "./buffered-body.ts";
import { ProxiedRequest, type RequestWire } from "./proxied-request.ts";
import { bodyWireOf, framingOf } from "./request-body.ts";
import { SentFiles } from "./sent-files.ts";
import type { UpstreamPool } from "../upstream/upstream-pool.ts";
import type { UpstreamPools } from "../upstream/upstream-pools.ts";
import { isWebSocketRequest, relayWebSocket } from "./websocket-relay.ts";

export interface ProxyContext {
  /** Undefined: the configuration has none of this name. */
  readonly upstream: Upstream | undefined;
  readonly upstreams: UpstreamPools;
  /** Adds a line to the agent's log. */
  log(line: string): void;
}

/** What nearly every application takes. */
const ALLOW = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS";

/** Throws when the configuration has no such upstream. */
export function compileProxy(handler: Extract<Handler, { type: "proxy" }>, context: ProxyContext): CompiledHandler {
  const definition = context.upstream;
  if (definition === undefined)
    throw new Error(
      `there is no upstream ${JSON.stringify(handler.upstream)}; add it to \`upstreams\` or name another one`,
    );
  const { upstreams } = context;
  const log = (line: string): void => {
    context.log(line);
  };
  const pool = upstreams.acquire(handler.upstream, definition, log);
  const way: Way = { preserveHost: handler.preserveHost ?? true, mounted: compileMountedPath(handler) };
  const files = new SentFiles(handler.sendFiles, log);
  return {
    answer: (exchange) => {
      if (isLoop(exchange.request.field("via"))) {
        log(`proxy loop: an upstream points back to this server: ${exchange.facts.host}${exchange.facts.path}`);
        exchange.fail(508);
        return;
      }
      if (way.mounted !== undefined) {
        const target = way.mounted.targetOf(exchange.request.url);
        if (typeof target === "number") {
          exchange.fail(target);
          return;
        }
        exchange.request.url = target;
      }
      if (isForUs(exchange)) return;
      // A server may ignore an upgrade (RFC 9110, 7.8): who asks for anything else than a WebSocket
      // goes on with HTTP/1.1.
      if (isWebSocketRequest(exchange.request)) relayWebSocket(exchange, pool, way, log);
      else
        bufferBody(exchange, definition.bufferRequests?.maxBytes, (buffered) => {
          const wire = httpWire(exchange, pool, way, files, buffered);
          pool.dispatch(new ProxiedRequest(exchange, wire, log));
        });
    },
    close: () => {
      upstreams.release(handler.upstream, definition);
    },
  };
}

function httpWire(
  exchange: Exchange,
  pool: UpstreamPool,
  way: Way,
  files: SentFiles,
  buffered: BufferedBody | undefined,
): RequestWire {
  const { request } = exchange;
  const body =
    buffered?.length === undefined
      ? request
      : { method: request.method, chunked: false, contentLength: buffered.length };
  // Frames of HTTP/2 say by themselves where a body ends.
  const isFramed = pool.isHttp2 && body.chunked;
  const framing = isFramed ? "" : framingOf(body);
  const takesTrailers = /(?:^|[,\s])trailers(?:$|[,;\s])/i.test(request.field("te") ?? "");
  return {
    body: bodyWireOf({ chunked: body.chunked && !isFramed }),
    buffered,
    hasBody: request.hasBody,
    head: (target) => {
      const head = proxiedHead(exchange, target, way, framing);
      return target.http2Scheme === undefined ? head : http2Head(head, target.http2Scheme, takesTrailers);
    },
    leadBack: (head, target) => {
      leadBack(head, way, target);
    },
    stickyCookie: (target) => pool.cookieFor(target, exchange.facts),
    insteadOf: (head) => files.insteadOf(exchange, head),
  };
}

/**
 * Whether OPTIONS or TRACE is to go no further (RFC 9110, 7.6.2): then it is answered here, else
 * the number of hops it has left is lowered.
 */
function isForUs(exchange: Exchange): boolean {
  const { request, response } = exchange;
  if (request.method !== "OPTIONS" && request.method !== "TRACE") return false;
  const left = /^\d{1,9}$/.exec(request.field("max-forwards") ?? "")?.[0];
  if (left === undefined) return false;
  if (Number(left) > 0) {
    request.replaceField("max-forwards", String(Number(left) - 1));
    return false;
  }
  if (request.method === "TRACE") exchange.fail(405, { Allow: ALLOW });
  else {
    response.writeHead(204, ["Allow", ALLOW]);
    response.end();
  }
  return true;
}
