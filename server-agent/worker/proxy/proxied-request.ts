/** One visitor's request on its way to an upstream and back. */
import type { BalanceFacts } from "../../core/balance/balance-key.ts";
import { isRepeatable } from "../../core/balance/repeatable.ts";
import type { ResponseHead } from "../upstream-protocols/response-head.ts";
import type { CallConnection, CallTarget, UpstreamCall } from "../upstream/upstream-call.ts";
import type { UpstreamFailure } from "../upstream/upstream-failure.ts";
import type { Exchange } from "../exchange.ts";
import type { Abandoned } from "../http/incoming-request.ts";
import { PreparedFields } from "../http/prepared-fields.ts";
import type { BufferedBody } from "./buffered-body.ts";
import { type BodyWire, RequestBody } from "./request-body.ts";
import { isDownload } from "../request-kind.ts";

/** How one request is written for its upstream, in the protocol that is spoken there. */
export interface RequestWire {
  readonly body: BodyWire;
  /** A body follows the head. */
  readonly hasBody: boolean;
  /** The body, if it was waited for. */
  readonly buffered?: BufferedBody | undefined;
  /** The head for this target, one character per byte. */
  head(target: CallTarget): string;
  /** Value of a `Set-Cookie` by which the visitor stays with this target, if he has to get one. */
  stickyCookie?(target: string): string | undefined;
  /** Changes the fields of the response of this target. */
  leadBack?(head: ResponseHead, target: CallTarget): void;
  /** What the application writes for its operator; valid during the call. */
  onErrorOutput?(bytes: Buffer): void;
  /** The request is over, well or not. */
  onEnd?(): void;
  /** What to do instead of passing on the response with this head; undefined: it is passed on. */
  insteadOf?(head: ResponseHead): (() => void) | undefined;
}

const WHY_ABANDONED: Readonly<Record<Abandoned, string>> = {
  400: "is malformed or not complete",
  408: "has taken or stood still for too long",
  413: "is larger than a rule allows",
};

export class ProxiedRequest implements UpstreamCall {
  readonly method: string;
  readonly repeatable: boolean;
  readonly hasBody: boolean;
  readonly isWhole: boolean;
  readonly #exchange: Exchange;
  readonly #wire: RequestWire;
  readonly #log: (line: string) => void;
  #connection: CallConnection | undefined;
  #body: RequestBody | undefined;
  /** The one that has the request. */
  #target: CallTarget | undefined;
  /** Final head that has not been written yet. */
  #head: ResponseHead | undefined;
  /** What the current read brought; valid until `onReadEnd` returns. */
  #parts: Buffer[] = [];
  /** When the head was written (`performance.now()`). */
  #sentAt = 0;
  #over = false;

  constructor(exchange: Exchange, wire: RequestWire, log: (line: string) => void) {
    const { request } = exchange;
    this.#exchange = exchange;
    this.#wire = wire;
    this.#log = log;
    this.method = request.method;
    this.hasBody = wire.hasBody;
    this.isWhole = !request.hasBody || wire.buffered?.length !== undefined;
    this.repeatable = isRepeatable(this.method, !this.isWhole);
    const { response } = exchange;
    response.onClose = () => {
      this.#onVisitorGone();
    };
    // As nginx does: a visitor who has left must not keep the upstream busy for as long as it
    // thinks.
    response.onPeerEnd = () => {
      response.destroy();
    };
  }

  get facts(): BalanceFacts {
    return this.#exchange.facts;
  }

  head(target: CallTarget): string {
    this.#target = target;
    this.#exchange.entry.upstream = target.name;
    this.#sentAt = performance.now();
    return this.#wire.head(target);
  }

  attach(connection: CallConnection): void {
    this.#connection = connection;
  }

  onHeld(isHeld: boolean): void {
    this.#exchange.entry.isHeld = isHeld;
  }

