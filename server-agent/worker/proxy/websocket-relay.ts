/**
 * Passes a WebSocket handshake on to an upstream (RFC 6455, 4) and, once both agree, joins the two
 * connections. Until then it is a request like any other: what the upstream answers instead is the
 * response to it.
 */
import type { Socket } from "node:net";
import type { Exchange } from "../exchange.ts";
import type { IncomingRequest } from "../http/incoming-request.ts";
import { MalformedMessage } from "../http/malformed-message.ts";
import { connectTarget } from "../upstream/connect-target.ts";
import type { ResponseHead } from "../upstream/response-head.ts";
import { ResponseParser } from "../upstream/response-parser.ts";
import type { UpstreamTarget } from "../upstream/upstream-connection.ts";
import type { UpstreamPool } from "../upstream/upstream-pool.ts";
import { connectFailure } from "../upstream/target-tls.ts";
import { proxiedHead } from "./proxied-headers.ts";
import { WebSocketTunnel } from "./websocket-tunnel.ts";

const UPGRADE = "Connection: Upgrade\r\nUpgrade: websocket\r\n";
/** `upgrade` among the options of `Connection` (RFC 9110, 7.8). */
const UPGRADE_OPTION = /(?:^|,)[ \t]*upgrade[ \t]*(?:,|$)/i;
const KEEP_ALIVE_MS = 60_000;

/**
 * Whether a request asks for a WebSocket. Other protocols, above all HTTP/2 in clear text, are not
 * relayed: they would pass by every rule of the site.
 */
export function isWebSocketRequest(request: IncomingRequest): boolean {
  if (request.method !== "GET" || request.hasBody || request.httpVersion === "1.0") return false;
  const connection = request.field("connection");
  return (
    connection !== undefined &&
    UPGRADE_OPTION.test(connection) &&
    request.field("upgrade")?.toLowerCase() === "websocket"
  );
}

export function relayWebSocket(
  exchange: Exchange,
  pool: UpstreamPool,
  preserveHost: boolean,
  log: (line: string) => void,
): void {
  new Handshake(exchange, pool, preserveHost, log).tryTargets(pool.candidates());
}

class Handshake {
  readonly #exchange: Exchange;
  readonly #pool: UpstreamPool;
  readonly #preserveHost: boolean;
  readonly #log: (line: string) => void;
  #upstream: Socket | undefined;
  #timer: NodeJS.Timeout | undefined;
  #settled = false;

  constructor(exchange: Exchange, pool: UpstreamPool, preserveHost: boolean, log: (line: string) => void) {
    this.#exchange = exchange;
    this.#pool = pool;
    this.#preserveHost = preserveHost;
    this.#log = log;
    const { entry, response } = exchange;
    entry.kind = "websocket";
    entry.expire = () => {
      this.#fail(503, undefined);
    };
    // Without a WebSocket, nobody knows what the visitor sent in the belief that there is one.
    response.shouldKeepAlive = false;
    response.onClose = () => {
      this.#settle();
      this.#upstream?.destroy();
    };
    response.onPeerEnd = () => {
      response.destroy();
    };
  }

