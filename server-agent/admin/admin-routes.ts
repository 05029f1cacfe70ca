/**
 * Every route of the contract and what answers it. What a route means is elsewhere; here it is only
 * named.
 */

import type { MaintenanceWindow } from "../contract/windows.ts";
import { type Announced, done, type Outcome } from "../outcome.ts";
import type { LiveState } from "../supervisor/live/snapshot.ts";
import type { Operations, Written } from "../supervisor/operations.ts";
import type { Channels } from "../supervisor/channels/channels.ts";
import type { Reminders } from "../supervisor/windows/reminders.ts";
import type { Traffic } from "../supervisor/live/traffic.ts";
import type { Windows } from "../supervisor/windows/windows.ts";
import type { EventLog } from "../supervisor/live/event-log.ts";
import type { RequestStreams } from "../supervisor/live/request-streams.ts";
import { explain } from "./explain.ts";

import { type Observed, PROMETHEUS_TYPE, prometheusText } from "../supervisor/live/metrics-text.ts";
import type { AdminRoutes, Answer } from "./route.ts";

export interface AgentParts {
  operations: Operations;
  windows: Windows;
  reminders: Reminders;
  channels: Channels;
  traffic: Traffic;
  live: LiveState;
  events: EventLog;
  requestStreams: RequestStreams;
  observed: () => Observed;
}

export function adminRoutes({
  operations,
  windows,
  reminders,
  channels,
  traffic,
  live,
  events,
  requestStreams,
  observed,
}: AgentParts): AdminRoutes {
  return {
    getAgent: () => shown(done(live.agent())),
    getConfig: () => shown(done(live.config()), live.config().generation),
    putConfig: async ({ body, query, ifMatch, arrivedAt }) =>
      written(await operations.replaceConfig(body, query, ifMatch, arrivedAt), ({ generation }) => ({ generation })),
    checkConfig: async ({ body }) => shown(await operations.checkConfig(body)),
    listGenerations: () => shown(done({ generations: live.generations() })),
    activateGeneration: async ({ params, body, ifMatch, arrivedAt }) =>
      written(await operations.activate(params.n ?? "", body ?? {}, ifMatch, arrivedAt), ({ generation }) => ({
        generation,
      })),
    restart: async ({ body, arrivedAt }) =>
      written(await operations.restart(body, arrivedAt), ({ generation, cut }) => ({ generation, cut })),
    handOver: async ({ body }) =>
      announced(await operations.handOver(body ?? {}), ({ version, pid, generation }) => ({
        version,
        pid,
        generation,
      })),
    planMaintenance: ({ body }) => shown(operations.planMaintenance(body)),
    startMaintenance: async ({ body, ifMatch, arrivedAt }) =>
      written(await operations.startMaintenance(body, ifMatch, arrivedAt), ({ receipt }) => receipt),
    listMaintenance: () => shown(done({ maintenance: live.receipts() })),
    getMaintenance: ({ params }) => shown(operations.receipt(params.id ?? "")),
    revertMaintenance: async ({ params, body, ifMatch, arrivedAt }) =>
      written(
        await operations.revertMaintenance(params.id ?? "", body ?? {}, ifMatch, arrivedAt),
        ({ receipt }) => receipt,
      ),
    proveMaintenance: async ({ params }) => shown(await operations.proveMaintenance(params.id ?? "")),
    stage: async ({ body, ifMatch }) => announced(await operations.stage(body, ifMatch), ({ stage }) => stage),
    listStages: () => shown(done({ stages: operations.stages() })),
    commitStage: async ({ params, arrivedAt }) =>
      announced(await operations.commitStage(params.id ?? "", arrivedAt), ({ stage, receipts }) => ({
        stage,
        receipts,
      })),
    abortStage: async ({ params }) => announced(await operations.abortStage(params.id ?? ""), ({ stage }) => stage),
    listWindows: () => shown(done({ windows: windows.list() })),
    planWindow: async ({ body }) => shown(await windows.plan(body)),
    createWindow: async ({ body }) => revised(await windows.create(body)),
    getWindow: ({ params }) => {
      const found = windows.get(params.id ?? "");
      return found.ok ? shown(found, found.value.revision) : found;
    },
    changeWindow: async ({ params, body, ifMatch }) => revised(await windows.change(params.id ?? "", body, ifMatch)),
    removeWindow: async ({ params, ifMatch }) => revised(await windows.remove(params.id ?? "", ifMatch)),
    skipWindow: async ({ params, body }) => revised(await windows.skip(params.id ?? "", body)),
    startWindow: async ({ params, body }) => revised(await windows.start(params.id ?? "", body)),
    extendWindow: async ({ params, body }) => revised(await windows.extend(params.id ?? "", body)),
    endWindow: async ({ params, body }) => revised(await windows.end(params.id ?? "", body)),
    listChannels: () => shown(done({ channels: channels.list() })),
    putChannel: ({ params, body }) => shown(channels.put(params.id ?? "", body)),
    removeChannel: ({ params }) => shown(channels.remove(params.id ?? "")),
    testChannel: async ({ params }) => shown(await channels.test(params.id ?? "")),
    getTraffic: ({ query }) => shown(done({ hours: traffic.of(query.site) })),
    listReminders: () => shown(done({ reminders: reminders.list() })),
    noteDelivery: async ({ params, body }) =>
      announced(await reminders.noteDelivery(params.id ?? "", body), ({ reminder }) => reminder),
    explain: ({ query }) =>
      shown(explain(live.config().config, live.config().generation, live.agent().listeners, query)),
    listRequests: async ({ query }) => shown(await operations.requests(query)),
    watchRequests: ({ query: { site, before } }) => {
      const filter = { site, before: before === undefined ? undefined : Number(before) };
      return done({ kind: "stream", begin: (response) => requestStreams.subscribe(response, filter) });
    },
    cutRequest: async ({ params }) => shown(await operations.cutRequest(params.id ?? "")),
    events: () =>
      done({ kind: "stream", begin: (response) => events.subscribe(response, (revision) => live.snapshot(revision)) }),
    metrics: () => done({ kind: "text", type: PROMETHEUS_TYPE, text: prometheusText(observed()) }),
  };
}

function shown<T>(outcome: Outcome<T>, version?: number): Outcome<Answer<T>> {
  return outcome.ok
    ? done({ kind: "json", value: outcome.value, ...(version === undefined ? {} : { version }) })
    : outcome;
}

function announced<A extends Announced, R>(outcome: Outcome<A>, pick: (value: A) => R): Outcome<Answer<R>> {
  return outcome.ok
    ? done({ kind: "json", value: pick(outcome.value), after: () => outcome.value.announce() })
    : outcome;
}

function written<W extends Written, R>(outcome: Outcome<W>, pick: (value: W) => R): Outcome<Answer<R>> {
  const answer = announced(outcome, pick);
  return outcome.ok && answer.ok ? done({ ...answer.value, version: outcome.value.generation }) : answer;
}

function revised(outcome: Outcome<Announced & { window: MaintenanceWindow }>): Outcome<Answer<MaintenanceWindow>> {
  const answer = announced(outcome, ({ window }) => window);
  return outcome.ok && answer.ok ? done({ ...answer.value, version: outcome.value.window.revision }) : answer;
}
