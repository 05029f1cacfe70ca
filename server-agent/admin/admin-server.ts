/**
 * The admin API over HTTP on a unix socket: who may ask, what was asked, and how outcomes become
 * replies. Only this file listens on that socket.
 */
import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import type { z } from "zod";
import { API_VERSION } from "../contract/agent.ts";
import { type AdminError, ERROR_STATUS, type Problem } from "../contract/errors.ts";
import { type Route, type RouteName, ROUTES } from "../contract/routes.ts";
import { guardDocument } from "../core/config/document-guard.ts";
import { problemsOfSchema } from "../core/config/schema-problems.ts";
import { type Log, messageOf } from "../log.ts";
import { done, type Result, type Refusal, refuse } from "../result.ts";
import type { AdminRoutes, Answer, Call } from "./route.ts";
import { parseIfMatch } from "./if-match.ts";
import { matchRoute } from "./match-route.ts";
import { PrivateSocket } from "./private-socket.ts";
import { ADMIN_LIMITS, type AdminLimits, type CallLoad, Load } from "./load.ts";
import { type BodyOutcome, dropBody, MAX_BODY_BYTES, readBody } from "./request-body.ts";

export interface AdminServer {
  /** Answers at the path from now on, in place of whoever did. @throws the system's error */
  publish(routes: AdminRoutes): void;
  /**
   * Makes sure that it still does, and not a successor that has ended (`from`: its pid). Rejects
   * with the system's error.
   */
  reclaim(from: number): Promise<void>;
  /**
   * Ends event streams and idle connections; what is being answered is still answered. Removes the
   * socket file.
   */
  close(): Promise<void>;
}

/** Idle time after which a connection is closed (ms). */
const KEEP_ALIVE_TIMEOUT_MS = 60_000;

/**
 * Binds the socket with mode 0600; nobody comes before `publish`. Rejects with the system's error.
 *
 * @param owner id of the user to whom the socket is given; default: the process' own
 */
export async function bindAdminServer(
  socketPath: string,
  log: Log,
  limits: AdminLimits = ADMIN_LIMITS,
  owner?: number,
): Promise<AdminServer> {
  // A Host means nothing on this socket, and what is no HTTP at all is refused like everything
  // else.
  const server = createServer({
    keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
    noDelay: true,
    requireHostHeader: false,
    requestTimeout: limits.arrivalMs,
    headersTimeout: limits.arrivalMs,
    connectionsCheckingInterval: Math.ceil(limits.arrivalMs / 2),
  });
  server.maxConnections = limits.connections;
  const load = new Load(limits);
  server.on("clientError", refuseConnection);
  const socket = new PrivateSocket(socketPath, server, owner);
  await socket.bind();
  return {
    publish: (routes) => {
      server.on("request", (request, response) => void serve(request, response, { routes, log, load }));
      socket.publish();
    },
    reclaim: (from) => socket.reclaim(from),
    close: () =>
      new Promise((resolve) => {
        socket.close();
        server.close(() => resolve());
        server.closeIdleConnections();
        // Whoever is still connected then has stopped reading.
        setTimeout(() => server.closeAllConnections(), 1000).unref();
      }),
  };
}

interface Serving {
  routes: AdminRoutes;
  log: Log;
  load: Load;
}

