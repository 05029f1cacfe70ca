/** From the head of a request to its handler, and from its end to the figures and the log. */
import { timingSafeEqual } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { isWebSocketRequest } from "../handlers/websocket-relay.ts";
import { messageOf, type Log } from "../log.ts";
import type { Connection } from "./connection.ts";
import type { Counters } from "./counters.ts";
import { answerBuiltIn } from "./error-page.ts";
import { readFacts } from "./facts.ts";
import type { FileExistence } from "./file-existence.ts";
import { findTarget, type Generations, type Target } from "./generations.ts";
import type { RequestSink } from "./http-server.ts";
import { ExchangeInFlight, UpgradeInFlight, type InFlight, type InFlightList } from "./in-flight.ts";
import type { RequestFacts } from "../core/request-facts.ts";

export const PROOF_HEADER = "backsoon-proof";
/** A larger body (bytes) that no handler reads is not waited for: the connection closes after the response. */
const DISCARDED_AT_MOST = 16 * 1024 * 1024;

const EXCHANGE = Symbol("exchange");
type ServedResponse = ServerResponse & { [EXCHANGE]?: ExchangeInFlight };
const ROUTE = Symbol("route");
/** The way of an upgrade request, found when node asks whether it is one, taken a moment later. */
type RoutedRequest = IncomingMessage & { [ROUTE]?: { facts: RequestFacts; target: Target } };

export interface PipelineOptions {
  readonly generations: Generations;
  readonly inFlight: InFlightList;
  readonly counters: Counters;
  readonly files: FileExistence;
  readonly proofToken: string;
  readonly log: Log;
}

export class Pipeline implements RequestSink {
  readonly #generations: Generations;
  readonly #inFlight: InFlightList;
  readonly #counters: Counters;
  readonly #files: FileExistence;
  readonly #proofToken: Buffer;
  readonly #log: Log;
  readonly #onResponseClose: (this: ServedResponse) => void;

