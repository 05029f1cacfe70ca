import { describe, expect, it } from "vitest";
import type { Config } from "../../../../server-agent/contract/config.ts";
import { validateConfig } from "../../../../server-agent/core/config/validate-config.ts";
import { cloned, moved, replaced, withDisabled, without } from "../../../../renderer/configuration/config-edits.ts";

function host(id: string, hosts = [`${id}.example.com`]) {
  return { id, hosts, rules: [{ handler: { type: "respond" as const } }] };
}
const config: Config = {
  listeners: [{ name: "http", address: "127.0.0.1", port: 8080 }],
  virtualHosts: [host("a"), host("b"), host("c"), host("default", ["*"])],
};
function order(changed: Config) {
  return changed.virtualHosts.map(({ id }) => id).join(" ");
}

describe("editing the list of virtual hosts", () => {
  it("moves within the list and leaves the catch-all last", () => {
    expect(order(moved(config, 2, 0))).toBe("c a b default");
    expect(order(moved(config, 0, 99))).toBe("b c a default");
    expect(order(moved(config, 1, -5))).toBe("b a c default");
    expect(moved(config, 3, 0)).toBe(config);
  });

  it("gives documents that can serve, whatever is edited", () => {
    const edits = [
      moved(config, 0, 1),
      cloned(config, "a"),
      cloned(cloned(config, "a"), "a"),
      cloned(config, "default"),
      without(config, "b"),
      withDisabled(config, "a", true),
    ];
    for (const edited of edits) expect(validateConfig(edited)).toMatchObject({ ok: true });
    expect(order(cloned(cloned(config, "a"), "a"))).toBe("a-copy a-copy-2 a b c default");
  });

  it("takes back what it disabled, byte for byte", () => {
    expect(JSON.stringify(withDisabled(withDisabled(config, "b", true), "b", false))).toBe(JSON.stringify(config));
  });

  it("replaces one virtual host", () => {
    expect(replaced(config, "b", host("b", ["new.example.com"])).virtualHosts[1]?.hosts).toEqual(["new.example.com"]);
  });
});
