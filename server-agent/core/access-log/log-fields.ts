/** What a line can say of a request, by name: the keys of JSON and the fields of formats. */
import type { LoggedRequest } from "./logged-request.ts";
import { localTime } from "./local-time.ts";

/** `now`: the end of the request (epoch ms). Undefined: there is no such thing. */
export type LogField = (entry: LoggedRequest, now: number) => string | number | boolean | undefined;

/** A request without an answer, as nginx has it. */
const NO_ANSWER = 499;

/** In the order in which JSON lists them. */
export const LOG_FIELDS = {
  time: (_, now) => new Date(now).toISOString(),
  client: ({ facts }) => (facts.client === "" ? undefined : facts.client),
  user: ({ user }) => user,
  method: ({ request }) => request.method,
  host: ({ request }) => request.field("host"),
  target: ({ request }) => request.sentTarget,
  protocol: ({ request }) => `HTTP/${request.httpVersion}`,
  status: ({ status }) => (status === 0 ? NO_ANSWER : status),
  bytes: ({ bytesSent }) => bytesSent,
  bytesReceived: ({ bytesReceived }) => bytesReceived,
  duration: (entry, now) => (now - entry.now) / 1000,
  referer: ({ request }) => request.field("referer"),
  userAgent: ({ request }) => request.field("user-agent"),
  listener: ({ carrier }) => carrier.place.listener,
  tls: ({ carrier }) => carrier.arrival.tlsVersion,
  virtualHost: ({ site }) => site?.id,
  site: ({ site }) => site?.site,
  rule: ({ rule }) => rule,
  generation: ({ generation }) => generation,
  maintenance: ({ site }) => (site === undefined ? undefined : site.id !== site.site),
  upstream: ({ upstream }) => upstream,
  upstreamDuration: ({ upstreamMs }) => (upstreamMs === undefined ? undefined : upstreamMs / 1000),
  outcome: (entry) => entry.outcome(),
  trace: ({ trace }) => trace?.traceId,
  refusal: ({ refusal }) => refusal,
} satisfies Readonly<Record<string, LogField>>;

/** For formats only: others say the same in parts. */
const COMPOSED = {
  request: ({ request }) => `${request.method} ${request.sentTarget} HTTP/${request.httpVersion}`,
  localTime: (_, now) => localTime(now),
  peer: ({ carrier }) => carrier.peer,
} satisfies Readonly<Record<string, LogField>>;

const ALL: Readonly<Record<string, LogField>> = { ...LOG_FIELDS, ...COMPOSED };

/** Names that a format may have, as in `${client}`. */
export const LOG_FIELD_NAMES: readonly string[] = Object.keys(ALL);

export const PLACEHOLDER = /\$\{([^}]*)\}/g;

const HEADER = /^header:([!#$%&'*+.^_`|~0-9A-Za-z-]+)$/;

/** Undefined: there is no field of this name. `header:NAME` is a header of the request. */
export function logField(name: string): LogField | undefined {
  const header = HEADER.exec(name)?.[1]?.toLowerCase();
  if (header !== undefined) return ({ request }) => request.field(header);
  return Object.hasOwn(ALL, name) ? ALL[name] : undefined;
}

/** The first name in a format that is not known. */
export function unknownLogField(format: string): string | undefined {
  for (const [, name = ""] of format.matchAll(PLACEHOLDER)) if (logField(name) === undefined) return name;
  return undefined;
}
