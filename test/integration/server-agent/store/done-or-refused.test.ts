/**
 * A write is done or refused, never both: whatever call of the disk fails, in whatever way. What is
 * refused has changed nothing, here and after a restart; what is done is there after a restart.
 */
import { rm } from "node:fs/promises";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Stage } from "../../../../server-agent/contract/maintenance.ts";
import type { Result } from "../../../../server-agent/result.ts";
import { makeFolder, smallConfig } from "../../../../tools/driving/agent.ts";
import { comparable, DAILY_WINDOW } from "../../../support/agent/faulty-agent.ts";
import { DISK_ERRORS, FaultyDisk, type DiskError } from "../../../support/agent/faulty-disk.ts";
import { startSupervisor, type Supervisor } from "../../../support/agent/supervisor.ts";

interface Step {
  name: string;
  /** What has to be there before; returns what the step needs to know. */
  prepare?(supervisor: Supervisor): Promise<string>;
  run(supervisor: Supervisor, id: string): Promise<Result<unknown>>;
}

const ARRIVED = 0;
const webhook = { kind: "webhook", url: "http://127.0.0.1:9/", format: "json" } as const;
const draft = { ...DAILY_WINDOW, rrule: "FREQ=WEEKLY;COUNT=3" };
const operation = { id: "operation-1", title: "Together", servers: 2 };

async function valueOf<T>(result: Promise<Result<T>> | Result<T>): Promise<T> {
  const settled = await result;
  if (!settled.ok) throw new Error(settled.refusal.message);
  return settled.value;
}

async function window({ services }: Supervisor): Promise<string> {
  return (await valueOf(services.windows.create(draft))).id;
}

async function running(supervisor: Supervisor): Promise<string> {
  const id = await window(supervisor);
  await valueOf(supervisor.services.windows.start(id));
  return id;
}

/** A window that holds on to a site that was closed by hand. */
async function joined(supervisor: Supervisor): Promise<string> {
  await closed(supervisor);
  return running(supervisor);
}

function held({ services }: Supervisor): Promise<Result<Stage>> {
  const changes = [{ kind: "maintenance" as const, options: { site: "shop" } }];
  return services.stages.stage({ operation, changes, leaseSeconds: 300 }, { kind: "none" });
}

async function stage(supervisor: Supervisor): Promise<string> {
  return (await valueOf(held(supervisor))).id;
}

async function closed({ services }: Supervisor): Promise<string> {
  return (await valueOf(services.maintenance.start({ site: "shop" }, { kind: "none" }, ARRIVED))).receipt.id;
}

async function channel({ services }: Supervisor): Promise<string> {
  return (await valueOf(services.channels.put("ops", webhook))).id;
}

