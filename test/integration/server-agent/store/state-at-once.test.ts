/** Calls that come at once, on a disk that fails now and then. */
import fc from "fast-check";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { Result } from "../../../../server-agent/result.ts";
import { comparable, DAILY_WINDOW, FaultyAgent, settle } from "../../../support/agent/faulty-agent.ts";
import { oneFault } from "../../../support/agent/faulty-disk.ts";
import type { Supervisor } from "../../../support/agent/supervisor.ts";
import { repetitions, SEED } from "../../../support/repetitions.ts";

const AT = Date.parse("2030-12-31T12:00:00Z");
const ARRIVED = 0;

vi.setConfig({ testTimeout: repetitions(120_000, 900_000) });
beforeEach(() => vi.useFakeTimers({ toFake: ["Date"], now: AT }));
afterEach(() => vi.useRealTimers());

/** Calls that need not know what others have made, on a window that runs and a channel. */
const AT_ONCE: Record<string, (supervisor: Supervisor, window: string) => Promise<Result<unknown>>> = {
  create: ({ services }) => services.windows.create(DAILY_WINDOW),
  skip: ({ services }, id) => services.windows.skip(id, { start: "2031-01-08T02:00:00Z" }),
  extend: ({ services }, id) => services.windows.extend(id, { minutes: 30 }),
  end: ({ services }, id) => services.windows.end(id),
  close: ({ services }) => services.maintenance.start({ site: "news" }, { kind: "none" }, ARRIVED),
  stage: ({ services }) =>
    services.stages.stage(
      {
        operation: { id: "operation-1", title: "Together", servers: 2 },
        changes: [{ kind: "maintenance", options: { site: "news" } }],
      },
      { kind: "none" },
    ),
  "roll back": ({ services }) => services.configuration.activate("1", {}, { kind: "any" }, ARRIVED),
  "remove the channel": ({ services }) => Promise.resolve(services.channels.remove("ops")),
};

it("calls that come at once are carried out one after the other, or refused", async () => {
  const names = fc.array(fc.constantFrom(...Object.keys(AT_ONCE)), { minLength: 2, maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), names, oneFault(), async (scheduler, calls, failing) => {
      vi.setSystemTime(AT);
      const agent = await FaultyAgent.start();
      try {
        const { services, serving } = agent.supervisor;
        const created = await services.windows.create(DAILY_WINDOW);
        const id = created.ok ? created.value.id : "";
        await services.windows.start(id);
        services.channels.put("ops", { kind: "command", program: "tell" });
        const before = serving.switch.active.generation;
        if (failing !== undefined) agent.disk.fail(failing);
        const made = calls.map(async (name) => {
          await scheduler.schedule(Promise.resolve(), name);
          return AT_ONCE[name]?.(agent.supervisor, id);
        });
        await scheduler.waitIdle();
        const outcomes = await Promise.all(made);
        agent.disk.heal();
        const generations = outcomes.flatMap((outcome) => generationOf(outcome) ?? []);
        expect(new Set(generations).size, "nobody shares a generation").toBe(generations.length);
        expect(serving.switch.active.generation).toBeGreaterThanOrEqual(before + generations.length);
        await settle(agent);
        expect(await agent.reloaded()).toEqual(comparable(agent.supervisor));
      } finally {
        await agent.close();
      }
    }),
    { numRuns: repetitions(30, 600), seed: SEED },
  );
});

function generationOf(outcome: Result<unknown> | undefined): number | undefined {
  return outcome?.ok === true ? (outcome.value as { generation?: number }).generation : undefined;
}
