/**
 * Composition root of the agent's main process: puts the parts together, starts them in order and
 * stops them in order.
 */
import { randomBytes } from "node:crypto";
import { type AdminServer, bindAdminServer } from "./admin/admin-server.ts";
import { adminRoutes } from "./admin/admin-routes.ts";
import { claimSocketPath, refusePath } from "./admin/claim-socket-path.ts";
import { EventLog } from "./supervisor/live/event-log.ts";
import type { Observed } from "./supervisor/live/metrics-text.ts";
import type { BoundListener } from "./contract/agent.ts";
import type { MaintenanceWindow } from "./contract/windows.ts";
import { messageOf } from "./log.ts";

import { done, type Outcome, refuse } from "./outcome.ts";
import { StateDirectory } from "./store/state-directory.ts";
import { Announcer } from "./supervisor/live/event-publisher.ts";
import { Channels } from "./supervisor/channels/channels.ts";
import { SYSTEM_CLOCK } from "./supervisor/clock.ts";

import { Switch } from "./supervisor/switch/switch.ts";
import { EXIT, type ExitCode } from "./exit-codes.ts";
import { firstService } from "./supervisor/initial-generation.ts";
import { Health } from "./supervisor/proof/origin-health.ts";
import { HandOver } from "./supervisor/hand-over/hand-over.ts";
import { Listeners } from "./adapters/builtin/listeners.ts";
import { LiveState } from "./supervisor/live/snapshot.ts";
import { Maintenance } from "./supervisor/maintenance/maintenance.ts";
import { ObservedCounters } from "./adapters/builtin/observed-counters.ts";
import { Operations } from "./supervisor/operations.ts";

import { Prover } from "./supervisor/proof/prover.ts";
import { ReceiptBook } from "./supervisor/switch/receipt-book.ts";
import { broughtBack, Reminders } from "./supervisor/windows/reminders.ts";
import { ReceiptSaver } from "./supervisor/switch/receipt-saver.ts";
import { RequestStreams } from "./supervisor/live/request-streams.ts";
import { RequestRates } from "./supervisor/live/request-rates.ts";
import { Stages } from "./supervisor/maintenance/stages.ts";
import { Traffic } from "./supervisor/live/traffic.ts";
import { WindowActs } from "./supervisor/windows/window-actions.ts";
import { WindowBook } from "./supervisor/windows/window-book.ts";
import { WindowScheduler } from "./supervisor/windows/window-scheduler.ts";
import { Windows } from "./supervisor/windows/windows.ts";
import { WorkerPool } from "./adapters/builtin/worker-pool.ts";
import { WriteQueue } from "./supervisor/switch/write-queue.ts";
import type { SupervisorOptions } from "./supervisor/options.ts";

export interface Supervisor {
  listeners: BoundListener[];
  generation: number;
  /** A graceful restart, as by the admin API. */
  restart(author: string): Promise<void>;
  reopenLogs(): void;
  /** Resolves when this agent has handed over to a successor and its last connection has ended. */
  handedOver: Promise<void>;
  /**
   * Ends everything. `seconds`: how long what is in flight may take; 0 cuts it. Can be called again
   * with less patience.
   */
  close(seconds: number): Promise<void>;
}

export type StartOutcome = { ok: true; supervisor: Supervisor } | { ok: false; exitCode: ExitCode; message: string };

