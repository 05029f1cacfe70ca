/**
 * The supervisor in the process of the test, with everything but workers and the admin socket: its
 * state in a temporary folder, a disk that fails where the test says so, and a clock that it sets.
 */
import { buildServices, type Services } from "../../../server-agent/supervisor/start/services.ts";
import { startServing, type Serving } from "../../../server-agent/supervisor/start/serving.ts";
import type { Config } from "../../../server-agent/contract/config.ts";
import type { Disk } from "../../../server-agent/store/disk.ts";
import { createLog } from "../../../server-agent/log.ts";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";

export interface Supervisor extends AsyncDisposable {
  serving: Serving;
  services: Services;
  /** All that it would tell a client of what is stored. */
  memory(): ReturnType<typeof memoryOf>;
  /** Ends without writing anything, as if killed. */
  kill(): Promise<void>;
}

export interface SupervisorOptions {
  folder: string;
  config: Config;
  disk?: Disk;
  /** Milliseconds since 1970. */
  now: () => number;
  log?: (line: string) => void;
}

export async function startSupervisor(options: SupervisorOptions): Promise<Supervisor> {
  const { folder, config, disk, now, log = () => undefined } = options;
  const configFile = join(folder, "config.json");
  await writeFile(configFile, JSON.stringify(config));
  const started = await startServing({
    config: configFile,
    state: join(folder, "state"),
    socket: join(folder, "agent.sock"),
    webFolder: join(folder, "web"),
    workers: 0,
    reseed: false,
    predecessor: undefined,
    clock: { now, monotonic: now },
    ...(disk === undefined ? {} : { disk }),
    log: createLog(log),
  });
  if (!started.ok) throw new Error(started.message);
  const { serving } = started;
  const services = buildServices(serving, { reclaim: () => Promise.resolve() });
  const storeSettledStages = await services.stages.restore(serving.found.stages);
  storeSettledStages();
  await services.scheduler.begin(serving.found.windows);
  const kill = async (): Promise<void> => {
    const { scheduler, health, channels, prover, publisher, traffic, stages } = services;
    scheduler.close();
    health.close();
    channels.close();
    prover.close();
    publisher.close();
    traffic.stop();
    services.webServers.close();
    stages.close();
    await serving.queue.close();
    await serving.pool.stop(0);
    serving.listeners.close();
    serving.state.close();
  };
  return { serving, services, memory: () => memoryOf(serving, services), kill, [Symbol.asyncDispose]: kill };
}

function memoryOf({ switch: swap, receipts }: Serving, { windows, channels, stages }: Services) {
  const { generation, config } = swap.active;
  return {
    generation,
    config,
    windows: windows.list().toSorted((a, b) => (a.id < b.id ? -1 : 1)),
    channels: channels.list().toSorted((a, b) => (a.id < b.id ? -1 : 1)),
    stages: stages.list(),
    receipts: receipts.list().map(({ id, site, state, until }) => ({ id, site, state, until })),
  };
}
