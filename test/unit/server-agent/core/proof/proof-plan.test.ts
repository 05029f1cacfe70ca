/**
 * What a proof asks, what it must never ask, and how it judges. The answers of real workers are
 * judged in the integration tests.
 */
import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import type { Condition } from "../../../../../server-agent/contract/condition.ts";
import type { Config, VirtualHost } from "../../../../../server-agent/contract/config.ts";
import type { MaintenanceOptions, Receipt } from "../../../../../server-agent/contract/maintenance.ts";
import { renderMaintenance } from "../../../../../server-agent/core/maintenance/page.ts";
import type { ProofListener, Way } from "../../../../../server-agent/core/proof/entry.ts";
import { healthProbe } from "../../../../../server-agent/core/proof/health-probe.ts";
import { ListenerProof } from "../../../../../server-agent/core/proof/listener-proof.ts";
import { judge, planProof } from "../../../../../server-agent/core/proof/proof-plan.ts";
import type { Observed, PlannedCell, Probe } from "../../../../../server-agent/core/proof/proof-cell.ts";
import { planMaintenance } from "../../../../../server-agent/core/maintenance/plan.ts";
import { revertMaintenance } from "../../../../../server-agent/core/maintenance/revert.ts";
import { normaliseHost } from "../../../../../server-agent/core/routing/normalise-host.ts";
import { normalisePath } from "../../../../../server-agent/core/routing/normalise-path.ts";
import { matchRequest } from "../../../../../server-agent/core/routing/routing-table.ts";
import type { Match } from "../../../../../server-agent/core/routing/rule-matches.ts";
import { task } from "../../../../support/agent/arbitrary-config.ts";
import { configOf, tableOf, virtualHostOf } from "../../../../support/agent/config.ts";
import { factsOf } from "../../../../support/agent/request-facts.ts";
import { repetitions } from "../../../../support/repetitions.ts";

vi.setConfig({ testTimeout: 60_000 });

const NOW = "2026-11-23T00:30:00Z";
const HTTP: ProofListener = { name: "http", address: "127.0.0.1", port: 8080 };
const SITES = configOf([virtualHostOf("shop", ["shop.test"])]);

type Proven = Parameters<typeof planProof>[1] & { config: Config };

function inMaintenance(options: Partial<MaintenanceOptions> = {}, config = SITES): Proven {
  const planned = planMaintenance(config, { site: "shop", ...options }, NOW);
  if (!planned.ok) throw new Error(planned.message);
  const { plan } = planned;
  return {
    config: plan.after,
    site: plan.site,
    copycat: plan.copycat,
    state: "in-maintenance",
    operations: plan.operations,
    options: { site: "shop", ...options },
  };
}

function broughtBack(proven: Proven, how: "delete" | "demote"): Proven {
  const reverted = revertMaintenance(proven.config, proven, how);
  if (!reverted.ok) throw new Error(reverted.message);
  return { ...proven, config: reverted.config, state: "reverted" };
}

function cellsOf(proven: Proven, listeners = [HTTP]): PlannedCell[] {
  return planProof(proven.config, proven, listeners);
}
function probesOf(cells: readonly PlannedCell[]): Probe[] {
  return cells.flatMap((cell) => ("probe" in cell ? [cell.probe] : []));
}

/** `host path probe → who must answer`, or `skipped: why`. */
function linesOf(cells: readonly PlannedCell[]): string[] {
  return cells.map((planned) => {
    if ("skipped" in planned)
      return `${planned.skipped.host} ${planned.skipped.path} ${planned.skipped.probe} skipped: ${planned.skipped.message}`;
    const { cell, expect: wanted } = planned.probe;
    return `${cell.host} ${cell.path} ${cell.probe} → ${wanted.virtualHost}${wanted.instead === undefined ? "" : ` (${wanted.instead} by the configuration)`}`;
  });
}
const NOT_SENT = "skipped: Not sent: a POST could change something on the live site.";

