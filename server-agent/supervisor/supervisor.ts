/** Composition root of the agent's main process: puts the parts together, starts them in order and stops them in order. */
import { randomBytes } from "node:crypto";
import { startAdminServer } from "../admin/admin-server.ts";
import { adminRoutes } from "../admin/admin-routes.ts";
import { claimSocketPath } from "../admin/claim-socket-path.ts";
import { EventLog } from "../admin/event-log.ts";
import type { Observed } from "../admin/prometheus.ts";
import type { BoundListener } from "../contract.ts";
import { messageOf } from "../log.ts";
import type { Log } from "../log.ts";
import { StateDirectory } from "../store/state-directory.ts";
import { Announcer } from "./announcer.ts";
import { Switch } from "./commit.ts";
import { EXIT } from "./exit-codes.ts";
import type { ExitCode } from "./exit-codes.ts";
import { firstService } from "./first-service.ts";
import { Listeners } from "./listeners.ts";
import { LiveState } from "./live-state.ts";
import { Maintenance } from "./maintenance.ts";
import { ObservedCounters } from "./observed-counters.ts";
import { Operations } from "./operations.ts";
import { Prover } from "./proof.ts";
import { ReceiptBook } from "./receipt-book.ts";
import { ReceiptSaver } from "./receipt-saver.ts";
import { RequestRates } from "./request-rates.ts";
import { Stages } from "./stages.ts";
import { WorkerPool } from "./worker-pool.ts";
import { WriteQueue } from "./write-queue.ts";

export interface SupervisorOptions {
  /** Configuration file that seeds an empty state directory. */
  config: string | undefined;
  state: string;
  socket: string;
  workers: number;
  /** Make a new generation from `config` although the state directory has one. */
  reseed: boolean;
  log: Log;
}

export interface Supervisor {
  listeners: BoundListener[];
  generation: number;
  /** A graceful restart, as by the admin API. */
  restart(author: string): Promise<void>;
  reopenLogs(): void;
  /** Ends everything. `seconds`: how long what is in flight may take; 0 cuts it. Can be called again with less patience. */
  close(seconds: number): Promise<void>;
}

export type StartOutcome = { ok: true; supervisor: Supervisor } | { ok: false; exitCode: ExitCode; message: string };

export async function startSupervisor(options: SupervisorOptions): Promise<StartOutcome> {
  const { log, socket } = options;
  const claim = await claimSocketPath(socket);
  if (!claim.ok) return { ok: false, exitCode: claim.inUse ? EXIT.inUse : EXIT.usage, message: claim.message };
  const opened = await StateDirectory.open(options.state, log);
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
  const receipts = new ReceiptBook(counters, found.receipts);
  const events = new EventLog();
  const proofToken = randomBytes(16).toString("hex");
  let workersChanged = (): void => undefined;
  const pool = new WorkerPool({ size: options.workers, proofToken, log, counters, listeners: () => listeners.open, changed: () => workersChanged() });
  const begun = await Switch.begin({ state, listeners, pool, counters, receipts, log }, first.service, first.seed);
  if (!begun.ok) {
    await pool.stop(0);
    state.close();
    return {
      ok: false,
      exitCode: exitCodeOf(begun.refusal.code),
      message: [begun.refusal.message, ...(begun.refusal.details.problems ?? []).map((problem) => `  ${problem.path}: ${problem.message}`)].join("\n"),
    };
  }

  const swap = begun.value;
  const queue = new WriteQueue();
  const maintenance = new Maintenance({
    receipts,
    config: () => swap.active.config,
    documentOf: (generation) => swap.documentOf(generation),
    apply: (request, arrivedAt) => swap.apply(request, arrivedAt),
  });
  const stages = new Stages({ switch: swap, state, maintenance, receipts, queue, expired: () => announcer.stages(), log });
  const live = new LiveState({ state, listeners, pool, counters, rates, receipts, stages, switch: swap });
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
  const operations = new Operations({
    queue,
    switch: swap,
    state,
    pool,
    maintenance,
    stages,
    prover,
    announce: ({ config, receipts: changed, prove }) => {
      announcer.switched(config, changed);
      saver.saveSoon();
      if (prove.length > 0) void prover.proveSoon(prove).then(() => saver.saveSoon());
    },
    announceStages: () => announcer.stages(),
  });
  const observed = (): Observed => ({
    agent: live.agent(),
    generations: live.generations(),
    receipts: live.receipts(),
    metrics: live.metrics(),
    switches: operations.switches,
  });

  await stages.restore(found.stages);

  let admin: Awaited<ReturnType<typeof startAdminServer>>;
  try {
    admin = await startAdminServer(socket, adminRoutes({ operations, live, events, observed }), log);
  } catch (failure) {
    stages.close();
    announcer.close();
    await pool.stop(0);
    await saver.close();
    listeners.close();
    state.close();
    return { ok: false, exitCode: EXIT.inUse, message: `the admin socket ${socket} cannot be bound: ${messageOf(failure)}` };
  }

  let closing: Promise<void> | undefined;
  const close = async (seconds: number): Promise<void> => {
    const changesDone = queue.close();
    stages.close();
    if (seconds > 0) await changesDone;
    prover.close();
    await pool.stop(seconds);
    listeners.close();
    announcer.close();
    events.close();
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
      reopenLogs: () => pool.broadcast({ type: "reopen-logs" }),
      close: async (seconds) => {
        if (closing !== undefined) await pool.stop(seconds);
        closing ??= close(seconds);
        await closing;
      },
    },
  };
}

function exitCodeOf(code: string): ExitCode {
  if (code === "config.bind") return EXIT.listener;
  if (code === "config.invalid") return EXIT.usage;
  return code === "store.failed" ? EXIT.state : EXIT.failed;
}
