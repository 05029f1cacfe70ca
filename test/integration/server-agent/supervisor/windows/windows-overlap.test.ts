/**
 * Two windows of one site that overlap in every order, and a maintenance by hand among them: the
 * site is closed as long as anyone holds it, and its page tells the latest end.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { makeFolder, startAgent, type TestAgent } from "../../../../../tools/driving/agent.ts";
import { CLOCK_PROGRAM, draft, setClock } from "../../../../support/agent/windows.ts";
import { repetitions } from "../../../../support/repetitions.ts";

const HOUR = 3_600_000;
interface Hours {
  start: number;
  end: number;
}
const hours = fc
  .record({ start: fc.integer({ min: 1, max: 4 }), length: fc.integer({ min: 1, max: 4 }) })
  .map(({ start, length }): Hours => ({ start, end: start + length }));

function covers({ start, end }: Hours, hour: number) {
  return start <= hour && hour < end;
}

async function plan(agent: TestAgent, baseMs: number, { start, end }: Hours): Promise<string> {
  const wall = (hour: number) => new Date(baseMs + hour * HOUR).toISOString().slice(0, 19);
  return (await agent.call("createWindow", { body: draft({ start: wall(start), end: wall(end) }) })).id;
}

describe("overlapping windows", () => {
  it("keep their site closed until the last one ends, in every order", async () => {
    await using agent = await startAgent({ program: CLOCK_PROGRAM, folder: await makeFolder() });
    const { config } = await agent.call("getConfig");
    let day = 0;
    const runs = fc.asyncProperty(
      hours,
      hours,
      fc.option(fc.integer({ min: 0, max: 7 }), { nil: undefined }),
      async (a, b, byHandAt) => {
        day += 1;
        const base = Math.ceil(Date.now() / HOUR) * HOUR + day * 24 * HOUR;
        const goTo = (ms: number) => setClock(agent, ms - Date.now());
        const ids = [await plan(agent, base, a), await plan(agent, base, b)];
        await goTo(base);
        let byHand: string | undefined;
        for (let hour = 0; hour <= 8; hour++) {
          const now = base + hour * HOUR + 5000;
          await goTo(now);
          const running = [a, b].filter((window) => covers(window, hour));
          if (hour === byHandAt && running.length === 0)
            byHand = (await agent.call("startMaintenance", { body: { site: "shop" } })).id;
          const answer = await agent.visit({ headers: { accept: "application/json" } });
          expect(answer.status, `hour ${String(hour)}`).toBe(running.length > 0 || byHand !== undefined ? 503 : 200);
          if (running.length === 0 || byHand !== undefined) continue;
          const [receipt] = (await agent.call("listMaintenance")).maintenance;
          expect(receipt?.until, `hour ${String(hour)}`).toBe(
            new Date(base + Math.max(...running.map(({ end }) => end)) * HOUR).toISOString(),
          );
          expect(answer.text).toContain(receipt?.until ?? "an end");
        }
        for (const id of ids)
          expect((await agent.call("getWindow", { params: { id } })).occurrences.map(({ state }) => state)).toEqual([
            "ended",
          ]);
        if (byHand !== undefined) await agent.call("revertMaintenance", { params: { id: byHand } });
        expect((await agent.call("getConfig")).config).toEqual(config);
      },
    );
    await fc.assert(runs, { numRuns: repetitions(8, 100), endOnFailure: true });
  });
});
