import { describe, expect, it } from "vitest";
import type { HeaderOperations } from "../../../../../server-agent/contract/rules/rule.ts";
import { compileCacheControl, refuseCacheControl } from "../../../../../server-agent/core/rules/cache-control.ts";
import { compileFieldEdit, editFields } from "../../../../../server-agent/core/rules/field-edit.ts";
import { factsOf } from "../../../../support/agent/request-facts.ts";

function edited(fields: readonly string[], ...operations: HeaderOperations[]): string[] {
  const edit = compileFieldEdit(operations);
  if (edit === undefined) throw new Error("nothing to change");
  return editFields(fields, edit, { asked: factsOf({ path: "/a b", query: "q=1", tls: true }), user: "a\nb" });
}

describe("operations on header fields", () => {
  const FIELDS = ["Server", "app", "Set-Cookie", "a=1", "set-cookie", "b=2"];

  it("remove every field of a name, in any case", () => {
    expect(edited(FIELDS, { remove: ["SET-COOKIE"] })).toEqual(["Server", "app"]);
  });

  it("set a field in place of all of its name, and add beside them", () => {
    expect(edited(FIELDS, { set: { "Set-Cookie": "c=3" } })).toEqual(["Server", "app", "Set-Cookie", "c=3"]);
    expect(edited(FIELDS, { add: { "Set-Cookie": ["c=3", "d=4"] } })).toEqual([
      ...FIELDS,
      "Set-Cookie",
      "c=3",
      "Set-Cookie",
      "d=4",
    ]);
  });

  it("of several rules are done one after the other", () => {
    expect(edited([], { set: { A: "1", B: "1" } }, { set: { a: "2" } }, { remove: ["b"] })).toEqual(["a", "2"]);
    expect(edited(["A", "0"], { remove: ["A"] }, { add: { A: "1" } })).toEqual(["A", "1"]);
  });

  it("of a request concern what CGI takes for the same field", () => {
    const edit = compileFieldEdit([{ set: { "X-User": "${user}", B_C: "1" } }]);
    const names = ["x-user", "x_user", "b-c", "b_c", "xuser"];
    expect(names.filter((name) => edit?.removesAlike(name))).toEqual(names.slice(0, 4));
  });

  it("write parts of the request as the visitor sent them", () => {
    const value = "${scheme}://${host}${path}?${query} ${client} $1 $ ${user}";
    expect(edited([], { set: { X: value } })[1]).toBe("https://shop.example.com/a%20b?q=1 192.0.2.1 $1 $ ab");
  });
});

describe("cacheControl", () => {
  const NOW = Date.UTC(2026, 0, 1);

  it("takes the place of what the handler says, and Expires follows", () => {
    const edit = compileCacheControl("public, max-age=60");
    const fields = edit(200, ["cache-control", "no-store", "Expires", "0", "Pragma", "no-cache", "A", "b"], NOW);
    expect(fields).toEqual([
      "A",
      "b",
      "Cache-Control",
      "public, max-age=60",
      "Expires",
      "Thu, 01 Jan 2026 00:01:00 GMT",
    ]);
    expect(compileCacheControl("no-cache, s-maxage=60")(304, [], NOW)).toEqual([
      "Cache-Control",
      "no-cache, s-maxage=60",
    ]);
  });

  it.each([400, 401, 404, 416, 500, 503])("leaves an error alone: %d", (status) => {
    const fields = ["Cache-Control", "no-store"];
    expect(compileCacheControl("public, max-age=60")(status, fields, NOW)).toBe(fields);
  });

  it.each(["public", "private, no-cache", 'no-cache="Set-Cookie, X", max-age=0', "MAX-AGE=1,immutable"])(
    "takes %s",
    (value) => {
      expect(refuseCacheControl(value)).toBeUndefined();
    },
  );

  it.each(["", "publik", "max-age", "max-age=x", "public=1", "public,", "max-age=-1", "public\r\nX: 1"])(
    "refuses %j",
    (value) => {
      expect(refuseCacheControl(value)).toEqual(expect.any(String));
    },
  );
});
