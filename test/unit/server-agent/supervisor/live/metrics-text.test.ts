import { describe, expect, it } from "vitest";
import { ObservedFigures } from "../../../../../server-agent/adapters/builtin/observed-figures.ts";
import { type Observed, prometheusText } from "../../../../../server-agent/supervisor/live/metrics-text.ts";
import { count, countVisit, noVisits, VISIT } from "../../../../../server-agent/worker/figures/visit-figures.ts";
import type { EdgeFigures } from "../../../../../server-agent/worker/figures/worker-figures.ts";

const EDGE: EdgeFigures = {
  open: { http1: 2, http2: 1, entering: 0, held: 4 },
  accepted: 5,
  handshakes: 3,
  resumed: 1,
  lostLines: 7,
  lostSpans: 1,
  refused: { malformed: 2, handshake: 1 },
  upstreams: { "http://127.0.0.1:3000": { requests: 3, failures: 1, answers: 2, seconds: 0.5 } },
};
const SITE = 'a"b\\c\nd';

function textOf(figures: ObservedFigures, rest: Partial<Observed> = {}): string {
  return prometheusText({
    agent: {
      version: "1",
      apiVersion: 1,
      pid: 1,
      startedAt: "",
      uptimeSeconds: 2.5,
      workers: [{ id: 1, pid: 2, state: "serving" }],
      listeners: [],
      generation: 7,
      hostname: "h",
      clock: "2026-01-01T00:00:00.000Z",
    },
    generations: [],
    receipts: [],
    metrics: { [SITE]: { requests: 3, inFlight: 1, perSecond: 0, status: { "2xx": 2 } } },
    switches: 6,
    failedAccepts: 2,
    figures: figures.total(),
    certificates: [{ site: SITE, names: [], ends: new Date(1_700_000_000_500).toISOString() }],
    ...rest,
  });
}

function visitsOf(...ms: number[]): number[] {
  const visits = noVisits();
  for (const duration of ms) {
    const visit = { request: { httpVersion: "1.1" }, kind: "page", bytesSent: 10, bytesReceived: 1, now: 1000 };
    countVisit(visits, visit, 1000 + duration);
  }
  return Array.from(visits);
}

describe("Prometheus text", () => {
  it("escapes labels and leaves out families without samples", () => {
    const text = textOf(new ObservedFigures());
    expect(text).toContain('backsoon_requests_total{site="a\\"b\\\\c\\nd"} 3\n');
    expect(text).toContain('backsoon_responses_total{site="a\\"b\\\\c\\nd",code="2xx"} 2\n');
    expect(text).toContain("# TYPE backsoon_switches_total counter\nbacksoon_switches_total 6\n");
    expect(text).toContain("backsoon_accept_failures_total 2\n");
    expect(text).toContain("backsoon_certificate_expiry_timestamp_seconds{site=");
    expect(text).toContain("} 1700000000.5\n");
    expect(text).not.toContain("backsoon_maintenance");
    expect(text).not.toContain("backsoon_request_duration");
  });

  it("sums what all workers have counted, also ended ones, and forgets what these had open", () => {
    const figures = new ObservedFigures();
    figures.take(1, { visits: { [SITE]: visitsOf(1, 30), gone: visitsOf(1) }, edge: EDGE });
    figures.take(1, { visits: { [SITE]: visitsOf(1, 30, 60_000) }, edge: EDGE });
    figures.take(2, { visits: { [SITE]: visitsOf(5) }, edge: EDGE });
    figures.end(1);
    const text = textOf(figures);
    const site = 'site="a\\"b\\\\c\\nd"';
    for (const line of [
      `backsoon_request_duration_seconds_bucket{${site},le="0.005"} 2`,
      `backsoon_request_duration_seconds_bucket{${site},le="0.05"} 3`,
      `backsoon_request_duration_seconds_bucket{${site},le="30"} 3`,
      `backsoon_request_duration_seconds_bucket{${site},le="+Inf"} 4`,
      `backsoon_request_duration_seconds_count{${site}} 4`,
      `backsoon_sent_bytes_total{${site}} 40`,
      `backsoon_protocol_requests_total{${site},protocol="1.1"} 4`,
      'backsoon_refused_requests_total{reason="malformed"} 4',
      'backsoon_refused_requests_total{reason="flood"} 0',
      "backsoon_handshake_failures_total 2",
      'backsoon_handshakes_total{resumed="false"} 4',
      'backsoon_connections{protocol="http1"} 2',
      "backsoon_held_requests 4",
      "backsoon_access_log_lost_lines_total 14",
      'backsoon_upstream_failures_total{target="http://127.0.0.1:3000"} 2',
      'backsoon_upstream_response_seconds_total{target="http://127.0.0.1:3000"} 1',
    ])
      expect(text).toContain(`${line}\n`);
    expect(text).not.toContain("gone");
  });

  it("has the form that Prometheus reads: one family at a time, its type before its samples, no sample twice", () => {
    const figures = new ObservedFigures();
    figures.take(1, { visits: { [SITE]: visitsOf(1) }, edge: EDGE });
    const families = new Set<string>();
    const samples = new Set<string>();
    let current = "";
    const text = textOf(figures);
    expect(text.endsWith("\n")).toBe(true);
    for (const line of text.slice(0, -1).split("\n")) {
      const [, kind, name = ""] = /^# (HELP|TYPE) ([a-z_]+) \S/.exec(line) ?? [];
      if (kind === "HELP") {
        expect(families).not.toContain(name);
        families.add(name);
        current = name;
      } else if (kind === "TYPE") {
        expect(name).toBe(current);
        expect(line).toMatch(/ (counter|gauge|histogram)$/);
        if (line.endsWith(" counter")) expect(name).toMatch(/_total$/);
      } else {
        const sample = /^([a-z_]+)((?:\{(?:[a-z]+="(?:[^"\\\n]|\\["\\n])*",?)+\})?) (?:\d+(?:\.\d+)?)$/.exec(line);
        expect(sample, line).not.toBeNull();
        expect(sample?.[1]?.replace(/_(bucket|sum|count)$/, "").startsWith(current)).toBe(true);
        expect(samples).not.toContain(`${sample?.[1] ?? ""}${sample?.[2] ?? ""}`);
        samples.add(`${sample?.[1] ?? ""}${sample?.[2] ?? ""}`);
      }
    }
    expect(families.size).toBeGreaterThan(20);
  });
});

it("counts no duration for what lasts as long as a visitor stays", () => {
  const visits = noVisits();
  const visit = { request: { httpVersion: "2.0" }, kind: "websocket", bytesSent: 10, bytesReceived: 1, now: 0 };
  countVisit(visits, visit, 60_000);
  count(visits, VISIT.rateLimited, 1);
  expect(visits[VISIT.http2]).toBe(1);
  expect(visits[VISIT.rateLimited]).toBe(1);
  expect(visits.slice(VISIT.seconds).every((figure) => figure === 0)).toBe(true);
});
