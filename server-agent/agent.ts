/**
 * Composition root of the agent's main process: puts the parts together and starts them in order.
 */
import { adminRoutes } from "./admin/admin-routes.ts";
import { type AdminServer, bindAdminServer } from "./admin/admin-server.ts";
import { claimSocketPath, refusePath } from "./admin/claim-socket-path.ts";
import type { BoundListener } from "./contract/agent.ts";
import { EXIT } from "./exit-codes.ts";
import { messageOf } from "./log.ts";
import { done, type Result } from "./result.ts";
import { Shutdown } from "./shutdown.ts";
import { type FailedStart, failedStart } from "./supervisor/start/failed-start.ts";
import type { Predecessor } from "./supervisor/hand-over/predecessor.ts";
import type { SupervisorOptions } from "./supervisor/start/options.ts";
import { buildServices, type Services } from "./supervisor/start/services.ts";
import { type Serving, startServing } from "./supervisor/start/serving.ts";

export interface RunningAgent {
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

export type StartOutcome = { ok: true; agent: RunningAgent } | FailedStart;

export async function startAgent(options: SupervisorOptions): Promise<StartOutcome> {
  const { log, socket, predecessor } = options;
  // The path of the socket, the state and the listening sockets are the predecessor's until it
  // passes them on.
  const claim = predecessor === undefined ? await claimSocketPath(socket) : (refusePath(socket) ?? { ok: true });
  if (!claim.ok) return { ok: false, exitCode: claim.inUse ? EXIT.inUse : EXIT.usage, message: claim.message };
  const started = await startServing(options);
  if (!started.ok) return started;
  const { serving } = started;
  const { found, pool, listeners, state, switch: swap } = serving;

  let admin: AdminServer;
  try {
    admin = await bindAdminServer(socket, log, undefined, options.socketOwner);
  } catch (failure) {
    await pool.stop(0);
    listeners.close();
    state.close();
    return {
      ok: false,
      exitCode: EXIT.inUse,
      message: `the admin socket ${socket} cannot be bound: ${messageOf(failure)}`,
    };
  }
  const services = buildServices(serving, admin);
  const shutdown = new Shutdown(serving, services, admin);
  const storeSettledStages = await services.stages.restore(found.stages);
  const routes = adminRoutes(services);
  if (predecessor === undefined) {
    admin.publish(routes);
  } else {
    const taken = await takeOver(predecessor, serving, () => admin.publish(routes));
    if (!taken.ok) {
      await pool.stop(0);
      await admin.close();
      return failedStart(taken);
    }
  }
  storeSettledStages();
  await begin(serving, services, predecessor !== undefined);
  return {
    ok: true,
    agent: {
      listeners: listeners.bound(),
      generation: swap.active.generation,
      restart: async (author) => {
        services.systemd.reloading();
        const outcome = await services.configuration.restart({ mode: "graceful", author }, performance.now());
        services.systemd.reloaded();
        if (!outcome.ok) log.error("restart refused", { code: outcome.refusal.code, why: outcome.refusal.message });
      },
      handedOver: services.handOver.drained,
      reopenLogs: services.reopenLogs,
      close: (seconds) => shutdown.close(seconds),
    },
  };
}

/** Takes over from the predecessor, step by step; resolves when there is no way back. */
async function takeOver(
  predecessor: Predecessor,
  { queue, state, pool, switch: swap, formerWorker }: Serving,
  publish: () => void,
): Promise<Result<undefined>> {
  // No change before there is no way back.
  void queue.run(async () => {
    await predecessor.alone;
    state.own();
    return done(undefined);
  });
  predecessor.ready();
  await predecessor.go;
  const accepting = await swap.open();
  if (!accepting.ok) return accepting;
  pool.adopt(predecessor.channel(), swap.active.generation, formerWorker);
  publish();
  predecessor.serving(swap.active.generation);
  await predecessor.alone;
  return done(undefined);
}

/** Goes on with what the state says is under way. */
async function begin(
  { found, receipts, clock, certificates, targets, ticketKeys }: Serving,
  { acme, saver, channels, scheduler, prover, revertIfWrong, webServers, logRotation, systemd }: Services,
  isSuccessor: boolean,
): Promise<void> {
  saver.begin();
  ticketKeys.begin();
  certificates.begin();
  acme.begin();
  targets.begin();
  channels.begin(clock.now());
  webServers.begin();
  logRotation.begin();
  systemd.begin(isSuccessor);
  await scheduler.begin(found.windows);
  revertIfWrong.begin();
  if (!isSuccessor) return;
  // A proof that was under way has ended with the predecessor.
  const unproven = receipts.open().filter(({ proof }) => proof === undefined);
  void prover.proveSoon(unproven);
}
