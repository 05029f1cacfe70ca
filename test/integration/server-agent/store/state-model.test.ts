/**
 * Any calls in any order, on a disk that fails now and then, with crashes in between: what the
 * agent tells is what a restart finds, what it refuses has changed nothing, and what it did is what
 * a simple model expects.
 */
import fc from "fast-check";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { done, type Result } from "../../../../server-agent/result.ts";
import { comparable, DAILY_WINDOW, FaultyAgent, settle } from "../../../support/agent/faulty-agent.ts";
import { type Fault, oneFault } from "../../../support/agent/faulty-disk.ts";
import type { Supervisor } from "../../../support/agent/supervisor.ts";
import { repetitions, SEED } from "../../../support/repetitions.ts";

const AT = Date.parse("2030-12-31T12:00:00Z");
const ARRIVED = 0;
const SITES = ["shop", "news"] as const;
const HOUR_MS = 3_600_000;
const PASSING_MS = [60_000, HOUR_MS, 12 * HOUR_MS, 48 * HOUR_MS];

vi.setConfig({ testTimeout: repetitions(120_000, 900_000) });
beforeEach(() => vi.useFakeTimers({ toFake: ["Date"], now: AT }));
afterEach(() => vi.useRealTimers());

/** What there is, as far as calls decide it. */
interface Model {
  windows: string[];
  channels: string[];
  stage: string | undefined;
  closed: string[];
}

/** As the model has it. */
function observed({ serving, services }: Supervisor): Model {
  return {
    windows: services.windows
      .list()
      .map(({ id }) => id)
      .toSorted(),
    channels: services.channels
      .list()
      .map(({ id }) => id)
      .toSorted(),
    stage: services.stages.list().find(({ state }) => state === "staged")?.id,
    closed: serving.switch.active.config.virtualHosts.flatMap(({ copycatOf }) => copycatOf ?? []).toSorted(),
  };
}

/** A call, perhaps on a disk that fails. */
class Call implements fc.AsyncCommand<Model, FaultyAgent> {
  readonly name: string;
  readonly #fault: Fault | undefined;
  readonly #run: (model: Model, supervisor: Supervisor) => Promise<Result<unknown>> | undefined;
  readonly #then: (model: Model, value: unknown) => void;

  constructor(
    name: string,
    fault: Fault | undefined,
    run: (model: Model, supervisor: Supervisor) => Promise<Result<unknown>> | undefined,
    then: (model: Model, value: unknown) => void = () => undefined,
  ) {
    this.name = name;
    this.#fault = fault;
    this.#run = run;
    this.#then = then;
  }

  check(): boolean {
    return true;
  }