/** Who answers this probe by the configuration, when it comes from this computer. */
function routed(
  config: Config,
  { headers, target, method, cell, address }: Probe,
  files: string[] = [],
): Match | undefined {
  const [path = "", query = ""] = target.split("?");
  const decoded = normalisePath(path);
  if (decoded === undefined) throw new Error(`the target ${target} is malformed`);
  const client = address === "::1" ? "::1" : "127.0.0.1";
  return matchRequest(
    tableOf(config),
    factsOf({
      host: normaliseHost(headers.host),
      path: decoded,
      query,
      method,
      listener: cell.listener,
      client,
      headers,
      files,
    }),
  );
}

describe("a listener that speaks TLS", () => {
  it("is known to do so by conditions", () => {
    const exceptions = [{ tls: true, path: "/staff" }];
    const open = "shop.test /staff page → shop";
    expect(linesOf(cellsOf(inMaintenance({ exceptions }), [{ ...HTTP, tls: true }]))).toContain(open);
    expect(linesOf(cellsOf(inMaintenance({ exceptions })))).not.toContain(open);
  });
});

describe("a proof in maintenance", () => {
  it("asks every host on every listener in four ways", () => {
    const cells = cellsOf(
      inMaintenance({ retryAfter: 60 }, configOf([virtualHostOf("shop", ["shop.test", "*.shop.test", "[::1]"])])),
      [
        HTTP,
        { name: "all", address: "0.0.0.0", port: 81 },
        { name: "six", address: "::", port: 82 },
        { name: "card", address: "10.0.0.7", port: 83 },
      ],
    );
    const probes = probesOf(cells);
    expect(probes).toHaveLength(3 * 4 * 4);
    expect(cells).toHaveLength(probes.length);
    expect(probes.slice(0, 4)).toEqual(
      (
        [
          ["page", "GET", "text/html"],
          ["api", "GET", "application/json"],
          ["head", "HEAD", "text/html"],
          ["post", "POST", "text/html"],
        ] as const
      ).map(([probe, method, accept]) => ({
        cell: { host: "shop.test", listener: "http", path: "/", probe },
        address: "127.0.0.1",
        port: 8080,
        tls: false,
        proxyProtocol: false,
        foreign: undefined,
        method,
        target: "/",
        headers: { accept, host: "shop.test" },
        expect: { virtualHost: "shop-copycat", answer: { status: 503, json: true }, instead: undefined },
      })),
    );
    expect([...new Set(probes.map(({ address, port }) => `${address} ${port}`))]).toEqual([
      "127.0.0.1 8080",
      "127.0.0.1 81",
      "::1 82",
      "10.0.0.7 83",
    ]);
    expect([...new Set(probes.map(({ headers }) => headers.host))]).toEqual([
      "shop.test",
      "backsoon-proof.shop.test",
      "[::1]",
    ]);
  });

  it.each([
    ["~^shop\\.test$", "shop.test"],
    ["~(?i)^shop-\\d+\\.test$", "shop-1.test"],
    ["~^[a-z]+\\.test$", "x.test"],
    ["~.*", "backsoon-proof.invalid"],
    ["~^(shop|blog)\\.test$", undefined],
  ])("derives a name of %s: %s", (host, name) => {
    const cells = cellsOf(inMaintenance({}, configOf([virtualHostOf("shop", [host])])));
    expect(probesOf(cells).map(({ headers }) => headers.host)).toEqual(
      name === undefined ? [] : [name, name, name, name],
    );
    if (name === undefined)
      expect(linesOf(cells)[0]).toBe(
        `${host} / page skipped: No name can be derived from this regular expression; try one by hand.`,
      );
  });

  it("lets exceptions and staff names lead to the original, with nothing but GET and HEAD", () => {
    const proven = inMaintenance({
      exceptions: [
        { path: ["/healthz", "/hooks/*"] },
        { header: { "X-Staff": "secret" } },
        { cookie: { a: "1" }, query: { p: "a b" } },
      ],
      internalHosts: ["staff.internal"],
    });
    expect(linesOf(cellsOf(proven))).toEqual([
      ...["page", "api", "head", "post"].map((probe) => `shop.test / ${probe} → shop-copycat`),
      ...["/healthz", "/hooks/backsoon-proof", "/ with header X-Staff", "/ with cookie a and query p"].flatMap(
        (path) => [
          ...["page", "api", "head"].map((probe) => `shop.test ${path} ${probe} → shop`),
          `shop.test ${path} post ${NOT_SENT}`,
        ],
      ),
      ...["page", "api", "head"].map((probe) => `staff.internal / ${probe} → shop`),
      `staff.internal / post ${NOT_SENT}`,
    ]);
    const [byHeader] = probesOf(cellsOf(proven)).filter(({ cell }) => cell.path === "/ with header X-Staff");
    expect(byHeader?.headers).toEqual({ accept: "text/html", "x-staff": "secret", host: "shop.test" });
    const [byCookie] = probesOf(cellsOf(proven)).filter(({ cell }) => cell.path.endsWith("query p"));
    expect(byCookie).toMatchObject({ target: "/?p=a%20b", headers: { cookie: "a=1" } });
  });

  it.each<[string, Condition, string[]]>([
    ["an extension", { extension: "css" }, ["/backsoon-proof.css"]],
    ["a path that has to be encoded", { path: "/über uns/100%" }, ["/über uns/100%"]],
    ["a simple regular expression", { pathRegex: "^/hooks/[0-9]+/paid$" }, ["/hooks/1/paid"]],
    ["an address with a query", { urlRegex: "^/news\\?id=\\d+$" }, ["/news with query id=1"]],
    ["alternatives", { any: [{ path: "/a" }, { from: "10.0.0.0/8" }, { path: "/b/*" }] }, ["/a", "/b/backsoon-proof"]],
    [
      "several at once",
      { all: [{ path: "/a/*" }, { extension: "js" }, { header: { A: true } }] },
      ["/a/backsoon-proof.js with header A"],
    ],
    ["a header by regular expression", { header: { A: "~^Bot/\\d+" } }, ["/ with header A"]],
    ["a parameter that has no encoding", { path: "/a", query: { "\ud800": true } }, []],
    ["this computer's own address", { path: "/a", from: "127.0.0.0/8" }, ["/a"]],
  ])("tries an exception by %s", (_name, exception, paths) => {
    const proven = inMaintenance({ exceptions: [exception] });
    const probes = probesOf(cellsOf(proven)).filter(({ expect: { virtualHost } }) => virtualHost === "shop");
    expect(probes.map(({ cell }) => cell.path)).toEqual(paths.flatMap((path) => [path, path, path]));
    for (const probe of probes) expect(routed(proven.config, probe)?.virtualHost.id).toBe("shop");
  });

  it.each<[string, Condition, string]>([
    ["addresses elsewhere", { from: "10.0.0.0/8" }, "Cannot be tried from this computer: "],
    ["TLS", { tls: true }, "Cannot be tried from this computer: "],
    [
      "a regular expression without a plain text",
      { pathRegex: "^/(a|b)/.{3}$" },
      "Cannot be tried from this computer: ",
    ],
    ["an address without a plain text", { urlRegex: "^/news\\?id=(1|2)$" }, "Cannot be tried from this computer: "],
    ["a field that frames the message", { header: { Upgrade: "websocket" } }, "Cannot be tried from this computer: "],
    [
      "a path that no request can have",
      { path: "/\ud800", header: { A: true } },
      "Cannot be tried from this computer: ",
    ],
    ["a value that no header can have", { header: { A: "\n" } }, "Cannot be tried from this computer: "],
    ["a value that no cookie can have", { cookie: { A: "a;b" } }, "Cannot be tried from this computer: "],
    ["a file", { exists: "/tmp/open" }, "Whether this is let through depends on a file"],
    ["writing methods", { method: ["POST", "PUT"] }, "Cannot be tried from this computer: the method is `GET`, not"],
  ])("skips an exception by %s", (_name, exception, message) => {
    const skipped = cellsOf(inMaintenance({ exceptions: [exception] })).flatMap((cell) =>
      "skipped" in cell && cell.skipped.path !== "/" ? [cell.skipped] : [],
    );
    expect(skipped[0]).toMatchObject({
      path: expect.stringContaining(" with ") as string,
      probe: "page",
      outcome: "skipped",
      expected: "the original shop",
      observed: "",
    });
    expect(skipped[0]?.message).toContain(message);
  });

  it("looks for a closed path where the front page is let through", () => {
    const probes = probesOf(cellsOf(inMaintenance({ exceptions: [{ path: "/" }] })));
    expect(probes.filter(({ method }) => method === "POST").map(({ target }) => target)).toEqual(["/backsoon-proof"]);
  });

  it.each<[string, MaintenanceOptions["exceptions"], string[]]>([
    ["everything", [{ path: "/*" }], ["skipped: An exception lets this request through."]],
    [
      "this computer",
      [{ from: "127.0.0.0/8" }],
      ["skipped: An exception lets this computer through, so the page that others get cannot be seen from here."],
    ],
    [
      "who reads",
      [{ method: ["GET", "HEAD"] }],
      ["skipped: An exception lets this request through.", "→ shop-copycat"],
    ],
    [
      "depending on a file",
      [{ exists: "/tmp/open" }],
      ["skipped: Whether the copycat answers depends on a file on the server; try it by hand."],
    ],
  ])("says why the page cannot be seen when an exception lets %s through", (_name, exceptions, expected) => {
    const lines = linesOf(cellsOf(inMaintenance({ exceptions: exceptions ?? [] })).slice(0, 4)).map((line) =>
      line.replace(/^\S+ \S+ \S+ /, ""),
    );
    expect([...new Set(lines)]).toEqual(expected);
  });

  it("shows that another site takes the visitors, without a POST to it", () => {
    const shadowed = inMaintenance(
      {},
      configOf([virtualHostOf("old", ["shop.test"]), virtualHostOf("shop", ["shop.test"])]),
    );
    expect(linesOf(cellsOf(shadowed))).toEqual([
      ...["page", "api", "head"].map((probe) => `shop.test / ${probe} → shop-copycat (old by the configuration)`),
      "shop.test / post skipped: Not sent: old answers this request by the configuration, and a POST could change something there.",
    ]);
  });

  const edit = (proven: Proven, changes: Partial<VirtualHost>): Proven => ({
    ...proven,
    config: {
      ...proven.config,
      virtualHosts: proven.config.virtualHosts.map((other) =>
        other.id === proven.copycat ? { ...other, ...changes } : other,
      ),
    },
  });

  it("shows that somebody removed or disabled the copycat", () => {
    const proven = inMaintenance();
    const { config } = proven;
    const removed = {
      ...proven,
      config: { ...config, virtualHosts: config.virtualHosts.filter(({ id }) => id !== proven.copycat) },
    };
    for (const gone of [removed, edit(proven, { disabled: true })])
      expect(probesOf(cellsOf(gone)).map(({ expect: { instead } }) => instead)).toEqual(["shop", "shop", "shop"]);
  });

  it("sends no POST to a copycat that somebody gave another handler", () => {
    const probes = probesOf(cellsOf(edit(inMaintenance(), { rules: [{ handler: { type: "file", root: "/srv" } }] })));
    expect(probes.map(({ method, expect: { answer } }) => [method, answer])).toEqual([
      ["GET", "any"],
      ["GET", "any"],
      ["HEAD", "any"],
    ]);
  });
});

