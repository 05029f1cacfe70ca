/** Arbitrary documents that can serve, and options of the recipe for them. */
import fc from "fast-check";
import type { Condition } from "../../../server-agent/contract/condition.ts";
import type { Config, VirtualHost } from "../../../server-agent/contract/config.ts";
import type { Handler } from "../../../server-agent/contract/handler.ts";
import type { MaintenanceOptions } from "../../../server-agent/contract/maintenance.ts";
import { validateConfig } from "../../../server-agent/core/config/validate-config.ts";
import { CATCH_ALL } from "./config.ts";

export const HOSTS = [
  "shop.test",
  "WWW.shop.test",
  "a.shop.test",
  "b.a.shop.test",
  "blog.test",
  "www.blog.test",
  "[::1]",
  "127.0.0.1",
  "staff.internal",
];
const PATTERNS = ["*.shop.test", "*.test", "*.blog.test", "~^shop", "~\\.test$", "~.*", "~^a\\.shop\\.test$"];
const LISTENERS: Config["listeners"] = [
  { name: "http", address: "127.0.0.1", port: 80 },
  { name: "staff", address: "::", port: 8080 },
];
const STAFF = ["staff.internal", "a.shop.test", "Office.shop.test", "*.staff.test", "shop.test."];
const IDS = ["shop", "blog", "shop-copycat", "shop-copycat-2", "blog-copycat", "old"];

const leaf: fc.Arbitrary<Condition> = fc.oneof(
  fc.record({
    path: fc.constantFrom<string | string[]>("/healthz", "/hooks/*", "/*", [
      "/.well-known/acme-challenge/*",
      "/healthz",
    ]),
  }),
  fc.record({ method: fc.constantFrom<string | string[]>("GET", "POST", ["GET", "HEAD"]) }),
  fc.record({ from: fc.constantFrom<string | string[]>("10.0.0.0/8", "127.0.0.0/8", ["::1", "192.0.2.0/24"]) }),
  fc.record({ header: fc.constant({ "X-Staff": "yes" }) }),
  fc.record({ cookie: fc.constant({ staff: true as const }) }),
  fc.record({ query: fc.constant({ preview: "~^[0-9]+$" }) }),
  fc.record({ listener: fc.constantFrom("http", "staff") }),
  fc.record({ tls: fc.boolean() }),
  fc.record({ extension: fc.constantFrom("css", "js") }),
  fc.record({ exists: fc.constant("/tmp/open") }),
);
export const condition: fc.Arbitrary<Condition> = fc.oneof(
  { weight: 4, arbitrary: leaf },
  { weight: 1, arbitrary: fc.array(leaf, { minLength: 1, maxLength: 2 }).map((any) => ({ any })) },
  { weight: 1, arbitrary: fc.array(leaf, { minLength: 1, maxLength: 2 }).map((all) => ({ all })) },
  { weight: 1, arbitrary: leaf.map((not) => ({ not })) },
);

const handler: fc.Arbitrary<Handler> = fc.oneof(
  fc.constant<Handler>({ type: "error", status: 410 }),
  fc.constant<Handler>({ type: "file", root: "/srv/www" }),
  fc.constant<Handler>({ type: "proxy", upstream: "app" }),
  fc.constant<Handler>({ type: "maintenance", page: "default" }),
);
const hosts = fc.uniqueArray(fc.constantFrom(...HOSTS, ...HOSTS, ...PATTERNS), { minLength: 1, maxLength: 3 });

function virtualHost(id: string): fc.Arbitrary<VirtualHost> {
  return fc.record(
    {
      id: fc.constant(id),
      hosts,
      when: condition,
      copycatOf: fc.constantFrom(...IDS.slice(0, 2), "default").filter((original) => original !== id),
      disabled: fc.boolean(),
      rules: fc.array(fc.record({ when: condition, handler }, { requiredKeys: ["handler"] }), {
        minLength: 1,
        maxLength: 2,
      }),
      accessLog: fc.constant("/var/log/site.log"),
      errorPages: fc.constant({ "503": "/srv/503.html" }),
    },
    { requiredKeys: ["id", "hosts", "rules"] },
  );
}

/** A document with sites, and often with copycats that earlier maintenances left. */
export const config: fc.Arbitrary<Config> = fc
  .uniqueArray(fc.constantFrom(...IDS), { minLength: 1, maxLength: 5 })
  .chain((ids) => fc.tuple(...ids.map(virtualHost)))
  .chain((virtualHosts) =>
    fc.record(
      {
        listeners: fc.constant(LISTENERS),
        trustedProxies: fc.constant<Config["trustedProxies"]>(["10.0.0.1"]),
        upstreams: fc.constant<Config["upstreams"]>({ app: { targets: ["http://127.0.0.1:3000"] } }),
        virtualHosts: fc.constant<VirtualHost[]>([...virtualHosts, CATCH_ALL]),
      },
      { requiredKeys: ["listeners", "upstreams", "virtualHosts"] },
    ),
  )
  .filter((document) => validateConfig(document).ok);

/** What may be asked for one of the sites; most of it can be planned. */
export function optionsFor({ virtualHosts }: Config): fc.Arbitrary<MaintenanceOptions> {
  return fc.constantFrom(...virtualHosts.filter(({ copycatOf }) => copycatOf === undefined)).chain((site) =>
    fc.record(
      {
        site: fc.constant(site.id),
        hosts: fc.subarray(site.hosts, { minLength: 1 }),
        page: fc.constantFrom<MaintenanceOptions["page"]>("default", { title: "Soon", text: "A new shelf" }),
        status: fc.constantFrom(503, 429),
        retryAfter: fc.nat(86_400),
        until: fc.constantFrom("2026-11-24T02:30:00Z", "2020-01-01T00:00:00+02:00"),
        exceptions: fc.array(condition, { maxLength: 3 }),
        internalHosts: fc.uniqueArray(fc.constantFrom(...STAFF), { maxLength: 2 }),
        position: fc.constantFrom("above" as const, "top" as const),
      },
      { requiredKeys: ["site"] },
    ),
  );
}

/** A document and options that go with it. */
export const task: fc.Arbitrary<{ config: Config; options: MaintenanceOptions }> = config.chain((document) =>
  optionsFor(document).map((options) => ({ config: document, options })),
);
