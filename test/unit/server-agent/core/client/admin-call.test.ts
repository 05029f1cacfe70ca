import { describe, expect, it } from "vitest";
import { ERROR_STATUS, type ErrorCode } from "../../../../../server-agent/contract/errors.ts";
import { ROUTES, type Route } from "../../../../../server-agent/contract/routes.ts";
import { decodeReply, encodeCall } from "../../../../../server-agent/core/client/admin-call.ts";
import { configOf } from "../../../../support/agent/config.ts";

describe("a call", () => {
  it("has the method and the path of its route", () => {
    expect(encodeCall("getAgent", {})).toEqual({ method: "GET", path: "/v1/agent", headers: {}, body: undefined });
    for (const [name, route] of Object.entries(ROUTES) as [keyof typeof ROUTES, Route][]) {
      const { method, path } = encodeCall(name, { params: { n: 7, id: "r-1", site: "shop" } });
      expect({ method, path }).toEqual({
        method: route.method,
        path: route.path.replace("{n}", "7").replace("{id}", "r-1").replace("{site}", "shop"),
      });
    }
  });

  it("carries a body as JSON", () => {
    expect(encodeCall("startMaintenance", { body: { site: "shop", status: 503 } })).toEqual({
      method: "POST",
      path: "/v1/maintenance",
      headers: { "content-type": "application/json" },
      body: '{"site":"shop","status":503}',
    });
  });

  it("encodes parameters and query, and leaves out what is not given", () => {
    expect(encodeCall("getMaintenance", { params: { id: "../agent?x#y" } }).path).toBe(
      "/v1/maintenance/..%2Fagent%3Fx%23y",
    );
    expect(encodeCall("explain", { query: { url: "http://shop.test/a b?c=d&e", method: undefined } }).path).toBe(
      "/v1/explain?url=http%3A%2F%2Fshop.test%2Fa%20b%3Fc%3Dd%26e",
    );
    expect(encodeCall("listRequests", { query: {} }).path).toBe("/v1/requests");
  });

  it("names the generation that the caller saw as an entity tag (RFC 9110, 8.8.3)", () => {
    const config = configOf([]);
    expect(encodeCall("putConfig", { body: config, ifMatch: 12 }).headers).toEqual({
      "content-type": "application/json",
      "if-match": '"12"',
    });
    expect(encodeCall("putConfig", { body: config, ifMatch: "*" }).headers["if-match"]).toBe("*");
  });

  it("without its parameter is a fault of the caller", () => {
    expect(() => encodeCall("getMaintenance", {})).toThrow("getMaintenance needs the path parameter id");
  });
});

describe("a reply", () => {
  it("is the value of its route, exactly as sent", () => {
    const config = { virtualHosts: configOf([]).virtualHosts, listeners: configOf([]).listeners };
    const text = JSON.stringify({ config, generation: 3 });
    const reply = decodeReply("getConfig", 200, text);
    expect(reply.ok && JSON.stringify(reply.value)).toBe(text);
  });

  it("of a stream is its text", () => {
    expect(decodeReply("metrics", 200, "backsoon_up 1\n")).toEqual({ ok: true, value: "backsoon_up 1\n" });
  });

  it.each(Object.entries(ERROR_STATUS) as [ErrorCode, number][])("may be the error %s", (code, status) => {
    const error = { code, message: "Why.", details: { path: "/virtualHosts/0", problems: [] }, requestId: "q-1" };
    expect(decodeReply("putConfig", status, JSON.stringify(error))).toEqual({ ok: false, error });
  });

  it.each([
    ["no JSON", 200, "<html>", "it is not JSON"],
    ["another shape", 200, '{"generation":"3"}', "generation: "],
    ["an error of another program", 502, '{"error":"bad gateway"}', "status 502"],
    ["an error without JSON", 404, "not found", "it is not JSON"],
    ["an unknown code", 409, '{"code":"odd","message":"","details":{},"requestId":""}', "code: "],
  ])("that is %s is refused in words", (_name, status, text, message) => {
    const reply = decodeReply("putConfig", status, text);
    expect(reply).toEqual({
      ok: false,
      error: { code: "internal", message: expect.stringContaining(message) as string, details: {}, requestId: "" },
    });
  });
});
