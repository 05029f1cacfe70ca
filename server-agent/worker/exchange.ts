/**
 * What a handler gets: one request, its response, and the in-flight entry that the drain board
 * shows.
 */
import type { InFlightRequest } from "../contract/agent.ts";
import type { FieldEdit } from "../core/rules/field-edit.ts";
import type { FieldSource } from "../core/rules/field-template.ts";
import type { RequestFacts } from "../core/routing/request-facts.ts";
import type { Agreement, Taken } from "./http/carrier.ts";
import type { IncomingRequest } from "./http/incoming-request.ts";
import type { OutgoingResponse } from "./http/outgoing-response.ts";
import type { Auth } from "../contract/rules/auth.ts";
import type { VirtualHost } from "../contract/config.ts";
import type { Upstream } from "../contract/upstream.ts";
import type { UpstreamPools } from "./upstream/upstream-pools.ts";

/**
 * The in-flight entry of a request. Handlers refine it as they learn more; the worker reads it for
 * `/v1/requests` and for the drain.
 */
export interface Entry {
  kind: InFlightRequest["kind"];
  /** Bytes of the request body passed on so far. */
  bytesReceived: number;
  /**
   * Bytes of the response body (or of the upgraded connection) sent so far; the worker may derive
   * it from the socket where no handler counts.
   */
  bytesSent: number;
  bytesExpected: number | undefined;
  /** It was one of too many, and was not answered. */
  isRateLimited: boolean;
  /** The target that it was sent to last, for the access log. */
  upstream: string | undefined;
  /** Milliseconds from then until the head of its response. */
  upstreamMs: number | undefined;
  /** Nobody works on it yet: it waits until its upstream takes connections. */
  isHeld: boolean;
  /**
   * Ends the request politely when its generation expires, e.g. sends WebSocket close 1012. Absent:
   * the response is left to end with `Connection: close`. After a grace of seconds the worker
   * destroys the socket.
   */
  expire: (() => void) | undefined;
}

export interface Exchange extends FieldSource {
  readonly request: IncomingRequest;
  readonly response: OutgoingResponse;
  readonly facts: RequestFacts;
  readonly entry: Entry;
  /** How the visitor has shown who he is; undefined where nobody has asked. */
  readonly authType: Auth["type"] | undefined;
  /** What the rules of the site change in the fields that an upstream gets. */
  readonly requestEdit: FieldEdit | undefined;
  /** Epoch milliseconds, refreshed a few times a second at least: cheap enough for the hot path. */
  readonly now: number;
  /**
   * Answers with this status and the site's own error page for it (`errorPages`), else the built-in
   * one; GET, HEAD and every other method alike.
   */
  fail(status: number, headers?: Readonly<Record<string, string>>): void;
  /**
   * Answers as the site does, in the generation of the request, to GET of another of its addresses:
   * a path, with a query if it has one. The visitor does not see it (RFC 3875, 6.2.2).
   */
  answerAs(location: string): void;
  /**
   * For the index file of a folder, by its name. True: the rules say something else of this file
   * than of its folder, so the site answers as if the file had been asked for; the handler is done.
   */
  answerAsIndex(name: string): boolean;
  /**
   * Agrees to speak WebSocket with the visitor instead of sending a response (RFC 9110, 7.8; RFC
   * 8441).
   */
  takeConnection(agreement: Agreement): Taken;
}

/**
 * Answers one request. It must end the response, also when it fails (through `exchange.fail`), and
 * must not throw or reject for anything a visitor or an upstream can do; what it throws all the
 * same becomes a 500 and a line in the agent's log.
 */
type AnswerRequest = (exchange: Exchange) => void | Promise<void>;

/** A handler compiled from its configuration. */
export interface CompiledHandler {
  readonly answer: AnswerRequest;
  /**
   * Frees what the handler holds; called when its generation is retired and nothing is in flight on
   * it.
   */
  close?(): void;
}

/** What one virtual host has answered since this worker started, over all generations. */
export interface HostTotals {
  requests: number;
  inFlight: number;
  /** Responses by first digit of their status. */
  readonly byClass: number[];
}

export interface HandlerContext {
  /** The definition of the upstream that the handler names, if there is one. */
  readonly upstream: Upstream | undefined;
  readonly virtualHost: VirtualHost;
  /** What it has answered since this worker started. */
  readonly totals: HostTotals;
  readonly upstreams: UpstreamPools;
  /** Adds a line to the agent's log. */
  readonly log: (line: string) => void;
}
