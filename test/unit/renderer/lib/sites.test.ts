import { describe, expect, it } from "vitest";
import type { Receipt } from "../../../../server-agent/contract/maintenance.ts";
import type { ServerState } from "../../../../main/contract/servers.ts";
import type { Snapshot } from "../../../../server-agent/contract/events.ts";
import type { VirtualHost } from "../../../../server-agent/contract/config.ts";
import { answeringCopycat, sitesOf, stateLabel, wordsOf } from "../../../../renderer/lib/sites.ts";
import { inMaintenance, siteRows, sortedSites } from "../../../../renderer/overview/site-rows.ts";

const AT = "2026-11-23T01:00:00.000Z";
function host(id: string, more: Partial<VirtualHost> = {}): VirtualHost {
  return {
    id,
    hosts: [`${id}.example.com`],
    rules: [{ handler: { type: "drop" } }],
    ...more,
  };
}
function copycat(of: string, more: Partial<VirtualHost> = {}) {
  return host(`${of}-copycat`, { copycatOf: of, hosts: [`${of}.example.com`], ...more });
}
const last = host("default", { hosts: ["*"] });

function receipt(site: string, more: Partial<Receipt> = {}): Receipt {
  return {
    id: `r-${site}`,
    site,
    copycat: `${site}-copycat`,
    state: "in-maintenance",
    generation: 2,
    startedAt: AT,
    switchMs: 3,
    author: "marta",
    reason: "",
    options: { site },
    operations: [],
    inverse: [],
    changes: [],
    warnings: [],
    counts: { refused: 0, excepted: 0, drained: 0, cut: 0, draining: 0 },
    ...more,
  };
}

function server(
  virtualHosts: VirtualHost[],
  maintenance: Receipt[] = [],
  more: Partial<ServerState> = {},
): ServerState {
  const agent: Snapshot["agent"] = {
    version: "0.1.0",
    apiVersion: 1,
    pid: 1,
    startedAt: AT,
    uptimeSeconds: 1,
    workers: [],
    listeners: [],
    generation: 2,
    hostname: "h",
    clock: "2026-01-01T00:00:00.000Z",
  };
  const config = { listeners: [{ name: "http", address: "127.0.0.1", port: 8080 }], virtualHosts };
  return {
    profile: { id: "web-01", name: "web-01", kind: "local", socketPath: "/run/a.sock" },
    connection: { state: "connected", since: AT, observedAt: AT, roundTripMs: 1, clockAheadMs: 0 },
    snapshot: {
      type: "snapshot",
      revision: 1,
      at: AT,
      agent,
      config,
      generations: [],
      maintenance,
      stages: [],
      windows: [],
      reminders: [],
      metrics: {},
    },
    observedAt: AT,
    historyAt: AT,
    publicProofs: {},
    history: {},
    ...more,
  };
}
const lost: ServerState["connection"] = {
  state: "unreachable",
  since: AT,
  retryAt: AT,
  failure: { code: "server.unreachable", message: "gone" },
};
function only(state: ServerState) {
  const [site] = sitesOf(state);
  if (site === undefined) throw new Error("no site");
  return site;
}

describe("the state of a site", () => {
  it("is live without a copycat, and disabled when it is", () => {
    expect(only(server([host("shop"), last])).state).toBe("live");
    expect(only(server([host("shop", { disabled: true }), last])).state).toBe("disabled");
  });

  it("is maintenance only while an enabled copycat stands above", () => {
    expect(only(server([copycat("shop"), host("shop"), last])).state).toBe("maintenance");
    expect(only(server([host("shop"), copycat("shop"), last])).state).toBe("live");
    expect(only(server([copycat("shop", { disabled: true }), host("shop"), last])).state).toBe("live");
    expect(sitesOf(server([copycat("shop"), host("shop"), last])).map(({ id }) => id)).toEqual(["shop", "default"]);
  });

  it("names the copycat with the highest priority", () => {
    const first = copycat("shop", { id: "first" });
    expect(answeringCopycat([first, copycat("shop"), host("shop"), last], "shop")).toBe(first);
  });

  it("is draining while requests from before still run", () => {
    const draining = receipt("shop", { counts: { refused: 0, excepted: 0, drained: 1, cut: 0, draining: 2 } });
    const site = only(server([copycat("shop"), host("shop"), last], [draining]));
    expect([site.state, stateLabel(site)]).toEqual(["draining", "Draining 2"]);
  });

  it("has failed when the proof found a wrong answer, even while draining", () => {
    const cell = {
      host: "shop.example.com",
      listener: "http",
      path: "/",
      probe: "page" as const,
      expected: "503",
      observed: "200",
      message: "",
    };
    const proof = (outcome: "right" | "wrong" | "skipped") => ({
      generation: 2,
      observedAt: AT,
      durationMs: 1,
      cells: [{ ...cell, outcome }],
    });
    const counts = { refused: 0, excepted: 0, drained: 0, cut: 0, draining: 1 };
    const state = (outcome: "right" | "wrong" | "skipped") =>
      only(server([copycat("shop"), host("shop"), last], [receipt("shop", { counts, proof: proof(outcome) })])).state;
    expect([state("wrong"), state("right"), state("skipped")]).toEqual(["failed", "draining", "draining"]);
  });

  it("is unknown while the server is away, and says what was last seen", () => {
    const site = only(server([copycat("shop"), host("shop"), last], [receipt("shop")], { connection: lost }));
    expect([site.state, stateLabel(site)]).toEqual(["unknown", "Maintenance when last seen"]);
  });

  it("takes the receipt that is on, and the time of the newest one that was reverted", () => {
    const back = (id: string, at: string) =>
      receipt("shop", {
        id,
        state: "reverted",
        revert: { how: "delete", generation: 3, at, author: "jo", switchMs: 2, exact: true },
      });
    const open = receipt("shop", { id: "open" });
    expect(only(server([copycat("shop"), host("shop"), last], [open, back("old", AT)])).receipt?.id).toBe("open");
    const live = only(server([host("shop"), last], [back("new", "2026-11-23T02:00:00.000Z"), back("old", AT)]));
    expect([live.receipt, live.liveSince]).toEqual([undefined, "2026-11-23T02:00:00.000Z"]);
  });

  it("counts the copycat's requests with the original's, seconds aligned at the newest", () => {
    const state = server([copycat("shop"), host("shop"), last], [], {
      history: { shop: [1, 2, 3], "shop-copycat": [10] },
    });
    expect(only(state).history).toEqual([1, 2, 13]);
  });

  it("is derived once for one observation", () => {
    const state = server([host("shop"), last]);
    expect(sitesOf(state)).toBe(sitesOf(state));
    expect(sitesOf({ ...state, snapshot: null })).toEqual([]);
  });
});

