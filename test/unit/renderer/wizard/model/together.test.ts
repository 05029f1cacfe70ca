import { describe, expect, it } from "vitest";
import type { AppState } from "../../../../../main/contract/state.ts";
import { sitesOf } from "../../../../../renderer/lib/sites.ts";
import { newDraft, optionsOf, type Draft } from "../../../../../renderer/maintenance/draft.ts";
import { draftProblems } from "../../../../../renderer/maintenance/draft-problems.ts";
import { firstChoice } from "../../../../../renderer/wizard/model/first-choice.ts";
import { alikeOf, alikeWords, shownSites } from "../../../../../renderer/wizard/model/site-choice.ts";
import {
  memberOf,
  placesOf,
  targetsOf,
  titleOf,
  verdictOn,
  withLead,
  withTaken,
  type PlannedPlace,
} from "../../../../../renderer/wizard/model/together.ts";
import { MaintenanceOptions } from "../../../../../server-agent/contract/maintenance.ts";
import { at, someOperation, someReceipt, someServer, someState } from "../../../../support/desktop/desktop-fixtures.ts";

const HOSTS = ["shop.example.com", "www.example.com"];
const NOW = Date.parse(at(0));
function place(serverId: string, site = "shop") {
  return { serverId, site };
}
function draft(changes: Partial<Draft> = {}): Draft {
  return { ...newDraft("web-1", "shop"), also: [place("web-2"), place("web-1", "default")], ...changes };
}

describe("the options of several sites", () => {
  it("are the same for all, but the copycat's name and the staff's names are those of one site and its likes", () => {
    const chosen = draft({
      copycat: "closed",
      staffHosts: "staff.internal",
      title: "Back soon",
      webhooks: "/hooks/*",
      position: "top",
      reason: "why",
    });
    const lead = optionsOf(chosen, HOSTS, "marta");
    expect(lead).toMatchObject({ site: "shop", copycat: "closed", internalHosts: ["staff.internal"] });
    expect(optionsOf(chosen, HOSTS, "marta", "shop")).toEqual(lead);
    const { copycat: _copycat, internalHosts: _staff, ...shared } = lead;
    expect(optionsOf(chosen, ["blog.example.com"], "marta", "blog")).toEqual({ ...shared, site: "blog" });
  });

  it("cover all hosts of each site, without those left-out names that it has", () => {
    const chosen = draft({ leftOut: ["www.example.com"] });
    expect(optionsOf(chosen, HOSTS, "m").hosts).toEqual(["shop.example.com"]);
    expect(optionsOf(chosen, ["www.example.com", "m.example.com"], "m", "blog").hosts).toEqual(["m.example.com"]);
    expect(optionsOf(chosen, ["wiki.example.com"], "m", "wiki").hosts).toBeUndefined();
  });

  it("are options that the agent's contract accepts", () => {
    for (const site of ["shop", "blog"])
      expect(() => MaintenanceOptions.parse(optionsOf(draft(), HOSTS, "m", site))).not.toThrow();
  });
});

describe("what is asked of the servers", () => {
  const planned = (serverId: string, site: string, generation: number): PlannedPlace => ({
    ...place(serverId, site),
    options: { site },
    generation,
  });

  it("is one target for each, with all its sites and the generation that was seen", () => {
    expect(targetsOf([planned("web-1", "shop", 4), planned("web-2", "shop", 9), planned("web-1", "blog", 4)])).toEqual([
      {
        serverId: "web-1",
        changes: [
          { kind: "maintenance", options: { site: "shop" } },
          { kind: "maintenance", options: { site: "blog" } },
        ],
        ifGeneration: 4,
      },
      { serverId: "web-2", changes: [{ kind: "maintenance", options: { site: "shop" } }], ifGeneration: 9 },
    ]);
  });

  it("names the older of two generations, so that what was not seen is refused", () => {
    expect(targetsOf([planned("web-1", "shop", 5), planned("web-1", "blog", 4)])[0]?.ifGeneration).toBe(4);
  });

  it("is called by its reason, else by what it is", () => {
    expect(titleOf(draft({ reason: " New database " }), "shop.example.com", true)).toBe("New database");
    expect(titleOf(draft({ also: [place("web-2"), place("web-3")] }), "shop.example.com", true)).toBe(
      "shop.example.com on 3 servers",
    );
    expect(titleOf(draft(), "shop.example.com", false)).toBe("3 sites on 2 servers");
    expect(titleOf(draft({ reason: "x".repeat(300) }), "", true)).toHaveLength(200);
  });

  it("has a limit for each server, which is said where the sites are chosen", () => {
    const many = (count: number) => Array.from({ length: count }, (_, index) => place("web-1", `site-${index}`));
    expect(draftProblems(draft({ also: many(99) }), HOSTS, NOW)).toEqual({});
    expect(draftProblems(draft({ also: many(100) }), HOSTS, NOW)).toHaveProperty("also");
    expect(draftProblems(draft({ also: [...many(99), place("web-2")] }), HOSTS, NOW)).toEqual({});
  });
});