describe("a proof after a revert", () => {
  it.each(["delete", "demote"] as const)("by %s asks the original for every host", (how) => {
    const back = broughtBack(
      inMaintenance({ internalHosts: ["staff.internal"], exceptions: [{ path: "/healthz" }] }),
      how,
    );
    expect(linesOf(cellsOf(back))).toEqual([
      ...["page", "api", "head"].map((probe) => `shop.test / ${probe} → shop`),
      `shop.test / post ${NOT_SENT}`,
    ]);
  });

  it("says when the original answers others only", () => {
    const config = configOf([virtualHostOf("shop", ["shop.test"], { when: { from: "192.0.2.0/24" } })]);
    expect(linesOf(cellsOf(broughtBack(inMaintenance({}, config), "delete")))[0]).toBe(
      "shop.test / page skipped: default answers this computer, and shop others, so that cannot be seen from here.",
    );
  });

  it("shows that the original does not answer", () => {
    const config = configOf([virtualHostOf("shop", ["shop.test"], { disabled: true })]);
    expect(linesOf(cellsOf(broughtBack(inMaintenance({}, config), "delete")))[0]).toBe(
      "shop.test / page → shop (default by the configuration)",
    );
  });
});

describe("any proof", () => {
  const LISTENERS: ProofListener[] = [HTTP, { name: "staff", address: "::", port: 81 }];
  const proven: fc.Arbitrary<Proven> = task
    .map(({ config, options }) => ({ planned: planMaintenance(config, options, NOW), options }))
    .filter(({ planned }) => planned.ok)
    .map(({ planned, options }) => {
      if (!planned.ok) throw new Error(planned.message);
      const { site, copycat, operations, after } = planned.plan;
      return { config: after, site, copycat, operations, options, state: "in-maintenance" as const };
    });

  it("sends a POST to a maintenance page only, whatever files there are", () => {
    fc.assert(
      fc.property(proven, fc.constantFrom<string[]>([], ["/tmp/open"]), (made, files) => {
        for (const probe of probesOf(cellsOf(made, LISTENERS))) {
          if (probe.method !== "POST") continue;
          const match = routed(made.config, probe, files);
          expect(match?.virtualHost.id).toBe(made.copycat);
          expect(match?.rule?.config.handler?.type).toBe("maintenance");
        }
      }),
      { numRuns: repetitions(300, 1_200) },
    );
  });

  it("expects what the configuration says, or says that it does not", () => {
    const states = fc.constantFrom<Receipt["state"]>("in-maintenance", "reverted");
    fc.assert(
      fc.property(proven, states, fc.constantFrom("delete" as const, "demote" as const), (made, state, how) => {
        const current = state === "reverted" ? broughtBack(made, how) : made;
        for (const probe of probesOf(cellsOf(current, LISTENERS))) {
          const { virtualHost, instead } = probe.expect;
          expect(routed(current.config, probe)?.virtualHost.id).toBe(instead ?? virtualHost);
          expect(instead).not.toBe(virtualHost);
          expect(virtualHost).toBe(
            state === "reverted" || probe.expect.answer === "live" ? current.site : current.copycat,
          );
        }
      }),
      { numRuns: repetitions(300, 1_200) },
    );
  });

  it("is the one of the whole document, though it reads few of its virtual hosts", () => {
    fc.assert(
      fc.property(proven, (drawn) => {
        const { config } = drawn;
        const planned = drawn.operations.find(({ op }) => op === "insert-virtual-host");
        const copycat =
          config.virtualHosts.find(({ id, copycatOf }) => id === drawn.copycat && copycatOf === drawn.site) ??
          (planned?.op === "insert-virtual-host" ? planned.virtualHost : undefined);
        if (copycat === undefined) throw new Error("a plan without a copycat");
        expect(cellsOf(drawn)).toEqual(new ListenerProof(tableOf(config), HTTP, drawn, copycat).cells());
      }),
      { numRuns: repetitions(300, 3_000) },
    );
  });

  it("has a cell of every kind for every host and listener", () => {
    fc.assert(
      fc.property(proven, (made) => {
        const cells = cellsOf(made, LISTENERS).map((cell) => ("probe" in cell ? cell.probe.cell : cell.skipped));
        const hosts = made.config.virtualHosts.find(({ id }) => id === made.copycat)?.hosts ?? [];
        for (const { name } of LISTENERS)
          for (const probe of ["page", "api", "head", "post"])
            expect(
              cells.filter((cell) => cell.listener === name && cell.probe === probe).length,
            ).toBeGreaterThanOrEqual(hosts.length);
      }),
    );
  });
});