  async run(model: Model, agent: FaultyAgent): Promise<void> {
    const before = comparable(agent.supervisor);
    if (this.#fault !== undefined) agent.disk.fail(this.#fault);
    const outcome = await this.#run(model, agent.supervisor);
    agent.disk.heal();
    if (outcome === undefined) return;
    if (outcome.ok) this.#then(model, outcome.value);
    else expect(comparable(agent.supervisor), `${this.toString()} was refused`).toEqual(before);
    await settle(agent);
    // Sites are opened and closed by windows, too, and a lease ends by itself.
    const { closed, stage } = observed(agent.supervisor);
    expect(observed(agent.supervisor), this.toString()).toEqual({ ...model, closed, stage });
    Object.assign(model, { closed, stage });
    expect(await agent.reloaded(), `a restart after ${this.toString()}`).toEqual(comparable(agent.supervisor));
  }

  toString(): string {
    const fault = this.#fault;
    return fault === undefined
      ? this.name
      : `${this.name} [${fault.code} ${String(fault.from)}+${String(fault.count)}]`;
  }
}

class Crash implements fc.AsyncCommand<Model, FaultyAgent> {
  check(): boolean {
    return true;
  }
  async run(_model: Model, agent: FaultyAgent): Promise<void> {
    const before = comparable(agent.supervisor);
    await agent.supervisor.kill();
    await agent.restart();
    expect(comparable(agent.supervisor)).toEqual(before);
  }
  toString(): string {
    return "crash";
  }
}

const which = fc.nat(3);

function chosen<T>(all: readonly T[], index: number): T | undefined {
  return all[index % Math.max(1, all.length)];
}

function openReceipt({ serving }: Supervisor, site: string): string | undefined {
  return serving.receipts.openFor(site)?.id;
}

function without(all: string[], gone: string): void {
  all.splice(all.indexOf(gone), 1);
}

function call(
  name: string,
  run: (model: Model, supervisor: Supervisor, index: number) => Promise<Result<unknown>> | undefined,
  then: (model: Model, value: unknown, index: number) => void = () => undefined,
): fc.Arbitrary<Call> {
  return fc.tuple(oneFault(), which).map(
    ([failing, index]) =>
      new Call(
        `${name} ${String(index)}`,
        failing,
        (model, supervisor) => run(model, supervisor, index),
        (model, value) => then(model, value, index),
      ),
  );
}

function onWindow(
  name: string,
  run: (supervisor: Supervisor, id: string) => Promise<Result<unknown>>,
): fc.Arbitrary<Call> {
  return call(name, ({ windows }, supervisor, index) => {
    const id = chosen(windows, index);
    return id === undefined ? undefined : run(supervisor, id);
  });
}

const commands = [
  call(
    "create a window",
    (_model, { services }) => services.windows.create(DAILY_WINDOW),
    ({ windows }, value) => windows.splice(0, windows.length, ...[...windows, (value as { id: string }).id].toSorted()),
  ),
  onWindow("change", ({ services }, id) =>
    services.windows.change(id, { ...DAILY_WINDOW, title: "Others" }, { kind: "any" }),
  ),
  call(
    "remove a window",
    ({ windows }, { services }, index) => {
      const id = chosen(windows, index);
      return id === undefined ? undefined : services.windows.remove(id, { kind: "any" });
    },
    ({ windows }, value) => without(windows, (value as { id: string }).id),
  ),
  onWindow("skip", ({ services }, id) => services.windows.skip(id, { start: "2031-01-08T02:00:00Z" })),
  onWindow("start", ({ services }, id) => services.windows.start(id)),
  onWindow("extend", ({ services }, id) => services.windows.extend(id, { minutes: 90 })),
  onWindow("end", ({ services }, id) => services.windows.end(id)),
  call(
    "put a channel",
    (_model, { services }, index) =>
      Promise.resolve(services.channels.put(`c${String(index)}`, { kind: "command", program: "tell" })),
    ({ channels }, _value, index) => {
      const id = `c${String(index)}`;
      if (!channels.includes(id)) channels.splice(0, channels.length, ...[...channels, id].toSorted());
    },
  ),
  call(
    "remove a channel",
    ({ channels }, { services }, index) => {
      const id = chosen(channels, index);
      return id === undefined ? undefined : Promise.resolve(services.channels.remove(id));
    },
    ({ channels }, value) => without(channels, (value as { id: string }).id),
  ),
  call("close", (_model, { services }, index) =>
    services.maintenance.start({ site: chosen(SITES, index) ?? "" }, { kind: "none" }, ARRIVED),
  ),
  call("bring back", (_model, supervisor, index) => {
    const receipt = openReceipt(supervisor, chosen(SITES, index) ?? "");
    if (receipt === undefined) return undefined;
    return supervisor.services.maintenance.revert(receipt, { force: index > 1 }, { kind: "none" }, ARRIVED);
  }),
  call("roll back", (_model, { services }, index) =>
    services.configuration.activate(String(index + 1), {}, { kind: "any" }, ARRIVED),
  ),
  call("stage", (_model, { services }, index) => {
    const changes = [{ kind: "maintenance" as const, options: { site: chosen(SITES, index) ?? "" } }];
    const operation = { id: "operation-1", title: "Together", servers: 2 };
    return services.stages.stage({ operation, changes, leaseSeconds: 60 }, { kind: "none" });
  }),
  call("commit", ({ stage }, { services }) =>
    stage === undefined ? undefined : services.stages.commit(stage, ARRIVED),
  ),
  call("abort", ({ stage }, { services }) => (stage === undefined ? undefined : services.stages.abort(stage))),
  call("let time pass", async (_model, { services }, index) => {
    vi.setSystemTime(Date.now() + (chosen(PASSING_MS, index) ?? 0));
    await services.scheduler.look();
    return done(undefined);
  }),
  fc.constant(new Crash()),
];

it("what the agent tells is what a restart finds, and what is refused has changed nothing", async () => {
  await fc.assert(
    fc.asyncProperty(fc.commands(commands, { maxCommands: 25 }), async (sequence) => {
      vi.setSystemTime(AT);
      const agent = await FaultyAgent.start();
      try {
        const setup = () => ({ model: { windows: [], channels: [], stage: undefined, closed: [] }, real: agent });
        await fc.asyncModelRun(setup, sequence);
      } finally {
        await agent.close();
      }
    }),
    { numRuns: repetitions(20, 400), seed: SEED },
  );
});
