import { expect, it } from "vitest";
import type { VirtualHost } from "../../../../../server-agent/contract/config.ts";
import { explainRequest } from "../../../../../server-agent/core/routing/explain-request.ts";
import { matchRequest, type RoutingTable } from "../../../../../server-agent/core/routing/routing-table.ts";
import type { Match } from "../../../../../server-agent/core/routing/rule-matches.ts";
import { configOf, tableOf, virtualHostOf } from "../../../../support/agent/config.ts";
import { factsOf, type FactsOptions } from "../../../../support/agent/request-facts.ts";

const HOST = "shop.example.com";

function tableWith(...rules: VirtualHost["rules"]): RoutingTable {
  return tableOf(
    configOf([virtualHostOf("shop", [HOST], { rules })], { upstreams: { app: { targets: ["http://127.0.0.1:1"] } } }),
  );
}

function ask(table: RoutingTable, facts: FactsOptions = {}): Match | undefined {
  return matchRequest(table, factsOf(facts));
}

const SET_A = { responseHeaders: { set: { A: "1" } } };
const SET_B = { responseHeaders: { set: { B: "1" } }, cacheControl: "no-cache" };

it("rules without a handler go on, and what they say is merged from the top", () => {
  const table = tableWith(
    SET_A,
    { when: { path: "/b/*" }, ...SET_B },
    { when: { path: "/b/c" }, handler: { type: "error", status: 410 }, cacheControl: "no-store" },
    { when: { path: ["/b/*", "/d"] }, handler: { type: "error", status: 404 } },
  );
  const at = (path: string) => {
    const match = ask(table, { path });
    return [match?.rule?.index, match?.settings?.responseHeaders.length, match?.settings?.cacheControl];
  };
  expect(at("/b/c")).toEqual([2, 2, "no-store"]);
  expect(at("/b/x")).toEqual([3, 2, "no-cache"]);
  expect(at("/d")).toEqual([3, 1, undefined]);
  expect(at("/")).toEqual([undefined, 1, undefined]);
  // What has been made is used again.
  expect(ask(table, { path: "/b/x" })).toBe(ask(table, { path: "/b/y" }));
});

it("every password that a rule asks for is asked for, whatever rules stand above and below", () => {
  const [staff, admins] = (["Staff", "Admins"] as const).map((realm) => ({
    auth: { type: "basic" as const, realm, file: "/users" },
  }));
  const answer: VirtualHost["rules"][number] = { handler: { type: "proxy", upstream: "app" } };
  const strict = { when: { path: "/admin/*" }, ...admins };
  const realmsAt = (rules: VirtualHost["rules"], path: string) =>
    ask(tableWith(...rules), { path, rawPath: path })?.settings?.auth.map(({ realm }) => realm);
  expect(realmsAt([strict, { ...staff }, answer], "/admin/x")).toEqual(["Admins", "Staff"]);
  expect(realmsAt([{ ...staff }, strict, answer], "/admin/x")).toEqual(["Staff", "Admins"]);
  expect(realmsAt([{ ...staff }, strict, { ...answer, ...admins }], "/x")).toEqual(["Staff", "Admins"]);
  expect(realmsAt([strict, answer], "/x")).toBeUndefined();
  // An application that reads another path than the rules must not answer it without a password.
  expect(ask(tableWith({ ...staff }, strict, answer), { path: "/admin;/x", rawPath: "/admin;/x" })).toMatchObject({
    rule: undefined,
    otherwise: 400,
  });
});

it("nothing is kept of more combinations than visitors should be able to make", () => {
  const rules = Array.from({ length: 14 }, (_, index) => ({
    when: { header: { [`x-${String(index)}`]: "1" } },
    responseHeaders: { set: { [`x-${String(index)}`]: "1" } },
  }));
  const table = tableWith(...rules, { handler: { type: "error", status: 404 } });
  for (let bits = 0; bits < 2 ** 14; bits += 3) {
    const sent = rules.flatMap((_, index): [string, string][] =>
      (bits >> index) & 1 ? [[`x-${String(index)}`, "1"]] : [],
    );
    const match = ask(table, { headers: Object.fromEntries(sent) });
    expect(match?.settings?.responseHeaders.length ?? 0).toBe(sent.length);
  }
});