  constructor(options: PipelineOptions) {
    this.#generations = options.generations;
    this.#inFlight = options.inFlight;
    this.#counters = options.counters;
    this.#files = options.files;
    this.#proofToken = Buffer.from(options.proofToken);
    this.#log = options.log;
    // One function for all responses instead of a closure for each.
    const end = (entry: InFlight): void => {
      this.#end(entry);
    };
    this.#onResponseClose = function () {
      const exchange = this[EXCHANGE];
      if (exchange !== undefined) end(exchange);
    };
  }

  request(connection: Connection, request: IncomingMessage, response: ServedResponse): void {
    // The generation is taken here, and the request keeps it to its end.
    const generation = this.#generations.active;
    const facts = generation === undefined ? undefined : readFacts(request, connection, generation.table.trustedProxies, this.#files);
    if (generation === undefined || facts === undefined) {
      response.shouldKeepAlive = false;
      answerBuiltIn(request, response, generation === undefined ? 503 : 400);
      return;
    }
    const target = findTarget(generation, facts);
    if (target === undefined) {
      answerBuiltIn(request, response, 404);
      return;
    }
    const { site, rule } = target;
    const exchange = new ExchangeInFlight(connection, generation, site, request, facts, response);
    response[EXCHANGE] = exchange;
    response.on("close", this.#onResponseClose);
    const { headers } = request;
    if (headers[PROOF_HEADER] !== undefined && this.#isProof(request)) {
      exchange.isProof = true;
      response.setHeader("Backsoon-Answered-By", `${site.id};generation=${String(generation.number)}`);
    }
    this.#begin(exchange);
    if (headers.expect !== undefined && rule?.takesBody === true && headers.expect.toLowerCase() === "100-continue") response.writeContinue();
    if (headers["content-length"] !== undefined && rule?.takesBody !== true && Number(headers["content-length"]) > DISCARDED_AT_MOST)
      response.shouldKeepAlive = false;
    if (rule === undefined) {
      exchange.fail(404);
      return;
    }
    try {
      const answered = rule.handler.answer(exchange);
      if (answered !== undefined) {
        answered.catch((failure: unknown) => {
          this.#failed(exchange, failure);
        });
      }
    } catch (failure) {
      this.#failed(exchange, failure);
    }
  }

  upgrades(connection: Connection, request: RoutedRequest): boolean {
    const generation = this.#generations.active;
    // A server may ignore an upgrade (RFC 9110, 7.8): who asks for anything else than a WebSocket goes on with HTTP/1.1.
    if (generation === undefined || connection.closing || !isWebSocketRequest(request)) return false;
    const facts = readFacts(request, connection, generation.table.trustedProxies, this.#files);
    const target = facts === undefined ? undefined : findTarget(generation, facts);
    if (facts === undefined || target?.rule?.handler.upgrade === undefined) return false;
    request[ROUTE] = { facts, target };
    return true;
  }

  upgrade(connection: Connection, request: RoutedRequest, socket: Duplex, head: Buffer): void {
    const route = request[ROUTE];
    const answer = route?.target.rule?.handler.upgrade;
    if (route === undefined || answer === undefined) {
      socket.destroy();
      return;
    }
    const { facts, target } = route;
    const entry = new UpgradeInFlight(connection, target.generation, target.site, request, facts);
    entry.isProof = request.headers[PROOF_HEADER] !== undefined && this.#isProof(request);
    this.#begin(entry);
    const failed = (failure: unknown): void => {
      this.#said(entry, failure);
      socket.destroy();
    };
    try {
      answer(entry, socket, head)?.catch(failed);
    } catch (failure) {
      failed(failure);
    }
  }

  closed(connection: Connection): void {
    // Responses that waited for an earlier one on their connection get no `close` of their own.
    while (connection.newest !== undefined) this.#end(connection.newest);
  }

  #begin(entry: InFlight): void {
    this.#inFlight.add(entry);
    entry.generation.inFlight += 1;
    entry.site.drain.inFlight += 1;
    if (!entry.isProof) entry.site.totals.requests += 1;
    this.#counters.changed();
  }

  #end(entry: InFlight): void {
    if (entry.ended) return;
    entry.ended = true;
    this.#inFlight.remove(entry);
    const { generation, site, connection } = entry;
    const { drain } = site;
    generation.inFlight -= 1;
    drain.inFlight -= 1;
    if (entry instanceof ExchangeInFlight && entry.response.headersSent) entry.status = entry.response.statusCode;
    if (!entry.isProof && entry.status > 0) {
      const digit = Math.trunc(entry.status / 100);
      site.totals.byClass[digit] = (site.totals.byClass[digit] ?? 0) + 1;
    }
    site.log?.add(entry);
    connection.settle(entry.request);
    if (generation === this.#generations.active) {
      this.#counters.changed();
      return;
    }
    if (entry.wasCut) drain.cut += 1;
    else drain.drained += 1;
    if (this.#generations.settle(generation)) this.#counters.report();
    else this.#counters.changed();
  }

  /** Takes the header off, so that it never reaches an upstream, and says whether its token is the agent's own. */
  #isProof(request: IncomingMessage): boolean {
    const value = Buffer.from(String(request.headers[PROOF_HEADER]));
    // eslint-disable-next-line @typescript-eslint/no-dynamic-delete -- a field of this name alone
    delete request.headers[PROOF_HEADER];
    const { rawHeaders } = request;
    for (let index = rawHeaders.length - 2; index >= 0; index -= 2) if (rawHeaders[index]?.toLowerCase() === PROOF_HEADER) rawHeaders.splice(index, 2);
    return value.length === this.#proofToken.length && timingSafeEqual(value, this.#proofToken);
  }

  #failed(exchange: ExchangeInFlight, failure: unknown): void {
    this.#said(exchange, failure);
    exchange.fail(500);
  }

  #said(entry: InFlight, failure: unknown): void {
    this.#log.error("a handler failed", {
      virtualHost: entry.site.id,
      generation: entry.generation.number,
      why: failure instanceof Error ? (failure.stack ?? failure.message) : messageOf(failure),
    });
  }
}