const STEPS: readonly Step[] = [
  { name: "create a window", run: ({ services }) => services.windows.create(draft) },
  {
    name: "change a window",
    prepare: window,
    run: ({ services }, id) => services.windows.change(id, { ...draft, title: "Others" }, { kind: "any" }),
  },
  { name: "remove a window", prepare: window, run: ({ services }, id) => services.windows.remove(id, { kind: "any" }) },
  {
    name: "skip an occurrence",
    prepare: window,
    run: ({ services }, id) => services.windows.skip(id, { start: "2031-01-13T02:00:00Z" }),
  },
  { name: "start a window", prepare: window, run: ({ services }, id) => services.windows.start(id) },
  {
    name: "start a window on a closed site",
    prepare: async (supervisor) => {
      await closed(supervisor);
      return window(supervisor);
    },
    run: ({ services }, id) => services.windows.start(id),
  },
  {
    name: "extend a window",
    prepare: running,
    run: ({ services }, id) => services.windows.extend(id, { minutes: 60 }),
  },
  {
    name: "extend a window on a site closed by hand",
    prepare: joined,
    run: ({ services }, id) => services.windows.extend(id, { minutes: 60 }),
  },
  { name: "end a window", prepare: running, run: ({ services }, id) => services.windows.end(id) },
  {
    name: "end a window on a site closed by hand",
    prepare: joined,
    run: ({ services }, id) => services.windows.end(id),
  },
  { name: "put a channel", run: ({ services }) => Promise.resolve(services.channels.put("ops", webhook)) },
  {
    name: "change a channel",
    prepare: channel,
    run: ({ services }, id) => Promise.resolve(services.channels.put(id, { kind: "command", program: "tell" })),
  },
  {
    name: "remove a channel",
    prepare: channel,
    run: ({ services }, id) => Promise.resolve(services.channels.remove(id)),
  },
  {
    name: "start a maintenance",
    run: ({ services }) => services.maintenance.start({ site: "shop" }, { kind: "none" }, ARRIVED),
  },
  {
    name: "bring a site back",
    prepare: closed,
    run: ({ services }, id) => services.maintenance.revert(id, {}, { kind: "none" }, ARRIVED),
  },
  {
    name: "replace the configuration",
    run: ({ services, serving }) =>
      services.configuration.replace(
        { ...serving.switch.active.config, trustedProxies: ["10.0.0.1"] },
        {},
        { kind: "any" },
        ARRIVED,
      ),
  },
  {
    name: "roll back",
    prepare: closed,
    run: ({ services }) => services.configuration.activate("1", {}, { kind: "any" }, ARRIVED),
  },
  { name: "stage", run: held },
  { name: "commit a stage", prepare: stage, run: ({ services }, id) => services.stages.commit(id, ARRIVED) },
  { name: "abort a stage", prepare: stage, run: ({ services }, id) => services.stages.abort(id) },
];

// What is computed again after a restart is the same to the millisecond.
beforeEach(() => vi.useFakeTimers({ toFake: ["Date"], now: Date.parse("2030-12-31T12:00:00Z") }));
afterEach(() => vi.useRealTimers());

const folders: string[] = [];
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
});

/** Runs the step with this call failing. Returns false when the step makes fewer calls. */
async function tryStep(step: Step, from: number, count: number, code: DiskError): Promise<boolean> {
  const folder = await makeFolder();
  folders.push(folder);
  const disk = new FaultyDisk();
  const options = { folder, config: smallConfig(), now: Date.now };
  const first = await startSupervisor({ ...options, disk });
  const id = (await step.prepare?.(first)) ?? "";
  const before = comparable(first);
  disk.fail({ code, from, count });
  const outcome = await step.run(first, id);
  const calls = disk.heal();
  // What was switched, and could not be noted or told, is when there is room again.
  await first.services.scheduler.look();
  const after = comparable(first);
  await first.kill();
  const which = `${step.name}, ${code} from call ${String(from)} on, ${String(count)} times`;
  await using second = await startSupervisor(options);
  const reloaded = comparable(second);
  if (outcome.ok) {
    expect(after, `${which}: what is done has changed something`).not.toEqual(before);
  } else {
    expect(outcome.refusal.code, which).toBe("store.failed");
    expect(after, `${which}: what is refused has changed nothing`).toEqual(before);
  }
  // Only a disk that stays broken can leave that open, and then the reply says so.
  const isUnknown = !outcome.ok && outcome.refusal.message.includes("may be there after a restart");
  if (isUnknown) expect(count, which).toBe(Infinity);
  else expect(reloaded, `${which}: after a restart it is as before`).toEqual(after);
  return from < calls;
}

describe.each(STEPS)("$name", (step) => {
  it.each([
    ["once", 1],
    ["for good", Infinity],
  ])("is done or refused where a call of the disk fails %s", async (_how, count) => {
    let from = 0;
    // Each of its calls, with each of the codes in turn.
    while (await tryStep(step, from, count, DISK_ERRORS[from % DISK_ERRORS.length] ?? "EIO")) from++;
    expect(from, "it writes").toBeGreaterThan(0);
  });
});
