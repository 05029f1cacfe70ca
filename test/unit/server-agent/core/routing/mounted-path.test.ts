import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { canonicalPath } from "../../../../../server-agent/core/routing/normalise-path.ts";
import { compileMountedPath, type MountedPath } from "../../../../../server-agent/core/routing/mounted-path.ts";

function mounted(options: Parameters<typeof compileMountedPath>[0]): MountedPath {
  const made = compileMountedPath(options);
  if (made === undefined) throw new Error("nothing is cut off");
  return made;
}

const ORIGIN = "http://127.0.0.1:3000";

function ledBack(path: MountedPath, name: string, value: string): string | undefined {
  const fields = ["Server", "x", name, value];
  path.leadBack(fields, ORIGIN);
  return fields[3];
}

/** A segment of a raw path that all programs read alike. */
const plain = fc.stringMatching(/^[a-z0-9](?:[a-z0-9._~-]|%20|%C3%A4){0,6}[a-z0-9]$/);
const path = fc.array(plain, { minLength: 1, maxLength: 3 }).map((segments) => `/${segments.join("/")}`);
const query = fc.constantFrom("", "?", "?a=1&b=%2F", "?/api/..//x");

describe("the target for the upstream", () => {
  it("is that of the visitor where nothing is to be cut off", () => {
    expect(compileMountedPath({})).toBeUndefined();
    expect(compileMountedPath({ mount: "/", upstreamPath: "/" })).toBeUndefined();
    expect(mounted({ preserveHost: false }).targetOf("/a/..;/b%2Fc?x")).toBe("/a/..;/b%2Fc?x");
  });

  it.each([
    ["/api", "/", { mount: "/api" }],
    ["/api?x", "/?x", { mount: "/api" }],
    ["/api/", "/", { mount: "/api" }],
    ["/api/a%2Fb%20c?d=/api/", "/a%2Fb%20c?d=/api/", { mount: "/api" }],
    ["/api//evil.example/x", "/evil.example/x", { mount: "/api" }],
    ["/%61pi/x", "/x", { mount: "/api" }],
    ["/a//b/x", "/x", { mount: "/a/b" }],
    ["/k%C3%A4se%20x/y", "/y", { mount: "/käse x" }],
    ["/api", "/v2", { mount: "/api", upstreamPath: "/v2" }],
    ["/api/x;v=1/y", "/v2/x;v=1/y", { mount: "/api", upstreamPath: "/v2" }],
    ["/x", "/v%202/x", { upstreamPath: "/v%202" }],
    ["*", "*", { upstreamPath: "/v2" }],
    ["/apix", 404, { mount: "/api" }],
    ["/API/x", 404, { mount: "/api" }],
    ["/api%2Fx", 404, { mount: "/api" }],
    ["/api;a/x", 404, { mount: "/api" }],
    ["*", 404, { mount: "/api" }],
  ])("of %s is %s", (target, sent, options) => {
    expect(mounted(options).targetOf(target)).toBe(sent);
  });

  it.each(["/api/..;/admin", "/api/%2Fx/admin", "/api/..%2Fadmin", "/api/%5c..%5cadmin", "/api/%252e%252e/admin"])(
    "is none for %s, in which the application could read another path than the rules",
    (target) => {
      expect(mounted({ mount: "/api" }).targetOf(target)).toBe(400);
    },
  );

  it("keeps the applications beside it out of reach", () => {
    expect(mounted({ upstreamPath: "/v2" }).targetOf("/..;/admin")).toBe(400);
    expect(mounted({ mount: "/api", upstreamPath: "/v2" }).targetOf("/api/..;/admin")).toBe(400);
    expect(mounted({ mount: "/api", upstreamPath: "/v2" }).targetOf("/api/%2Fx/admin")).toBe("/v2/%2Fx/admin");
  });

  it("has the rest byte for byte, and leads back to where it came from", () => {
    fc.assert(
      fc.property(path, fc.option(path), path, query, (mount, upstreamPath, rest, query) => {
        const at = mounted({
          mount: decodeURIComponent(mount),
          ...(upstreamPath === null ? {} : { upstreamPath }),
        });
        const sent = at.targetOf(mount + rest + query);
        expect(sent).toBe(`${upstreamPath ?? ""}${rest}${query}`);
        const visited = at.prefix + rest + query;
        expect(decodeURIComponent(at.prefix)).toBe(decodeURIComponent(mount));
        expect(ledBack(at, "Location", ORIGIN + String(sent))).toBe(visited);
        expect(ledBack(at, "Set-Cookie", `a=b; Path=${upstreamPath ?? ""}${rest}`)).toBe(
          `a=b; Path=${at.prefix}${rest}`,
        );
      }),
    );
  });

  it("never leaves the folder of the application, whatever is asked for", () => {
    const piece = fc.constantFrom(
      "/",
      "..",
      ".",
      ";",
      "%2F",
      "%2e",
      "%5C",
      "\\",
      "a",
      "%25",
      "//",
      "admin",
      "?",
      "%00",
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
        const raw = canonicalPath(`/api/${pieces.join("")}`.replace(/\?.*$/, ""));
        const sent = mounted({ mount: "/api", upstreamPath: "/v2" }).targetOf(raw);
        if (typeof sent === "number") return;
        // An application that knows parameters, backslashes, and slashes however they are written.
        const read = sent
          .replaceAll(/%2f/gi, "/")
          .replaceAll(/%5c/gi, "\\")
          .replaceAll(/;[^/\\]*/g, "");
        const { pathname, host } = new URL(read, "http://app");
        expect(pathname).toMatch(/^\/v2(?:\/|$)/);
        expect(host).toBe("app");
      }),
    );
  });
});

