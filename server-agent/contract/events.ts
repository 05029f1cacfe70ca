import { z } from "zod";
import { timestamp } from "./fields.ts";
import { AgentInfo, Generation, InFlightRequest } from "./agent.ts";
import { Config } from "./config.ts";
import { Receipt, Stage } from "./maintenance.ts";
import { MaintenanceWindow } from "./windows.ts";
import { Pass } from "./passes.ts";
import { WebServer } from "./web-servers.ts";
import { Reminder } from "./reminders.ts";

/**
 * Counters of one site since the agent started; `perSecond` is the mean of the last full second.
 */
export const SiteMetrics = z.strictObject({
  requests: z.int(),
  inFlight: z.int(),
  perSecond: z.number(),
  status: z.record(z.string(), z.int()),
});
export type SiteMetrics = z.infer<typeof SiteMetrics>;

export const Snapshot = z.strictObject({
  type: z.literal("snapshot"),
  revision: z.int(),
  at: timestamp,
  agent: AgentInfo,
  config: Config,
  generations: z
    .array(Generation)
    .describe("Newest first: the active one, all draining ones, and the latest retired ones."),
  maintenance: z.array(Receipt).describe("Newest first: all open ones and the latest reverted ones."),
  stages: z.array(Stage).describe("Newest first: the held one, and the latest ended ones."),
  windows: z.array(MaintenanceWindow).describe("In the order in which they were created."),
  reminders: z.array(Reminder).describe("The latest ones, newest first."),
  metrics: z.record(z.string(), SiteMetrics).describe("By virtual host id."),
  webServers: z
    .array(WebServer)
    .optional()
    .describe("Web servers beside the agent, as they were seen last; absent before the agent has looked."),
  passes: z.array(Pass).optional().describe("Staff passes, newest first; absent where there are none."),
});
export type Snapshot = z.infer<typeof Snapshot>;

function delta<const T extends string>(type: T) {
  return { type: z.literal(type), revision: z.int(), at: timestamp };
}

export const Event = z.discriminatedUnion("type", [
  z.strictObject({ ...delta("config"), config: Config, generations: z.array(Generation), agent: AgentInfo }),
  z.strictObject({ ...delta("generations"), generations: z.array(Generation) }),
  z.strictObject({ ...delta("maintenance"), receipt: Receipt }),
  z.strictObject({ ...delta("stages"), stages: z.array(Stage) }),
  z.strictObject({ ...delta("reminders"), changed: z.array(Reminder) }),
  z.strictObject({
    ...delta("windows"),
    changed: z.array(MaintenanceWindow),
    removed: z.array(z.string()).describe("Ids of removed windows."),
  }),
  z.strictObject({ ...delta("metrics"), metrics: z.record(z.string(), SiteMetrics) }),
  z.strictObject({ ...delta("agent"), agent: AgentInfo }),
  z.strictObject({ ...delta("web-servers"), webServers: z.array(WebServer) }),
  z.strictObject({ ...delta("passes"), passes: z.array(Pass) }),
]);
export type Event = z.infer<typeof Event>;

export const StreamLine = z.union([Snapshot, Event]);
export type StreamLine = z.infer<typeof StreamLine>;

/** The oldest so many requests are listed on a stream of requests. */
export const MAX_WATCHED_REQUESTS = 200;

const watched = {
  at: timestamp.describe("When it was observed."),
  total: z.int().describe("How many match; the list has the oldest of them."),
};

/** A line of `GET /v1/requests/events`: each follows from the one before on the same connection. */
export const RequestsLine = z.discriminatedUnion("type", [
  z.strictObject({
    type: z.literal("snapshot"),
    ...watched,
    requests: z.array(InFlightRequest).max(MAX_WATCHED_REQUESTS).describe("Oldest first."),
  }),
  z.strictObject({
    type: z.literal("changes"),
    ...watched,
    changed: z.array(InFlightRequest).max(MAX_WATCHED_REQUESTS).describe("New ones, and what has gone on."),
    ended: z.array(z.string()).max(MAX_WATCHED_REQUESTS).describe("Ids of those that are not in the list any more."),
  }),
]);
export type RequestsLine = z.infer<typeof RequestsLine>;
