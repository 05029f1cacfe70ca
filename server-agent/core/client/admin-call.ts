/**
 * Calls of the admin API as data, derived from `ROUTES`. Whoever calls brings the transport: a unix
 * socket, an SSH channel.
 */
import type { z } from "zod";
import { guardDocument } from "../config/document-guard.ts";
import { AdminError } from "../../contract/errors.ts";
import { ROUTES, type Body, type Query, type Reply, type Route, type RouteName } from "../../contract/routes.ts";

/** What one call may carry; what the route does not take is left out. */
export interface CallArguments<N extends RouteName> {
  /** Values of the `{name}`s in the route's path. */
  params?: Readonly<Record<string, string | number>>;
  query?: Query<N>;
  body?: Body<N>;
  /** The generation that the caller saw last, or `*` for any. */
  ifMatch?: number | "*";
}

export interface EncodedCall {
  method: Route["method"];
  /** Path with query. */
  path: string;
  headers: Record<string, string>;
  body: string | undefined;
}

export type DecodedReply<N extends RouteName> = { ok: true; value: Reply<N> } | { ok: false; error: AdminError };

/** @throws {Error} when a path parameter is missing: a fault of the caller. */
export function encodeCall<N extends RouteName>(name: N, call: CallArguments<N>): EncodedCall {
  const route: Route = ROUTES[name];
  const path = route.path.replaceAll(/\{(\w+)\}/g, (_all, key: string) => {
    const value = call.params?.[key];
    if (value === undefined) throw new Error(`${name} needs the path parameter ${key}`);
    return encodeURIComponent(value);
  });
  const query = Object.entries<string | undefined>(call.query ?? {}).flatMap(([key, value]) =>
    value === undefined ? [] : [`${encodeURIComponent(key)}=${encodeURIComponent(value)}`],
  );
  const body = call.body === undefined ? undefined : JSON.stringify(call.body);
  return {
    method: route.method,
    path: query.length === 0 ? path : `${path}?${query.join("&")}`,
    headers: {
      ...(body === undefined ? {} : { "content-type": "application/json" }),
      ...(call.ifMatch === undefined ? {} : { "if-match": call.ifMatch === "*" ? "*" : `"${call.ifMatch}"` }),
    },
    body,
  };
}

/**
 * Reads the reply to a call: the value, checked against the route's schema, or the agent's error.
 * What is neither (a reply of another program, or of another version) is the error `internal` with
 * the words of what is wrong.
 */
export function decodeReply<N extends RouteName>(name: N, status: number, text: string): DecodedReply<N> {
  const { reply }: Route = ROUTES[name];
  const isOk = status >= 200 && status < 300;
  if (isOk && typeof reply === "string") return { ok: true, value: text as Reply<N> };
  const json = parseJson(text);
  if (!isOk) {
    const error = AdminError.safeParse(json);
    return error.success
      ? { ok: false, error: error.data }
      : { ok: false, error: unreadable(name, status, reasonOf(json, error.error)) };
  }
  const [problem] = guardDocument(json);
  if (problem !== undefined) return { ok: false, error: unreadable(name, status, problem.message) };
  const parsed = (reply as z.ZodType).safeParse(json);
  // What was sent and not the parsed copy, whose keys are in another order: a configuration that is
  // read and written back must stay the same document.
  return parsed.success
    ? { ok: true, value: json as Reply<N> }
    : { ok: false, error: unreadable(name, status, reasonOf(json, parsed.error)) };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function reasonOf(json: unknown, { issues: [issue] }: z.ZodError): string {
  return json === undefined ? "it is not JSON" : `${issue?.path.join(".") ?? ""}: ${issue?.message ?? ""}`;
}

function unreadable(name: RouteName, status: number, why: string): AdminError {
  const message = `The reply to ${name} (status ${status}) is not one of this version of the admin API: ${why}.`;
  return { code: "internal", message, details: {}, requestId: "" };
}
