/** What a copycat may grant to scripts of other origins. */
import { describe, expect, it } from "vitest";
import type { Condition } from "../../../../../server-agent/contract/condition.ts";
import { compileConfig, matchRequest } from "../../../../../server-agent/core/routing/routing-table.ts";
import { factsOf } from "../../../../support/agent/request-facts.ts";

/**
 * The virtual host that answers a preflight for this method to a site that is closed but for the
 * exceptions.
 */
function answering(exceptions: readonly Condition[], method: string, path = "/account"): string | undefined {
  const hosts = ["shop.example.com"];
  const when = exceptions.length === 0 ? {} : { when: { not: { any: [...exceptions] } } };
  const compiled = compileConfig({
    listeners: [{ name: "http", address: "127.0.0.1", port: 80 }],
    virtualHosts: [
      { id: "copycat", copycatOf: "shop", hosts, ...when, rules: [{ handler: { type: "maintenance" } }] },
      { id: "shop", hosts, rules: [{ handler: { type: "respond" } }] },
      { id: "default", hosts: ["*"], rules: [{ handler: { type: "error", status: 404 } }] },
    ],
  });
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.problems));
  const headers = { host: hosts[0] ?? "", origin: "https://evil.example", "access-control-request-method": method };
  return matchRequest(compiled.table, factsOf({ method: "OPTIONS", path, headers }))?.virtualHost.id;
}

describe("a preflight to a closed site is granted", () => {
  it.each<[string, Condition[], string, string, string]>([
    ["by the copycat without exceptions", [], "DELETE", "/account", "copycat"],
    [
      "by the original where a cookie may let the request through",
      [{ cookie: { staff: "s3cret" } }],
      "DELETE",
      "/account",
      "shop",
    ],
    ["by the original where a header may", [{ header: { "X-Staff": true } }], "DELETE", "/account", "shop"],
    ["by the original where the method does", [{ method: "POST", path: "/api/*" }], "POST", "/api/pay", "shop"],
    ["by the copycat where the method does not", [{ method: "POST", path: "/api/*" }], "DELETE", "/api/pay", "copycat"],
    [
      "by the copycat where the path excludes it",
      [{ all: [{ path: "/api/*" }, { cookie: { staff: true } }] }],
      "DELETE",
      "/account",
      "copycat",
    ],
    [
      "by the copycat where the cookie only takes away",
      [{ path: "/api/*", not: { cookie: { a: "b" } } }],
      "GET",
      "/account",
      "copycat",
    ],
    [
      "by the original where a missing cookie lets it through",
      [{ path: "/api/*", not: { cookie: { a: "b" } } }],
      "GET",
      "/api/x",
      "shop",
    ],
    [
      "by the copycat where the host excludes it",
      [{ header: { Host: "staff.example.com", "X-Staff": "1" } }],
      "GET",
      "/",
      "copycat",
    ],
    ["by the original where the preflight itself is excepted", [{ path: "/healthz" }], "GET", "/healthz", "shop"],
  ])("%s", (_, exceptions, method, path, host) => {
    expect(answering(exceptions, method, path)).toBe(host);
  });
});
