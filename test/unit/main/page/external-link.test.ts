import { describe, expect, it } from "vitest";
import { externalTarget } from "../../../../main/page/external-link.ts";
import type { AppState } from "../../../../main/contract/state.ts";
import { at, someProfile, someSnapshot, someState } from "../../../support/desktop/desktop-fixtures.ts";

const state: AppState = {
  ...someState(),
  servers: [
    {
      profile: someProfile,
      connection: { state: "connecting", since: at(0) },
      snapshot: someSnapshot(),
      observedAt: at(0),
      history: {},
      historyAt: null,
      publicProofs: {},
    },
  ],
  practice: { state: "running", serverId: "practice", url: "http://shop.localhost:40001/", visitors: false },
};

describe("links that leave the app", () => {
  it.each([
    ["https://shop.example.com/basket?x=1", "https://shop.example.com/basket?x=1"],
    ["HTTPS://SHOP.example.com", "https://shop.example.com/"],
    ["http://shop.localhost:40001/products/bowl", "http://shop.localhost:40001/products/bowl"],
    ["http://blog.localhost:40001/", "http://blog.localhost:40001/"],
    ["https://shop.example.com/a b", "https://shop.example.com/a%20b"],
  ])("opens %s", (raw, target) => {
    expect(externalTarget(raw, state)).toBe(target);
  });

  it.each([
    ["https://github.com/"],
    ["https://evil.example/"],
    ["https://shop.example.com.evil.example/"],
    ["https://user:password@shop.example.com/"],
    ["https://sub.shop.example.com/"],
    ["http://shop.example.com/"],
    ["http://shop.localhost:22/"],
    ["http://192.168.0.1:40001/"],
    ["http://localhost.evil.example:40001/"],
    ["file:///etc/passwd"],
    ["javascript:alert(1)"],
    ["smb://server/share"],
    ["not an address"],
    [""],
  ])("does not open %s", (raw) => {
    expect(externalTarget(raw, state)).toBeUndefined();
  });

  it("opens nothing on this computer without a practice server", () => {
    expect(externalTarget("http://shop.localhost:40001/", { ...state, practice: { state: "absent" } })).toBeUndefined();
  });
});
