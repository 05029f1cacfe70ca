/**
 * Everything that the supervisor does beside serving. Each part gets what it uses; what it has to
 * follow it hears over the event bus.
 */
import { AcmeCertificates } from "../acme/acme-certificates.ts";
import { Channels } from "../channels/channels.ts";
import { Importer } from "../../importing/importer.ts";
import { type AdminSocket, HandOver } from "../hand-over/hand-over.ts";
import { LogRotation } from "../logs/log-rotation.ts";
import { EventLog } from "../live/event-log.ts";
import { EventPublisher } from "../live/event-publisher.ts";
import { InFlightRequests } from "../live/in-flight-requests.ts";
import { RequestRates } from "../live/request-rates.ts";
import { LiveState } from "../live/snapshot.ts";
import { Traffic } from "../live/traffic.ts";
import { Maintenance } from "../maintenance/maintenance.ts";
import { Stages } from "../maintenance/stages.ts";
import { OwnPages } from "../own-pages/own-pages.ts";
import { Passes } from "../passes/passes.ts";
import { OriginHealth } from "../proof/origin-health.ts";
import { Prover } from "../proof/prover.ts";
import { RevertIfWrong } from "../proof/revert-if-wrong.ts";
import type { Serving } from "./serving.ts";
import { Configuration } from "../switch/configuration.ts";
import { ReceiptSaver } from "../switch/receipt-saver.ts";
import { Systemd } from "../systemd/systemd.ts";
import { HookChecks } from "../windows/hook-checks.ts";
import { Reminders } from "../windows/reminders.ts";
import { Drains } from "../web-servers/drains.ts";
import { Preparing } from "../web-servers/preparing.ts";
import { WebServers } from "../web-servers/web-servers.ts";
import { WindowActions } from "../windows/window-actions.ts";
import { WindowBook } from "../windows/window-book.ts";
import { WindowScheduler } from "../windows/window-scheduler.ts";
import { Windows } from "../windows/windows.ts";

export type Services = ReturnType<typeof buildServices>;

export function buildServices(serving: Serving, admin: AdminSocket) {
  const { found, state, counters, pool, listeners, beside, switch: swap, queue, proofToken: token } = serving;
  const config = () => swap.active.config;
  const asked = (site: string) => beside.withWays(config(), listeners.bound(), site);

  const acme = new AcmeCertificates({ ...serving, config }, found);
  const configuration = new Configuration(serving);
  const maintenance = new Maintenance(serving);
  const stages = new Stages({ ...serving, maintenance });
  const saver = new ReceiptSaver(serving);
  const prover = new Prover({
    ...serving,
    token,
    listeners: asked,
    active: () => swap.active,
    settled: () => queue.idle(),
  });
  const revertIfWrong = new RevertIfWrong({
    ...serving,
    prover,
    revert: (id, afterProof) => maintenance.revertAfter(id, afterProof),
  });

  const importer = new Importer(serving);
  const ownPages = new OwnPages(serving);
  const passes = new Passes({ ...serving, maintenance, listeners: () => listeners.bound() }, found.passes);

  const book = new WindowBook(state);
  const hooks = new HookChecks({ ...serving, obstacleTo: (sites) => beside.obstacleTo(config(), sites) });
  const reminders = new Reminders(
    { ...serving, book, hooks, config, failedCertificates: () => acme.failures() },
    found.reminders,
  );
  const channels = new Channels({ ...serving, reminders, config }, found.channels);
  const actions = new WindowActions({ ...serving, maintenance });
  const health = new OriginHealth({ ...serving, token, listeners: asked, config });
  const scheduler = new WindowScheduler({ ...serving, book, actions, reminders, health });
  const windows = new Windows({ ...serving, book, actions, scheduler, reminders, maintenance, config });

  const drains = new Drains(serving);
  const webServers = new WebServers({ ...serving, drains });
  const preparing = new Preparing({ ...serving, webServers });

  const rates = new RequestRates(counters);
  const live = new LiveState({ ...serving, rates, stages, windows: book, reminders, webServers, passes, acme });
  const stream = new EventLog();
  const publisher = new EventPublisher({ ...serving, stream, live, rates });
  const traffic = new Traffic({ ...serving, config }, found.traffic);
  const reopenLogs = () => pool.broadcast({ type: "reopen-logs" });
  const logRotation = new LogRotation({ ...serving, config, reopen: reopenLogs });
  const inFlight = new InFlightRequests(pool, counters);
  const systemd = new Systemd(serving);
  const handOver = new HandOver({ ...serving, stages, saver, admin });
  return {
    acme,
    configuration,
    maintenance,
    stages,
    saver,
    prover,
    revertIfWrong,
    reminders,
    channels,
    health,
    importer,
    ownPages,
    passes,
    scheduler,
    windows,
    live,
    stream,
    publisher,
    traffic,
    webServers,
    preparing,
    inFlight,
    reopenLogs,
    logRotation,
    systemd,
    handOver,
  };
}
