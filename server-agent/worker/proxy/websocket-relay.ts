/**
 * Passes a WebSocket handshake on to an upstream (RFC 6455, 4) and, once both agree, joins the two
 * connections.
 */
import type { IncomingRequest } from "../http1/incoming-request.ts";
import { connect, Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { ResponseHead } from "../upstream/response-head.ts";
import { ResponseParser } from "../upstream/response-parser.ts";
import type { UpstreamTarget } from "../upstream/upstream-connection.ts";
import { MalformedMessage } from "../http1/malformed-message.ts";
import type { UpstreamPool } from "../upstream/upstream-pool.ts";
import type { Exchange } from "../exchange.ts";
import { proxiedHead } from "./proxied-headers.ts";
import { WebSocketTunnel } from "./websocket-tunnel.ts";

const UPGRADE = "Connection: Upgrade\r\nUpgrade: websocket\r\n";
/** `upgrade` among the options of `Connection` (RFC 9110, 7.8). */
const UPGRADE_OPTION = /(?:^|,)[ \t]*upgrade[ \t]*(?:,|$)/i;
const KEEP_ALIVE_MS = 60_000;
const MAX_EARLY_BYTES = 64 * 1024;

type UpgradeExchange = Omit<Exchange, "response" | "fail">;

/**
 * Whether a request asks for a WebSocket. Other protocols, above all HTTP/2 in clear text, are not
 * relayed: they would pass by every rule of the site.
 */
export function isWebSocketRequest(request: IncomingRequest): boolean {
  if (request.method !== "GET" || request.hasBody || request.httpVersion === "1.0") return false;
  const connection = request.field("connection");
  return (
    request.field("upgrade")?.toLowerCase() === "websocket" &&
    connection !== undefined &&
    UPGRADE_OPTION.test(connection)
  );
}

/** @param head Bytes that came after the request. */
export function relayWebSocket(
  exchange: UpgradeExchange,
  visitor: Duplex,
  head: Buffer,
  pool: UpstreamPool,
  preserveHost: boolean,
  log: (line: string) => void,
): void {
  visitor.on("error", () => {
    visitor.destroy();
  });
  if (!isWebSocketRequest(exchange.request)) {
    refuse(visitor, 400, "Bad Request");
    return;
  }
  exchange.entry.kind = "websocket";
  new Handshake(exchange, visitor, head, pool, preserveHost, log).tryTargets(pool.candidates());
}

class Handshake {
  readonly #exchange: UpgradeExchange;
  readonly #visitor: Duplex;
  /** What the visitor sends before the upstream has agreed. */
  readonly #early: Buffer[];
  readonly #pool: UpstreamPool;
  readonly #preserveHost: boolean;
  readonly #log: (line: string) => void;
  #upstream: Socket | undefined;
  #timer: NodeJS.Timeout | undefined;
  /** Set when the upstream answers with something else than 101. */
  #refusal: { readonly chunked: boolean } | undefined;
  #settled = false;
  #earlyBytes = 0;

  constructor(
    exchange: UpgradeExchange,
    visitor: Duplex,
    early: Buffer,
    pool: UpstreamPool,
    preserveHost: boolean,
    log: (line: string) => void,
  ) {
    this.#exchange = exchange;
    this.#visitor = visitor;
    this.#early = [early];
    this.#pool = pool;
    this.#preserveHost = preserveHost;
    this.#log = log;
    // It is read all the while: a connection that is not read does not tell that the visitor has
    // gone.
    visitor.on("data", this.#onEarly).on("end", this.#onGone).on("close", this.#onGone);
    exchange.entry.expire = () => {
      this.#fail(503, "Service Unavailable", undefined);
    };
  }

  readonly #onEarly = (bytes: Buffer): void => {
    this.#early.push(bytes);
    this.#earlyBytes += bytes.length;
    if (this.#earlyBytes > MAX_EARLY_BYTES)
      this.#fail(400, "Bad Request", "the visitor sent too much before the handshake was answered");
  };

  readonly #onGone = (): void => {
    if (this.#settled) return;
    this.#settle();
    this.#upstream?.destroy();
    this.#visitor.destroy();
  };

  tryTargets(targets: readonly UpstreamTarget[]): void {
    const [target, ...others] = targets;
    if (target === undefined || this.#settled) return;
    // Half-open, because either side may have something to say after the other has ended.
    const upstream = connect({ host: target.host, port: target.port, noDelay: true, allowHalfOpen: true });
    this.#upstream = upstream;
    const onUnreachable = (why: string, status: 502 | 504): void => {
      clearTimeout(this.#timer);
      upstream.destroy();
      if (this.#settled) return;
      this.#pool.rest(target, why);
      if (others.length > 0) this.tryTargets(others);
      else this.#fail(status, status === 504 ? "Gateway Timeout" : "Bad Gateway", `${target.authority}: ${why}`);
    };
    const onConnectError = (error: Error): void => {
      onUnreachable(error.message, 502);
    };
    upstream.once("error", onConnectError);
    this.#timer = setTimeout(() => {
      upstream.off("error", onConnectError).on("error", () => undefined);
      onUnreachable("no connection in time", 504);
    }, this.#pool.timeouts.connect);
    upstream.once("connect", () => {
      clearTimeout(this.#timer);
      upstream.off("error", onConnectError);
      this.#shake(upstream, target);
    });
  }

  #shake(upstream: Socket, target: UpstreamTarget): void {
    const parser = new ResponseParser({
      onInformation: () => undefined,
      onHead: (head) => {
        if (head.status !== 101) this.#beginRefusal(head);
      },
      onBody: (bytes) => {
        this.#passRefusal(bytes, upstream);
      },
    });
    const fail = (why: string): void => {
      this.#fail(502, "Bad Gateway", `${target.authority}: ${why}`);
    };
    parser.begin("GET");
    const onData = (bytes: Buffer): void => {
      try {
        const used = parser.feed(bytes);
        if (!parser.complete) return;
        upstream.off("data", onData);
        const { head } = parser;
        if (head?.status === 101) this.#join(upstream, head, bytes.subarray(used));
        else this.#endRefusal();
      } catch (error) {
        if (!(error instanceof MalformedMessage)) throw error;
        fail(error.message);
      }
    };
    const onEnd = (): void => {
      try {
        parser.finish();
        this.#endRefusal();
      } catch {
        fail("the connection ended before the response did");
      }
    };
    upstream
      .on("data", onData)
      .on("end", onEnd)
      .on("error", (error) => {
        fail(error.message);
      })
      .on("close", () => {
        fail("the connection was closed");
      })
      .on("drain", () => undefined);
    this.#timer = setTimeout(() => {
      this.#fail(504, "Gateway Timeout", `${target.authority}: no response in time`);
    }, this.#pool.timeouts.response);
    upstream.write(
      proxiedHead(this.#exchange.request, this.#exchange.facts, target, this.#preserveHost, UPGRADE),
      "latin1",
    );
  }

  #join(upstream: Socket, head: ResponseHead, early: Buffer): void {
    if (head.upgrade?.toLowerCase() !== "websocket") {
      this.#fail(502, "Bad Gateway", "the upstream switched to another protocol than WebSocket");
      return;
    }
    this.#settle();
    upstream.removeAllListeners("end").removeAllListeners("close").removeAllListeners("error");
    for (const side of [upstream, this.#visitor]) if (side instanceof Socket) side.setKeepAlive(true, KEEP_ALIVE_MS);
    this.#visitor.write(headText(head, UPGRADE), "latin1");
    const tunnel = new WebSocketTunnel(this.#exchange.entry, this.#visitor, upstream);
    tunnel.begin(Buffer.concat(this.#early), early);
  }

  #beginRefusal(head: ResponseHead): void {
    clearTimeout(this.#timer);
    this.#exchange.entry.kind = "page";
    const chunked = head.contentLength === undefined && head.status !== 204 && head.status !== 304;
    this.#refusal = { chunked };
    const length = head.contentLength === undefined ? "" : `Content-Length: ${String(head.contentLength)}\r\n`;
    this.#visitor.write(
      headText(head, `Connection: close\r\n${chunked ? "Transfer-Encoding: chunked\r\n" : length}`),
      "latin1",
    );
  }

  #passRefusal(bytes: Buffer, upstream: Socket): void {
    this.#exchange.entry.bytesSent += bytes.length;
    let more: boolean;
    if (this.#refusal?.chunked === true) {
      this.#visitor.write(`${bytes.length.toString(16)}\r\n`, "latin1");
      this.#visitor.write(bytes);
      more = this.#visitor.write("\r\n", "latin1");
    } else {
      more = this.#visitor.write(bytes);
    }
    if (more) return;
    upstream.pause();
    this.#visitor.once("drain", () => {
      upstream.resume();
    });
  }

  #endRefusal(): void {
    if (this.#settled) return;
    this.#settle();
    this.#upstream?.destroy();
    this.#visitor.end(this.#refusal?.chunked === true ? "0\r\n\r\n" : "");
    this.#visitor.resume();
  }

  #fail(status: number, reason: string, why: string | undefined): void {
    if (this.#settled) return;
    this.#settle();
    this.#upstream?.destroy();
    if (why !== undefined)
      this.#log(`WebSocket to ${this.#exchange.facts.host}${this.#exchange.facts.path} failed: ${why}`);
    // In the middle of another answer, only a break tells that it is not complete.
    if (this.#refusal !== undefined) this.#visitor.destroy();
    else refuse(this.#visitor, status, reason);
  }

  #settle(): void {
    this.#settled = true;
    clearTimeout(this.#timer);
    this.#exchange.entry.expire = undefined;
    this.#visitor.off("data", this.#onEarly).off("end", this.#onGone).off("close", this.#onGone);
  }
}

function headText(head: ResponseHead, framing: string): string {
  let text = `HTTP/1.1 ${String(head.status)} ${head.reason}\r\n`;
  for (let index = 0; index < head.headers.length; index += 2)
    text += `${head.headers[index] ?? ""}: ${head.headers[index + 1] ?? ""}\r\n`;
  return `${text}${framing}\r\n`;
}

/**
 * There is no response object after an upgrade, hence no page of the site: WebSocket clients show
 * none.
 */
function refuse(visitor: Duplex, status: number, reason: string): void {
  const body = `${String(status)} ${reason}\n`;
  visitor.end(
    `HTTP/1.1 ${String(status)} ${reason}\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: ${String(body.length)}\r\nConnection: close\r\n\r\n${body}`,
    "latin1",
  );
  visitor.resume();
}
