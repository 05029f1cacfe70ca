import { expect, it } from "vitest";
import type { Upstream } from "../../../../../server-agent/contract/upstream.ts";
import { balanceKey } from "../../../../../server-agent/core/balance/balance-key.ts";
import { isRepeatable } from "../../../../../server-agent/core/balance/repeatable.ts";
import { stickyCookie } from "../../../../../server-agent/core/balance/sticky-cookie.ts";

const facts = {
  client: "192.0.2.1",
  path: "/a",
  header: (name: string) => ({ "x-user": "anna", cookie: "a=1; session=x" })[name],
};

it.each<[Upstream["balance"], string | undefined]>([
  [undefined, undefined],
  ["leastConnections", undefined],
  [{ hash: "client" }, "192.0.2.1"],
  [{ hash: "path" }, "/a"],
  [{ hash: { header: "X-User" } }, "anna"],
  [{ hash: { header: "X-Other" } }, undefined],
  [{ hash: { cookie: "session" } }, "x"],
  [{ hash: { cookie: "other" } }, undefined],
])("the key of %j is %s", (balance, key) => {
  expect(balanceKey(balance, facts)).toBe(key);
});

it("tells browsers nothing but the target's id", () => {
  expect(stickyCookie({ cookie: "app" }, "a", false)).toBe("app=a; Path=/; HttpOnly; SameSite=Lax");
  expect(stickyCookie({ cookie: "app", maxAge: 60 }, "a", true)).toBe(
    "app=a; Path=/; Max-Age=60; HttpOnly; SameSite=Lax; Secure",
  );
});

it("repeats what does no harm twice (RFC 9110, 9.2.2), and whose body is not gone", () => {
  expect(["GET", "HEAD", "PUT", "DELETE"].every((method) => isRepeatable(method, false))).toBe(true);
  expect(["POST", "PATCH", "LINK"].some((method) => isRepeatable(method, false))).toBe(false);
  expect(isRepeatable("PUT", true)).toBe(false);
});
