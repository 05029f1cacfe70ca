import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  canonicalPath,
  isNormalisedPath,
  normalisePath,
} from "../../../../../server-agent/core/routing/normalise-path.ts";
import { repetitions } from "../../../../support/repetitions.ts";

describe("the path of a request", () => {
  it.each([
    ["/", "/"],
    ["/a/b.html", "/a/b.html"],
    ["/a%20b", "/a b"],
    ["/%e2%82%ac", "/€"],
    ["/%C3%BC%C3%9F", "/üß"],
    ["/caf\u00c3\u00a9", "/café"],
    ["/a/./b", "/a/b"],
    ["/a/../b", "/b"],
    ["/a/b/..", "/a/"],
    ["/a/b/.", "/a/b/"],
    ["/..", "/"],
    ["/../../etc/passwd", "/etc/passwd"],
    ["/%2e%2e/%2E%2E/etc/passwd", "/etc/passwd"],
    ["/a/..%2f..%2fetc", "/etc"],
    ["/%2e%2e%2fadmin/x", "/admin/x"],
    ["//admin///x", "/admin/x"],
    ["/a//", "/a/"],
    ["/...", "/..."],
    ["/.well-known/acme-challenge/x", "/.well-known/acme-challenge/x"],
    ["/a/..b/.c", "/a/..b/.c"],
    ["/%252e%252e/x", "/%2e%2e/x"],
    ["/caf%E9", "/caf\ufffd"],
    ["/%c0%af%2e%2e/x", "/\ufffd\ufffd../x"],
    ["/a%3Fb%23c", "/a?b#c"],
    ["/a;b=c/..;/d", "/a;b=c/..;/d"],
  ])("%s is %s", (raw, path) => {
    expect(normalisePath(raw)).toBe(path);
  });

  it.each(["", "*", "a", "http://x/", "/%", "/%2", "/%zz", "/a%00b", "/a\0b", "/%u0041"])("%j is malformed", (raw) => {
    expect(normalisePath(raw)).toBeUndefined();
  });

  it("has no dot segments and no NUL, and stays as it is when it is normalised again", () => {
    const segment = fc.oneof(
      fc.constantFrom("..", ".", "", "%2e%2e", "%2f", "..%2f", "%5c", "a", "%00", "%", "\u00e9", "%ff"),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.array(segment, { maxLength: 8 }), (segments) => {
        const path = normalisePath(`/${segments.join("/")}`);
        if (path === undefined) return;
        expect(isNormalisedPath(path)).toBe(true);
        expect(path.split("/").some((part) => part === ".." || part === ".")).toBe(false);
        const again = normalisePath(path.replace(/[%\u0080-\uffff]/g, (character) => encodeURIComponent(character)));
        expect(again).toBe(path);
      }),
      { numRuns: repetitions(500, 8_000) },
    );
  });

  it("decodes what encodeURIComponent encodes", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", minLength: 1 }), (text) => {
        fc.pre(!text.includes("/") && !text.includes("\0") && text !== "." && text !== "..");
        expect(normalisePath(`/${encodeURIComponent(text)}`)).toBe(`/${text}`);
      }),
    );
  });

  it.each(["/a/../b", "/a/..", "//a", "/a/./b", "a", "", "/a\0"])("%j is not a normalised path", (path) => {
    expect(isNormalisedPath(path)).toBe(false);
  });
});

describe("the path that is sent on", () => {
  it.each([
    ["/a/b%2Fc;d//e", "/a/b%2Fc;d//e"],
    ["/checkout/../healthz", "/healthz"],
    ["/checkout/%2e%2E/healthz", "/healthz"],
    ["/a/.%2e/b", "/b"],
    ["/a/./b/.", "/a/b/"],
    ["/admin//../healthz", "/healthz"],
    ["//public/admin", "/public/admin"],
    ["///", "/"],
    ["/a%2Fb/../c", "/c"],
    ["/.well-known/x", "/.well-known/x"],
    ["/%2ewell-known", "/%2ewell-known"],
    ["/..%2fa", "/..%2fa"],
  ])("%s is sent on as %s", (raw, sent) => {
    expect(canonicalPath(raw)).toBe(sent);
  });

  it("has no dot segment and one slash in front, and stays as it is", () => {
    const segment = fc.constantFrom("..", ".", "", "%2e", "%2E.", "..%2f", "%5c", "a", "b;c", "%2F");
    fc.assert(
      fc.property(fc.array(segment, { maxLength: 8 }), (segments) => {
        const sent = canonicalPath(`/${segments.join("/")}`);
        expect(sent).toMatch(/^\/(?!\/)/);
        expect(sent.split("/").some((part) => /^(?:\.|%2e){1,2}$/i.test(part))).toBe(false);
        expect(canonicalPath(sent)).toBe(sent);
      }),
      { numRuns: repetitions(500, 8_000) },
    );
  });
});
