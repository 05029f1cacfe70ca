import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type Agents, ServerWindows } from "../../../../main/windows/server-windows.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Too busy for so many calls; then there is no such window. */
function busyFor(calls: number): { agents: Agents; asked: string[] } {
  const asked: string[] = [];
  const call: Agents["call"] = (_serverId, name) => {
    asked.push(name);
    const code = asked.length <= calls ? "agent.busy" : "not-found";
    return Promise.resolve({ ok: false, failure: { code, message: "" } });
  };
  return { agents: { call, patienceMs: 2000 }, asked };
}

async function outcomeOf<T>(promise: Promise<T>): Promise<T> {
  await vi.runAllTimersAsync();
  return promise;
}

describe("a server that is too busy", () => {
  it("is asked again, as it has done nothing", async () => {
    const { agents, asked } = busyFor(3);
    expect(await outcomeOf(new ServerWindows(agents).remove({ serverId: "web-1", id: "w" }, 1))).toEqual({
      ok: true,
      value: null,
    });
    expect(asked).toEqual(["removeWindow", "removeWindow", "removeWindow", "removeWindow"]);
  });

  it("is told to be busy where it stays so", async () => {
    const { agents, asked } = busyFor(Infinity);
    expect(await outcomeOf(new ServerWindows(agents).get({ serverId: "web-1", id: "w" }))).toMatchObject({
      ok: false,
      failure: { code: "agent.busy" },
    });
    expect(asked.length).toBeLessThan(10);
  });
});
