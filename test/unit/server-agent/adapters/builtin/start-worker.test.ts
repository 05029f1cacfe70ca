import { afterEach, expect, it, vi } from "vitest";
import { startWorker } from "../../../../../server-agent/adapters/builtin/start-worker.ts";
import type { WorkerProcess } from "../../../../../server-agent/adapters/builtin/worker-process.ts";
import { answeringWorker } from "../../../../support/agent/answering-worker.ts";
import { configOf } from "../../../../support/agent/config.ts";

afterEach(() => vi.useRealTimers());

/** Answers everything this much later (ms), as a process that compiles, or collects garbage. */
function slowWorker(delayMs: number): WorkerProcess {
  const { worker, tell } = answeringWorker((answer) => setTimeout(answer, delayMs));
  setTimeout(() => tell({ type: "ready" }), 1);
  return worker;
}

it.each([
  { compileMs: 10_000, delayMs: 30_000, message: undefined },
  { compileMs: 0, delayMs: 30_000, message: "worker 1 did not compile generation 1 (stuck)" },
])("gives a worker as much time as its document needs: $compileMs ms", async ({ compileMs, delayMs, message }) => {
  vi.useFakeTimers();
  const service = { generation: 1, config: configOf([]), compileMs };
  const starting = startWorker(slowWorker(delayMs), service, 5000);
  await vi.advanceTimersByTimeAsync(3 * delayMs);
  expect((await starting)?.message).toBe(message);
});
