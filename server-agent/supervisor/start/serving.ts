/**
 * What an agent needs before anything else: its state, its listening sockets, and workers that have
 * the first generation in service.
 */
import { randomBytes } from "node:crypto";
import { Listeners } from "../../adapters/builtin/listeners.ts";
import { ObservedCounters } from "../../adapters/builtin/observed-counters.ts";
import { WorkerPool } from "../../adapters/builtin/worker-pool.ts";
import { FlagFolder } from "../../adapters/flag-folder.ts";
import { webServerAdapters } from "../web-servers/all-adapters.ts";
import { EXIT } from "../../exit-codes.ts";
import type { Log } from "../../log.ts";
import { SYSTEM_DISK } from "../../store/disk.ts";
import { type Found, StateDirectory } from "../../store/state-directory.ts";
import { thumbprintsOf } from "../acme/accounts.ts";
import type { CertificateReadings } from "../certificates/certificate-facts.ts";
import { CertificateWatch } from "../certificates/certificate-watch.ts";
import { TicketKeys, usableTicketKey } from "../certificates/ticket-keys.ts";
import { type Clock, SYSTEM_CLOCK } from "../clock.ts";
import { EventBus } from "../event-bus.ts";
import { type FailedStart, failedStart } from "./failed-start.ts";
import { initialGeneration } from "./initial-generation.ts";
import type { SupervisorOptions } from "./options.ts";
import { usablePasses } from "../passes/passes.ts";
import { ReceiptBook } from "../switch/receipt-book.ts";
import { startSwitch } from "../switch/start-switch.ts";
import type { Switch } from "../switch/switch.ts";
import { BesideWebServers } from "../web-servers/beside-web-servers.ts";
import { FoundServers } from "../web-servers/found-servers.ts";
import { TargetWatch } from "../upstreams/target-watch.ts";
import { WriteQueue } from "../switch/write-queue.ts";

export interface Serving {
  state: StateDirectory;
  /** What the state held at the start. */
  found: Found;
  events: EventBus;
  counters: ObservedCounters;
  listeners: Listeners;
  pool: WorkerPool;
  receipts: ReceiptBook;
  beside: BesideWebServers;
  certificates: CertificateWatch;
  targets: TargetWatch;
  ticketKeys: TicketKeys;
  foundServers: FoundServers;
  webFolder: string;
  switch: Switch;
  queue: WriteQueue;
  clock: Clock;
  log: Log;
  /** By it workers know the requests of proofs. */
  proofToken: string;
  /** The number of the agent that hands over to this one, among its workers. */
  formerWorker: number;
}

/**
 * Opens the state and starts the workers. They accept visitors at once, but for a successor, whose
 * predecessor accepts until everything is ready here.
 */
export async function startServing(options: SupervisorOptions): Promise<{ ok: true; serving: Serving } | FailedStart> {
  const { log, predecessor, clock = SYSTEM_CLOCK } = options;
  const inheritance = await predecessor?.inheritance;
  const opened = await openState(options);
  if (!opened.ok) return opened;
  const { state, found } = opened;
  const first = await initialGeneration(state, found.active, options);
  if (!first.ok) {
    state.close();
    return first;
  }

  const events = new EventBus();
  state.changed = () => events.publish({ type: "state-changed" });
  const counters = new ObservedCounters();
  const listeners = new Listeners(options.webFolder, options.passedSockets);
  listeners.adopt(inheritance?.listeners ?? []);
  // What drains at the predecessor counts as what drains at a worker.
  const formerWorker = (inheritance?.lastWorker ?? 0) + 1;
  if (inheritance !== undefined) counters.update(formerWorker, inheritance.counted);
  const receipts = new ReceiptBook(counters, found.receipts);
  const proofToken = inheritance?.proofToken ?? randomBytes(16).toString("hex");
  const passes = usablePasses(found.passes);
  const ticketKey = usableTicketKey(found.tickets, clock.now());
  const pool = new WorkerPool({
    size: options.workers,
    lastWorker: inheritance === undefined ? 0 : formerWorker,
    proofToken,
    certificateFolder: state.certificateFolder,
    log,
    counters,
    listeners: () => listeners.open,
    passes,
    ticketKey: ticketKey.key,
    thumbprints: thumbprintsOf(found.accounts),
    targetFailing: (target) => events.publish({ type: "target-failing", target }),
    passesUsed: (uses) => events.publish({ type: "passes-used", uses }),
    changed: () => events.publish({ type: "workers-changed" }),
  });
  const tlsParts = { state, pool, config: () => serving.switch.active.config, events, clock, log };
  const readings: CertificateReadings = new Map();
  const certificates = new CertificateWatch(tlsParts, readings);
  const targets = new TargetWatch(tlsParts);
  const { webFolder } = options;
  const foundServers = new FoundServers(webServerAdapters(webFolder));
  const flags = new FlagFolder(webFolder);
  const beside = new BesideWebServers({ flags, found: foundServers, token: proofToken, passes, log });
  const parts = { state, listeners, pool, counters, receipts, beside, events, log };
  const started = await startSwitch(parts, first.service, first.seed, readings);
  const accepting = started.ok && predecessor === undefined ? await started.value.open() : started;
  if (!started.ok || !accepting.ok) {
    await pool.stop(0);
    state.close();
    return failedStart(accepting.ok ? started : accepting);
  }
  for (const { name, address, port } of listeners.unused())
    log.warn("systemd passed a socket that no listener uses; connections to it are not answered", {
      name,
      address,
      port,
    });
  const queue = new WriteQueue();
  const serving: Serving = {
    ...parts,
    certificates,
    targets,
    ticketKeys: new TicketKeys(tlsParts, found.tickets, ticketKey),
    found,
    switch: started.value,
    queue,
    clock,
    proofToken,
    formerWorker,
    webFolder,
    foundServers,
  };
  return { ok: true, serving };
}

async function openState({
  state: path,
  predecessor,
  log,
  disk = SYSTEM_DISK,
}: SupervisorOptions): Promise<{ ok: true; state: StateDirectory; found: Found } | FailedStart> {
  const opened = await StateDirectory.open(path, { log, inherit: predecessor !== undefined, disk });
  if (opened.ok) return opened;
  return opened.reason === "in-use"
    ? {
        ok: false,
        exitCode: EXIT.inUse,
        message: `the state directory ${path} belongs to a running agent (pid ${opened.pid}); stop that one or choose another --state`,
      }
    : { ok: false, exitCode: EXIT.state, message: `the state directory cannot be used: ${opened.message}` };
}
