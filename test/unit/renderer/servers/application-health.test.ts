import { expect, it } from "vitest";
import type { Config, UnhealthyTarget } from "../../../../main/contract/agent.ts";
import { applicationsOf } from "../../../../renderer/servers/application-health.ts";

const config: Config = {
  listeners: [],
  upstreams: {
    blog: { targets: ["http://a:1"] },
    app: { targets: ["http://a:2", { url: "http://b:2" }, "http://c:2"], healthCheck: {} },
  },
  virtualHosts: [{ id: "shop", hosts: ["*"], rules: [{ handler: { type: "proxy", upstream: "app" } }] }],
};
const down: UnhealthyTarget = {
  upstream: "app",
  target: "http://b:2",
  state: "down",
  why: "GET / was answered 500",
  since: "2030-03-01T12:00:00Z",
};

it("has applications that are unhealthy first, with each target and who uses them", () => {
  const failing = { ...down, target: "http://c:2", state: "failing" as const };
  const all = applicationsOf(config, { targets: [down, failing] }, true);
  expect(all.map(({ name, sites }) => [name, sites])).toEqual([
    ["app", ["shop"]],
    ["blog", []],
  ]);
  expect(all.flatMap(({ targets }) => targets.map(({ state, label }) => `${state}: ${label}`))).toEqual([
    "live: Healthy",
    "failed: Down",
    "failed: Failing",
    "unknown: Not checked",
  ]);
});

it("claims nothing that the agent has not said", () => {
  const many = Array.from({ length: 100 }, () => ({ ...down, upstream: "other" }));
  const [app] = applicationsOf(config, { targets: many }, true).filter(({ name }) => name === "app");
  expect(app?.targets.map(({ label }) => label)).toEqual(["Not checked", "Not checked", "Not checked"]);
  const away = applicationsOf(config, { targets: [down] }, false);
  expect(new Set(away.flatMap(({ targets }) => targets.map(({ state }) => state)))).toEqual(new Set(["unknown"]));
});
