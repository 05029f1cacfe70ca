import { describe, expect, it } from "vitest";
import type { ServerFacts } from "../../../../main/contract/install.ts";
import { planInstall } from "../../../../main/install/install-plan.ts";
import { firstConfig, newFirstSite } from "../../../../renderer/add-server/first-config.ts";
import {
  bestWay,
  isOlder,
  obstacleOf,
  opensEveryPort,
  waysOf,
  type Service,
} from "../../../../renderer/servers/install-ways.ts";

function facts(changes: Partial<ServerFacts> = {}): ServerFacts {
  return {
    address: "deploy@web-01",
    system: "Linux x86_64",
    isRoot: false,
    sudo: "password",
    node: "24.1.0",
    systemd: { system: true, user: true },
    home: "/home/deploy",
    agents: [],
    installed: [],
    webServers: [],
    takenPorts: [],
    ...changes,
  };
}
function obstacles(found: ServerFacts): Partial<Record<Service, string>> {
  return Object.fromEntries(
    waysOf(found).flatMap(({ service, obstacle }) => (obstacle === undefined ? [] : [[service, obstacle]])),
  );
}

describe("the ways to keep an agent running", () => {
  it("are all there with systemd and sudo; the service of the machine is the best", () => {
    expect(obstacles(facts())).toEqual({});
    expect(bestWay(facts())).toBe("system");
  });

  it("say what is missing, and stand behind those that are possible", () => {
    const noSudo = facts({ sudo: "none" });
    expect(obstacles(noSudo)).toEqual({ system: expect.stringContaining("sudo") as string });
    expect(waysOf(noSudo).map(({ service }) => service)).toEqual(["user", "process", "system"]);
    const noSystemd = facts({ systemd: { system: false, user: false } });
    expect(bestWay(noSystemd)).toBe("process");
    expect(Object.keys(obstacles(noSystemd))).toEqual(["system", "user"]);
    expect(obstacles(facts({ systemd: { system: true, user: false } }))).toEqual({
      user: expect.stringContaining("--user") as string,
    });
  });

  it("are possible exactly where the main process installs", () => {
    const config = firstConfig({ ...newFirstSite(), port: "80" });
    for (const isRoot of [false, true])
      for (const sudo of ["none", "free", "password"] as const)
        for (const system of [false, true])
          for (const user of [false, true])
            for (const node of [null, "20.18.0", "22.0.0"])
              for (const kernel of ["Linux x86_64", "FreeBSD amd64"]) {
                const found = facts({ isRoot, sudo, systemd: { system, user: system && user }, node, system: kernel });
                for (const { service, obstacle } of waysOf(found)) {
                  const planned = planInstall(found, { role: "serves", service, config }, "1.0.0", {
                    kind: "script",
                    hash: "00",
                    bytes: 1,
                  });
                  expect(planned.ok, JSON.stringify({ found, service })).toBe(
                    obstacle === undefined && obstacleOf(found) === undefined,
                  );
                }
              }
  });

  it("open the ports below 1024 as root only", () => {
    expect(opensEveryPort(facts(), "system")).toBe(true);
    expect(opensEveryPort(facts(), "user")).toBe(false);
    expect(opensEveryPort(facts({ isRoot: true }), "process")).toBe(true);
  });
});

describe("an agent that is there", () => {
  it.each([
    ["0.1.0", "0.2.0", true],
    ["0.9.0", "0.10.0", true],
    ["1.0.0", "1.0.0", false],
    ["1.0.1", "1.0.0", false],
    ["1.0.0-beta.1", "1.0.0", true],
    ["1.0.0", "1.0.0-beta.1", false],
    ["1.0.0-alpha", "1.0.0-beta", true],
  ])("%s is older than %s: %s", (version, than, older) => {
    expect(isOlder(version, than)).toBe(older);
  });
});
