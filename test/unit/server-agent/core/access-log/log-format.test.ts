import { describe, expect, it } from "vitest";
import fc from "fast-check";
import { compileLogFormat } from "../../../../../server-agent/core/access-log/log-format.ts";
import type { LoggedRequest } from "../../../../../server-agent/core/access-log/logged-request.ts";
import { parseLogTarget } from "../../../../../server-agent/core/access-log/log-target.ts";
import { framed, syslogMessage } from "../../../../../server-agent/core/access-log/syslog.ts";

const END = Date.UTC(2026, 0, 31, 22, 5, 9, 250);

function entryOf(
  { fields = {}, target = "/a?b=c", ...request }: { fields?: Record<string, string>; target?: string; method?: string },
  rest: Partial<LoggedRequest> = {},
): LoggedRequest {
  return {
    request: { method: "GET", sentTarget: target, httpVersion: "1.1", field: (name) => fields[name], ...request },
    facts: { client: "192.0.2.7" },
    carrier: { peer: "127.0.0.1", arrival: { tlsVersion: "TLSv1.3" }, place: { listener: "https" } },
    site: { id: "shop-copycat", site: "shop" },
    generation: 4,
    now: END - 1250,
    status: 503,
    bytesReceived: 3,
    bytesSent: 20,
    outcome: () => "answered",
    ...rest,
  };
}

describe("combined format", () => {
  it("is that of Apache and nginx, with what a visitor sent escaped as nginx does", () => {
    const line = compileLogFormat("combined");
    expect(line(entryOf({ fields: { referer: 'https://a"b\\', "user-agent": "curl\x1b[2J\xe9" } }), END)).toMatch(
      /^192\.0\.2\.7 - - \[\d\d\/\w{3}\/2026:\d\d:05:09 [+-]\d{4}\] "GET \/a\?b=c HTTP\/1\.1" 503 20 "https:\/\/a\\x22b\\x5C" "curl\\x1B\[2J\\xE9"$/,
    );
    expect(line(entryOf({}, { user: "a b", status: 0, facts: { client: "" } }), END)).toMatch(
      /^- - a\\x20b \[.*" 499 20 "-" "-"$/,
    );
  });
});

describe("JSON", () => {
  it("has a key for what there is, in text as it was meant", () => {
    const fields = { host: "shop.test", "user-agent": Buffer.from("Bücher\u202e").toString("latin1"), referer: "\xff" };
    const line = compileLogFormat("json")(entryOf({ fields }, { upstream: "http://a", upstreamMs: 12, rule: 0 }), END);
    expect(line).toMatch(/^[ -~]+$/);
    expect(JSON.parse(line)).toEqual({
      time: "2026-01-31T22:05:09.250Z",
      client: "192.0.2.7",
      method: "GET",
      host: "shop.test",
      target: "/a?b=c",
      protocol: "HTTP/1.1",
      status: 503,
      bytes: 20,
      bytesReceived: 3,
      duration: 1.25,
      referer: "\xff",
      userAgent: "Bücher\u202e",
      listener: "https",
      tls: "TLSv1.3",
      virtualHost: "shop-copycat",
      site: "shop",
      rule: 0,
      generation: 4,
      maintenance: true,
      upstream: "http://a",
      upstreamDuration: 0.012,
      outcome: "answered",
    });
  });

  it("tells a refused request without a virtual host", () => {
    const refused = entryOf({ target: "" }, { status: 400, refusal: "malformed" });
    const { site: _, ...line } = { ...refused };
    const told = JSON.parse(compileLogFormat("json")(line, END)) as object;
    expect(told).toMatchObject({ status: 400, refusal: "malformed" });
    expect(told).not.toHaveProperty("virtualHost");
    expect(told).not.toHaveProperty("maintenance");
  });
});

describe("a format of one's own", () => {
  it("has fields, headers of the request and text", () => {
    const line = compileLogFormat("${peer}\t${status} ${header:X-Id} ${header:absent} ${maintenance} $x");
    expect(line(entryOf({ fields: { "x-id": "7" } }), END)).toBe("127.0.0.1\t503 7 - true $x");
  });
});

it("keeps every line in one, whatever a visitor sends", () => {
  const anything = fc.string({ unit: fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code)) });
  const lines = ["combined", "json", '"${userAgent}" ${header:x} ${target}'].map(compileLogFormat);
  fc.assert(
    fc.property(anything, anything, (target, text) => {
      for (const format of lines) {
        const line = format(entryOf({ target, fields: { "user-agent": text, referer: text, x: text } }), END);
        expect(line).toMatch(/^[ -~]*$/);
        if (line.startsWith("{")) JSON.parse(line);
        else expect(line.match(/"/g)?.length).toBe(line.startsWith("192") ? 6 : 2);
      }
    }),
  );
});

describe("targets", () => {
  it.each([
    ["/var/log/a.log", { type: "file", path: "/var/log/a.log" }],
    ["stdout", { type: "stdout" }],
    ["syslog://unix:/dev/log", { type: "local-syslog", path: "/dev/log" }],
    ["syslog://loghost", { type: "syslog", transport: "udp", host: "loghost", port: 514 }],
    ["syslog+tcp://[::1]:6514", { type: "syslog", transport: "tcp", host: "::1", port: 6514 }],
    ["syslog+tcp://10.0.0.1", { type: "syslog", transport: "tcp", host: "10.0.0.1", port: 601 }],
  ])("%s", (to, target) => {
    expect(parseLogTarget(to)).toEqual(target);
  });

  it("get messages of RFC 5424, framed by their length on a stream", () => {
    expect(framed(syslogMessage("line", END, { hostname: "web 1", pid: 7 }))).toBe(
      "61 <190>1 2026-01-31T22:05:09.250Z web1 backsoon 7 access - line",
    );
    expect(syslogMessage("x", END, { hostname: "", pid: 7 })).toContain("Z - backsoon 7 ");
  });
});
