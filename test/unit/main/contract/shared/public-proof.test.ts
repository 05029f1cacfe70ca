/** What is said of a site whose visitors get something else than its server says. */
import { describe, expect, it } from "vitest";
import type { PublicAnswer, PublicProof } from "../../../../../main/contract/maintenance.ts";
import { verdictWords } from "../../../../../main/contract/shared/proof.ts";
import { publicCauses, remedyWords } from "../../../../../main/contract/shared/public-proof.ts";
import { trayModel } from "../../../../../main/desktop/tray-model.ts";
import { alertsOf } from "../../../../../main/reminders/alerts.ts";
import { historyEntries, receiptPill } from "../../../../../renderer/history/history-entries.ts";
import { closedWords, sitesOf, stateLabel } from "../../../../../renderer/lib/sites.ts";
import { at, someReceipt, someServer, someSnapshot, someState } from "../../../../support/desktop/desktop-fixtures.ts";

function answer(kind: PublicAnswer["kind"], words = "nginx/1.24 at 203.0.113.7 answered 200"): PublicAnswer {
  return { url: "https://shop.example.com/", kind, words };
}
function seenOf(answers: PublicAnswer[], state: PublicProof["state"] = "in-maintenance"): PublicProof {
  return { observedAt: at(1), state, generation: 2, answers, left: 0, given: null };
}
const PAGE = answer("page", "nginx/1.24 at 203.0.113.7 answered 503");
const LIVE = answer("other");
const AWAY = answer("unseen", "this computer's DNS does not know the name");

const ALL = { words: "", author: "", state: "all", since: 0 } as const;

describe("what visitors get", () => {
  it.each<[string, PublicAnswer[], string]>([
    ["is the page", [PAGE, PAGE], "is in maintenance"],
    ["is something else", [LIVE], "is not closed: nginx/1.24 at 203.0.113.7 answered 200"],
    ["is both", [PAGE, LIVE], "is not closed everywhere: nginx/1.24 at 203.0.113.7 answered 200"],
    [
      "is one thing and another",
      [LIVE, answer("other", "x at 192.0.2.1 answered 404")],
      "is not closed: nginx/1.24 at 203.0.113.7 answered 200, and 1 more",
    ],
    ["cannot be seen", [AWAY], "is in maintenance"],
  ])("%s", (_name, answers, words) => {
    expect(verdictWords(someReceipt(), seenOf(answers))).toBe(words);
  });

  it("counts for the state in which it was seen only", () => {
    const back = someReceipt({ state: "reverted" });
    expect(verdictWords(back, seenOf([LIVE]))).toBe("is live again");
    expect(verdictWords(back, seenOf([LIVE], "reverted"))).toBe("is live again");
    expect(verdictWords(back, seenOf([PAGE], "reverted"))).toBe("is back, but visitors still get the maintenance page");
  });

  it("is followed by overview, tray, history and notification: none calls it in maintenance", () => {
    const receipt = someReceipt();
    const seen = seenOf([LIVE, { ...LIVE, url: "http://shop.example.com/" }]);
    const server = someServer("web-1", [receipt], { publicProofs: { [receipt.id]: seen } });
    const state = { ...someState(), servers: [server] };
    const site = sitesOf(server).find(({ id }) => id === "shop");
    if (site === undefined) throw new Error("no site");
    expect([site.state, stateLabel(site)]).toEqual(["failed", "Not closed"]);
    expect(closedWords(site)).toBe("is not closed: nginx/1.24 at 203.0.113.7 answered 200");
    expect(receiptPill({ receipt, seen, away: false })).toEqual({ state: "failed", label: "Not closed" });
    expect(trayModel(state, Date.parse(at(30)))).toMatchObject({
      look: "failed",
      summary: "1 site is not closed as planned",
    });
    expect(alertsOf(state, Date.parse(at(30)))).toMatchObject([
      {
        kind: "not-closed",
        title: "shop.example.com is not closed: nginx/1.24 at 203.0.113.7 answered 200",
        text: "Have it pass the requests of shop on to the agent at 127.0.0.1:8080, or lead the name to the agent. (web-1)",
        urgent: true,
      },
    ]);
  });

  it("is nothing yet for a receipt that a server calls like what every object has", () => {
    for (const id of ["constructor", "toString", "__proto__"]) {
      const server = someServer("web-1", [someReceipt({ id })]);
      const state = { ...someState(), servers: [server] };
      expect(sitesOf(server).map(({ id: site, seen }) => [site, seen])).toContainEqual(["shop", undefined]);
      expect(trayModel(state, Date.parse(at(30))).look).toBe("maintenance");
      expect(alertsOf(state, Date.parse(at(30)))).toEqual([]);
      expect(historyEntries([server], [], ALL).map(({ kind }) => kind)).toEqual(["receipt"]);
    }
  });

  it("is told once for all addresses with the same answer", () => {
    const http = { ...LIVE, url: "http://shop.example.com/", certificate: "its certificate has expired" };
    expect(publicCauses([PAGE, LIVE, http])).toEqual([
      { words: LIVE.words, kind: "other", urls: [LIVE.url, http.url], certificates: ["its certificate has expired"] },
      { words: PAGE.words, kind: "page", urls: [PAGE.url], certificates: [] },
    ]);
  });

  it("is mended where it goes wrong: the proxy, the web server's hook, or a cache", () => {
    const nginx = { id: "nginx", title: "nginx" } as never;
    expect(remedyWords(someReceipt(), someSnapshot({ webServers: [nginx] }))).toBe(
      "Have it pass the requests of shop on to the agent at 127.0.0.1:8080; or prepare nginx on the server's page, so that it asks the agent.",
    );
    expect(remedyWords(someReceipt({ state: "reverted" }), someSnapshot())).toContain("cache");
  });
});