describe("choosing several", () => {
  it("another one of them may lead; a stranger takes the place of the one before", () => {
    expect(placesOf({ ...draft(), ...withLead(draft(), place("web-2")) })).toEqual([
      place("web-2"),
      place("web-1"),
      place("web-1", "default"),
    ]);
    expect(placesOf({ ...draft(), ...withLead(draft(), place("web-9")) })).toEqual([
      place("web-9"),
      place("web-2"),
      place("web-1", "default"),
    ]);
    expect(withLead({ serverId: "", site: "", also: [place("web-2")] }, place("web-2"))).toEqual({
      ...place("web-2"),
      also: [],
    });
  });

  it("takes each once, and never the leading one twice", () => {
    const taken = withTaken(draft(), [place("web-2"), place("web-1"), place("web-3")], true);
    expect(taken).toEqual([place("web-1", "default"), place("web-2"), place("web-3")]);
    expect(withTaken(draft(), [place("web-2")], false)).toEqual([place("web-1", "default")]);
  });

  it("finds the same site on other servers by its names, never by its id", () => {
    const sites = ["web-1", "web-2"].flatMap((name) => sitesOf(someServer(name)));
    const [lead] = sites;
    if (lead === undefined) throw new Error("no site");
    const named = (...hosts: string[]) => ({ ...lead, virtualHost: { ...lead.virtualHost, hosts } });
    expect(alikeOf(lead, sites).map(({ key }) => key)).toEqual(["web-2/shop"]);
    expect(alikeOf({ ...lead, id: "store" }, sites).map(({ key }) => key)).toEqual(["web-2/shop"]);
    expect(alikeOf(named("store.example.com"), sites)).toEqual([]);
    const other = { ...lead, serverName: "web-02", name: "m.shop.example.com" };
    expect(alikeWords([other])).toBe("m.shop.example.com on web-02");
    expect(alikeWords([other, lead])).toBe(`m.shop.example.com, ${lead.name} on 2 other servers`);
  });

  it("gives the staff's names to the same site only, not to another one of the same id", () => {
    const elsewhere = structuredClone(someServer("web-2"));
    const [shop] = elsewhere.snapshot?.config.virtualHosts ?? [];
    if (shop === undefined) throw new Error("no site");
    const chosen = draft({ staffHosts: "staff.internal", copycat: "closed" });
    const optionsOn = () =>
      memberOf(place("web-2"), chosen, { ...someState(), servers: [someServer("web-1"), elsewhere] }, NOW).planned
        ?.options;
    expect(optionsOn()).toMatchObject({ internalHosts: ["staff.internal"], copycat: "closed" });
    shop.hosts = ["shop.elsewhere.example"];
    expect(optionsOn()).not.toHaveProperty("internalHosts");
    expect(optionsOn()).not.toHaveProperty("copycat");
  });

  it("shows what is looked for and what is chosen, and says how many more there are", () => {
    const [site] = sitesOf(someServer("web-1"));
    if (site === undefined) throw new Error("no site");
    const sites = Array.from({ length: 70 }, (_, index) => ({
      ...site,
      key: `k${index}`,
      searchText: `site-${index}`,
    }));
    expect(shownSites(sites, "", () => false)).toMatchObject({ sites: sites.slice(0, 50), hidden: 20 });
    const found = shownSites(sites, "SITE-6", ({ key }) => key === "k69" || key === "k3");
    expect(found.sites.map(({ key }) => key)).toEqual([
      "k3",
      "k6",
      "k60",
      "k61",
      "k62",
      "k63",
      "k64",
      "k65",
      "k66",
      "k67",
      "k68",
      "k69",
    ]);
    expect(found.hidden).toBe(0);
  });
});