it("a maintenance page takes nothing from the rules above it", () => {
  const table = tableWith(SET_A, { handler: { type: "maintenance" }, responseHeaders: { set: { C: "1" } } });
  expect(ask(table)?.settings?.responseHeaders).toEqual([{ set: { C: "1" } }]);
});

it("a path that an application might read otherwise is refused where other settings would apply", () => {
  const table = tableWith({ when: { path: "/a/b" }, ...SET_A }, { handler: { type: "proxy", upstream: "app" } });
  expect(ask(table, { path: "/a/b;x", rawPath: "/a/b;x" })).toMatchObject({ rule: undefined, otherwise: 400 });
  expect(ask(table, { path: "/a/c;x", rawPath: "/a/c;x" })?.rule?.index).toBe(1);
});

it("a script is not reached by a path below it where a rule above keeps visitors from it", () => {
  const proxy = { type: "proxy", upstream: "app" } as const;
  const auth = { type: "basic", realm: "R", file: "/users" } as const;
  const table = tableWith(
    { when: { path: "/open.php/api/*" }, handler: proxy },
    { when: { path: ["/xmlrpc.php", "/open.php"] }, handler: { type: "error", status: 403 } },
    { when: { path: "/wp-login.php" }, auth },
    { when: { path: "/tool.cgi" }, auth, handler: proxy },
    { when: { path: "/late/*" }, handler: proxy },
    { when: { path: "/late/a.php" }, handler: { type: "error", status: 403 } },
    { handler: proxy },
  );
  const at = (path: string) => {
    const match = ask(table, { path, rawPath: path });
    return [match?.rule?.index, (match?.settings?.auth.length ?? 0) > 0];
  };
  for (const path of ["/xmlrpc.php/", "/xmlrpc.php/x/y.css", "/open.php/"]) expect(at(path)).toEqual([1, false]);
  for (const path of ["/wp-login.php/", "/wp-login.php/a.php/b"]) expect(at(path)).toEqual([6, true]);
  expect(at("/tool.cgi/x")).toEqual([3, true]);
  // What is said above for the path itself counts.
  expect(at("/open.php/api/x")).toEqual([0, false]);
  expect(at("/late/a.php/x")).toEqual([4, false]);
  for (const path of ["/index.php/x", "/v1.2/x", "/xmlrpc.phpx/"]) expect(at(path)).toEqual([6, false]);
  expect(ask(table, { path: "/xmlrpc.php/", rawPath: "/xmlrpc.php%2F" })?.rule?.index).toBe(1);
});

it("where any file is a script, no path below one passes what is said of it", () => {
  const table = tableWith(
    { when: { path: ["/bin/admin", "/bin/deep/tool.x"] }, handler: { type: "error", status: 403 } },
    { handler: { type: "cgi", root: "/srv", extensions: ["*"] } },
  );
  const at = (path: string) => ask(table, { path, rawPath: path })?.rule?.index;
  for (const path of ["/bin/admin/", "/bin/admin/x/y", "/bin/deep/tool.x/z"]) expect(at(path)).toBe(0);
  for (const path of ["/", "/bin/", "/bin/administration/x", "/bin/deep/"]) expect(at(path)).toBe(1);
});

