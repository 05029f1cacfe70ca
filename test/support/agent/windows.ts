/** Windows of the tests: in UTC, some seconds from now. */
import { rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { Config } from "../../../server-agent/contract/config.ts";
import type { MaintenanceWindow, Occurrence, WindowDraft } from "../../../server-agent/contract/windows.ts";
import type { Reminder } from "../../../server-agent/contract/reminders.ts";
import type { TestAgent } from "../../../tools/driving/agent.ts";

/** `2030-01-31T23:00:05`, so many seconds from now, in UTC. */
export function wallClockIn(seconds: number): string {
  return new Date(Date.now() + seconds * 1000).toISOString().slice(0, 19);
}

export function draft(fields: Partial<WindowDraft> = {}): WindowDraft {
  const { end, duration = end === undefined ? "PT2S" : undefined, ...rest } = fields;
  return {
    title: "New disks",
    sites: [{ site: "shop" }],
    start: wallClockIn(2),
    zone: "UTC",
    author: "anna",
    ...(end === undefined ? {} : { end }),
    ...(duration === undefined ? {} : { duration }),
    ...rest,
  };
}

/** Follows the agent's windows until one of them has an occurrence in this state. */
export async function untilOccurrence(
  agent: TestAgent,
  id: string,
  state: Occurrence["state"],
): Promise<{ window: MaintenanceWindow; occurrence: Occurrence }> {
  await using events = await agent.events();
  let found: { window: MaintenanceWindow; occurrence: Occurrence } | undefined;
  await events.until((line) => {
    const windows = line.type === "snapshot" ? line.windows : line.type === "windows" ? line.changed : [];
    for (const window of windows) {
      const occurrence =
        window.id === id ? window.occurrences.find((candidate) => candidate.state === state) : undefined;
      if (occurrence !== undefined) found = { window, occurrence };
    }
    return found !== undefined;
  });
  if (found === undefined) throw new Error("the stream has ended");
  return found;
}

/** Follows the agent's reminders until there is one of this kind. */
export async function untilReminder(agent: TestAgent, kind: Reminder["kind"]): Promise<Reminder> {
  await using events = await agent.events();
  let found: Reminder | undefined;
  await events.until((line) => {
    const reminders = line.type === "snapshot" ? line.reminders : line.type === "reminders" ? line.changed : [];
    found ??= reminders.find((reminder) => reminder.kind === kind);
    return found !== undefined;
  });
  if (found === undefined) throw new Error("the stream has ended");
  return found;
}

export const CLOCK_PROGRAM = join(import.meta.dirname, "clock-entry.ts");

/**
 * Sets the clock of an agent that runs `CLOCK_PROGRAM` and has a window or a closed site, and
 * resolves when it has done what is due then. By itself it would look within 30 s.
 */
export async function setClock(agent: TestAgent, wrongByMs: number): Promise<void> {
  const jumps = () => agent.log().split("system clock changed").length;
  const before = jumps();
  // At once: an agent that looks at half a file has the right time for a moment.
  await writeFile(join(agent.folder, "clock.new"), String(wrongByMs));
  await rename(join(agent.folder, "clock.new"), join(agent.folder, "clock"));
  const config = await touchConfig(agent);
  while (jumps() === before) await delay(5);
  // Behind what it does now in the queue of writes.
  await agent.call("checkConfig", { body: config });
}

/** Puts the configuration as it is, and never as it was: a window may start in between. */
async function touchConfig(agent: TestAgent): Promise<Config> {
  for (;;) {
    const { config, generation } = await agent.call("getConfig");
    const put = await agent.tryCall("putConfig", { body: config, ifMatch: generation });
    if (put.ok) return config;
    if (put.error.code !== "config.stale") throw new Error(put.error.message);
  }
}