describe("what the wizard begins with", () => {
  const state = (change: Partial<AppState> = {}): AppState => ({
    ...someState(),
    servers: [someServer("web-1"), someServer("web-2")],
    ...change,
  });

  it("is what was asked for", () => {
    expect(firstChoice({ screen: "wizard", serverId: "web-1", site: "shop", also: [place("web-2")] }, state())).toEqual(
      {
        ...place("web-1"),
        also: [place("web-2")],
      },
    );
  });

  it("is nothing with several to choose from, and the only one there is", () => {
    expect(firstChoice({ screen: "wizard" }, state())).toEqual({ serverId: "", site: "", also: [] });
    const closed = someServer("web-1", [someReceipt()]);
    expect(firstChoice({ screen: "wizard" }, state({ servers: [closed] }))).toEqual({
      ...place("web-1", "default"),
      also: [],
    });
  });

  it("is the sites of an operation that is looked at again", () => {
    const operations = [someOperation()];
    expect(firstChoice({ screen: "wizard", again: "operation-0001" }, state({ operations }))).toEqual({
      ...place("web-1"),
      also: [place("web-2"), place("web-3")],
    });
  });
});

describe("a site in the last step", () => {
  const state = (change: Partial<AppState> = {}): AppState => ({
    ...someState(),
    servers: [someServer("web-1")],
    ...change,
  });
  const lost = {
    state: "unreachable" as const,
    since: at(0),
    retryAt: null,
    failure: { code: "server.silent" as const, message: "" },
  };

  it("is planned on the generation that is seen", () => {
    expect(memberOf(place("web-1"), draft(), state(), NOW)).toMatchObject({
      away: "",
      held: "",
      planned: { generation: 1, options: { site: "shop", author: "marta" } },
    });
  });

  it("says why it cannot be planned", () => {
    const away = (serverId: string, site: string, servers = [someServer("web-1")]) =>
      memberOf(place(serverId, site), draft(), state({ servers }), NOW);
    expect(away("web-9", "shop")).toMatchObject({ planned: undefined, away: "This server is no longer in the list." });
    expect(away("web-1", "gone")).toMatchObject({
      planned: undefined,
      away: "There is no site gone on web-1 any more.",
    });
    expect(away("web-1", "shop", [someServer("web-1", [], { connection: lost })])).toMatchObject({
      planned: undefined,
      away: "The server cannot be reached at the moment.",
    });
    expect(verdictOn(away("web-9", "shop"), undefined)).toMatchObject({
      state: "refused",
      sentences: ["This server is no longer in the list."],
    });
  });

  it("tells the plan's verdict in words", () => {
    const member = memberOf(place("web-1"), draft(), state(), NOW);
    const warning = { code: "shadowed" as const, message: "Another site shadows it." };
    expect(verdictOn(member, undefined).label).toBe("Being planned");
    expect(verdictOn(member, { ok: true, copycat: "c", warnings: [] })).toEqual({
      state: "ready",
      label: "Ready",
      sentences: [],
    });
    expect(verdictOn(member, { ok: true, copycat: "c", warnings: [warning] })).toEqual({
      state: "warned",
      label: "Ready, 1 warning",
      sentences: ["Another site shadows it."],
    });
    expect(verdictOn(member, { ok: false, failure: { code: "maintenance.already", message: "It is." } })).toEqual({
      state: "refused",
      label: "Cannot take part",
      sentences: ["It is."],
    });
  });
});
