import { z } from "zod";
import { timestamp } from "./fields.ts";

export const AGENT_VERSION = "0.1.0";

/** Increased when a client of the previous version would misread a reply. */
export const API_VERSION = 1;

export const BoundListener = z.strictObject({
  name: z.string(),
  address: z.string(),
  port: z.int(),
  foreign: z.string().optional().describe("Id of the web server that listens here, in place of the agent."),
  tls: z.boolean().optional(),
  proxyProtocol: z.boolean().optional(),
});
export type BoundListener = z.infer<typeof BoundListener>;

/**
 * What became of requests. None is lost as long as accepted = answered + left + broken + cut + in
 * flight.
 */
export const RequestBalance = z.strictObject({
  accepted: z.int(),
  answered: z.int().describe("To the end of the answer."),
  left: z.int().describe("The client left before."),
  broken: z.int().describe("The answer was broken off, usually by its upstream."),
  cut: z.int().describe("Cut by order of an operator, or at a deadline."),
  inFlight: z.int(),
  lost: z.int().describe("None of these, because their worker died. Always 0 unless something is wrong."),
});
export type RequestBalance = z.infer<typeof RequestBalance>;

export const UnhealthyTarget = z.strictObject({
  upstream: z.string(),
  target: z.string(),
  state: z
    .enum(["down", "failing"])
    .describe("`down`: health checks failed. `failing`: requests to it failed (passive health check)."),
  why: z.string(),
  since: timestamp,
});
export type UnhealthyTarget = z.infer<typeof UnhealthyTarget>;

export const AgentInfo = z.strictObject({
  version: z.string().regex(/^[0-9A-Za-z.+-]{1,100}$/, "use a version like 1.2.3"),
  apiVersion: z.int(),
  pid: z.int(),
  startedAt: timestamp,
  uptimeSeconds: z.number(),
  workers: z.array(z.strictObject({ id: z.int(), pid: z.int(), state: z.enum(["serving", "draining"]) })),
  listeners: z.array(BoundListener),
  generation: z.int().describe("The active generation."),
  hostname: z.string(),
  clock: timestamp.describe("The server's clock, by which windows start."),
  timeZoneData: z
    .string()
    .max(20)
    .optional()
    .describe("Version of the IANA time zone data used for windows, like 2026c."),
  requests: RequestBalance.optional().describe("All requests since the agent started."),
  targets: z
    .array(UnhealthyTarget)
    .optional()
    .describe("Unhealthy targets of upstreams, 100 at most; absent if there are none."),
  problems: z
    .array(z.string())
    .optional()
    .describe("Current problems of the agent itself, one sentence each; absent if there are none."),
});
export type AgentInfo = z.infer<typeof AgentInfo>;

/**
 * One change between two documents, as JSON Pointer (RFC 6901) plus values; `id` is the virtual
 * host it is about.
 */
export const Change = z.strictObject({
  kind: z.enum(["added", "removed", "changed", "moved"]),
  path: z.string(),
  virtualHost: z.string().optional(),
  before: z.unknown().optional(),
  after: z.unknown().optional(),
});
export type Change = z.infer<typeof Change>;

export const Generation = z.strictObject({
  generation: z.int(),
  state: z.enum(["active", "draining", "retired"]),
  createdAt: timestamp,
  author: z.string(),
  reason: z.string(),
  changes: z.array(Change).describe("From the previous generation."),
  inFlight: z.int(),
});
export type Generation = z.infer<typeof Generation>;

const REQUEST_KINDS = ["page", "download", "upload", "websocket", "event-stream"] as const;

export const InFlightRequest = z.strictObject({
  id: z.string(),
  generation: z.int(),
  worker: z.int(),
  virtualHost: z.string(),
  site: z.string().describe("The virtual host, or for a copycat its original."),
  method: z.string(),
  host: z.string(),
  path: z.string(),
  client: z.string(),
  kind: z.enum(REQUEST_KINDS),
  startedAt: timestamp,
  bytesReceived: z.int(),
  bytesSent: z.int(),
  bytesExpected: z.int().optional().describe("Content-Length of the response (or upload), if known."),
  held: z.literal(true).optional().describe("It is waiting until its upstream accepts connections (`hold`)."),
});
export type InFlightRequest = z.infer<typeof InFlightRequest>;

/** Requests of one site in an hour in which the agent was running. */
export const TrafficHour = z.strictObject({ start: timestamp, requests: z.int() });
export type TrafficHour = z.infer<typeof TrafficHour>;

export const Explanation = z.strictObject({
  url: z.string(),
  method: z.string(),
  generation: z.int(),
  answer: z.strictObject({
    virtualHost: z.string(),
    site: z.string(),
    rule: z.int().nullable(),
    handler: z.string(),
    status: z
      .int()
      .nullable()
      .describe("Known in advance for maintenance, error, redirect and respond; otherwise null."),
  }),
  virtualHosts: z.array(
    z.strictObject({
      id: z.string(),
      outcome: z.enum(["answers", "host-differs", "condition-not-met", "disabled", "not-reached"]),
      why: z.string(),
    }),
  ),
  rules: z.array(
    z.strictObject({
      index: z.int(),
      handler: z.string(),
      outcome: z
        .enum(["answers", "applies", "condition-not-met", "not-reached"])
        .describe("`applies`: without a handler, it changes what a rule below answers."),
      why: z.string(),
    }),
  ),
});
export type Explanation = z.infer<typeof Explanation>;
