/**
 * What `explain` says is what serves: arbitrary documents and requests, asked of the same agent
 * both ways.
 */
import { once } from "node:events";
import { connect } from "node:net";
import fc from "fast-check";
import { expect, it } from "vitest";
import type { Condition } from "../../../../server-agent/contract/condition.ts";
import type { Config } from "../../../../server-agent/contract/config.ts";
import type { Reply } from "../../../../server-agent/contract/routes.ts";
import { startAgent, type TestAgent } from "../../../../tools/driving/agent.ts";
import { repetitions } from "../../../support/repetitions.ts";

const HOSTS = [
  "shop.test",
  "Www.shop.test",
  "*.shop.test",
  "*.test",
  "~^shop",
  "~TEST$",
  "~^[0-9.]+$",
  "[::1]",
  "127.0.0.1",
  "_a.shop.test",
];
const ASKED = [
  "shop.test",
  "SHOP.test.",
  "www.shop.test:80",
  "b.a.shop.test",
  ".test",
  "[0:0::1]:80",
  "127.0.0.1:8080",
  "shop.test..",
  "_a.shop.test",
  "a b",
  "[x]",
];
const PATHS = [
  "/",
  "/a",
  "/a/b.css",
  "/a/B.CSS",
  "//a/b",
  "/a/../b",
  "/%61",
  "/a%2fb",
  "/a%00",
  "/a%zz",
  "/ü",
  "/%C3%BC",
  "/%FF",
  "/a;x=1",
  "/*",
  "/a//..",
];
const QUERIES = ["", "?a=1", "?a=1&b=2", "?b=%31", "?a=1?b=2", "?a+b=c+d", "?a%zz=1", "?a", "?ü=1", "?%C3%BC=1"];
const METHODS = ["GET", "POST", "HEAD", "OPTIONS", "PROPFIND"];

const leaf = fc.constantFrom<Condition>(
  { path: "/a" },
  { path: ["/a/*", "/ü"] },
  { pathRegex: "b$" },
  { extension: ["css", "js"] },
  { method: ["GET", "OPTIONS"] },
  { query: { a: "1" } },
  { query: { b: ["2", "~^1$"] } },
  { query: { "a b": "c d" } },
  { query: { ü: true } },
  { from: "127.0.0.0/8" },
  { from: ["10.0.0.0/8", "::1"] },
  { tls: true },
  { header: { Host: "~(?i)^shop" } },
  { header: { "X-Staff": true } },
  { exists: "/etc{path}" },
);
const condition = fc.oneof(
  leaf,
  fc.record({ not: leaf }),
  fc.record({ any: fc.array(leaf, { minLength: 1, maxLength: 3 }) }),
  fc.record({ all: fc.array(leaf, { minLength: 1, maxLength: 2 }) }),
);
const when = fc.option(condition, { nil: undefined });
const shape = fc.array(
  fc.record({
    hosts: fc.uniqueArray(fc.constantFrom(...HOSTS), { minLength: 1, maxLength: 3 }),
    when,
    rules: fc.array(when, { minLength: 1, maxLength: 3 }),
    disabled: fc.boolean(),
  }),
  { minLength: 1, maxLength: 5 },
);
const requests = fc.array(
  fc.tuple(
    fc.constantFrom(...ASKED),
    fc.constantFrom(...PATHS),
    fc.constantFrom(...QUERIES),
    fc.constantFrom(...METHODS),
  ),
  {
    minLength: 40,
    maxLength: 40,
  },
);

function documentOf(sites: typeof shape extends fc.Arbitrary<infer T> ? T : never): Config {
  const rulesOf = (id: string, conditions: readonly (Condition | undefined)[]) =>
    conditions.map((each, index) => ({
      ...(each === undefined ? {} : { when: each }),
      handler: { type: "respond" as const, headers: { "X-Answered": `${id} ${String(index)}` } },
    }));
  return {
    listeners: [{ name: "http", address: "127.0.0.1", port: 0 }],
    virtualHosts: [
      ...sites.map((site, index) => ({
        id: `site-${String(index)}`,
        hosts: site.hosts,
        ...(site.when === undefined ? {} : { when: site.when }),
        ...(site.disabled && index % 3 === 0 ? { disabled: true } : {}),
        rules: rulesOf(`site-${String(index)}`, site.rules),
      })),
      { id: "default", hosts: ["*"], rules: rulesOf("default", [{ path: "/a" }, undefined]) },
    ],
  };
}

/** What a browser sends for the address, byte for byte. */
async function served(agent: TestAgent, host: string, target: string, method: string): Promise<string> {
  const socket = connect(agent.port, "127.0.0.1");
  await once(socket, "connect");
  socket.write(
    `${method} ${target.replace(/[^\0-\x7f]+/g, encodeURIComponent)} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`,
  );
  const head = (await socket.setEncoding("latin1").toArray()).join("");
  const status = head.split(" ")[1] ?? "";
  return /x-answered: (.+)\r/i.exec(head)?.[1] ?? (status === "404" ? "no rule" : status);
}

async function explained(agent: TestAgent, url: string, method: string): Promise<string> {
  const reply = await agent.tryCall("explain", { query: { url, method } });
  // What is no address is answered with 400 when it is sent all the same.
  if (!reply.ok) return reply.error.code === "options.invalid" ? "400" : reply.error.code;
  const { virtualHost, rule } = (reply.value satisfies Reply<"explain">).answer;
  return rule === null ? "no rule" : `${virtualHost} ${String(rule)}`;
}

it("by explain and by the worker", { timeout: 120_000 }, async () => {
  await using agent = await startAgent();
  await fc.assert(
    fc.asyncProperty(shape, requests, async (sites, asked) => {
      await agent.call("putConfig", { body: documentOf(sites), ifMatch: "*" });
      for (const [host, path, query, method] of asked) {
        const answers = [
          await explained(agent, `http://${host}${path}${query}`, method),
          await served(agent, host, `${path}${query}`, method),
        ];
        expect(answers[0], `${method} http://${host}${path}${query}`).toBe(answers[1]);
      }
    }),
    { numRuns: repetitions(8, 48), endOnFailure: true },
  );
});
