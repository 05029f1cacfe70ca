/** Prometheus text exposition format 0.0.4. */
import type { AgentInfo, Generation } from "../../contract/agent.ts";
import type { Receipt } from "../../contract/maintenance.ts";
import type { SiteMetrics } from "../../contract/events.ts";
import type { SiteCertificate } from "../../contract/tls/acme.ts";
import type { SummedFigures } from "../../adapters/builtin/observed-figures.ts";
import { figuresText } from "./figures-text.ts";
import { family, type Sample } from "./prometheus.ts";

export interface Observed {
  agent: AgentInfo;
  generations: readonly Generation[];
  receipts: readonly Receipt[];
  metrics: Readonly<Record<string, SiteMetrics>>;
  /** Switches since this process started. */
  switches: number;
  /** Connections that could not be accepted, likewise. */
  failedAccepts: number;
  /** What workers count for metrics alone, likewise. */
  figures: SummedFigures;
  certificates: readonly SiteCertificate[];
}

export const PROMETHEUS_TYPE = "text/plain; version=0.0.4; charset=utf-8";

export function prometheusText({
  agent,
  generations,
  receipts,
  metrics,
  switches,
  failedAccepts,
  figures,
  certificates,
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
    ...figuresText(figures, Object.keys(metrics)),
    family(
      "backsoon_certificate_expiry_timestamp_seconds",
      "gauge",
      "Expiry of a virtual host's certificate.",
      certificates.flatMap(({ site, ends, acme }) =>
        ends === undefined || acme?.issued === false ? [] : [{ labels: { site }, value: Date.parse(ends) / 1000 }],
      ),
    ),
    family(
      "backsoon_target_unhealthy",
      "gauge",
      "Unhealthy targets: `down` by health checks, or `failing` by requests; always 1.",
      (agent.targets ?? []).map(({ upstream, target, state }) => ({ labels: { upstream, target, state }, value: 1 })),
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
      "Start of the maintenance.",
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
      "Requests in flight on generations from before the switch.",
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
      "Ended requests by outcome; lost is always 0 unless something is wrong.",
      Object.entries(ends).map(([how, value]) => ({ labels: { how }, value })),
    ),
  ];
}
