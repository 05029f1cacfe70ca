/**
 * A display of its own (Xvfb) for this worker, so that no app takes another's focus or clipboard.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

const SCREEN = "1600x1000x24";

let started: Promise<void> | undefined;

/**
 * From then on whatever this worker starts is on that display. Outside of Playwright, and where the
 * system has no X, things stay as they are.
 */
export function ownDisplay(): Promise<void> {
  if (process.platform !== "linux" || process.env.TEST_WORKER_INDEX === undefined) return Promise.resolve();
  return (started ??= startDisplay());
}

async function startDisplay(): Promise<void> {
  const server = spawn("Xvfb", ["-displayfd", "1", "-screen", "0", SCREEN, "-nolisten", "tcp"], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  process.once("exit", () => server.kill());
  const lines = createInterface({ input: server.stdout });
  // It has chosen a number that is free, and takes connections.
  const [number] = (await once(lines, "line", { signal: AbortSignal.timeout(20_000) })) as [string];
  process.env.DISPLAY = `:${number}`;
}
