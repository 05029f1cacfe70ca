import { expect, it } from "vitest";
import { withoutOrder } from "../../../../../server-agent/core/caddy/without-order.ts";

function policies(sni: string[], indexNames: string[]) {
  return {
    tls_connection_policies: [{ match: { sni }, certificate_selection: { any_tag: ["cert0"] } }, {}],
    handle: [{ handler: "file_server", index_names: indexNames }],
  };
}

it("is the same for two orders of names that mean the same, and for no others", () => {
  const one = withoutOrder(policies(["shop.example", "www.shop.example"], ["a.html", "b.html"]));
  expect(withoutOrder(policies(["www.shop.example", "shop.example"], ["a.html", "b.html"]))).toEqual(one);
  expect(withoutOrder(policies(["shop.example"], ["a.html", "b.html"]))).not.toEqual(one);
  expect(withoutOrder(policies(["shop.example", "www.shop.example"], ["b.html", "a.html"]))).not.toEqual(one);
});
