/** Prometheus text exposition format 0.0.4. */
import type { AgentInfo, Generation } from "../../contract/agent.ts";
import type { Receipt } from "../../contract/maintenance.ts";
import type { SiteMetrics } from "../../contract/events.ts";

export interface Observed {
  agent: AgentInfo;
  generations: readonly Generation[];
  receipts: readonly Receipt[];
  metrics: Readonly<Record<string, SiteMetrics>>;
  /** Switches since this process started. */
  switches: number;
  /** Connections that could not be accepted, likewise. */
  failedAccepts: number;
  /** Visitors with whom no TLS came about, or of whom a proxy told nonsense, likewise. */
  notLetIn: number;
}

export const PROMETHEUS_TYPE = "text/plain; version=0.0.4; charset=utf-8";

interface Sample {
  labels: Readonly<Record<string, string>>;
  value: number;
}

export function prometheusText({
  agent,
  generations,
  receipts,
  metrics,
  switches,
  failedAccepts,
  notLetIn,
}: Observed): string {
  const sites = Object.entries(metrics);
  const open = receipts.filter((receipt) => receipt.state === "in-maintenance");
  const byReceipt = (count: "refused" | "excepted" | "draining"): Sample[] =>
    open.map((receipt) => ({ labels: { site: receipt.site, receipt: receipt.id }, value: receipt.counts[count] }));
  return [
    family("backsoon_info", "gauge", "The agent; always 1.", [{ labels: { version: agent.version }, value: 1 }]),
    family("backsoon_uptime_seconds", "gauge", "Seconds since the agent started.", [
      { labels: {}, value: agent.uptimeSeconds },
    ]),
    family(
      "backsoon_workers",
      "gauge",
      "Worker processes by state.",
      ["serving", "draining"].map((state) => ({
        labels: { state },
        value: agent.workers.filter((worker) => worker.state === state).length,
      })),
    ),
    family("backsoon_generation", "gauge", "Number of the active generation.", [
      { labels: {}, value: agent.generation },
    ]),
    family(
      "backsoon_accept_failures_total",
      "counter",
      "Connections that workers refused because they ran out of file descriptors, since the agent started.",
      [{ labels: {}, value: failedAccepts }],
    ),
    family(
      "backsoon_handshake_failures_total",
      "counter",
      "Connections that ended before their first request, in the TLS handshake or the PROXY header.",
      [{ labels: {}, value: notLetIn }],
    ),
    family("backsoon_switches_total", "counter", "Switches to another generation since the agent started.", [
      { labels: {}, value: switches },
    ]),
    family(
      "backsoon_requests_total",
      "counter",
      "Requests by virtual host, counted when they were matched.",
      sites.map(([site, { requests }]) => ({ labels: { site }, value: requests })),
    ),
    ...balanceOf(agent.requests),
    family(
      "backsoon_responses_total",
      "counter",
      "Responses by virtual host and status class.",
      sites.flatMap(([site, { status }]) =>
        Object.entries(status).map(([code, value]) => ({ labels: { site, code }, value })),
      ),
    ),
    family(
      "backsoon_site_requests_in_flight",
      "gauge",
      "Requests in flight by virtual host.",
      sites.map(([site, { inFlight }]) => ({ labels: { site }, value: inFlight })),
    ),
    family(
      "backsoon_requests_in_flight",
      "gauge",
      "Requests in flight by generation, active or draining.",
      generations
        .filter(({ state }) => state !== "retired")
        .map(({ generation, state, inFlight }) => ({
          labels: { generation: String(generation), state },
          value: inFlight,
        })),
    ),
    family(
      "backsoon_maintenance",
      "gauge",
      "Sites in maintenance; always 1.",
      open.map((receipt) => ({ labels: { site: receipt.site, receipt: receipt.id }, value: 1 })),
    ),
    family(
      "backsoon_maintenance_start_timestamp_seconds",
      "gauge",
      "Begin of the maintenance.",
      open.map((receipt) => ({
        labels: { site: receipt.site, receipt: receipt.id },
        value: Date.parse(receipt.startedAt) / 1000,
      })),
    ),
    family(
      "backsoon_maintenance_refused_total",
      "counter",
      "Requests that the copycat answered since the switch.",
      byReceipt("refused"),
    ),
    family(
      "backsoon_maintenance_excepted_total",
      "counter",
      "Requests that fell through to the original since the switch.",
      byReceipt("excepted"),
    ),
    family(
      "backsoon_maintenance_draining",
      "gauge",
      "Requests still running on generations before the switch.",
      byReceipt("draining"),
    ),
  ].join("");
}

function balanceOf(balance: AgentInfo["requests"]): string[] {
  if (balance === undefined) return [];
  const { accepted, inFlight: _, ...ends } = balance;
  return [
    family("backsoon_accepted_requests_total", "counter", "Requests that were accepted since the agent started.", [
      { labels: {}, value: accepted },
    ]),
    family(
      "backsoon_ended_requests_total",
      "counter",
      "The same by outcome; lost is always 0 unless something is wrong.",
      Object.entries(ends).map(([how, value]) => ({ labels: { how }, value })),
    ),
  ];
}

/** A family without samples is left out: its type line alone says nothing. */
function family(name: string, type: "counter" | "gauge", help: string, samples: readonly Sample[]): string {
  if (samples.length === 0) return "";
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${samples.map(({ labels, value }) => `${name}${labelText(labels)} ${value}\n`).join("")}`;
}

function labelText(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(
    ([name, value]) => `${name}="${value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n")}"`,
  );
  return pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
}
