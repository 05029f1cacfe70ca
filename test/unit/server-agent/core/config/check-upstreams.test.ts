import { expect, it } from "vitest";
import type { Upstream } from "../../../../../server-agent/contract/upstream.ts";
import { validateConfig } from "../../../../../server-agent/core/config/validate-config.ts";
import { configOf } from "../../../../support/agent/config.ts";

function problemsOf(upstream: Upstream): string[] {
  const checked = validateConfig(configOf([], { upstreams: { app: upstream } }));
  return checked.ok ? [] : checked.problems.map(({ path, code }) => `${path} ${code}`);
}

const SECURE = ["https://app.test"];

it.each<[string, Upstream, string[]]>([
  ["TLS by default", { targets: SECURE }, []],
  ["TLS with options", { targets: SECURE, tls: { ca: "/ca.pem", certificate: "/a.pem", key: "/a.key" } }, []],
  ["options without TLS", { targets: ["http://app.test"], tls: {} }, ["/upstreams/app/tls upstream.tls"]],
  ["a key alone", { targets: SECURE, tls: { key: "/a.key" } }, ["/upstreams/app/tls upstream.tls-pair"]],
  ["a socket without a name", { targets: ["https://unix:/a.sock"] }, ["/upstreams/app upstream.tls-name"]],
  ["a socket with a name", { targets: ["https://unix:/a.sock"], tls: { serverName: "app.test" } }, []],
  [
    "an address as name",
    { targets: SECURE, tls: { serverName: "10.0.0.1" } },
    ["/upstreams/app/tls/serverName schema.value"],
  ],
  [
    "targets that visitors stick to",
    {
      targets: [
        { url: "http://a", id: "a" },
        { url: "http://b", id: "b", weight: 0 },
      ],
      sticky: { cookie: "app" },
    },
    [],
  ],
  [
    "no id to stick to",
    { targets: [{ url: "http://a", id: "a" }, "http://b"], sticky: { cookie: "app" } },
    ["/upstreams/app/targets/1 upstream.no-id"],
  ],
  [
    "the same id twice",
    {
      targets: [
        { url: "http://a", id: "a" },
        { url: "http://b", id: "a" },
      ],
    },
    ["/upstreams/app/targets/1/id upstream.duplicate-id"],
  ],
  [
    "a path where HTTP is not spoken",
    { targets: ["fcgi://a:9000"], healthCheck: { path: "/ping" } },
    ["/upstreams/app/healthCheck/path upstream.check-path"],
  ],
  ["no weight at all", { targets: [{ url: "http://a", weight: 0 }] }, ["/upstreams/app/targets upstream.no-weight"]],
  ["HTTP/2 over TLS", { targets: ["h2://app.test"], tls: {}, healthCheck: { path: "/" } }, []],
  ["options without TLS in HTTP/2", { targets: ["h2c://app.test"], tls: {} }, ["/upstreams/app/tls upstream.tls"]],
  [
    "a mix of versions",
    { targets: ["h2://app.test", "https://app.test"] },
    ["/upstreams/app/targets/1 upstream.protocols"],
  ],
  [
    "a mix of plain and TLS",
    { targets: ["https://app.test", "http://app.test"] },
    ["/upstreams/app/targets/1 upstream.protocols"],
  ],
])("%s", (_, upstream, problems) => {
  expect(problemsOf(upstream)).toEqual(problems);
});
