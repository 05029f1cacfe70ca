/**
 * What every cell of the table of faults (`tools/docs/faults.ts`) needs: an agent with a site that
 * the fault is about and visitors of another one who must notice nothing.
 */
import { setTimeout as delay } from "node:timers/promises";
import { expect } from "vitest";
import type { Config } from "../../../server-agent/contract/config.ts";
import { type AgentOptions, startAgent, type TestAgent } from "../../../tools/driving/agent.ts";
import { type LiveSite, type Load, startLoad } from "../../../tools/driving/load.ts";
import { Truth } from "../../../tools/driving/truth.ts";
import type { Boundary, FaultName, PROMISES } from "../../../tools/docs/faults.ts";
import { repetitions } from "../repetitions.ts";
import { HOST } from "../agent/hand-over.ts";

/** Resolves when the promise of the cell has held, rejects when it was broken. */
type Cell = () => Promise<void>;
/** One for each promise of a boundary. */
export type Cells<B extends Boundary> = {
  [F in FaultName as (typeof PROMISES)[B][F] extends null ? never : F]: Cell;
};

/** How long something stands still; no test depends on its being over at a certain time. */
export const STOP_MS = repetitions(3000, 30_000);
const PULSE_MS = 50;

const NEWS_HOST = "news.example.com";
/** Visitors of the other site leave the processor to others. */
const NEWS: LiveSite = {
  get: { path: "/", answer: "news" },
  post: { path: "/", body: "a letter", answer: "news" },
  pauseMs: 25,
};
/** Stays in flight as long as nobody reads it. */
const LARGE_BYTES = 8 * 1024 * 1024;

function configOf({ url, responseTimeout = 60, hasLarge = false }: BenchOptions): Config {
  const answer = { type: "respond" as const, body: "live" };
  const large = { type: "respond" as const, body: "x".repeat(LARGE_BYTES) };
  return {
    listeners: [{ name: "http", address: "127.0.0.1", port: 0 }],
    ...(url === undefined ? {} : { upstreams: { app: { targets: [url], responseTimeout } } }),
    virtualHosts: [
      {
        id: "shop",
        hosts: [HOST],
        rules: [
          ...(hasLarge ? [{ when: { path: ["/large"] }, handler: large }] : []),
          { handler: url === undefined ? answer : { type: "proxy", upstream: "app" } },
        ],
      },
      { id: "news", hosts: [NEWS_HOST], rules: [{ handler: { type: "respond", body: "news" } }] },
      { id: "default", hosts: ["*"], rules: [{ handler: { type: "error", status: 404 } }] },
    ],
  };
}

export interface Bench extends AsyncDisposable {
  readonly agent: TestAgent;
  /** The other site is visited from now on; nobody of these may notice anything. */
  visitNews(): void;
  /** Every visitor of the other site has been answered so often more. */
  rounds(count: number): Promise<void>;
  /** A switch whose reply is true for the next visitor: the site is closed, and open again. */
  switchTwice(): Promise<void>;
  /** Ends the visits, and looks whether all was well. */
  check(): Promise<void>;
}

export interface BenchOptions extends Pick<AgentOptions, "wrapper" | "workers"> {
  /** Of the application behind the site, which answers by itself without one. */
  url?: string;
  /** Seconds. */
  responseTimeout?: number;
  /** `/large` of the site has an answer of some megabytes. */
  hasLarge?: boolean;
}

export async function startBench(options: BenchOptions = {}): Promise<Bench> {
  const { workers = 2, wrapper = [] } = options;
  const agent = await startAgent({ workers, wrapper, config: configOf(options) });
  let load: Load | undefined;
  return {
    agent,
    visitNews() {
      const target = { host: NEWS_HOST, port: agent.port };
      load = startLoad(target, new Truth(), { get: 2, fresh: 2, post: 1 }, NEWS);
    },
    rounds: (count) => load?.rounds(count) ?? Promise.resolve(),
    async switchTwice() {
      const { id } = await agent.call("startMaintenance", { body: { site: "shop" } });
      expect((await agent.visit()).status, "the reply says that it is closed").toBe(503);
      await agent.call("revertMaintenance", { params: { id } });
      expect((await agent.visit()).status, "the reply says that it is open").toBe(200);
    },
    async check() {
      await load?.rounds(2);
      const result = await load?.stop();
      load = undefined;
      expect(result?.failures ?? []).toEqual([]);
      expect((await agent.call("getAgent")).requests?.lost).toBe(0);
    },
    async [Symbol.asyncDispose]() {
      await load?.stop();
      await agent.close();
    },
  };
}

/** Resolves once this is so. */
export async function until(holds: () => Promise<boolean> | boolean): Promise<void> {
  while (!(await holds())) await delay(20);
}

/** A process stands still for the time of the cell; `meanwhile` begins when it does. */
export async function whileStopped(pids: readonly number[], meanwhile: () => Promise<void>): Promise<void> {
  for (const pid of pids) process.kill(pid, "SIGSTOP");
  try {
    await Promise.all([delay(STOP_MS), meanwhile()]);
  } finally {
    for (const pid of pids) signalIfThere(pid, "SIGCONT");
  }
}

/** A process gets a quarter of the time less than it would have, in pieces. */
export async function whileSlow<T>(pid: number, act: () => Promise<T>): Promise<T> {
  let beat = 0;
  const timer = setInterval(() => signalIfThere(pid, beat++ % 4 === 0 ? "SIGSTOP" : "SIGCONT"), PULSE_MS);
  try {
    return await act();
  } finally {
    clearInterval(timer);
    signalIfThere(pid, "SIGCONT");
  }
}

function signalIfThere(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has ended, which may be what has to happen.
  }
}

/** What is said of the site, and what visitors see of it, agree. Returns whether it is closed. */
export async function agreedState(agent: TestAgent): Promise<boolean> {
  const open = (await agent.call("listMaintenance")).maintenance.filter(({ state }) => state === "in-maintenance");
  expect(open.length, "receipts of the site that are open").toBeLessThanOrEqual(1);
  expect((await agent.visit()).status).toBe(open.length === 1 ? 503 : 200);
  return open.length === 1;
}
