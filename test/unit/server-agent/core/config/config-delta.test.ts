import fc from "fast-check";
import { expect, it } from "vitest";
import type { Config, VirtualHost } from "../../../../../server-agent/contract/config.ts";
import { applyDelta, deltaOf } from "../../../../../server-agent/core/config/config-delta.ts";
import { configOf, virtualHostOf } from "../../../../support/agent/config.ts";

function sent<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}

it("makes of a document the other one, whatever was added, removed, moved and changed", () => {
  const ids = fc.uniqueArray(fc.integer({ min: 0, max: 12 }));
  const hosts = fc.dictionary(fc.integer({ min: 0, max: 12 }).map(String), fc.constantFrom("a.test", "b.test"));
  const documents = fc
    .record({ ids, hosts, trustedProxies: fc.constantFrom<string[]>(["10.0.0.0/8"], []) })
    .map((drawn) =>
      configOf(
        drawn.ids.map((id) => virtualHostOf(`v${String(id)}`, [drawn.hosts[String(id)] ?? "c.test"])),
        { trustedProxies: drawn.trustedProxies },
      ),
    );
  fc.assert(
    fc.property(documents, documents, (before, after) => {
      expect(applyDelta(before, sent(deltaOf(before, after)))).toEqual(after);
    }),
  );
});

it("tells of ten thousand virtual hosts only the one that changed, and the others stay the same objects", () => {
  const many = Array.from({ length: 10_000 }, (_, index) => virtualHostOf(`v${String(index)}`, ["a.test"]));
  const before: Config = configOf(many);
  const changed: VirtualHost = virtualHostOf("v5000", ["b.test"]);
  const after: Config = sent(configOf(many.with(5000, changed)));
  const delta = deltaOf(before, after);
  expect(delta.virtualHosts).toEqual([[0, 5000], changed, [5001, 5000]]);
  const applied = applyDelta(before, sent(delta)).virtualHosts;
  expect(applied.filter((virtualHost, index) => virtualHost === before.virtualHosts[index])).toHaveLength(10_000);
});