  tryTargets(targets: readonly UpstreamTarget[]): void {
    const [target, ...others] = targets;
    if (target === undefined || this.#settled) return;
    // Half-open, because either side may have something to say after the other has ended.
    const upstream = connectTarget(target, { allowHalfOpen: true }, () => {
      upstream.removeAllListeners("error");
      this.#shake(upstream, target, passOver);
    });
    this.#upstream = upstream;
    const passOver = (why: string, status: 502 | 504): void => {
      clearTimeout(this.#timer);
      upstream.removeAllListeners().on("error", () => undefined);
      upstream.destroy();
      if (this.#settled) return;
      this.#pool.rest(target, why);
      if (others.length > 0) this.tryTargets(others);
      else this.#fail(status, `${target.name}: ${why}`);
    };
    upstream.once("error", (error) => {
      passOver(connectFailure(error), 502);
    });
    this.#setTimer(this.#pool.timeouts.connect, () => {
      passOver("no connection in time", 504);
    });
  }

  #shake(upstream: Socket, target: UpstreamTarget, passOver: (why: string, status: 502) => void): void {
    const { response, entry } = this.#exchange;
    entry.upstream = target.name;
    const parser = new ResponseParser({
      onInformation: () => undefined,
      onHead: (head) => {
        if (head.status !== 101) this.#beginRefusal(head);
      },
      onBody: (bytes) => {
        this.#passRefusal(bytes, upstream);
      },
    });
    parser.begin("GET");
    const broken = (why: string): void => {
      if (parser.untouched) passOver(why, 502);
      else this.#fail(502, `${target.name}: ${why}`);
    };
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
        this.#fail(502, `${target.name}: ${error.message}`);
      }
    };
    const onEnd = (): void => {
      try {
        parser.finish();
        this.#endRefusal();
      } catch {
        broken("the connection ended before the response did");
      }
    };
    upstream
      .on("data", onData)
      .on("end", onEnd)
      .on("error", (error) => {
        broken(error.message);
      })
      .on("close", () => {
        broken("the connection was closed");
      });
    this.#setTimer(this.#pool.timeouts.response, () => {
      if (response.headersSent) response.destroy();
      else this.#fail(504, `${target.name}: no response in time`);
    });
    upstream.write(proxiedHead(this.#exchange, target, this.#preserveHost, UPGRADE), "latin1");
  }

  #join(upstream: Socket, head: ResponseHead, fromUpstream: Buffer): void {
    if (head.upgrade?.toLowerCase() !== "websocket") {
      this.#fail(502, "the upstream switched to another protocol than WebSocket");
      return;
    }
    this.#settle();
    upstream.removeAllListeners("end").removeAllListeners("close").removeAllListeners("error");
    const { reason, headers: fields } = head;
    const { stream, head: fromVisitor } = this.#exchange.takeConnection({ reason, fields });
    upstream.setKeepAlive(true, KEEP_ALIVE_MS);
    new WebSocketTunnel(this.#exchange.entry, stream, upstream).begin(fromVisitor, fromUpstream);
  }

  #beginRefusal(head: ResponseHead): void {
    const { entry, response } = this.#exchange;
    entry.kind = "page";
    entry.expire = undefined;
    this.#setTimer(this.#pool.timeouts.idle, () => {
      response.destroy();
    });
    const { contentLength, headers } = head;
    if (contentLength !== undefined) headers.push("Content-Length", String(contentLength));
    response.writeHead(head.status, headers, head.reason);
    response.flushHeaders();
  }

  #passRefusal(bytes: Buffer, upstream: Socket): void {
    const { entry, response } = this.#exchange;
    entry.bytesSent += bytes.length;
    this.#timer?.refresh();
    if (response.write(bytes)) return;
    upstream.pause();
    clearTimeout(this.#timer);
    response.whenDrained(() => {
      if (this.#settled) return;
      this.#timer?.refresh();
      upstream.resume();
    });
  }

  #endRefusal(): void {
    if (this.#settled) return;
    this.#settle();
    this.#upstream?.destroy();
    this.#exchange.response.end();
  }

  #fail(status: number, why: string | undefined): void {
    if (this.#settled) return;
    this.#settle();
    this.#upstream?.destroy();
    const { facts, entry, response } = this.#exchange;
    if (why !== undefined) this.#log(`WebSocket to ${facts.host}${facts.path} failed: ${why}`);
    entry.kind = "page";
    // In the middle of another answer, only a break tells that it is not complete.
    if (response.headersSent) response.destroy();
    else this.#exchange.fail(status);
  }

  #setTimer(milliseconds: number, action: () => void): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(action, milliseconds);
  }

  #settle(): void {
    this.#settled = true;
    clearTimeout(this.#timer);
    const { entry, response } = this.#exchange;
    entry.expire = undefined;
    response.onClose = undefined;
    response.onPeerEnd = undefined;
  }
}
