/**
 * Time of `matchRequest` for one request: `node tools/bench/matching.ts`. No network, no disk; a
 * few seconds.
 */
import type { Condition } from "../../server-agent/contract/condition.ts";
import type { Config, VirtualHost } from "../../server-agent/contract/config.ts";
import { NOWHERE, type RequestFacts } from "../../server-agent/core/routing/request-facts.ts";
import { compileConfig, matchRequest, type RoutingTable } from "../../server-agent/core/routing/routing-table.ts";
import { validateConfig } from "../../server-agent/core/config/validate-config.ts";

const ROUNDS = 5;
const REQUESTS = 2_000_000;
const EXCEPTIONS: Condition = {
  not: {
    any: [
      { path: ["/healthz", "/.well-known/acme-challenge/*"] },
      { from: ["10.0.0.0/8", "2001:db8::/32"] },
      { header: { "x-staff": "secret" } },
    ],
  },
};

function site(index: number, hosts: string[], when?: Condition): VirtualHost {
  const rules: VirtualHost["rules"] = [
    { when: { path: "/static/*" }, handler: { type: "file", root: "/srv" } },
    { handler: { type: "respond" } },
  ];
  return { id: `site-${String(index)}`, hosts, rules, ...(when === undefined ? {} : { when }) };
}

function tableOf(virtualHosts: VirtualHost[]): RoutingTable {
  const config: Config = {
    listeners: [{ name: "http", address: "127.0.0.1", port: 80 }],
    virtualHosts: [...virtualHosts, { id: "default", hosts: ["*"], rules: [{ handler: { type: "drop" } }] }],
  };
  const started = performance.now();
  const validated = validateConfig(config);
  const validation = performance.now() - started;
  if (!validated.ok) throw new Error(JSON.stringify(validated.problems));
  const compiled = compileConfig(config);
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.problems));
  if (virtualHosts.length > 1000)
    console.log(`validating ${String(virtualHosts.length)} virtual hosts: ${validation.toFixed(0)} ms`);
  return compiled.table;
}

function request(host: string, path: string): RequestFacts {
  return {
    host,
    path,
    rawPath: path,
    query: "",
    method: "GET",
    peerTrusted: false,
    client: "192.0.2.7",
    tls: false,
    listener: "http",
    geo: NOWHERE,
    header: () => undefined,
    exists: () => false,
    hasPass: () => false,
  };
}

function measure(name: string, table: RoutingTable, hosts: readonly string[]): void {
  // Text that is built at run time, as it comes from a socket: a constant would have its hash
  // already.
  const requests = hosts.map((host) => request(Buffer.from(host).toString("latin1"), "/cart/items"));
  let best = Infinity;
  let matched = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    const started = performance.now();
    for (let count = 0; count < REQUESTS; count += 1)
      if (matchRequest(table, requests[count % requests.length] ?? request("", "/")) !== undefined) matched += 1;
    best = Math.min(best, performance.now() - started);
  }
  if (matched !== ROUNDS * REQUESTS) throw new Error("a request was not matched");
  console.log(`${name}: ${((best * 1e6) / REQUESTS).toFixed(0)} ns per request`);
}

function numbers(length: number) {
  return Array.from({ length }, (_, index) => index);
}
function sites(count: number, suffix = "") {
  return numbers(count).map((index) => site(index, [`${suffix}shop${String(index)}.example.com`]));
}
function names(count: number) {
  return numbers(100).map((index) => `shop${String((index * 97) % count)}.example.com`);
}

measure("1 virtual host, exact", tableOf(sites(1)), names(1));
measure("10,000 virtual hosts, exact", tableOf(sites(10_000)), names(10_000));
measure(
  "10,000 virtual hosts, wildcard",
  tableOf(sites(10_000, "*.")),
  names(10_000).map((name) => `www.${name}`),
);
measure(
  "10,000 virtual hosts, none matches",
  tableOf(sites(10_000)),
  names(10_000).map((name) => `www.${name}`),
);
measure(
  "copycat with exceptions above 1 virtual host",
  tableOf([{ ...site(0, ["shop0.example.com"], EXCEPTIONS), id: "copycat" }, ...sites(1)]),
  names(1),
);
measure(
  "10 regular expressions above 10,000 virtual hosts",
  tableOf([
    ...numbers(10).map((index) => ({
      ...site(index, [`~^blog${String(index)}\\d*\\.`]),
      id: `regex-${String(index)}`,
    })),
    ...sites(10_000),
  ]),
  names(10_000),
);
