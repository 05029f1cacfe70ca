import { expect, it } from "vitest";
import type { VirtualHost } from "../../../../../server-agent/contract/config.ts";
import { validateConfig } from "../../../../../server-agent/core/config/validate-config.ts";
import { configOf, virtualHostOf } from "../../../../support/agent/config.ts";

/** Path and message of each problem, the rule's own place left out. */
function problemsOf(...rules: unknown[]): string[] {
  const site = virtualHostOf("shop", ["shop.test"], { rules: rules as VirtualHost["rules"] });
  const result = validateConfig(configOf([site], { upstreams: { app: { targets: ["http://127.0.0.1:3000"] } } }));
  return result.ok
    ? []
    : result.problems.map(({ path, message }) => `${path.replace("/virtualHosts/0/rules/", "")}: ${message}`);
}

const BASIC = { type: "basic", realm: "R" };
const HASH = "$2y$05$g7eKruU7Gg94Xua5wNYwbOXxLsKLOVT22iwARHOOvJX2RMgn42PKW";
const PROXY = { type: "proxy", upstream: "app" };

it("takes rules that change something, with and without a handler", () => {
  expect(
    problemsOf(
      { responseHeaders: { set: { "X-Frame-Options": "DENY" }, remove: ["Server"] } },
      { when: { path: "/a/*" }, cacheControl: "public, max-age=60" },
      { handler: PROXY, requestHeaders: { set: { "X-Real-IP": "${client}" }, add: { "X-A": ["1", "2"] } } },
    ),
  ).toEqual([]);
});

it.each<[string, unknown, string]>([
  ["nothing at all", {}, "is refused: a rule needs a `handler`"],
  ["a condition alone", { when: { path: "/" } }, "is refused: a rule needs a `handler`"],
  ["a name that is none", { responseHeaders: { set: { "a b": "1" } } }, "0/responseHeaders/set/a b: "],
  ["a value with a line break", { responseHeaders: { set: { a: "1\r\nb: 2" } } }, "0/responseHeaders/set/a: "],
  ["framing", { responseHeaders: { remove: ["content-length"] } }, "0/responseHeaders/remove/0: `content-length`"],
  ["framing as CGI reads it", { responseHeaders: { add: { Transfer_Encoding: "x" } } }, "0/responseHeaders/add/Tra"],
  ["the coding of the body", { responseHeaders: { set: { "Content-Encoding": "br" } } }, "0/responseHeaders/set/Cont"],
  ["the agent's own", { responseHeaders: { set: { "Backsoon-Site": "x" } } }, "0/responseHeaders/set/Backsoon-Site: "],
  ["a part that is not known", { responseHeaders: { set: { A: "${hots}" } } }, "0/responseHeaders/set/A: `${hots}`"],
  ["Host", { handler: PROXY, requestHeaders: { set: { Host: "x" } } }, "0/requestHeaders/set/Host: "],
  [
    "X-Forwarded-For",
    { handler: PROXY, requestHeaders: { remove: ["X_Forwarded-For"] } },
    "0/requestHeaders/remove/0: `X_Forwarded-For`",
  ],
  [
    "requests that go nowhere",
    { handler: { type: "drop" }, requestHeaders: { remove: ["A"] } },
    "0/requestHeaders: the drop handler has no upstream",
  ],
  ["figures for everybody", { handler: { type: "serverInfo" } }, "0: everybody could read it"],
  ["a directive that is none", { cacheControl: "publik" }, '0/cacheControl: "publik" is no directive'],
  [
    "caching of maintenance",
    { handler: { type: "maintenance" }, cacheControl: "public" },
    "0/cacheControl: a maintenance page is never kept",
  ],
  [
    "caching of maintenance by its fields",
    { handler: { type: "maintenance" }, responseHeaders: { set: { "cache-control": "public" } } },
    "0/responseHeaders/set/cache-control: `cache-control` cannot be changed: a maintenance page is never kept",
  ],
  [
    "maintenance without a word of its end",
    { handler: { type: "maintenance" }, responseHeaders: { remove: ["Retry-After"] } },
    "0/responseHeaders/remove/0: `Retry-After`",
  ],
  ["a limit of bodies that nobody reads", { handler: { type: "drop" }, maxBodyBytes: 1 }, "0/maxBodyBytes: the drop"],
  ["a rate of nothing", { rateLimit: { requests: 0 } }, "0/rateLimit/requests: "],
  ["a speed that never ends", { bytesPerSecond: 1 }, "0/bytesPerSecond: "],
  ["a password that is not hashed", { auth: { ...BASIC, users: { a: "secret" } } }, "0/auth/users/a: write a hash"],
  [
    "a digest of the wrong length",
    { auth: { type: "digest", realm: "R", users: { a: "0".repeat(32) } } },
    "0/auth/users/a",
  ],
  ["users and a file", { auth: { ...BASIC, users: { a: HASH }, file: "/a" } }, "0/auth/file: "],
  ["neither users nor a file", { auth: BASIC }, "0/auth/file: "],
  ["a realm that would end its quotes", { auth: { ...BASIC, realm: 'a"', file: "/a" } }, "0/auth/realm: "],
  [
    "a password for maintenance",
    { handler: { type: "maintenance" }, auth: { ...BASIC, file: "/a" } },
    "0/auth: nobody",
  ],
  ["a rewrite to another site", { handler: { type: "rewrite", to: "https://a.test/" } }, "0/handler/to: "],
  ["a rewrite with a fragment", { handler: { type: "rewrite", to: "/a#b" } }, "0/handler/to: "],
  ["a rewrite with a group too many", { handler: { type: "rewrite", to: "/$2", regex: "(a)" } }, "0/handler/to: `$2`"],
  ["a rewrite that does not compile", { handler: { type: "rewrite", to: "/", regex: "(" } }, "0/handler/regex: "],
  ["a part of the host that is none", { handler: { type: "file", root: "/srv/${path}" } }, "0/handler/root: `${path}`"],
  [
    "a part of the host where a link counts on all of them",
    { handler: { type: "signedFile", root: "/srv/${host}", keyFile: "/k" } },
    "0/handler/root: the signedFile handler has one folder for all hosts",
  ],
  ["a group of no expression", { handler: { type: "redirect", to: "/${host1}" } }, "0/handler/to: `${host1}` does not"],
  ["a mount with a slash at its end", { handler: { type: "file", root: "/srv", mount: "/a/" } }, "0/handler/mount: "],
  [
    "a fallback out of the folder",
    { handler: { type: "file", root: "/srv", fallback: "/../x" } },
    "0/handler/fallback: ",
  ],
  [
    "a fallback that is hidden",
    { handler: { type: "common", root: "/srv", fallback: "/.env" } },
    "0/handler/fallback: ",
  ],
  [
    "a type that is none",
    { handler: { type: "file", root: "/srv", mediaTypes: { a: "b" } } },
    "0/handler/mediaTypes/a: ",
  ],
  [
    "what a web server answers",
    { handler: { type: "foreign", server: "nginx" }, cacheControl: "public" },
    "0: the web server answers by its own configuration",
  ],
])("refuses %s", (_, rule, problem) => {
  const problems = problemsOf(rule);
  expect(problems).toHaveLength(1);
  expect(problems[0]).toContain(problem);
});

