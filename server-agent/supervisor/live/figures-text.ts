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
      "Requests refused before a virtual host was chosen, by reason.",
      refused(REFUSAL_REASONS),
    ),
    family(
      "backsoon_handshake_failures_total",
      "counter",
      "Failed TLS handshakes and invalid PROXY headers.",
      single(inHandshakes),
    ),
    family("backsoon_handshakes_total", "counter", "Successful TLS handshakes, by session resumption.", [
      { labels: { resumed: "false" }, value: edge.handshakes - edge.resumed },
      { labels: { resumed: "true" }, value: edge.resumed },
    ]),
    family("backsoon_accepted_connections_total", "counter", "Accepted connections.", single(edge.accepted)),
    family("backsoon_connections", "gauge", "Open client connections by protocol.", [
      { labels: { protocol: "http1" }, value: edge.open.http1 },
      { labels: { protocol: "http2" }, value: edge.open.http2 },
      { labels: { protocol: "handshake" }, value: edge.open.entering },
    ]),
    family(
      "backsoon_held_requests",
      "gauge",
      "Requests held until their upstream accepts connections.",
      single(edge.open.held),
    ),
    family(
      "backsoon_access_log_lost_lines_total",
      "counter",
      "Access log lines that could not be written.",
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
      "From the request head to the end of the response, without WebSockets and event streams.",
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
      "Ended requests by virtual host and HTTP version.",
      visited.flatMap(({ site, figures }) => [
        { labels: { site, protocol: "1.0" }, value: figures[VISIT.http10] ?? 0 },
        { labels: { site, protocol: "1.1" }, value: figures[VISIT.http11] ?? 0 },
        { labels: { site, protocol: "2" }, value: figures[VISIT.http2] ?? 0 },
      ]),
    ),
    family("backsoon_sent_bytes_total", "counter", "Bytes of response bodies sent.", bySite(VISIT.bytesSent)),
    family(
      "backsoon_received_bytes_total",
      "counter",
      "Bytes of request bodies passed to applications.",
      bySite(VISIT.bytesReceived),
    ),
    family(
      "backsoon_rate_limited_requests_total",
      "counter",
      "Requests answered 429 by a rate limit.",
      bySite(VISIT.rateLimited),
    ),
    family(
      "backsoon_upstream_requests_total",
      "counter",
      "Requests by the target they were last sent to.",
      byTarget("requests"),
    ),
    family(
      "backsoon_upstream_failures_total",
      "counter",
      "Requests answered 502 or 504 because the target sent no response.",
      byTarget("failures"),
    ),
    family(
      "backsoon_upstream_responses_total",
      "counter",
      "Requests for which the target sent a response head.",
      byTarget("answers"),
    ),
    family(
      "backsoon_upstream_response_seconds_total",
      "counter",
      "Sum of the seconds until these response heads.",
      byTarget("seconds"),
    ),
  ];
}
