import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Condition } from "../../../../../server-agent/contract/condition.ts";
import type { Problem } from "../../../../../server-agent/contract/errors.ts";
import { compileCondition, MAX_CONDITION_DEPTH } from "../../../../../server-agent/core/routing/condition.ts";
import type { CompiledCondition } from "../../../../../server-agent/core/routing/compiled-condition.ts";
import { NOWHERE } from "../../../../../server-agent/core/routing/request-facts.ts";
import { factsOf, type FactsOptions } from "../../../../support/agent/request-facts.ts";

const LISTENERS = new Set(["http", "staff"]);

function compile(condition: Condition): CompiledCondition {
  const problems: Problem[] = [];
  const compiled = compileCondition(condition, "/when", { listeners: LISTENERS, hasGeoFiles: true, problems });
  expect(problems).toEqual([]);
  return compiled;
}

function problemsOf(condition: Condition): Problem[] {
  const problems: Problem[] = [];
  compileCondition(condition, "/when", { listeners: LISTENERS, problems });
  return problems;
}

describe("a condition", () => {
  it.each<[Condition, FactsOptions, boolean, string]>([
    [{ path: "/healthz" }, { path: "/healthz" }, true, "the path `/healthz` is covered by `/healthz`"],
    [{ path: "/healthz" }, { path: "/healthz/" }, false, "the path `/healthz/` is not `/healthz`"],
    [{ path: "/static/*" }, { path: "/static/a/b" }, true, "covered by `/static/*`"],
    [{ path: "/static/*" }, { path: "/static/" }, true, "covered by"],
    [{ path: "/static/*" }, { path: "/static" }, false, "is not `/static/*`"],
    [{ path: "/static/*" }, { path: "/staticx" }, false, "is not"],
    [{ path: "/*" }, { path: "/" }, true, "covered by"],
    [{ path: ["/a", "/b", "/c/*"] }, { path: "/b" }, true, "covered by `/a`, `/b` or `/c/*`"],
    [{ path: ["/a", "/b", "/c/*"] }, { path: "/c/d" }, true, "covered by"],
    [{ path: ["/a", "/b"] }, { path: "/A" }, false, "is not `/a` or `/b`"],
    [{ path: ["/a/*", "/b/*"] }, { path: "/b/x" }, true, "covered by"],
    [{ pathRegex: "^/v\\d+/" }, { path: "/v12/x" }, true, "fits `^/v\\d+/`"],
    [{ pathRegex: ["^/a$", "b$"] }, { path: "/ab" }, true, "fits"],
    [{ pathRegex: ["^/a$", "b$"] }, { path: "/c" }, false, "does not fit"],
    [{ urlRegex: "^/a\\?b=%20$" }, { path: "/a", query: "b=%20" }, true, "the address `/a?b=%20` fits `^/a\\?b=%20$`"],
    [{ urlRegex: "^/a$" }, { path: "/a", query: "b" }, false, "the address `/a?b` does not fit"],
    [{ urlRegex: ["^/a$", "x"] }, { path: "/a" }, true, "the address `/a` fits"],
    [{ extension: "php" }, { path: "/x/INDEX.PHP" }, true, "the extension is `php`"],
    [{ extension: ["gif", "PNG"] }, { path: "/x.png" }, true, "the extension is `png`"],
    [{ extension: "php" }, { path: "/a.php/b" }, false, "has no extension"],
    [{ extension: "php" }, { path: "/.php" }, false, "has no extension"],
    [{ extension: "php" }, { path: "/x.php.txt" }, false, "the extension is `txt`, not `php`"],
    [{ method: "GET" }, { method: "GET" }, true, "the method is `GET`"],
    [{ method: ["GET", "HEAD"] }, { method: "POST" }, false, "the method is `POST`, not `GET` or `HEAD`"],
    [{ header: { "X-Staff": true } }, { headers: { "x-staff": "" } }, true, "the header `X-Staff` is present"],
    [{ header: { "X-Staff": true } }, {}, false, "the header `X-Staff` is missing"],
    [
      { header: { accept: "~json" } },
      { headers: { accept: "application/json" } },
      true,
      "the header `accept` is `~json`",
    ],
    [{ header: { accept: ["a/b", "~^text/"] } }, { headers: { accept: "text/html" } }, true, "is `a/b` or `~^text/`"],
    [{ header: { accept: "a" } }, { headers: { accept: "ab" } }, false, "the header `accept` is `ab`, not `a`"],
    [{ header: { a: "1", b: "2" } }, { headers: { a: "1", b: "2" } }, true, "and"],
    [{ header: { a: "1", b: "2" } }, { headers: { a: "1", b: "3" } }, false, "the header `b` is `3`, not `2`"],
    [{ cookie: { staff: "yes" } }, { headers: { cookie: "a=b; staff=yes" } }, true, "the cookie `staff`"],
    [{ cookie: { staff: "yes" } }, { headers: { cookie: 'xstaff=yes;staff="yes"' } }, true, "the cookie `staff`"],
    [
      { cookie: { staff: "yes" } },
      { headers: { cookie: "xstaff=yes; staffx=yes" } },
      false,
      "the cookie `staff` is missing",
    ],
    [{ cookie: { staff: true } }, { headers: { cookie: "staff=" } }, true, "present"],
    [{ cookie: { staff: true } }, { headers: { cookie: "staff" } }, false, "missing"],
    [{ cookie: { staff: true } }, {}, false, "missing"],
    [{ query: { preview: true } }, { query: "a=1&preview" }, true, "the query parameter `preview` is present"],
    [{ query: { q: "a b&c" } }, { query: "q=a+b%26c" }, true, "is `a b&c`"],
    [{ query: { "a b": "1" } }, { query: "a%20b=1" }, true, "is `1`"],
    [{ query: { q: "2" } }, { query: "q=1&q=2" }, true, "is `2`"],
    [{ query: { q: "2" } }, { query: "q=1&r=2" }, false, "the query parameter `q` is `1`, not `2`"],
    [{ query: { q: "%" } }, { query: "q=%" }, true, "is `%`"],
    [{ query: { q: "1" } }, { query: "" }, false, "missing"],
    [{ from: "10.0.0.0/8" }, { client: "10.2.3.4" }, true, "the client address `10.2.3.4` is in `10.0.0.0/8`"],
    [{ from: ["10.0.0.0/8", "2001:db8::/32"] }, { client: "2001:db8::5" }, true, "is in"],
    [{ from: "10.0.0.0/8" }, { client: "192.0.2.1" }, false, "is not in `10.0.0.0/8`"],
    [{ tls: true }, { tls: true }, true, "over TLS"],
    [{ tls: true }, { tls: false }, false, "without TLS"],
    [{ tls: false }, { tls: false }, true, "without TLS"],
    [{ country: "DE" }, { geo: { ...NOWHERE, country: "DE" } }, true, "the country of `192.0.2.1` is `DE`"],
    [{ country: ["DE", "AT"] }, { geo: { ...NOWHERE, country: "CH" } }, false, "is `CH`, not `DE` or `AT`"],
    [{ country: "DE" }, {}, false, "the country of `192.0.2.1` is not known"],
    [{ continent: "EU" }, { geo: { ...NOWHERE, continent: "EU" } }, true, "is `EU`"],
    [{ asn: [64_496] }, { geo: { ...NOWHERE, asn: 64_496 } }, true, "the network of `192.0.2.1` is `64496`"],
    [{ listener: "staff" }, { listener: "staff" }, true, "the listener is `staff`"],
    [{ listener: ["staff"] }, { listener: "http" }, false, "the listener is `http`, not `staff`"],
    [{ exists: "/srv/on" }, { files: ["/srv/on"] }, true, "the file `/srv/on` exists"],
    [
      { exists: ["/srv/off", "/srv/x{path}.html"] },
      { path: "/a/b", files: ["/srv/x/a/b.html"] },
      true,
      "the file `/srv/x{path}.html` exists",
    ],
    [{ exists: "/srv/x/{path}" }, { path: "/a", files: ["/srv/x/a"] }, true, "exists"],
    [{ exists: "/srv/{path}" }, { path: "/$&", files: ["/srv/$&"] }, true, "exists"],
    [{ exists: "/srv/x{path}" }, { path: "/a" }, false, "there is no file `/srv/x{path}`"],
    // A caller that does not normalise must not make the condition look outside the folder.
    [{ exists: "/srv/x{path}" }, { path: "/../secret", files: ["/srv/x/../secret"] }, false, "there is no file"],
    [{ any: [{ path: "/a" }, { tls: true }] }, { tls: true }, true, "over TLS"],
    [{ any: [{ path: "/a" }, { tls: true }] }, {}, false, "the path `/` is not `/a`; the visitor comes without TLS"],
    [{ all: [{ path: "/a" }, { tls: true }] }, { path: "/a" }, false, "without TLS"],
    [{ all: [{ path: "/a" }, { tls: true }] }, { path: "/a", tls: true }, true, "the visitor comes over TLS"],
    [{ not: { path: "/a" } }, { path: "/a" }, false, "the path `/a` is covered by `/a`"],
    [{ not: { path: "/a" } }, { path: "/b" }, true, "the path `/b` is not `/a`"],
    [{ path: "/a", method: "GET" }, { path: "/a" }, true, "the method is `GET`; the path"],
    [{ path: "/a", method: "GET" }, { path: "/a", method: "POST" }, false, "the method is `POST`"],
    [{ path: "/a", not: { method: "GET" } }, { path: "/a", method: "POST" }, true, "the method is `POST`"],
    [{ any: Array.from({ length: 9 }, (_, index) => ({ path: `/${String(index)}` })) }, {}, false, "and 4 more"],
  ])("%j on %j: %s", (condition, facts, expected, why) => {
    const compiled = compile(condition);
    expect(compiled.test(factsOf(facts))).toBe(expected);
    expect(compiled.why(factsOf(facts))).toContain(why);
  });

  it("takes passes of its own site alone", () => {
    const context = { listeners: new Set<string>(), problems: [], site: "shop" };
    const compiled = compileCondition({ pass: true }, "", context);
    expect(compiled.test(factsOf({ passes: ["shop"] }))).toBe(true);
    expect(compiled.test(factsOf({ passes: ["blog"] }))).toBe(false);
    expect(compiled.why(factsOf())).toContain("no staff pass");
    expect(compile({ pass: true }).test(factsOf({ passes: ["", "shop"] }))).toBe(false);
  });

  it("looks at the disk last", () => {
    const looked: string[] = [];
    const facts = { ...factsOf(), exists: (path: string) => looked.push(path) > 0 };
    expect(compile({ exists: "/srv/on", path: "/other" }).test(facts)).toBe(false);
    expect(looked).toEqual([]);
  });

  it.each<[Condition, string, string, string]>([
    [
      { not: { any: [{ path: "/a" }, { share: 0.5 }] } },
      "/when/not/any/1/share",
      "condition.not-yet",
      "meanwhile use `cookie`",
    ],
    [{ path: "/a*" }, "/when/path", "condition.path", "use `pathRegex`"],
    [{ path: ["/a", "/x/*/y"] }, "/when/path/1", "condition.path", "only possible at the end"],
    [{ path: "/s?q=1" }, "/when/path", "condition.path", "use the `query` condition"],
    [{ path: "/a%20b" }, "/when/path", "condition.path", "write the character itself"],
    [{ path: "/a//b" }, "/when/path", "condition.path", "never matches"],
    [{ path: "/a/../b/*" }, "/when/path", "condition.path", "never matches"],
    [{ urlRegex: "(" }, "/when/urlRegex", "regex.invalid", "does not compile"],
    [{ pathRegex: ["a", "("] }, "/when/pathRegex/1", "regex.invalid", "does not compile"],
    [{ header: { "a b": true } }, "/when/header/a b", "condition.field-name", "cannot be the name of a header"],
    [{ header: { a: ["x", "~("] } }, "/when/header/a/1", "regex.invalid", "does not compile"],
    [{ cookie: { "a=b": true } }, "/when/cookie/a=b", "condition.field-name", "cannot be the name of a cookie"],
    [{ query: { "a/b": "~(" } }, "/when/query/a~1b", "regex.invalid", "does not compile"],
    [{ from: ["10.0.0.0/8", "office"] }, "/when/from/1", "address.malformed", "write it like"],
    [{ listener: "htp" }, "/when/listener", "listener.unknown", "did you mean `http`?"],
    [{ exists: "/srv/{host}" }, "/when/exists", "condition.exists", "the only placeholder is `{path}`"],
    [{ exists: "/srv/../etc" }, "/when/exists", "condition.exists", "without `/./` and `/../`"],
  ])("%j is refused at %s", (condition, path, code, message) => {
    expect(problemsOf(condition)).toEqual([{ path, code, message: expect.stringContaining(message) as string }]);
  });

  it("may be nested, but not without end", () => {
    const nest = (levels: number) =>
      Array.from({ length: levels - 1 }).reduce<Condition>(
        (inner, _, index) => (index % 2 === 0 ? { not: inner } : { any: [inner, { path: "/x" }] }),
        {
          path: "/a",
        },
      );
    expect(problemsOf(nest(MAX_CONDITION_DEPTH))).toEqual([]);
    expect(problemsOf(nest(MAX_CONDITION_DEPTH + 1)).map(({ code }) => code)).toContain("condition.too-deep");
  });

  it("means what its tree means", () => {
    const leaf = fc.oneof(
      fc.constantFrom("/a", "/b", "/a/*").map((path): Condition => ({ path })),
      fc.constantFrom("GET", "POST").map((method): Condition => ({ method })),
      fc.boolean().map((tls): Condition => ({ tls })),
    );
    const tree = fc.letrec<{ node: Condition }>((tie) => ({
      node: fc.oneof(
        { maxDepth: 5 },
        leaf,
        fc.tuple(leaf, tie("node")).map(([first, inner]): Condition => ({ ...first, not: inner })),
        fc.array(tie("node"), { minLength: 1, maxLength: 3 }).map((any): Condition => ({ any })),
        fc
          .tuple(leaf, fc.array(tie("node"), { minLength: 1, maxLength: 3 }))
          .map(([first, all]): Condition => ({ ...first, all })),
      ),
    })).node;
    const facts = fc.record({
      path: fc.constantFrom("/a", "/b", "/a/c"),
      method: fc.constantFrom("GET", "POST"),
      tls: fc.boolean(),
    });
    fc.assert(
      fc.property(tree, facts, (condition, given) => {
        expect(compile(condition).test(factsOf(given))).toBe(holds(condition, given));
      }),
    );
  });
});

/** The meaning once more, as plainly as it can be said. */
function holds(condition: Condition, facts: { path: string; method: string; tls: boolean }): boolean {
  const { any, all, not, path, method, tls } = condition;
  return (
    (any === undefined || any.some((inner) => holds(inner, facts))) &&
    (all === undefined || all.every((inner) => holds(inner, facts))) &&
    (not === undefined || !holds(not, facts)) &&
    (path === undefined || (path === "/a/*" ? facts.path.startsWith("/a/") : facts.path === path)) &&
    (method === undefined || facts.method === method) &&
    (tls === undefined || facts.tls === tls)
  );
}

it("a country can only be asked for where files say it", () => {
  expect(problemsOf({ country: "DE" })).toMatchObject([{ path: "/when/country", code: "condition.no-geo-files" }]);
});
