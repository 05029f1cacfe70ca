import { describe, expect, it } from "vitest";
import { entryFor } from "../../../../../server-agent/core/proof/entry.ts";
import { compileAddressSet } from "../../../../../server-agent/core/routing/address-set.ts";

describe("where a proof asks", () => {
  const listener = { name: "https", address: "0.0.0.0", port: 443, tls: true, proxyProtocol: true };

  it.each([
    ["as a proxy where this computer is a trusted one", ["127.0.0.1"], undefined, true],
    ["as a visitor where it is not", ["10.0.0.1"], undefined, false],
    ["as a web server wants it", ["10.0.0.1"], "nginx", true],
  ])("is asked %s", (_what, trusted, foreign, proxyProtocol) => {
    const asked = foreign === undefined ? listener : { ...listener, foreign };
    expect(entryFor(asked, "shop.test", compileAddressSet(trusted, "", []))).toMatchObject({
      address: "127.0.0.1",
      tls: true,
      proxyProtocol,
    });
  });
});
