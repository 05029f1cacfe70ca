import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Change } from "../../../../../server-agent/contract/agent.ts";
import type { Config, VirtualHost } from "../../../../../server-agent/contract/config.ts";
import { diffConfig } from "../../../../../server-agent/core/config/diff-config.ts";
import { diffValues } from "../../../../../server-agent/core/config/diff-values.ts";
import { longestIncreasing } from "../../../../../server-agent/core/config/longest-increasing.ts";
import { configOf, virtualHostOf } from "../../../../support/agent/config.ts";
import { repetitions } from "../../../../support/repetitions.ts";

const a = virtualHostOf("a", ["a.example.com"]);
const b = virtualHostOf("b", ["b.example.com"]);
const c = virtualHostOf("c", ["c.example.com"]);

describe("changes between two documents", () => {
  it.each<[string, Config, Config, Change[]]>([
    ["nothing", configOf([a, b]), configOf([a, b]), []],
    [
      "the order of keys",
      configOf([a]),
      configOf([Object.fromEntries(Object.entries(a).reverse()) as VirtualHost]),
      [],
    ],
    [
      "a virtual host more",
      configOf([b]),
      configOf([a, b]),
      [{ kind: "added", path: "/virtualHosts/0", virtualHost: "a", after: a }],
    ],
    [
      "a virtual host less",
      configOf([a, b]),
      configOf([b]),
      [{ kind: "removed", path: "/virtualHosts/0", virtualHost: "a", before: a }],
    ],
    [
      "one of many moved down",
      configOf([a, b, c]),
      configOf([b, c, a]),
      [{ kind: "moved", path: "/virtualHosts/2", virtualHost: "a", before: 0, after: 2 }],
    ],
    [
      "one of many moved up",
      configOf([a, b, c]),
      configOf([c, a, b]),
      [{ kind: "moved", path: "/virtualHosts/0", virtualHost: "c", before: 2, after: 0 }],
    ],
    [
      "moved and changed",
      configOf([a, b, c]),
      configOf([b, c, { ...a, disabled: true }]),
      [
        { kind: "moved", path: "/virtualHosts/2", virtualHost: "a", before: 0, after: 2 },
        { kind: "added", path: "/virtualHosts/2/disabled", virtualHost: "a", after: true },
      ],
    ],
    [
      "a host more",
      configOf([{ ...a, hosts: ["a.example.com", "z.example.com"] }]),
      configOf([{ ...a, hosts: ["staff.example.com", "a.example.com", "z.example.com"] }]),
      [{ kind: "added", path: "/virtualHosts/0/hosts/0", virtualHost: "a", after: "staff.example.com" }],
    ],
    [
      "a host less",
      configOf([{ ...a, hosts: ["1", "2", "3"] }]),
      configOf([{ ...a, hosts: ["1", "3"] }]),
      [{ kind: "removed", path: "/virtualHosts/0/hosts/1", virtualHost: "a", before: "2" }],
    ],
    [
      "one more of the same",
      configOf([{ ...a, hosts: ["1", "1"] }]),
      configOf([{ ...a, hosts: ["1", "1", "1"] }]),
      [{ kind: "added", path: "/virtualHosts/0/hosts/2", virtualHost: "a", after: "1" }],
    ],
    [
      "a value inside",
      configOf([a]),
      configOf([{ ...a, rules: [{ handler: { type: "error", status: 503 } }] }]),
      [{ kind: "changed", path: "/virtualHosts/0/rules/0/handler/status", virtualHost: "a", before: 410, after: 503 }],
    ],
    [
      "another handler",
      configOf([a]),
      configOf([{ ...a, rules: [{ handler: { type: "respond", status: 200 } }] }]),
      [
        {
          kind: "changed",
          path: "/virtualHosts/0/rules/0/handler",
          virtualHost: "a",
          before: { type: "error", status: 410 },
          after: { type: "respond", status: 200 },
        },
      ],
    ],
    [
      "the rest of the document",
      configOf([], { upstreams: { app: { targets: ["http://a:1"] }, constructor: { targets: ["http://a:1"] } } }),
      configOf([], { upstreams: { app: { targets: ["http://b:1"] } }, trustedProxies: ["::1"] }),
      [
        { kind: "changed", path: "/upstreams/app/targets/0", before: "http://a:1", after: "http://b:1" },
        { kind: "removed", path: "/upstreams/constructor", before: { targets: ["http://a:1"] } },
        { kind: "added", path: "/trustedProxies", after: ["::1"] },
      ],
    ],
  ])("%s", (_name, before, after, changes) => {
    expect(diffConfig(before, after)).toEqual(changes);
  });

  it("use pointers that other programs resolve (RFC 6901)", () => {
    expect(diffValues({ "a/b": 1, "m~n": 1 }, { "a/b": 2 }, "")).toEqual([
      { kind: "changed", path: "/a~1b", before: 1, after: 2 },
      { kind: "removed", path: "/m~0n", before: 1 },
    ]);
  });

  it("move no more virtual hosts than needed", () => {
    const permutation = fc.integer({ min: 1, max: 7 }).chain((length) =>
      fc.shuffledSubarray(
        Array.from({ length }, (_, index) => index),
        { minLength: length },
      ),
    );
    fc.assert(
      fc.property(permutation, (order) => {
        const hosts = order.map((number) => virtualHostOf(`v${String(number)}`, ["x"]));
        const sorted = hosts.toSorted((left, right) => left.id.localeCompare(right.id));
        const moves = diffConfig(configOf(sorted), configOf(hosts));
        expect(moves.every(({ kind }) => kind === "moved")).toBe(true);
        expect(moves).toHaveLength(order.length - longestByTrying(order));
        // Taking the moved ones out leaves both documents in the same order.
        const moved = new Set(moves.map(({ virtualHost }) => virtualHost));
        expect(hosts.filter(({ id }) => !moved.has(id))).toEqual(sorted.filter(({ id }) => !moved.has(id)));
      }),
    );
  });

  it("are none exactly when the documents are equal", () => {
    const json = fc
      .jsonValue({ maxDepth: 3 })
      .map((value) => JSON.parse(JSON.stringify(value).replaceAll("-0", "0")) as unknown);
    const id = fc.constantFrom("a", "b", "c", "d");
    const virtualHost = fc.record(
      { id, hosts: fc.array(fc.constantFrom("x", "y"), { maxLength: 3 }), rules: fc.array(json, { maxLength: 2 }) },
      { requiredKeys: ["id", "hosts", "rules"], noNullPrototype: true },
    );
    const document = fc.record(
      { listeners: json, virtualHosts: fc.array(virtualHost, { maxLength: 4 }), upstreams: json },
      { requiredKeys: ["listeners", "virtualHosts"], noNullPrototype: true },
    ) as fc.Arbitrary<unknown> as fc.Arbitrary<Config>;
    fc.assert(
      fc.property(document, document, (before, after) => {
        expect(diffConfig(before, after).length === 0).toBe(isDeepStrictEqual(before, after));
        expect(diffConfig(before, structuredClone(before))).toEqual([]);
      }),
      { numRuns: repetitions(250, 4_000) },
    );
  });

  it("are found in deep lists without doubling the work on each level", () => {
    const nest = (leaf: string) => Array.from({ length: 64 }).reduce<unknown>((inner) => [inner, "x"], leaf);
    expect(diffValues(nest("before"), nest("after"), "")).toEqual([
      { kind: "changed", path: "/0".repeat(64), before: "before", after: "after" },
    ]);
  });

  it("are found in a large document", () => {
    const many = Array.from({ length: 20_000 }, (_, index) =>
      virtualHostOf(`v${String(index)}`, [`h${String(index)}`]),
    );
    expect(diffConfig(configOf(many), configOf(many.toReversed()))).toHaveLength(19_999);
    expect(diffConfig(configOf([]), configOf(many))).toHaveLength(20_000);
  });
});

describe("a longest increasing subsequence", () => {
  it("is increasing and as long as any", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(9), { maxLength: 9 }), (values) => {
        const chosen = values.filter((_, position) => longestIncreasing(values).has(position));
        expect(chosen.every((value, index) => index === 0 || value > (chosen[index - 1] ?? value))).toBe(true);
        expect(chosen).toHaveLength(longestByTrying(values));
      }),
    );
  });
});

function longestByTrying(values: readonly number[], above = -1): number {
  const [first, ...rest] = values;
  if (first === undefined) return 0;
  return Math.max(longestByTrying(rest, above), first > above ? 1 + longestByTrying(rest, first) : 0);
}
