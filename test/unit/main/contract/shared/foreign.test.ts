import { describe, expect, it } from "vitest";
import type { Config } from "../../../../../server-agent/contract/config.ts";
import type { Reminder } from "../../../../../server-agent/contract/reminders.ts";
import type { WebServer, WebServerSite } from "../../../../../server-agent/contract/web-servers.ts";
import { drainWords, inFlightWords, webServerTitle } from "../../../../../main/contract/shared/foreign.ts";
import { trayModel } from "../../../../../main/desktop/tray-model.ts";
import { alertsOf } from "../../../../../main/reminders/alerts.ts";
import { closedWords, isClosable, sitesOf, stateLabel } from "../../../../../renderer/lib/sites.ts";
import { at, someReceipt, someState, someWindow } from "../../../../support/desktop/desktop-fixtures.ts";
import {
  besideServer,
  FOREIGN_COPYCAT,
  FOREIGN_SHOP,
  someWebServer,
  someWebSite,
} from "../../../../support/desktop/web-servers.ts";

const CLOSED = [FOREIGN_COPYCAT, FOREIGN_SHOP];
const gone: WebServerSite["cells"] = [
  { listener: "0.0.0.0:443", host: "shop.example.com", state: "gone", message: "404" },
];

function shop(
  virtualHosts: Config["virtualHosts"],
  webServers: WebServer[] | undefined,
  maintenance = [someReceipt()],
) {
  const [site] = sitesOf(besideServer(virtualHosts, webServers, { maintenance }));
  if (site === undefined) throw new Error("no site");
  return site;
}
function found(change: Partial<WebServerSite> = {}) {
  return [someWebServer([someWebSite(change)])];
}

describe("a site that a web server serves", () => {
  it("is a site, and the catch-all that nobody can reach is none", () => {
    expect(sitesOf(besideServer([FOREIGN_SHOP], found())).map(({ id }) => id)).toEqual(["shop"]);
    expect(sitesOf(besideServer([], found()))).toEqual([]);
  });

  it.each<[string, WebServer[] | undefined, string | undefined]>([
    ["is ready", found(), undefined],
    ["was not looked for", undefined, "It is not known yet whether nginx asks the agent."],
    ["has no web server", [], "nginx was not found running."],
    ["is in no file", [someWebServer([])], "nginx has it in its configuration no more."],
    ["has lost its hook", found({ state: "lost", cells: gone }), "nginx does not ask the agent on 0.0.0.0:443."],
    [
      "waits for a reload",
      found({ state: "lost", cells: [{ listener: "a", host: "b", state: "on-disk-only", message: "" }] }),
      "nginx asks the agent only after its next reload.",
    ],
  ])("that %s can be closed only if nothing is in the way", (_, webServers, obstacle) => {
    const site = shop([FOREIGN_SHOP], webServers, []);
    expect(site.foreign?.obstacle).toBe(obstacle);
    expect(isClosable(site)).toBe(obstacle === undefined);
    expect(site.state).toBe("live");
  });

  it("is shown as closed only while its web server is seen to ask", () => {
    expect(shop(CLOSED, found())).toMatchObject({ state: "maintenance" });
    const open = shop(CLOSED, found({ state: "lost", cells: gone }));
    expect(open.state).toBe("failed");
    expect(stateLabel(open)).toBe("Not seen closed");
    expect(closedWords(open)).toContain("may be open");
    const byHand = shop(CLOSED, found(), []);
    expect(byHand.state).toBe("failed");
    expect(closedWords(byHand)).toContain("nobody has seen it closed");
  });

  it("that may be open is told by the tray and an alert, too", () => {
    const told = (webServers: WebServer[] | undefined) => {
      const server = besideServer(CLOSED, webServers, { maintenance: [someReceipt()] });
      const state = { ...someState(), servers: [server] };
      return [trayModel(state, 0).look, ...alertsOf(state, 0).map(({ title }) => title)];
    };
    expect(told(found())).toEqual(["maintenance"]);
    expect(told(undefined)).toEqual(["maintenance"]);
    expect(told(found({ state: "lost", cells: gone }))).toEqual(["failed", "shop.example.com may be open"]);
    expect(told([])).toEqual(["failed", "shop.example.com may be open"]);
  });

  it("that could not be closed by a window is told of until it asks again", () => {
    const window = someWindow({ id: "w-1", state: "planned", sites: [{ site: "shop" }], occurrences: [] });
    const reminders: Reminder[] = ["hook-gone", "ahead"].map((kind) => ({
      id: `w-1-20261123T020000Z-${kind}-60`,
      kind: kind as Reminder["kind"],
      due: at(30),
      title: kind,
      text: "Prepare it again.",
      sites: ["shop"],
      occurrence: { id: "w-1", start: at(3600) },
      receipts: [],
      deliveries: [],
    }));
    const told = (webServers: WebServer[], second = 40) => {
      const server = besideServer([FOREIGN_SHOP], webServers, { reminders, windows: [window] });
      return alertsOf({ ...someState(), servers: [server] }, Date.parse(at(second)));
    };
    expect(told(found({ state: "lost", cells: gone }))).toMatchObject([
      { kind: "hook-gone", destination: { screen: "server" }, news: false },
      { kind: "ahead" },
    ]);
    // Seen before the reminder was made.
    expect(told(found())).toHaveLength(2);
    expect(told(found({ checkedAt: at(35) })).map(({ kind }) => kind)).toEqual(["ahead"]);
    expect(told(found({ state: "lost", cells: gone }), 3601)).toEqual([]);
  });

  it("has no number of requests from before the switch", () => {
    const counts = { refused: 0, excepted: 0, drained: 0, cut: 0, draining: 3 };
    expect(shop(CLOSED, found(), [someReceipt({ counts })])).toMatchObject({ draining: 0, state: "maintenance" });
    expect(drainWords({ title: "nginx", tells: "none" })).toBe(
      "nginx does not say which requests still run; they end by themselves.",
    );
  });

  it.each([
    [{ total: 4, before: 3 }, "3 connections to backend shop from before 10:42; HAProxy does not say which pages."],
    [{ total: 4, before: 0 }, "No connection to backend shop from before 10:42 is left."],
    [{ total: 2 }, "2 requests at backend shop; HAProxy does not say which, or since when."],
    [{ total: 0 }, "No request at backend shop is left."],
  ])("is said to have %j in flight, and no more than that", (counts, words) => {
    const inFlight = { of: ["backend shop"], observedAt: at(0), ...counts };
    const foreign = { title: "HAProxy", tells: "connections" as const, found: someWebSite({ inFlight }) };
    expect(inFlightWords(foreign, "10:42")).toBe(words);
  });
});

it.each([
  ["nginx", "nginx"],
  ["nginx-2", "nginx-2"],
  ["haproxy-1f0c3a", "HAProxy-1f0c3a"],
  ["apache", "Apache"],
  ["constructor", "constructor"],
])("the web server %s is called %s", (id, title) => {
  expect(webServerTitle(id)).toBe(title);
});