describe("through a web server beside the agent", () => {
  const plain = { address: "0.0.0.0", port: 80, tls: false, http2: false, proxyProtocol: false };
  const listener = { ...plain, clientCertificate: false };
  const foreign = configOf([
    virtualHostOf("shop", ["shop.test", "www.shop.test"], {
      rules: [{ handler: { type: "foreign", server: "nginx" } }],
    }),
  ]);
  const onPort = (name: string, ways: readonly Way[]): ProofListener => ({
    ...plain,
    name,
    foreign: "nginx",
    ways,
  });
  const way = (names: string[], more: Partial<Way> = {}): Way => ({
    listener,
    connectTo: "127.0.0.2",
    leads: (name) => names.includes(name),
    ...more,
  });

  it.each(["in maintenance", "brought back"])("only names that lead to the site are asked, %s", (state) => {
    const closed = inMaintenance({}, foreign);
    const cells = cellsOf(state === "in maintenance" ? closed : broughtBack(closed, "delete"), [
      onPort("nginx-80", [way(["shop.test"]), way(["www.shop.test"], { skip: "it is private." })]),
      onPort("nginx-81", [way(["shop.test"], { listener: { ...listener, http2: true } })]),
    ]);
    const asked = probesOf(cells).filter(({ cell }) => cell.probe === "page");
    expect(asked.map(({ cell, address, version }) => [cell.listener, cell.host, address, version])).toEqual([
      ["nginx-80", "shop.test", "127.0.0.2", "1.1"],
      ["nginx-81", "shop.test", "127.0.0.2", "2"],
    ]);
    expect(linesOf(cells).filter((line) => line.startsWith("www.shop.test / page"))).toEqual([
      "www.shop.test / page skipped: Not asked: it is private.",
      "www.shop.test / page skipped: Not asked: nginx does not lead www.shop.test to this site on nginx-81.",
    ]);
  });

  it("the original is asked for by a name that leads to it", () => {
    const listeners = [onPort("nginx-80", []), onPort("nginx-81", [way(["www.shop.test"])])];
    expect(healthProbe(foreign, listeners, "shop")).toMatchObject({
      address: "127.0.0.2",
      headers: { host: "www.shop.test" },
    });
    expect(healthProbe(foreign, listeners.slice(0, 1), "shop")).toEqual({
      cannot: "shop cannot be asked on any listener",
    });
  });
});

