import { describe, expect, it } from "vitest";
import type { Config, VirtualHost } from "../../../../server-agent/contract/config.ts";
import { validateConfig } from "../../../../server-agent/core/config/validate-config.ts";
import {
  formOfHost,
  missingIn,
  NEW_HOST,
  problemsAtFields,
  withHostForm,
  type HostForm,
} from "../../../../renderer/configuration/host-form.ts";

function host(
  id: string,
  handler: VirtualHost["rules"][number]["handler"],
  more: Partial<VirtualHost> = {},
): VirtualHost {
  return { id, hosts: [`${id}.example.com`], rules: [{ handler }], ...more };
}
const config: Config = {
  listeners: [{ name: "http", address: "127.0.0.1", port: 8080 }],
  upstreams: {
    app: { targets: ["http://127.0.0.1:3000"], responseTimeout: 90 },
    both: { targets: ["http://127.0.0.1:4000"] },
  },
  virtualHosts: [
    host("shop", { type: "proxy", upstream: "app", preserveHost: false }, { accessLog: "/var/log/shop.log" }),
    host("files", { type: "file", root: "/srv/files", index: ["start.html"] }),
    host("old", { type: "redirect", to: "https://shop.example.com${path}", status: 308 }),
    host("one", { type: "proxy", upstream: "both" }),
    host("two", { type: "proxy", upstream: "both" }),
    host("default", { type: "error", status: 404 }, { hosts: ["*"] }),
  ],
};
function formOf(id: string): HostForm {
  const found = config.virtualHosts.find((each) => each.id === id);
  const form = found === undefined ? undefined : formOfHost(config, found);
  if (form === undefined) throw new Error(`${id} does not fit`);
  return form;
}
function problemsOf(id: string | undefined, form: HostForm) {
  const changed = withHostForm(config, id, form);
  const checked = validateConfig(changed);
  return problemsAtFields(changed, form, checked.ok ? [] : checked.problems);
}

describe("a virtual host in fields", () => {
  it.each(["shop", "files", "old", "one"])("%s is the same document when nothing is changed", (id) => {
    expect(withHostForm(config, id, formOf(id))).toEqual(config);
  });

  it("does not fit where it has conditions, several rules, or another handler", () => {
    expect(formOfHost(config, config.virtualHosts.at(-1) ?? host("", { type: "drop" }))).toBeUndefined();
    expect(formOfHost(config, host("a", { type: "redirect", to: "/", regex: "^/" }))).toBeUndefined();
    expect(formOfHost(config, host("a", { type: "file", root: "/srv" }, { hosts: ["~^a{1,2}$"] }))).toBeUndefined();
    expect(
      formOfHost(config, { ...host("a", { type: "file", root: "/srv" }), when: { method: "GET" } }),
    ).toBeUndefined();
  });

  it("changes an upstream of its own, and leaves one that others use", () => {
    const shop = withHostForm(config, "shop", {
      ...formOf("shop"),
      targets: "http://127.0.0.1:3001, http://127.0.0.1:3002",
    });
    expect(shop.upstreams?.app).toEqual({
      targets: ["http://127.0.0.1:3001", "http://127.0.0.1:3002"],
      responseTimeout: 90,
    });
    const one = withHostForm(config, "one", { ...formOf("one"), targets: "http://127.0.0.1:4001" });
    expect(one.upstreams?.both).toEqual(config.upstreams?.both);
    expect(one.virtualHosts[3]?.rules).toEqual([{ handler: { type: "proxy", upstream: "one" } }]);
  });

  it("adds one above the catch-all that the agent accepts", () => {
    const form: HostForm = {
      ...NEW_HOST,
      id: "new",
      hosts: "new.example.com www.new.example.com",
      targets: "http://127.0.0.1:5000",
    };
    expect(problemsOf(undefined, form)).toEqual({ fields: {}, others: [] });
    expect(withHostForm(config, undefined, form).virtualHosts.at(-2)).toEqual({
      id: "new",
      hosts: ["new.example.com", "www.new.example.com"],
      rules: [{ handler: { type: "proxy", upstream: "new" } }],
    });
  });

  it("tells each problem at its field", () => {
    const form: HostForm = { ...NEW_HOST, id: "new", hosts: "new.example.com", targets: "ftp://x" };
    expect(Object.keys(problemsOf(undefined, form).fields)).toEqual(["targets"]);
    expect(Object.keys(problemsOf("files", { ...formOf("files"), hosts: "büro.example" }).fields)).toEqual(["hosts"]);
    expect(Object.keys(problemsOf("files", { ...formOf("files"), id: "shop" }).fields)).toEqual(["id"]);
    expect(Object.keys(missingIn(NEW_HOST))).toEqual(["id", "hosts", "targets"]);
    expect(Object.keys(missingIn({ ...NEW_HOST, kind: "file", root: "srv" }))).toContain("root");
  });
});