async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  { routes, log, load }: Serving,
): Promise<void> {
  const arrivedAt = performance.now();
  const requestId = randomUUID();
  response.setHeader("Backsoon-Api-Version", String(API_VERSION));
  response.setHeader("Backsoon-Request-Id", requestId);
  response.on("error", () => undefined);
  const call = load.begin();
  if (call === undefined) {
    await sendError(request, response, requestId, refuseBusy().refusal);
    return;
  }
  // With it goes what nobody has read.
  response.once("close", () => call.end());
  try {
    const outcome = await answer(request, response, routes, arrivedAt, call);
    const sent = outcome.ok ? send(request, response, outcome.value, call, load.limits.unreadMs) : outcome;
    if (sent.ok) return;
    const { code, message } = sent.refusal;
    if (ERROR_STATUS[code] >= 500) log.error("admin call failed", { request: requestId, code, why: message });
    await sendError(request, response, requestId, sent.refusal);
  } catch (failure) {
    log.error("admin call failed unexpectedly", {
      request: requestId,
      why: failure instanceof Error ? (failure.stack ?? failure.message) : messageOf(failure),
    });
    await sendError(
      request,
      response,
      requestId,
      refuse("internal", `Internal error; the agent's log has the reason under ${requestId}.`).refusal,
    );
  }
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  routes: AdminRoutes,
  arrivedAt: number,
  load: CallLoad,
): Promise<Result<Answer<unknown>>> {
  // A browser that was tricked into calling sends at least one of them.
  if (request.headers.origin !== undefined || request.headers.referer !== undefined)
    return refuse("request.browser", "Requests from web pages are refused (`Origin` or `Referer` was sent).");
  const target = request.url ?? "";
  // Only the first question mark divides (RFC 3986, 3.4): that of an address in a parameter may
  // stand as it is.
  const mark = target.indexOf("?");
  const path = mark < 0 ? target : target.slice(0, mark);
  const match = matchRoute(request.method ?? "", path);
  if (match.kind === "unknown-path") return refuse("request.unknown-path", `There is nothing at ${path}.`);
  if (match.kind === "wrong-method") {
    response.setHeader("Allow", match.allow);
    return refuse("request.method", `${path} takes ${match.allow}, not ${request.method ?? ""}.`);
  }
  const route: Route = ROUTES[match.name];
  const ifMatch = parseIfMatch(request.headers["if-match"], route.ifMatch);
  if (!ifMatch.ok) return ifMatch;
  const query = parseQuery(mark < 0 ? "" : target.slice(mark + 1), route.query);
  if (!query.ok) return query;
  const body = await parseBody(request, match.name, route.body, load);
  if (!body.ok) return body;
  const call = { params: match.params, query: query.value, body: body.value, ifMatch: ifMatch.value, arrivedAt };
  return dispatch(routes, match.name, call);
}

/**
 * `query` and `body` were parsed by the schemas of this very route, which the compiler cannot
 * follow through a name that is known only now.
 */
function dispatch(
  routes: AdminRoutes,
  name: RouteName,
  call: Omit<Call<RouteName>, "query" | "body"> & { query: unknown; body: unknown },
): ReturnType<typeof answer> {
  const handler = routes[name] as (call: unknown) => Result<Answer<unknown>> | Promise<Result<Answer<unknown>>>;
  return Promise.resolve(handler(call));
}

function parseQuery(search: string, schema: z.ZodType | undefined): Result<unknown> {
  const given = Object.fromEntries(new URLSearchParams(search));
  if (schema === undefined) {
    const name = Object.keys(given)[0];
    return name === undefined
      ? done(undefined)
      : refuse("options.invalid", `This call takes no \`${name}\`.`, {
          problems: [{ path: `/${name}`, code: "unrecognized_keys", message: "unknown parameter" }],
        });
  }
  return parse(schema, given);
}

async function parseBody(
  request: IncomingMessage,
  name: RouteName,
  schema: z.ZodType | undefined,
  load: CallLoad,
): Promise<Result<unknown>> {
  const read = await readBody(request, load);
  const isDocument = name === "putConfig" || name === "checkConfig";
  if (!read.ok) return refuseBody(read.reason, isDocument);
  if (schema === undefined)
    return read.text === "" ? done(undefined) : refuse("request.malformed", "This call takes no body.");
  let value: unknown;
  if (read.text !== "") {
    try {
      value = JSON.parse(read.text);
    } catch (failure) {
      const message = `The body is not JSON: ${messageOf(failure)}`;
      return isDocument
        ? refuse("config.invalid", message, { problems: [{ path: "", code: "json", message: messageOf(failure) }] })
        : refuse("request.malformed", message);
    }
  } else if (isDocument) {
    return refuse("config.invalid", "The body must be a configuration document.", {
      problems: [{ path: "", code: "json", message: "the body is empty" }],
    });
  }
  // A document is validated as a whole, form and meaning, where it would be put in service.
  return isDocument ? done(value) : parse(schema, value);
}