describe("the judgement", () => {
  const closed: Probe = {
    cell: { host: "shop.test", listener: "http", path: "/", probe: "page" },
    address: "127.0.0.1",
    port: 80,
    tls: false,
    proxyProtocol: false,
    foreign: undefined,
    method: "GET",
    target: "/",
    headers: {},
    expect: { virtualHost: "shop-copycat", answer: { status: 503, json: true }, instead: undefined },
  };
  const of = (probe: Probe["cell"]["probe"], changes: Partial<Probe["expect"]> = {}): Probe => ({
    ...closed,
    cell: { ...closed.cell, probe },
    expect: { ...closed.expect, ...changes },
  });
  const live = of("page", { virtualHost: "shop", answer: "live" });
  const headers = { "content-type": "text/html; charset=utf-8", "cache-control": "no-store", "retry-after": "60" };
  const page: Extract<Observed, { status: number }> = {
    status: 503,
    headers,
    body: "<h1>Back soon</h1>",
    answeredBy: "shop-copycat;generation=2",
  };
  const api = { ...page, headers: { ...headers, "content-type": "application/json" }, body: '{"status":503}' };
  const ownPage = { type: "maintenance", root: "/srv/page", until: "2026-11-23T02:00:00Z" } as const;
  const byShop = { ...page, answeredBy: "shop;generation=3" };

  it.each<[string, Probe, Observed]>([
    ["the page", closed, page],
    ["the JSON", of("api"), api],
    ["a HEAD without body", of("head"), { ...page, body: "" }],
    ["a POST", of("post"), page],
    ["the operator's own page", of("page", { answer: { status: 503, json: true, ownPage } }), page],
    ["an error page to a program, where the site has one", of("api", { answer: { status: 503, json: false } }), page],
    [
      "a copycat that somebody gave another handler",
      of("page", { answer: "any" }),
      { ...page, status: 200, headers: {} },
    ],
    ["the original", live, { ...byShop, status: 404, headers: {} }],
    [
      "the original, though the configuration says otherwise",
      { ...live, expect: { ...live.expect, instead: "old" } },
      { ...byShop, status: 200 },
    ],
  ])("is right for %s", (_name, probe, observed) => {
    expect(judge(probe, observed, 2)).toMatchObject({ ...probe.cell, outcome: "right" });
  });

  it("notes that the original is ill", () => {
    expect(judge(live, { ...byShop, status: 502 }, 2)).toEqual({
      ...live.cell,
      outcome: "right",
      expected: "the original shop",
      observed: "502 by shop",
      status: 502,
      message: "The original answered, but with 502.",
    });
  });

  it.each<[string, Probe, Observed, string]>([
    ["another virtual host", closed, byShop, "shop answered instead of shop-copycat."],
    [
      "another virtual host by the configuration",
      of("page", { instead: "shop" }),
      byShop,
      "The configuration lets shop answer this request.",
    ],
    [
      "an answer of an older generation",
      closed,
      { ...page, answeredBy: "shop-copycat;generation=1" },
      "Generation 1 still answers, instead of 2",
    ],
    ["an answer without a name", closed, { ...page, answeredBy: undefined }, "an unknown virtual host answered"],
    ["the copycat for the original", live, page, "shop-copycat answered instead of shop."],
    ["another status", closed, { ...page, status: 200 }, "Status 200 instead of 503."],
    [
      "no Retry-After",
      closed,
      { ...page, headers: { ...headers, "retry-after": undefined } },
      "Retry-After is missing.",
    ],
    [
      "a page that may be kept",
      closed,
      { ...page, headers: { ...headers, "cache-control": "max-age=60" } },
      "Cache-Control does not say no-store.",
    ],
    [
      "the built-in page, whatever end it tells, where another one was asked for",
      of("page", { answer: { status: 503, json: true, ownPage } }),
      { ...page, body: renderMaintenance(ownPage, "html", Date.parse("2026-11-23T01:00:00Z")).body },
      "The built-in page instead of the one in /srv/page.",
    ],
    ["an empty page", closed, { ...page, body: "" }, "The body is empty."],
    ["a HEAD with a body", of("head"), page, "HEAD came with a body."],
    ["a page to a program", of("api"), page, "A program did not get JSON."],
    ["broken JSON", of("api"), { ...api, body: '{"status":' }, "A program did not get JSON."],
    [
      "several faults",
      closed,
      { ...page, status: 200, headers: {} },
      "Status 200 instead of 503; Retry-After is missing; Cache-Control does not say no-store.",
    ],
    ["no answer", closed, { error: "connect ECONNREFUSED" }, "No answer: connect ECONNREFUSED."],
  ])("is wrong for %s", (_name, probe, observed, message) => {
    const judged = judge(probe, observed, 2);
    expect(judged).toMatchObject({ ...probe.cell, outcome: "wrong" });
    expect(judged.message).toContain(message);
    expect(judged.status).toBe("error" in observed ? undefined : observed.status);
  });
});
