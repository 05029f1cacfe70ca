/**
 * Every route of the contract and what answers it. What a route means is elsewhere; here it is only
 * named.
 */
import type { ServerResponse } from "node:http";
import type { MaintenanceWindow } from "../contract/windows.ts";
import { done, type Refusal, type Result } from "../result.ts";
import { PROMETHEUS_TYPE, prometheusText } from "../supervisor/live/metrics-text.ts";
import type { Services } from "../supervisor/start/services.ts";
import { explain } from "./explain.ts";
import type { AdminRoutes, Answer } from "./route.ts";

export function adminRoutes(services: Services): AdminRoutes {
  const { configuration, maintenance, stages, prover, handOver, windows, reminders, channels, passes, acme } = services;
  const { importer, ownPages, revertIfWrong, traffic, live, stream, inFlight, webServers, preparing } = services;
  return {
    getAgent: () => shown(done(live.agent())),
    getConfig: () => shown(done(live.config()), live.config().generation),
    putConfig: async ({ body, query, ifMatch, arrivedAt }) =>
      written(await configuration.replace(body, query, ifMatch, arrivedAt), ({ generation }) => ({ generation })),
    checkConfig: async ({ body }) => shown(await configuration.check(body)),
    import: async ({ body }) => shown(await importer.import(body)),
    listGenerations: () => shown(done({ generations: live.generations() })),
    activateGeneration: async ({ params, body, ifMatch, arrivedAt }) =>
      written(await configuration.activate(params.n ?? "", body ?? {}, ifMatch, arrivedAt), ({ generation }) => ({
        generation,
      })),
    restart: async ({ body, arrivedAt }) =>
      written(await configuration.restart(body, arrivedAt), ({ generation, cut }) => ({ generation, cut })),
    handOver: async ({ body }) => shown(await handOver.run(body ?? {})),
    planMaintenance: async ({ body }) => shown(await maintenance.plan(body)),
    startMaintenance: async ({ body, ifMatch, arrivedAt }) =>
      written(await revertIfWrong.decided(await maintenance.start(body, ifMatch, arrivedAt)), ({ receipt }) => receipt),
    listMaintenance: () => shown(done({ maintenance: live.receipts() })),
    getMaintenance: ({ params }) => shown(maintenance.get(params.id ?? "")),
    planChange: async ({ params, body }) => shown(await maintenance.planChange(params.id ?? "", body)),
    changeMaintenance: async ({ params, body, ifMatch, arrivedAt }) =>
      written(await windows.changeMaintenance(params.id ?? "", body, ifMatch, arrivedAt), ({ receipt }) => receipt),
    revertMaintenance: async ({ params, body, ifMatch, arrivedAt }) =>
      written(await maintenance.revert(params.id ?? "", body ?? {}, ifMatch, arrivedAt), ({ receipt }) => receipt),
    proveMaintenance: async ({ params }) => shown(await prover.prove(params.id ?? "")),
    listCertificates: async () => shown(done({ certificates: await live.certificates() })),
    renewCertificate: async ({ params }) => shown(await acme.renew(params.site ?? "")),
    listPasses: () => shown(done({ passes: passes.list() })),
    createPass: async ({ body }) => shown(await passes.create(body)),
    revokePass: async ({ params, query }) => shown(await passes.revoke(params.id ?? "", query.author)),
    putOwnPage: async ({ body }) => shown(await ownPages.keep(body)),
    findOwnPage: async ({ query }) => shown(await ownPages.find(query.id, query.files === "yes")),
    readOwnPage: async ({ query }) => shown(await ownPages.read(query.root, query.path)),
    stage: async ({ body, ifMatch }) => shown(await stages.stage(body, ifMatch)),
    listStages: () => shown(done({ stages: stages.list() })),
    commitStage: async ({ params, arrivedAt }) => shown(await stages.commit(params.id ?? "", arrivedAt)),
    abortStage: async ({ params }) => shown(await stages.abort(params.id ?? "")),
    listWindows: () => shown(done({ windows: windows.list() })),
    planWindow: async ({ body }) => shown(await windows.plan(body)),
    createWindow: async ({ body }) => revised(await windows.create(body)),
    getWindow: ({ params }) => revised(windows.get(params.id ?? "")),
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
    noteDelivery: async ({ params, body }) => shown(await reminders.noteDelivery(params.id ?? "", body)),
    listWebServers: async () => shown(done({ webServers: await webServers.look() })),
    planHook: async ({ params, body }) => shown(await preparing.plan(params.id ?? "", body)),
    installHook: async ({ params, body, arrivedAt }) =>
      shown(await preparing.install(params.id ?? "", body, arrivedAt)),
    removeHook: async ({ params, query: { sites, ...rest }, arrivedAt }) =>
      shown(
        await preparing.remove(
          params.id ?? "",
          sites === undefined ? rest : { ...rest, sites: sites.split(",") },
          arrivedAt,
        ),
      ),
    explain: ({ query }) =>
      shown(explain(live.config().config, live.config().generation, live.agent().listeners, query)),
    listRequests: async ({ query: { site, generation } }) =>
      shown(await inFlight.list({ site, generation: numberOf(generation) })),
    watchRequests: ({ query: { site, before } }) =>
      streamed(inFlight.obstacle(), (response) => inFlight.watch(response, { site, before: numberOf(before) })),
    cutRequest: async ({ params }) => shown(await inFlight.cut(params.id ?? "")),
    events: () =>
      streamed(stream.obstacle(), (response) => stream.subscribe(response, (revision) => live.snapshot(revision))),
    metrics: async () => done({ kind: "text", type: PROMETHEUS_TYPE, text: prometheusText(await live.observed()) }),
  };
}

function numberOf(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Number(text);
}

function shown<T>(outcome: Result<T>, version?: number): Result<Answer<T>> {
  return outcome.ok
    ? done({ kind: "json", value: outcome.value, ...(version === undefined ? {} : { version }) })
    : outcome;
}

/** What was switched, with the generation that it made. */
function written<W extends { generation: number }, R>(outcome: Result<W>, pick: (value: W) => R): Result<Answer<R>> {
  return outcome.ok ? shown(done(pick(outcome.value)), outcome.value.generation) : outcome;
}

/** Refuses with `agent.busy`. */
function streamed(obstacle: Refusal | undefined, begin: (response: ServerResponse) => void): Result<Answer<never>> {
  return obstacle === undefined ? done({ kind: "stream", begin }) : { ok: false, refusal: obstacle };
}

function revised(outcome: Result<MaintenanceWindow>): Result<Answer<MaintenanceWindow>> {
  return shown(outcome, outcome.ok ? outcome.value.revision : undefined);
}