it("a rewrite tries the rules again with another address, and keeps what was changed", () => {
  const table = tableWith(
    { when: { path: "/admin/*" }, ...SET_A },
    { handler: { type: "rewrite", to: "/index.php?q=$1", regex: "^/admin/(.*)" }, ...SET_B },
    { when: { path: "/index.php" }, handler: { type: "proxy", upstream: "app" } },
    { handler: { type: "error", status: 410 } },
  );
  const match = ask(table, { path: "/admin/a b", query: "x=1" });
  expect(match?.rule?.index).toBe(2);
  expect(match?.rewritten).toMatchObject({ path: "/index.php", rawPath: "/index.php", query: "q=a%20b?x=1" });
  expect(match?.settings?.responseHeaders).toEqual([SET_A.responseHeaders, SET_B.responseHeaders]);
  // Not matched by the regular expression: the rules below are tried.
  expect(ask(table, { path: "/other" })).toMatchObject({ rule: { index: 3 }, passed: [] });
});

it("rewrites without an end are told from requests that no rule answers", () => {
  const table = tableWith(
    { when: { path: "/a" }, handler: { type: "rewrite", to: "/b" } },
    { when: { path: "/b" }, handler: { type: "rewrite", to: "/a" } },
    { when: { path: "/once" }, handler: { type: "rewrite", to: "/none" } },
  );
  expect(ask(table, { path: "/a" })).toMatchObject({ rule: undefined, otherwise: 500 });
  expect(ask(table, { path: "/once" })).toMatchObject({ rule: undefined, otherwise: 404 });
  const grows = tableWith({ handler: { type: "rewrite", to: "/x${path}" } });
  expect(ask(grows)).toMatchObject({ otherwise: 500 });
  expect(explainRequest(table, factsOf({ path: "/a" })).answer.status).toBe(500);
});

it("no spelling of a query passes as a path that an application would read otherwise", () => {
  const table = tableWith(
    { when: { path: "/go" }, handler: { type: "rewrite", to: "/app/$1", regex: "to=(.*)" } },
    { when: { path: "/app/admin/*" }, handler: { type: "error", status: 403 } },
    { handler: { type: "proxy", upstream: "app" } },
  );
  const answerTo = (query: string) => {
    const match = ask(table, { path: "/go", query });
    return match?.rule?.index ?? match?.otherwise;
  };
  expect(answerTo("to=page")).toBe(2);
  expect(answerTo("to=admin/x")).toBe(1);
  for (const spelling of [
    "admin%2Fx",
    "x/../admin/x",
    "x/%2e%2e/admin/x",
    ";/admin/x",
    "/admin/x",
    "admin%5Cx",
    "%61dmin/x",
  ])
    expect([400, 1]).toContain(answerTo(`to=${spelling}`));
});

it("explain shows which rules apply", () => {
  const table = tableWith(
    SET_A,
    { when: { path: "/x" }, ...SET_B },
    { handler: { type: "error", status: 404 } },
    { handler: { type: "drop" } },
  );
  const { answer, rules } = explainRequest(table, factsOf());
  expect(answer).toMatchObject({ rule: 2, handler: "error", status: 404 });
  expect(rules.map(({ handler, outcome }) => `${handler} ${outcome}`)).toEqual([
    "none applies",
    "none condition-not-met",
    "error answers",
    "drop not-reached",
  ]);
});

it("explain says where a folder's index file has other rules than the folder", () => {
  const table = tableWith(
    { when: { path: "/a/index.html" }, ...SET_A },
    { when: { extension: "php" }, handler: { type: "error", status: 403 } },
    { when: { path: "/b/index.html" }, handler: { type: "redirect", to: "/b/" } },
    { handler: { type: "file", root: "/srv", index: ["index.html", "index.php"] } },
  );
  const whyAt = (path: string) => explainRequest(table, factsOf({ path })).rules.at(-1)?.why;
  const php = "if there is `index.php`, rule 2 answers";
  expect(whyAt("/a/")).toBe(`it has no condition; if there is \`index.html\`, more rules apply; ${php}`);
  expect(whyAt("/b/")).toBe(`it has no condition; ${php}`);
  expect(whyAt("/b")).toBe("it has no condition");
});
