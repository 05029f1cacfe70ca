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
import type { ResponseHead } from "../upstream-protocols/response-head.ts";
import { ResponseParser } from "../upstream-protocols/response-parser.ts";
import type { UpstreamTarget } from "../upstream/connection-owner.ts";
import type { UpstreamPool } from "../upstream/upstream-pool.ts";
import { connectFailure } from "../upstream/target-tls.ts";
import { leadBack, proxiedHead, type Way } from "./proxied-headers.ts";
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

export function relayWebSocket(exchange: Exchange, pool: UpstreamPool, way: Way, log: (line: string) => void): void {
  new Handshake(exchange, pool, way, log).tryTargets(pool.candidates(exchange.facts));
}

class Handshake {
  readonly #exchange: Exchange;
  readonly #pool: UpstreamPool;
  readonly #way: Way;
  readonly #log: (line: string) => void;
  #upstream: Socket | undefined;
  #timer: NodeJS.Timeout | undefined;
  #settled = false;

  constructor(exchange: Exchange, pool: UpstreamPool, way: Way, log: (line: string) => void) {
    this.#exchange = exchange;
    this.#pool = pool;
    this.#way = way;
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
      upstream.off("error", onError);
      this.#shake(upstream, target, passOver);
    });
    this.#upstream = upstream;
    let isPassedOver = false;
    const passOver = (why: string, status: 502 | 504): void => {
      if (isPassedOver) return;
      isPassedOver = true;
      clearTimeout(this.#timer);
      upstream.destroy();
      if (this.#settled) return;
      this.#pool.failed(target, why);
      if (others.length > 0) this.tryTargets(others);
      else this.#fail(status, `${target.name}: ${why}`);
    };
    const onError = (error: Error): void => {
      passOver(connectFailure(error), 502);
    };
    target.open++;
    upstream.on("error", onError).on("close", () => target.open--);
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
        leadBack(head, this.#way, target);
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
        if (parser.untouched) this.#pool.answered(target);
        const used = parser.feed(bytes);
        if (!parser.complete) return;
        upstream.off("data", onData);
        const { head } = parser;
        if (head?.status !== 101) this.#endRefusal();
        else {
          upstream.off("end", onEnd).off("error", onError).off("close", onClose);
          this.#join(upstream, target, head, bytes.subarray(used));
        }
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
    const onError = (error: Error): void => {
      broken(error.message);
    };
    const onClose = (): void => {
      broken("the connection was closed");
    };
    upstream.on("data", onData).on("end", onEnd).on("error", onError).on("close", onClose);
    this.#setTimer(this.#pool.timeouts.response, () => {
      if (response.headersSent) response.destroy();
      else this.#fail(504, `${target.name}: no response in time`);
    });
    upstream.write(proxiedHead(this.#exchange, target, this.#way, UPGRADE), "latin1");
  }

  #join(upstream: Socket, target: UpstreamTarget, head: ResponseHead, fromUpstream: Buffer): void {
    if (head.upgrade?.toLowerCase() !== "websocket") {
      this.#fail(502, "the upstream switched to another protocol than WebSocket");
      return;
    }
    this.#settle();
    const { reason, headers: fields } = head;
    const cookie = this.#pool.cookieFor(target.id, this.#exchange.facts);
    if (cookie !== undefined) fields.push("Set-Cookie", cookie);
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