describe("the way back", () => {
  const at = mounted({ mount: "/api", upstreamPath: "/v2" });

  it.each([
    ["Location", `${ORIGIN}/v2/x?y#z`, "/api/x?y#z"],
    ["location", `${ORIGIN}/v2`, "/api"],
    ["Location", "HTTP://127.0.0.1:3000/v2/", "/api/"],
    ["Refresh", `5; url=${ORIGIN}/v2/x`, "5; url=/api/x"],
    ["Refresh", `0;URL="${ORIGIN}/v2/x"`, '0;URL="/api/x"'],
    ["Set-Cookie", "a=b; Path=/v2; Secure", "a=b; Path=/api; Secure"],
    ["Set-Cookie", "a=b;path=/v2/x", "a=b;path=/api/x"],
  ])("of %s: %s", (name, value, back) => {
    expect(ledBack(at, name, value)).toBe(back);
  });

  it.each([
    ["Location", "/v2/x"],
    ["Location", "x"],
    ["Location", `${ORIGIN}/other`],
    ["Location", `${ORIGIN}/v2x`],
    ["Location", "https://127.0.0.1:3000/v2/x"],
    ["Location", "http://127.0.0.1:30000/v2/x"],
    ["Location", "http://shop.example/v2/x"],
    ["Refresh", "5"],
    ["Set-Cookie", "a=/v2/x"],
    ["Set-Cookie", "a=b; Path=/"],
    ["Set-Cookie", "a=b; Path=/api/x"],
    ["Set-Cookie", "a=b; Path=/other"],
    ["Content-Location", `${ORIGIN}/v2/x`],
    ["constructor", "x"],
  ])("leaves %s: %s", (name, value) => {
    expect(ledBack(at, name, value)).toBe(value);
  });

  it("never names another host", () => {
    const root = mounted({ preserveHost: false });
    for (const path of ["//evil.example/x", "/\\evil.example/x", "\\/evil.example"])
      expect(new URL(ledBack(root, "Location", ORIGIN + path) ?? "", "http://shop.example").host).not.toContain("evil");
    expect(ledBack(root, "Location", ORIGIN)).toBe("/");
    expect(ledBack(root, "Set-Cookie", "a=b; Path=/x")).toBe("a=b; Path=/x");
  });
});