export async function startSupervisor(options: SupervisorOptions): Promise<StartOutcome> {
  const { log, socket, predecessor, clock = SYSTEM_CLOCK } = options;
  // The path of the socket, the state and the listening sockets are the predecessor's until it
  // passes them on.
  const claim = predecessor === undefined ? await claimSocketPath(socket) : (refusePath(socket) ?? { ok: true });
  if (!claim.ok) return { ok: false, exitCode: claim.inUse ? EXIT.inUse : EXIT.usage, message: claim.message };
  const inheritance = await predecessor?.inheritance;
  const opened = await StateDirectory.open(options.state, log, predecessor !== undefined);
  if (!opened.ok) {
    return opened.reason === "in-use"
      ? {
          ok: false,
          exitCode: EXIT.inUse,
          message: `the state directory ${options.state} belongs to a running agent (pid ${opened.pid}); stop that one or choose another --state`,
        }
      : { ok: false, exitCode: EXIT.state, message: `the state directory cannot be used: ${opened.message}` };
  }
  const { state, found } = opened;
  const first = await firstService(state, found.active, options);
  if (!first.ok) {
    state.close();
    return first;
  }

  const counters = new ObservedCounters();
  const rates = new RequestRates(counters);
  const listeners = new Listeners();
  listeners.adopt(inheritance?.listeners ?? []);
  const lastWorker = inheritance?.lastWorker ?? 0;
  // What drains at the predecessor counts as what drains at a worker.
  const former = lastWorker + 1;
  if (inheritance !== undefined) counters.update(former, inheritance.counted);
  const receipts = new ReceiptBook(counters, found.receipts);
  const events = new EventLog();
  const proofToken = inheritance?.proofToken ?? randomBytes(16).toString("hex");
  let workersChanged = (): void => undefined;
  const pool = new WorkerPool({
    size: options.workers,
    lastWorker: inheritance === undefined ? 0 : former,
    proofToken,
    log,
    counters,
    listeners: () => listeners.open,
    changed: () => workersChanged(),
  });
  const requestStreams = new RequestStreams(pool, counters);
  const begun = await Switch.begin({ state, listeners, pool, counters, receipts, log }, first.service, first.seed);
  // The predecessor accepts until everything is ready here.
  const opening = begun.ok && predecessor === undefined ? await begun.value.open() : begun;
  if (!begun.ok || !opening.ok) {
    await pool.stop(0);
    state.close();
    return failedStart(opening.ok ? begun : opening);
  }

  const swap = begun.value;
  const queue = new WriteQueue();
  const maintenance = new Maintenance({
    receipts,
    config: () => swap.active.config,
    documentOf: (generation) => swap.documentOf(generation),
    apply: (request, arrivedAt) => swap.apply(request, arrivedAt),
  });
  const stages = new Stages({
    switch: swap,
    state,
    maintenance,
    receipts,
    queue,
    expired: () => announcer.stages(),
    log,
  });
  const book = new WindowBook(state);
  const channels = new Channels(
    {
      now: () => clock.now(),
      state,
      reminders: () => reminders.list(),
      delivered: async (id, to, why) => {
        const noted = await reminders.noteDelivery(id, { to, ...(why === undefined ? {} : { why }) });
        if (noted.ok) noted.value.announce();
      },
      log,
    },
    found.channels,
  );
  const reminders = new Reminders(
    {
      deliver: (made) => channels.deliver(made),
      clock,
      book,
      receipts,
      state,
      queue,
      changed: (changed) => announcer.reminders(changed),
      log,
    },
    found.reminders,
  );
  const traffic = new Traffic({ clock, counters, config: () => swap.active.config, state, log }, found.traffic);
  const live = new LiveState({
    clock,
    state,
    listeners,
    pool,
    counters,
    rates,
    receipts,
    stages,
    windows: book,
    reminders,
    switch: swap,
  });
  const announcer = new Announcer({ events, live, counters, rates });
  workersChanged = () => announcer.workersChanged();
  const saver = new ReceiptSaver(state, receipts);
  const prover = new Prover({
    token: proofToken,
    receipts,
    listeners: () => listeners.bound(),
    active: () => swap.active,
    settled: () => queue.idle(),
    proved: (receipt) => announcer.receipt(receipt),
    log,
  });
  let admin: AdminServer;
  let hasRetired = false;
  const handOver = new HandOver({
    queue,
    stages,
    saver,
    state,
    listeners,
    pool,
    counters,
    proofToken,
    admin: () => admin,
    retired: () => {
      hasRetired = true;
      scheduler.close();
      health.close();
      traffic.stop();
      channels.close();
      prover.close();
      announcer.close();
      events.close();
      requestStreams.close();
      void admin.close();
      state.close();
    },
    log,
  });
  const operations = new Operations({
    queue,
    switch: swap,
    state,
    pool,
    maintenance,
    stages,
    prover,
    handOver,
    announce: ({ config, receipts: changed, prove, byWindows }) => {
      announcer.switched(config, changed);
      if (!byWindows)
        for (const { id, by } of broughtBack(changed)) reminders.acted({ receipts: [id] }, "bring-back", by)();
      saver.saveSoon();
      scheduler.poke();
      if (prove.length > 0) void prover.proveSoon(prove).then(() => saver.saveSoon());
    },
    announceStages: () => announcer.stages(),
    obstacleToRevert: (receipt) => windows.obstacleToRevert(receipt),
  });
  const acts = new WindowActs({
    maintenance,
    receipts,
    switch: swap,
    switched: (committed) => operations.switched(committed),
  });
  const announceWindows = (changed: MaintenanceWindow[], removed: string[] = []): void =>
    announcer.windows(changed, removed);
  const health = new Health({
    token: proofToken,
    listeners: () => listeners.bound(),
    config: () => swap.active.config,
    known: () => scheduler.poke(),
  });
  const scheduler = new WindowScheduler({
    clock,
    book,
    acts,
    receipts,
    stages,
    queue,
    reminders,
    health,
    changed: announceWindows,
    log,
  });
  const windows = new Windows({
    clock,
    book,
    acts,
    scheduler,
    reminders,
    maintenance,
    stages,
    queue,
    config: () => swap.active.config,
    announce: announceWindows,
  });
  const observed = (): Observed => ({
    agent: live.agent(),
    generations: live.generations(),
    receipts: live.receipts(),
    metrics: live.metrics(),
    switches: operations.switches,
  });

  const settleStages = await stages.restore(found.stages);

  try {
    admin = await bindAdminServer(
      socket,
      adminRoutes({ operations, windows, reminders, channels, traffic, live, events, requestStreams, observed }),
      log,
    );
    if (predecessor === undefined) admin.publish();
  } catch (failure) {
    stages.close();
    announcer.close();
    await pool.stop(0);
    await saver.close();
    listeners.close();
    state.close();
    return {
      ok: false,
      exitCode: EXIT.inUse,
      message: `the admin socket ${socket} cannot be bound: ${messageOf(failure)}`,
    };
  }
  if (predecessor !== undefined) {
    // No change before there is no way back.
    void queue.run(async () => {
      await predecessor.alone;
      state.own();
      return done(undefined);
    });
    predecessor.ready();
    await predecessor.go;
    const opened = await swap.open();
    if (!opened.ok) {
      await pool.stop(0);
      await admin.close();
      return failedStart(opened);
    }
    pool.adopt(predecessor.channel(), swap.active.generation, former);
    admin.publish();
    predecessor.serving(swap.active.generation);
    await predecessor.alone;
  }
  settleStages();
  saver.begin();
  channels.begin(clock.now());
  await scheduler.begin(found.windows);
  // A proof that was under way has ended with the predecessor.
  const unproven =
    predecessor === undefined
      ? []
      : receipts.list().filter((receipt) => receipt.state === "in-maintenance" && receipt.proof === undefined);
  if (unproven.length > 0) void prover.proveSoon(unproven).then(() => saver.saveSoon());

  let closing: Promise<void> | undefined;
  const close = async (seconds: number): Promise<void> => {
    scheduler.close();
    health.close();
    channels.close();
    const changesDone = queue.close();
    await handOver.abort();
    stages.close();
    if (seconds > 0) await changesDone;
    if (hasRetired) {
      await pool.stop(seconds);
      return;
    }
    prover.close();
    await pool.stop(seconds);
    listeners.close();
    announcer.close();
    traffic.close();
    events.close();
    requestStreams.close();
    await admin.close();
    await saver.close();
    state.close();
  };
  return {
    ok: true,
    supervisor: {
      listeners: listeners.bound(),
      generation: swap.active.generation,
      restart: async (author) => {
        const outcome = await operations.restart({ mode: "graceful", author }, performance.now());
        if (outcome.ok) outcome.value.announce();
        else log.error("the restart was refused", { code: outcome.refusal.code, why: outcome.refusal.message });
      },
      handedOver: handOver.drained,
      reopenLogs: () => pool.broadcast({ type: "reopen-logs" }),
      close: async (seconds) => {
        if (closing !== undefined) await pool.stop(seconds);
        closing ??= close(seconds);
        await closing;
      },
    },
  };
}

function failedStart(failed: Outcome<unknown>): StartOutcome {
  const { code, message, details } = failed.ok
    ? refuse("internal", "The agent did not start.").refusal
    : failed.refusal;
  const problems = (details.problems ?? []).map((problem) => `  ${problem.path}: ${problem.message}`);
  return { ok: false, exitCode: exitCodeOf(code), message: [message, ...problems].join("\n") };
}

function exitCodeOf(code: string): ExitCode {
  if (code === "config.bind") return EXIT.listener;
  if (code === "config.invalid") return EXIT.usage;
  return code === "store.failed" ? EXIT.state : EXIT.failed;
}