  onReady(): void {
    if (!this.hasBody || this.#connection === undefined) return;
    // It may have begun on a connection that broke.
    this.#body?.stop();
    const origin = this.#wire.buffered ?? this.#exchange.request;
    this.#body = new RequestBody(this.#exchange, origin, this.#connection, this.#wire.body, (status) => {
      this.#onBodyAbandoned(status);
    });
  }

  onDrain(): void {
    this.#body?.resume();
  }

  onInformation(head: ResponseHead): void {
    // 100 was settled before the body was read.
    if (head.status !== 100) this.#exchange.response.writeInformation(head.status, head.headers);
  }

  onErrorOutput(bytes: Buffer): void {
    this.#wire.onErrorOutput?.(bytes);
  }

  onHead(head: ResponseHead): void {
    this.#exchange.entry.upstreamMs = Math.round(performance.now() - this.#sentAt);
    const instead = this.#wire.insteadOf?.(head);
    if (instead !== undefined) {
      this.#end();
      this.#connection?.leave();
      instead();
      return;
    }
    this.#head = head;
    // An upstream that refuses and is about to close reads no more of the body.
    if (head.status >= 300 && !head.keepAlive) this.#body?.stop();
    if (head.status === 101) {
      this.#end();
      this.#connection?.abort();
      this.#log("an upstream switched protocols without being asked to");
      this.#exchange.fail(502);
    }
  }

  onBody(bytes: Buffer): void {
    this.#parts.push(bytes);
  }

  onTrailers(fields: readonly string[]): void {
    this.#exchange.response.trailers = fields;
  }

  onReadEnd(complete: boolean): void {
    if (this.#over) return;
    const { response, entry } = this.#exchange;
    const parts = this.#parts;
    const head = this.#head;
    if (head !== undefined) {
      this.#head = undefined;
      this.#writeHead(head, complete ? lengthOf(parts) : undefined);
    } else if (!response.headersSent) {
      return; // an informational response, or a part of the head
    }
    if (complete) this.#end();
    const [first] = parts;
    if (first === undefined) {
      if (complete) response.end();
      // The upstream thinks for a while: the visitor should have the head meanwhile.
      else if (head !== undefined) response.flushHeaders();
      return;
    }
    this.#parts = [];
    const length = lengthOf(parts);
    entry.bytesSent += length;
    if (entry.kind === "page" && isDownload(entry.bytesSent)) entry.kind = "download";
    // The parts lie in a buffer that the next read overwrites.
    const isLent = parts.length === 1;
    const body = isLent ? first : Buffer.concat(parts, length);
    if (complete) response.end(body, isLent);
    else if (!response.write(body, isLent)) this.#waitForVisitor();
  }

  onFailure(failure: UpstreamFailure): void {
    if (this.#over) return;
    this.#end();
    const { response, facts } = this.#exchange;
    this.#log(`upstream failure on ${this.method} ${facts.host}${facts.path}: ${failure.kind}: ${failure.message}`);
    // Once a head is out, only a broken connection still tells that the response is not complete.
    if (response.headersSent) response.destroy();
    else this.#exchange.fail(failure.kind.endsWith("-timeout") ? 504 : 502);
  }

  /** @param length Bytes of the body, when it is here already. */
  #writeHead(head: ResponseHead, length: number | undefined): void {
    const { response } = this.#exchange;
    const { contentLength, status } = head;
    const bodiless = this.method === "HEAD" || status === 304;
    if (!bodiless) this.#classify(head);
    if (this.#target !== undefined) this.#wire.leadBack?.(head, this.#target);
    const cookie = this.#target?.id === undefined ? undefined : this.#wire.stickyCookie?.(this.#target.id);
    if (cookie !== undefined) head.headers.push("Set-Cookie", cookie);
    // RFC 9110, 8.6: no Content-Length in a 204.
    const told = status === 204 ? undefined : (contentLength ?? (bodiless ? undefined : length));
    response.writeHead(status, passedOn(head, told), head.reason);
  }

  #classify(head: ResponseHead): void {
    const { contentLength } = head;
    const { entry } = this.#exchange;
    if (contentLength !== undefined) {
      if (isDownload(contentLength)) {
        entry.kind = "download";
        entry.bytesExpected = contentLength;
      }
    } else if (isEventStream(head)) {
      entry.kind = "event-stream";
      entry.expire = () => {
        if (this.#over) return;
        this.#end();
        this.#connection?.abort();
        // A complete end: the browser asks again, and the newer generation answers.
        this.#exchange.response.end();
      };
    }
  }

  #waitForVisitor(): void {
    const connection = this.#connection;
    connection?.pause();
    this.#exchange.response.whenDrained(() => {
      if (!this.#over) connection?.resume();
    });
  }

  /** The upstream has a part of a request that it must not take for the whole. */
  #onBodyAbandoned(status: Abandoned): void {
    if (this.#over) return;
    this.#end();
    this.#connection?.abort();
    const { response, facts } = this.#exchange;
    const why = WHY_ABANDONED[status];
    this.#log(`the body of ${this.method} ${facts.host}${facts.path} ${why}; aborting the request`);
    response.shouldKeepAlive = false;
    if (response.headersSent) response.destroy();
    else this.#exchange.fail(status);
  }

  #onVisitorGone(): void {
    if (this.#over) return;
    this.#end();
    this.#connection?.abort();
  }

  #end(): void {
    this.#over = true;
    this.#body?.stop();
    this.#wire.buffered?.release();
    this.#wire.onEnd?.();
  }
}

function lengthOf(parts: readonly Buffer[]): number {
  let length = 0;
  for (const part of parts) length += part.length;
  return length;
}

/** @param contentLength What the visitor is told. */
function passedOn(head: ResponseHead, contentLength: number | undefined): readonly string[] | PreparedFields {
  const { lines } = head;
  const length = contentLength === undefined ? undefined : String(contentLength);
  if (lines === undefined) return length === undefined ? head.headers : [...head.headers, "Content-Length", length];
  const text = length === undefined ? lines.text : `${lines.text}Content-Length: ${length}\r\n`;
  return new PreparedFields(undefined, { text, contentLength, hasDate: lines.hasDate });
}

function isEventStream(head: ResponseHead): boolean {
  if (head.lines !== undefined) return /^content-type: text\/event-stream\b/im.test(head.lines.text);
  const { headers } = head;
  for (let index = 0; index < headers.length; index += 2) {
    if (headers[index]?.length === 12 && headers[index]?.toLowerCase() === "content-type")
      return /^text\/event-stream\b/i.test(headers[index + 1] ?? "");
  }
  return false;
}
