/** An agent on a disk that fails, and what a restart would find of it. */
import { cpSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { vi } from "vitest";
import type { Config } from "../../../server-agent/contract/config.ts";
import { makeFolder, smallConfig } from "../../../tools/driving/agent.ts";
import { FaultyDisk } from "./faulty-disk.ts";
import { startSupervisor, type Supervisor } from "./supervisor.ts";

/** After this time (ms) everything that could not be done is tried again. */
const RETRY_MS = 6000;

/** What the tests plan on it, without reminders. */
export const DAILY_WINDOW = {
  title: "New disks",
  sites: [{ site: "shop" }],
  start: "2031-01-06T02:00",
  duration: "PT2H",
  zone: "UTC",
  rrule: "FREQ=DAILY;COUNT=9",
  reminders: [],
};

/** Two sites that answer by themselves. */
function twoSites(): Config {
  const [shop, ...rest] = smallConfig().virtualHosts;
  if (shop === undefined) throw new Error("there is a site");
  return { ...smallConfig(), virtualHosts: [shop, { ...shop, id: "news", hosts: ["news.example.com"] }, ...rest] };
}

export class FaultyAgent {
  readonly folder: string;
  readonly disk: FaultyDisk;
  supervisor: Supervisor;
  #copies = 0;

  private constructor(folder: string, disk: FaultyDisk, supervisor: Supervisor) {
    this.folder = folder;
    this.disk = disk;
    this.supervisor = supervisor;
  }

  static async start(): Promise<FaultyAgent> {
    const folder = await makeFolder();
    const disk = new FaultyDisk();
    const supervisor = await startSupervisor({ folder, config: twoSites(), disk, now: Date.now });
    return new FaultyAgent(folder, disk, supervisor);
  }

  /** Begins with what is in the folder. */
  async restart(): Promise<void> {
    const { folder, disk } = this;
    this.supervisor = await startSupervisor({ folder, config: twoSites(), disk, now: Date.now });
  }

  async close(): Promise<void> {
    await this.supervisor.kill();
    await rm(this.folder, { recursive: true, force: true });
  }

  /** What a restart would find, in a copy of the state. */
  async reloaded(): Promise<unknown> {
    const folder = join(this.folder, `copy-${String(this.#copies++)}`);
    cpSync(join(this.folder, "state"), join(folder, "state"), { recursive: true });
    const second = await startSupervisor({ folder, config: twoSites(), now: Date.now });
    const found = comparable(second);
    await second.kill();
    await rm(folder, { recursive: true, force: true });
    return found;
  }
}

/**
 * What a stage was that is released may be gone after a restart; only that it is not held counts.
 */
export function comparable(supervisor: Supervisor): unknown {
  const { stages, ...rest } = supervisor.memory();
  return { ...rest, stages: stages.filter(({ state }) => state === "staged" || state === "committed") };
}

export /**
 * The disk works again, and time has passed (of Vitest's clock): what was switched and could not be
 * noted or told is by now.
 */
async function settle({ supervisor }: FaultyAgent): Promise<void> {
  vi.setSystemTime(Date.now() + RETRY_MS);
  await supervisor.services.scheduler.look();
  await supervisor.serving.queue.run(() => supervisor.services.stages.endLease());
}