it("refuses what a web server below would not do", () => {
  const below = { handler: { type: "foreign", server: "nginx" } };
  const closed = { when: { path: "/closed" }, handler: { type: "maintenance" } };
  expect(problemsOf(closed, { auth: { ...BASIC, users: { a: HASH } } }, below)).toEqual([
    expect.stringContaining("1: the web server below answers by its own configuration, without what this rule says"),
  ]);
  expect(problemsOf(closed, below)).toEqual([]);
});

it("refuses two demands that no browser can meet at once", () => {
  const basic = { auth: { ...BASIC, users: { a: HASH } } };
  const digest = { auth: { type: "digest", realm: "R", users: { a: "0".repeat(64) } } };
  const admin = { when: { path: "/admin/*" } };
  const answer = { handler: PROXY };
  for (const rules of [
    [basic, { ...admin, ...digest }, answer],
    [
      { ...admin, ...basic },
      { ...digest, ...answer },
    ],
    [digest, { ...admin, auth: { ...digest.auth, realm: "S" } }, answer],
  ])
    expect(problemsOf(...rules)).toEqual([
      expect.stringContaining("1/auth: nobody can meet this and the `auth` of rule 1"),
    ]);
  for (const rules of [
    [basic, { ...admin, auth: { ...basic.auth, realm: "S" } }, answer],
    [
      { ...admin, ...basic, ...answer },
      { ...digest, ...answer },
    ],
    [{ ...admin, ...basic }, { when: { path: "/api/*" }, ...digest }, answer],
  ])
    expect(problemsOf(...rules)).toEqual([]);
});