describe("a site with an internationalised name", () => {
  const [site] = sitesOf(server([host("books", { hosts: ["xn--bcher-kva.example.com"] }), last]));

  it("is shown and found as people write it", () => {
    expect(site?.name).toBe("bücher.example.com");
    for (const typed of ["bücher", "BU\u0308CHER", " xn--bcher "]) expect(site?.searchText).toContain(wordsOf(typed));
  });
});

describe("the overview's list", () => {
  const here = server([copycat("shop"), host("shop"), host("blog"), last], [receipt("shop")]);
  const away = server([copycat("api"), host("api"), last], [receipt("api")], {
    connection: lost,
    profile: { ...here.profile, id: "web-02", name: "web-02" },
  });
  const empty = server([], [], { snapshot: null, profile: { ...here.profile, id: "web-03", name: "web-03" } });
  const servers = [here, away, empty];
  const sites = servers.flatMap(sitesOf);
  const keys = (rows: ReturnType<typeof siteRows>) => rows.map(({ key }) => key);

  it("puts what is in maintenance on top, and the other sites under their server, in order of priority", () => {
    expect(keys(siteRows(servers, sites, "server", false))).toEqual([
      "closed",
      "web-01/shop",
      "web-02/api",
      "server web-01",
      "web-01/blog",
      "web-01/default",
      "server web-02",
      "web-02/default",
      "server web-03",
    ]);
  });

  it("is sorted by a column, either way", () => {
    const names = (sort: "name" | "state" | "next", descending: boolean) =>
      sortedSites(sites, { sort, descending }, servers).map(({ id }) => id);
    expect(sortedSites(sites, { sort: "priority", descending: true }, servers)).toBe(sites);
    expect(names("name", false)).toEqual(["default", "default", "api", "blog", "shop"]);
    expect(names("name", true)[0]).toBe("shop");
    expect(names("state", false)[0]).toBe("shop");
    expect(names("next", false)).toHaveLength(sites.length);
  });

  it("leaves servers out that have nothing of what is looked for", () => {
    expect(keys(siteRows(servers, sites.slice(1, 2), "server", true))).toEqual(["server web-01", "web-01/blog"]);
  });

  it("puts sites under their state, what needs somebody first", () => {
    expect(keys(siteRows(servers, sites, "state", false))).toEqual([
      "state maintenance",
      "web-01/shop",
      "state live",
      "web-01/blog",
      "web-01/default",
      "state unknown",
      "web-02/api",
      "web-02/default",
    ]);
  });

  it("puts servers under their fleet, by name; those in none come last", () => {
    const inFleet = (state: ServerState, fleet: string): ServerState => ({
      ...state,
      profile: { ...state.profile, fleet },
    });
    const grouped = [here, inFleet(away, "shop"), inFleet(empty, "blogs")];
    expect(keys(siteRows(grouped, sites, "fleet", false))).toEqual([
      "closed",
      "web-01/shop",
      "web-02/api",
      "fleet blogs",
      "server web-03",
      "fleet shop",
      "server web-02",
      "web-02/default",
      "fleet ",
      "server web-01",
      "web-01/blog",
      "web-01/default",
    ]);
    const found = siteRows(grouped, sites.slice(1, 2), "fleet", true);
    expect(keys(found)).toEqual(["fleet ", "server web-01", "web-01/blog"]);
    expect(found[0]).toMatchObject({ servers: 1, sites: [{ id: "blog" }] });
  });

  it("lists what is in maintenance, lost servers first", () => {
    expect(inMaintenance(sites).map(({ key }) => key)).toEqual(["web-02/api", "web-01/shop"]);
  });
});
