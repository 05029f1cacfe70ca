import { describe, expect, it } from "vitest";
import { checkPrecondition } from "../../../../server-agent/supervisor/switch/precondition.ts";
import { parseIfMatch } from "../../../../server-agent/admin/if-match.ts";
import { matchRoute } from "../../../../server-agent/admin/match-route.ts";
import { parseUntil } from "../../../../server-agent/cli/parse-until.ts";
import { ROUTES, type RouteName } from "../../../../server-agent/contract/routes.ts";
import { formatLine } from "../../../../server-agent/log.ts";
import { seal, unseal } from "../../../../server-agent/store/sealed-text.ts";

describe("matchRoute", () => {
  it.each(Object.keys(ROUTES) as RouteName[])("finds %s", (name) => {
    const { method, path } = ROUTES[name];
    const asked = path.replaceAll(/\{\w+\}/g, "a%20b");
    const params = Object.fromEntries([...path.matchAll(/\{(\w+)\}/g)].map(([, key = ""]) => [key, "a b"] as const));
    expect(matchRoute(method, asked)).toEqual({ kind: "route", name, params });
  });

  it("does not take a word of a path for an id, nor an id for a word", () => {
    expect(matchRoute("POST", "/v1/maintenance/plan")).toMatchObject({ name: "planMaintenance" });
    expect(matchRoute("GET", "/v1/maintenance/plan")).toMatchObject({ name: "getMaintenance", params: { id: "plan" } });
    expect(matchRoute("GET", "/v1/maintenance/a/b")).toEqual({ kind: "unknown-path" });
    expect(matchRoute("GET", "/v1/maintenance/")).toEqual({ kind: "unknown-path" });
    expect(matchRoute("GET", "/v1/maintenance/%zz")).toEqual({ kind: "unknown-path" });
    expect(matchRoute("PATCH", "/v1/config")).toEqual({ kind: "wrong-method", allow: "GET, PUT" });
  });
});

describe("If-Match", () => {
  it.each([
    ["*", { kind: "any" }],
    ['"41"', { kind: "generation", generation: 41 }],
    ["41", { kind: "generation", generation: 41 }],
  ])("%s", (header, value) => {
    expect(parseIfMatch(header, "required")).toEqual({ ok: true, value });
  });

  it.each(['W/"41"', '"41", "42"', '"x"', "", "-1", '"41'])("refuses %s", (header) => {
    expect(parseIfMatch(header, "optional")).toMatchObject({ ok: false, refusal: { code: "request.malformed" } });
  });

  it("is required, optional or ignored, as the route says", () => {
    expect(parseIfMatch(undefined, "required")).toMatchObject({ ok: false, refusal: { code: "if-match.required" } });
    expect(parseIfMatch(undefined, "optional")).toEqual({ ok: true, value: { kind: "none" } });
    expect(parseIfMatch("nonsense", undefined)).toEqual({ ok: true, value: { kind: "none" } });
  });

  it("refuses only another generation", () => {
    expect(checkPrecondition({ kind: "generation", generation: 41 }, 42)).toMatchObject({
      code: "config.stale",
      details: { generation: 42 },
    });
    expect(checkPrecondition({ kind: "generation", generation: 42 }, 42)).toBeUndefined();
    expect(checkPrecondition({ kind: "any" }, 42)).toBeUndefined();
    expect(checkPrecondition({ kind: "none" }, 42)).toBeUndefined();
  });
});

describe("--until", () => {
  const now = new Date("2026-01-31T22:00:00Z");

  it.each([
    ["45m", "2026-01-31T22:45:00.000Z"],
    ["1h30m", "2026-01-31T23:30:00.000Z"],
    ["2d", "2026-02-02T22:00:00.000Z"],
    ["2026-02-01T00:30+01:00", "2026-01-31T23:30:00.000Z"],
    ["2026-01-31T23:00:30Z", "2026-01-31T23:00:30.000Z"],
  ])("%s", (text, iso) => {
    expect(parseUntil(text, now)).toBe(iso);
  });

  it.each(["", "tomorrow", "23:00", "2026-01-31", "2026-01-31T23:00", "90", "m"])("refuses %j", (text) => {
    expect(() => parseUntil(text, now)).toThrow("--until");
  });

  it.each(["2026-01-31T22:00:00Z", "2020-01-01T00:00Z", "2026-01-31T22:30+01:00"])(
    "refuses %j, which is over",
    (text) => {
      expect(() => parseUntil(text, now)).toThrow(`--until ${text} is in the past: use a later time`);
    },
  );
});

describe("the agent's log", () => {
  it("keeps one event on one line, whatever the values are", () => {
    expect(formatLine("T", "info", "it\nhappened", { a: 1, b: "two words", c: 'say "x"\n', d: undefined })).toBe(
      'T info  it happened a=1 b="two words" c="say \\"x\\"\\n"\n',
    );
  });
});

describe("sealed text", () => {
  it("gives back what was sealed, and nothing else", () => {
    const value = { a: "ü\n", b: [1, null] };
    const text = seal(value);
    expect(unseal(text)).toEqual(value);
    for (let cut = 0; cut < text.length; cut++) expect(unseal(text.slice(0, cut))).toBeUndefined();
    for (let at = 0; at < text.length - 1; at++)
      expect(unseal(`${text.slice(0, at)}${text[at] === "x" ? "y" : "x"}${text.slice(at + 1)}`)).toBeUndefined();
  });
});