function refuseBusy(): ReturnType<typeof refuse> {
  return refuse("agent.busy", "The agent has as many calls at once as it takes. Nothing was changed; try again.");
}

function refuseBody(
  reason: Exclude<BodyOutcome, { ok: true }>["reason"],
  isDocument: boolean,
): ReturnType<typeof refuse> {
  if (reason === "no-room") return refuseBusy();
  if (reason === "too-large")
    return refuse("request.too-large", `A body may have ${MAX_BODY_BYTES / 1024 / 1024} MB at most.`);
  if (reason === "interrupted") return refuse("request.malformed", "The request ended before its body was complete.");
  const message = "The body is not UTF-8 (RFC 8259, 8.1); convert it, for example with `iconv -t UTF-8`.";
  return isDocument
    ? refuse("config.invalid", message, { problems: [{ path: "", code: "encoding", message }] })
    : refuse("request.malformed", message);
}

function parse(schema: z.ZodType, value: unknown): Result<unknown> {
  const unsafe = guardDocument(value);
  if (unsafe.length > 0) return invalidOptions(unsafe);
  const parsed = schema.safeParse(value);
  return parsed.success ? done(parsed.data) : invalidOptions(problemsOfSchema(schema, parsed.error, value));
}

function invalidOptions(problems: Problem[]): ReturnType<typeof refuse> {
  const [first] = problems;
  return refuse(
    "options.invalid",
    `${first === undefined || first.path === "" ? "The options" : first.path}: ${first?.message ?? "invalid"}`,
    { problems },
  );
}

/**
 * Refuses with `agent.busy` where too much is unread already; but never a call that may have
 * changed something, whose reply says what it did.
 */
function send(
  request: IncomingMessage,
  response: ServerResponse,
  value: Answer<unknown>,
  load: CallLoad,
  unreadMs: number,
): Result<undefined> {
  if (value.kind === "stream") {
    // It is counted with the streams from now on.
    load.end();
    value.begin(response);
    return done(undefined);
  }
  if (value.kind === "json" && value.version !== undefined) response.setHeader("ETag", `"${value.version}"`);
  const text = value.kind === "json" ? JSON.stringify(value.value) : value.text;
  const bytes = Buffer.byteLength(text);
  if (request.method !== "GET") load.keep(bytes);
  else if (!load.take(bytes)) return refuseBusy();
  response.writeHead(200, {
    "content-type": value.kind === "json" ? "application/json; charset=utf-8" : value.type,
    "cache-control": "no-store",
    "content-length": bytes,
  });
  response.setTimeout(unreadMs);
  response.end(text);
  return done(undefined);
}

/** What the parser refused: there is no request, and the connection cannot go on. */
function refuseConnection(failure: Error, socket: Duplex): void {
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  const requestId = randomUUID();
  const error: AdminError = {
    ...refuse("request.malformed", `Malformed HTTP request: ${failure.message}`).refusal,
    requestId,
  };
  const text = JSON.stringify(error);
  const head = [
    `HTTP/1.1 ${ERROR_STATUS[error.code]} Bad Request`,
    `Backsoon-Api-Version: ${API_VERSION}`,
    `Backsoon-Request-Id: ${requestId}`,
    "Content-Type: application/json; charset=utf-8",
    `Content-Length: ${Buffer.byteLength(text)}`,
    "Connection: close",
  ];
  socket.end(`${head.join("\r\n")}\r\n\r\n${text}`, () => socket.destroy());
}

async function sendError(
  request: IncomingMessage,
  response: ServerResponse,
  requestId: string,
  refusal: Refusal,
): Promise<void> {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const error: AdminError = { ...refusal, requestId };
  const text = JSON.stringify(error);
  // What was not read of a body would be taken for the next request.
  if (!request.complete && !(await dropBody(request))) response.setHeader("Connection", "close");
  response.writeHead(ERROR_STATUS[error.code], {
    "content-type": "application/json; charset=utf-8",
    "cache-control": "no-store",
    "content-length": Buffer.byteLength(text),
  });
  response.end(text);
  if (!request.complete) request.resume();
}
