/** The figures as the tables of docs/benchmarks.md. */
import type { SwitchTimes } from "./switches.ts";
import { cpus } from "node:os";
import type { ServerName } from "./servers.ts";

export interface Figure {
  /** Processor time of one request (µs). */
  readonly cpu: number;
  readonly perSecond: number;
}

export interface MeasuredRow {
  readonly title: string;
  /** By label of the server; absent where it cannot do it. */
  readonly figures: ReadonlyMap<string, Figure>;
}

export interface Latency {
  readonly label: string;
  readonly title: string;
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
}

export interface Memory {
  readonly label: string;
  /** MB. */
  readonly atRest: number;
  readonly idle: number;
  /** kB for each idle TLS connection. */
  readonly perSecure: number;
}

export interface Measured {
  readonly labels: readonly string[];
  readonly rows: readonly MeasuredRow[];
  readonly latencies: readonly Latency[];
  readonly memories: readonly Memory[];
  readonly switches: readonly SwitchTimes[];
  /** How they were measured. */
  readonly rounds: number;
  readonly seconds: number;
  /** Processes that wanted to run when nothing was measured yet. */
  readonly loadBefore: number;
}

const YARDSTICK: ServerName = "nginx";
/** From here on other programs had a share of the cores that shows in the figures. */
const NOISY_LOAD = 0.3;

function table(head: readonly string[], lines: readonly (readonly string[])[]): string {
  return [head, head.map(() => "---"), ...lines].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

function costCell({ figures }: MeasuredRow, label: string): string {
  const figure = figures.get(label);
  if (figure === undefined) return "–";
  const [yardstickLabel, yardstick] = [...figures].find(([one]) => one.startsWith(YARDSTICK)) ?? [];
  const isShown = yardstick !== undefined && label !== yardstickLabel;
  return figure.cpu.toFixed(1) + (isShown ? ` (${(yardstick.cpu / figure.cpu).toFixed(2)})` : "");
}

function rateCell({ figures }: MeasuredRow, label: string): string {
  const figure = figures.get(label);
  return figure === undefined ? "–" : Math.round(figure.perSecond).toLocaleString("en");
}

function conditions({ rounds, seconds, loadBefore }: Measured): string {
  const noise =
    loadBefore < NOISY_LOAD
      ? "Nothing else ran on the machine."
      : `Other programs ran on the machine (load ${loadBefore.toFixed(1)} before it began), so throughput and latency are worse than they would be otherwise, for all servers, and so is CPU time, because others evict the caches. Short rounds also leave part of the agent's code uncompiled by the JIT. Compare ratios, which vary by a third from run to run.`;
  return `${cpus()[0]?.model.trim() ?? "?"}, ${String(cpus().length)} cores: one for the server, one for the load and the upstream. Medians of ${String(rounds)} rounds of ${String(seconds)} s, all servers in turn. ${noise}`;
}

export function report(measured: Measured): string {
  const { labels, rows, latencies, memories, switches } = measured;
  const parts = [conditions(measured)];
  if (rows.length > 0) {
    const rowsOf = (cell: typeof costCell) =>
      table(
        ["", ...labels],
        rows.map((row) => [row.title, ...labels.map((label) => cell(row, label))]),
      );
    parts.push(
      `## CPU time per request\n\nµs, user and system, of all processes of a server. In brackets: nginx's time divided by this one; above 1 is cheaper than nginx.\n\n${rowsOf(costCell)}`,
      `## Requests per second\n\n${rowsOf(rateCell)}`,
    );
  }
  if (latencies.length > 0) {
    const lines = latencies.map(({ title, label, perSecond, p50, p99 }) => {
      return [title, label, Math.round(perSecond).toLocaleString("en"), p50.toFixed(2), p99.toFixed(2)];
    });
    parts.push(
      `## Latency at half load\n\nms, over 64 connections, at half of the throughput that the server reached.\n\n${table(["", "server", "requests per second", "median", "99th percentile"], lines)}`,
    );
  }
  if (memories.length > 0) {
    const lines = memories.map(({ label, atRest, idle, perSecure }) => {
      // A collector of garbage may have given back more than the connections take.
      return [label, atRest.toFixed(0), idle.toFixed(0), perSecure < 0 ? "–" : perSecure.toFixed(1)];
    });
    parts.push(
      `## Memory\n\nProportional set size (PSS) of all processes: without connections, with 10,000 idle connections after one request each (9,800 for HAProxy), and per additional idle TLS connection.\n\n${table(["", "no connections, MB", "10,000 idle, MB", "per TLS connection, kB"], lines)}`,
    );
  }
  if (switches.length > 0) {
    const lines = switches.map(({ sites, medianMs, p99Ms, count }) => {
      return [sites.toLocaleString("en"), medianMs.toFixed(1), p99Ms.toFixed(1), String(count)];
    });
    parts.push(
      `## Switches\n\nms that \`POST /v1/maintenance\` and its revert take, until the change is on disk and active in every worker.\n\n${table(["sites", "median", "99th percentile", "switches"], lines)}`,
    );
  }
  return `${parts.join("\n\n")}\n`;
}
