import fc from "fast-check";
import { expect, it } from "vitest";
import type { Config, VirtualHost } from "../../../../../server-agent/contract/config.ts";
import { validateChange, validateConfig } from "../../../../../server-agent/core/config/validate-config.ts";
import { configOf, virtualHostOf } from "../../../../support/agent/config.ts";
import { repetitions } from "../../../../support/repetitions.ts";

const LISTENERS: Config["listeners"] = [
  { name: "http", address: "127.0.0.1", port: 80 },
  { name: "https", address: "127.0.0.1", port: 443, tls: true },
];
function certificate(name: string): VirtualHost["tls"] {
  return { certificate: `/etc/ssl/${name}.pem`, key: `/etc/ssl/${name}.key` };
}

const IDS = ["a", "b", "c", "d", "e", "f"];
const ROTATED: VirtualHost["accessLog"] = { to: "/var/log/one.log", rotate: { daily: true } };

/** Sites that are right beside one another; a copycat may lack its original. */
function site(id: string): fc.Arbitrary<VirtualHost> {
  return fc
    .record({
      hosts: fc.constantFrom<string[]>(["a.test"], ["*.test"], ["~^x"]),
      copycatOf: fc.constantFrom(...IDS.filter((other) => other !== id)),
      present: fc.subarray(["copycatOf", "tls", "accessLog", "when"], { maxLength: 1 }),
    })
    .map(({ hosts, copycatOf, present }) => {
      const fields = { copycatOf, tls: certificate("one"), accessLog: ROTATED, when: { listener: "http" } };
      const chosen = Object.entries(fields).filter(([key]) => present.includes(key));
      return { ...virtualHostOf(id, hosts), ...Object.fromEntries(chosen) };
    });
}

const sites = fc
  .uniqueArray(fc.constantFrom(...IDS), { minLength: 1, maxLength: 5 })
  .chain((ids) => fc.tuple(...ids.map(site)));

/** What is wrong with them may be so by itself, or only beside others. */
const virtualHost: fc.Arbitrary<VirtualHost> = fc
  .record({
    site: fc.constantFrom(...IDS).chain(site),
    wrong: fc.constantFrom<Partial<VirtualHost>>(
      {},
      {},
      {},
      { hosts: ["*"] },
      { hosts: ["a/b"] },
      { copycatOf: "gone" },
      { tls: certificate("two") },
      { accessLog: "/var/log/one.log" },
      { when: { listener: "none" } },
    ),
  })
  .map(({ site, wrong }) => ({ ...site, ...wrong }));

const edit = fc.record({
  at: fc.nat({ max: 8 }),
  from: fc.nat({ max: 8 }),
  kind: fc.constantFrom("insert", "remove", "move", "copy", "replace"),
  virtualHost,
});

type Edit = typeof edit extends fc.Arbitrary<infer Drawn> ? Drawn : never;

function edited(list: readonly VirtualHost[], { at, from, kind, virtualHost }: Edit): VirtualHost[] {
  const chosen = list[from % list.length] ?? virtualHost;
  switch (kind) {
    case "insert":
      return list.toSpliced(at, 0, virtualHost);
    case "remove":
      return list.toSpliced(at, 1);
    case "move":
      return list.filter((other) => other !== chosen).toSpliced(at, 0, chosen);
    case "copy":
      return list.toSpliced(at, 0, chosen);
    default:
      return list.toSpliced(at, 1, virtualHost);
  }
}

const rest = fc.constantFrom<Partial<Config>>(
  {},
  {},
  {},
  {},
  { trustedProxies: ["none"] },
  { listeners: [{ name: "other", address: "127.0.0.1", port: 80 }] },
);

const before = fc
  .record({ sites, isTls: fc.boolean() })
  .map(({ sites, isTls }) => configOf(sites, { listeners: LISTENERS.slice(0, isTls ? 2 : 1) }))
  .filter((config) => validateConfig(config).ok);

it("says of every change exactly what is said of the whole document", () => {
  let accepted = 0;
  fc.assert(
    fc.property(before, fc.array(edit, { minLength: 1, maxLength: 3 }), rest, (config, edits, other) => {
      const virtualHosts = edits.reduce<readonly VirtualHost[]>(edited, config.virtualHosts);
      const after: Config = { ...config, ...other, virtualHosts: [...virtualHosts] };
      const changed = validateChange(after, config);
      expect(changed).toEqual(validateConfig(after));
      if (changed.ok) accepted += 1;
    }),
    { numRuns: repetitions(2_000, 20_000) },
  );
  expect(accepted).toBeGreaterThan(100);
});

it("reads of ten thousand sites only the new one", () => {
  const sites = Array.from({ length: 10_000 }, (_, index) => virtualHostOf(`v${String(index)}`, ["a.test"]));
  const config = configOf(sites);
  expect(validateConfig(config).ok).toBe(true);
  const copycat = { ...virtualHostOf("new", ["a.test"]), copycatOf: "v5000" };
  const after = { ...config, virtualHosts: config.virtualHosts.toSpliced(5000, 0, copycat) };
  // Whoever reads a rule of another site finds none.
  for (const site of sites) if (site.id !== "v5000") Reflect.deleteProperty(site, "rules");
  expect(validateChange(after, config).ok).toBe(true);
  expect(validateConfig(after).ok).toBe(false);
});
