/** What workers count for metrics alone: visits, connections, refusals, upstreams. */
import type { SummedFigures } from "../../adapters/builtin/observed-figures.ts";
import { DURATION_BOUNDS, VISIT } from "../../worker/figures/visit-figures.ts";
import { REFUSAL_REASONS } from "../../worker/http/refusal.ts";
import { family, histogram, type Sample } from "./prometheus.ts";

/** Refusals before the first byte of HTTP. */
const IN_HANDSHAKES = ["handshake", "proxy-header", "slow-handshake"] as const;

/** @param sites Virtual hosts of the active generation: those that are gone are not told. */
export function figuresText({ visits, edge }: SummedFigures, sites: readonly string[]): string[] {
  const visited = sites.flatMap((site) => {
    const figures = visits.get(site);
    return figures === undefined ? [] : [{ site, figures }];
  });
  const bySite = (place: number): Sample[] =>
    visited.map(({ site, figures }) => ({ labels: { site }, value: figures[place] ?? 0 }));
  const byTarget = (key: "requests" | "failures" | "answers" | "seconds"): Sample[] =>
    Object.entries(edge.upstreams).map(([target, figures]) => ({ labels: { target }, value: figures[key] }));
  const refused = (reasons: readonly (typeof REFUSAL_REASONS)[number][]): Sample[] =>
    reasons.map((reason) => ({ labels: { reason }, value: edge.refused[reason] ?? 0 }));
  const inHandshakes = refused(IN_HANDSHAKES).reduce((sum, { value }) => sum + value, 0);
  const single = (value: number): Sample[] => [{ labels: {}, value }];
  return [
    family(
      "backsoon_refused_requests_total",
      "counter",
      "What was refused before it was a request of a virtual host, by reason.",
      refused(REFUSAL_REASONS),
    ),
    family(
      "backsoon_handshake_failures_total",
      "counter",
      "Connections that ended before their first request, in the TLS handshake or the PROXY header.",
      single(inHandshakes),
    ),
    family("backsoon_handshakes_total", "counter", "TLS handshakes that succeeded, by whether a session was resumed.", [
      { labels: { resumed: "false" }, value: edge.handshakes - edge.resumed },
      { labels: { resumed: "true" }, value: edge.resumed },
    ]),
    family("backsoon_accepted_connections_total", "counter", "Connections that were accepted.", single(edge.accepted)),
    family("backsoon_connections", "gauge", "Open connections of visitors, by protocol.", [
      { labels: { protocol: "http1" }, value: edge.open.http1 },
      { labels: { protocol: "http2" }, value: edge.open.http2 },
      { labels: { protocol: "handshake" }, value: edge.open.entering },
    ]),
    family(
      "backsoon_held_requests",
      "gauge",
      "Requests that wait until their upstream takes connections.",
      single(edge.open.held),
    ),
    family(
      "backsoon_access_log_lost_lines_total",
      "counter",
      "Lines of access logs that could not be written.",
      single(edge.lostLines),
    ),
    family(
      "backsoon_trace_lost_spans_total",
      "counter",
      "Spans of traces that could not be sent.",
      single(edge.lostSpans),
    ),
    histogram(
      "backsoon_request_duration_seconds",
      "From the head of a request to the end of its response, without WebSockets and event streams.",
      DURATION_BOUNDS,
      visited.map(({ site, figures }) => ({
        labels: { site },
        counts: figures.slice(VISIT.buckets),
        sum: figures[VISIT.seconds] ?? 0,
      })),
    ),
    family(
      "backsoon_protocol_requests_total",
      "counter",
      "Requests that are over, by virtual host and version of HTTP.",
      visited.flatMap(({ site, figures }) => [
        { labels: { site, protocol: "1.0" }, value: figures[VISIT.http10] ?? 0 },
        { labels: { site, protocol: "1.1" }, value: figures[VISIT.http11] ?? 0 },
        { labels: { site, protocol: "2" }, value: figures[VISIT.http2] ?? 0 },
      ]),
    ),
    family("backsoon_sent_bytes_total", "counter", "Bytes of bodies that were sent.", bySite(VISIT.bytesSent)),
    family(
      "backsoon_received_bytes_total",
      "counter",
      "Bytes of bodies that applications were given.",
      bySite(VISIT.bytesReceived),
    ),
    family(
      "backsoon_rate_limited_requests_total",
      "counter",
      "Requests that got 429 by a rate limit.",
      bySite(VISIT.rateLimited),
    ),
    family(
      "backsoon_upstream_requests_total",
      "counter",
      "Requests by the target they were sent to last.",
      byTarget("requests"),
    ),
    family(
      "backsoon_upstream_failures_total",
      "counter",
      "Those of them that got 502 or 504, as no response came.",
      byTarget("failures"),
    ),
    family(
      "backsoon_upstream_responses_total",
      "counter",
      "Those of them that got the head of a response.",
      byTarget("answers"),
    ),
    family(
      "backsoon_upstream_response_seconds_total",
      "counter",
      "Seconds that these heads took, all together.",
      byTarget("seconds"),
    ),
  ];
}
