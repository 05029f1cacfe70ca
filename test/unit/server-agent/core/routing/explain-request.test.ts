import { describe, expect, it } from "vitest";
import type { Handler } from "../../../../../server-agent/contract/handler.ts";
import { explainRequest } from "../../../../../server-agent/core/routing/explain-request.ts";
import { configOf, tableOf, virtualHostOf } from "../../../../support/agent/config.ts";
import { factsOf, type FactsOptions } from "../../../../support/agent/request-facts.ts";

const TABLE = tableOf(
  configOf(
    [
      virtualHostOf("old", ["shop.example.com"], { disabled: true }),
      virtualHostOf("blog", ["blog.example.com", "*.blog.example.com"]),
      {
        ...virtualHostOf("shop-copycat", ["shop.example.com"], {
          copycatOf: "shop",
          when: { not: { any: [{ path: "/healthz" }, { from: "10.0.0.0/8" }] } },
        }),
        rules: [{ handler: { type: "maintenance" } }],
      },
      virtualHostOf("shop", ["*.example.com"], {
        rules: [
          { when: { method: "POST" }, handler: { type: "drop" } },
          { when: { path: "/healthz" }, handler: { type: "respond" } },
          { when: { path: "/x" }, handler: { type: "drop" } },
        ],
      }),
    ],
    { upstreams: { app: { targets: ["http://127.0.0.1:1"] } } },
  ),
);

describe("an explanation", () => {
  it("says why the copycat answers", () => {
    expect(explainRequest(TABLE, factsOf({ path: "/cart" }))).toEqual({
      answer: { virtualHost: "shop-copycat", site: "shop", rule: 0, handler: "maintenance", status: 503 },
      virtualHosts: [
        { id: "old", outcome: "disabled", why: "it is disabled" },
        {
          id: "blog",
          outcome: "host-differs",
          why: "the request is for `shop.example.com`; this one answers for `blog.example.com` and `*.blog.example.com`",
        },
        {
          id: "shop-copycat",
          outcome: "answers",
          why: "the request is for `shop.example.com`, which `shop.example.com` covers; the path `/cart` is not `/healthz`; the client address `192.0.2.1` is not in `10.0.0.0/8`",
        },
        { id: "shop", outcome: "not-reached", why: "`shop-copycat` stands above and answers" },
        { id: "default", outcome: "not-reached", why: "`shop-copycat` stands above and answers" },
      ],
      rules: [{ index: 0, handler: "maintenance", outcome: "answers", why: "it has no condition" }],
    });
  });

  it("says which exception lets a request through to the original", () => {
    const { answer, virtualHosts, rules } = explainRequest(TABLE, factsOf({ path: "/healthz" }));
    expect(answer).toEqual({ virtualHost: "shop", site: "shop", rule: 1, handler: "respond", status: 200 });
    expect(virtualHosts[2]).toEqual({
      id: "shop-copycat",
      outcome: "condition-not-met",
      why: "the path `/healthz` is covered by `/healthz`",
    });
    expect(virtualHosts[3]?.why).toBe("the request is for `shop.example.com`, which `*.example.com` covers");
    expect(rules).toEqual([
      { index: 0, handler: "drop", outcome: "condition-not-met", why: "the method is `GET`, not `POST`" },
      { index: 1, handler: "respond", outcome: "answers", why: "the path `/healthz` is covered by `/healthz`" },
      { index: 2, handler: "drop", outcome: "not-reached", why: "a rule above answers" },
    ]);
  });

  it("says that no rule answers", () => {
    const { answer, rules } = explainRequest(TABLE, factsOf({ client: "10.0.0.1" }));
    expect(answer).toEqual({ virtualHost: "shop", site: "shop", rule: null, handler: "none", status: 404 });
    expect(rules.map(({ outcome }) => outcome)).toEqual([
      "condition-not-met",
      "condition-not-met",
      "condition-not-met",
    ]);
  });

  it("says that the catch-all answers", () => {
    const { virtualHosts } = explainRequest(TABLE, factsOf({ host: "" }));
    expect(virtualHosts.map(({ outcome }) => outcome)).toEqual([
      "disabled",
      "host-differs",
      "host-differs",
      "host-differs",
      "answers",
    ]);
    expect(virtualHosts.at(-1)?.why).toBe("it answers every host that no other answers");
    expect(virtualHosts[1]?.why).toContain("the request names no host");
  });

  it("says which address the application gets, if that is another one", () => {
    const handler = { type: "proxy", upstream: "app", mount: "/api", upstreamPath: "/v2" } as const;
    const upstreams = { app: { targets: ["http://127.0.0.1:1"] } };
    const site = virtualHostOf("site", ["shop.example.com"], { rules: [{ handler }] });
    const table = tableOf(configOf([site], { upstreams }));
    const why = (path: string) => explainRequest(table, factsOf({ path })).rules[0]?.why;
    expect(why("/api/x")).toBe("it has no condition; the application gets `/v2/x`");
    expect(why("/x")).toBe("it has no condition; the path is not below `mount`");
  });

  it.each<[Handler, FactsOptions, number | null]>([
    [{ type: "maintenance" }, {}, 503],
    [{ type: "maintenance", status: 404 }, {}, 404],
    [{ type: "maintenance", root: "/srv/page" }, {}, 503],
    [{ type: "maintenance", root: "/srv/page" }, { path: "/style.css" }, null],
    [{ type: "error", status: 403 }, {}, 403],
    [{ type: "redirect", to: "/x" }, {}, 302],
    [{ type: "redirect", to: "/x", status: 301 }, {}, 301],
    [{ type: "redirect", to: "/x", regex: "a" }, {}, null],
    [{ type: "respond" }, {}, 200],
    [{ type: "respond", status: 204 }, {}, 204],
    [{ type: "file", root: "/srv" }, {}, null],
    [{ type: "listing", root: "/srv" }, {}, null],
    [{ type: "common", root: "/srv" }, {}, null],
    [{ type: "proxy", upstream: "app" }, {}, null],
    [{ type: "proxy", upstream: "app", mount: "/api" }, { path: "/api/x" }, null],
    [{ type: "proxy", upstream: "app", mount: "/api" }, { path: "/x" }, 404],
    [{ type: "drop" }, {}, null],
  ])("knows the status of %j on %j: %s", (handler, facts, status) => {
    const table = tableOf(configOf([virtualHostOf("site", ["shop.example.com"], { rules: [{ handler }] })]));
    expect(explainRequest(table, factsOf(facts)).answer).toEqual({
      virtualHost: "site",
      site: "site",
      rule: 0,
      handler: handler.type,
      status,
    });
  });
});
