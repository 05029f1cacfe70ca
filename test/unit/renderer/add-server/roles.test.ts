import { describe, expect, it } from "vitest";
import type { FoundWebServer, ServerFacts } from "../../../../main/contract/install.ts";
import { planInstall } from "../../../../main/install/install-plan.ts";
import { besideConfig } from "../../../../renderer/add-server/first-config.ts";
import {
  BESIDE_KINDS,
  besideName,
  besideWords,
  bestRole,
  describePorts,
  describeWebServers,
  freePort,
  obstacleBeside,
  roleFor,
} from "../../../../renderer/add-server/roles.ts";
import { validateConfig } from "../../../../server-agent/core/config/validate-config.ts";
import { webServerAdapters } from "../../../../server-agent/supervisor/web-servers/all-adapters.ts";

const NGINX: FoundWebServer = { kind: "nginx", version: "1.22.1", inContainer: false };

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
    webServers: [NGINX],
    takenPorts: [22, 80, 443],
    ...changes,
  };
}

describe("the two ways", () => {
  it("beside is best where a web server is found that the agent can stand beside", () => {
    expect([bestRole(facts()), besideName(facts())]).toEqual(["beside", "nginx"]);
    expect(bestRole(facts({ webServers: [] }))).toBe("serves");
    expect(bestRole(facts({ webServers: [{ ...NGINX, inContainer: true }] }))).toBe("serves");
    expect(bestRole(facts({ sudo: "none" }))).toBe("serves");
    expect(besideWords(facts({ webServers: [{ kind: "apache", version: null, inContainer: true }] }))).toMatch(
      /cannot stand beside Apache in a container/,
    );
  });

  it("all web servers that are there are named, whichever was found first", () => {
    const both = facts({ webServers: [{ ...NGINX, kind: "apache" }, NGINX] });
    expect(besideName(both)).toBe("nginx and Apache");
    expect(besideWords(both)).toMatch(/^nginx and Apache keep their ports/);
    expect(bestRole(both)).toBe("beside");
  });

  it("the one that was chosen before is taken where it is possible", () => {
    expect(roleFor(facts(), "serves")).toBe("serves");
    expect(roleFor(facts({ webServers: [] }), "beside")).toBe("beside");
    expect(roleFor(facts({ sudo: "none" }), "beside")).toBe("serves");
    expect(roleFor(facts(), undefined)).toBe("beside");
  });

  it("beside is offered for those only whom the agent knows", () => {
    const known = webServerAdapters("/var/lib/backsoon-web").map(({ kind }) => kind);
    expect(known).toEqual(expect.arrayContaining([...BESIDE_KINDS]));
  });

  it("beside is possible exactly where the main process installs it", () => {
    const config = besideConfig();
    expect(validateConfig(config)).toMatchObject({ ok: true });
    for (const isRoot of [false, true])
      for (const sudo of ["none", "free", "password"] as const)
        for (const system of [false, true]) {
          const found = facts({ isRoot, sudo, systemd: { system, user: false } });
          const choice = { role: "beside", service: "system", config } as const;
          const planned = planInstall(found, choice, "1.0.0", { kind: "script", hash: "00", bytes: 1 });
          expect(planned.ok, JSON.stringify(found)).toBe(obstacleBeside(found) === undefined);
        }
  });
});

describe("the port that is proposed", () => {
  it.each([
    ["80", [22], "system"],
    ["8080", [22, 80, 443], "system"],
    ["8080", [22, 80], "user"],
    ["8000", [80, 8080], "process"],
    ["80", null, "system"],
    ["", [80, 8080, 8000, 8081, 8088, 8888], "system"],
  ] as const)("is %s with %j for %s", (port, takenPorts, service) => {
    expect(freePort(facts({ takenPorts: takenPorts === null ? null : [...takenPorts] }), service)).toBe(port);
  });
});

describe("what was found", () => {
  it("is said in words", () => {
    const inContainer: FoundWebServer = { kind: "haproxy", version: null, inContainer: true };
    expect(describeWebServers(facts({ webServers: [NGINX, inContainer] }))).toBe(
      "nginx 1.22.1, HAProxy (in a container)",
    );
    expect(describeWebServers(facts({ webServers: [] }))).toBe("none seen");
    expect(describePorts(facts())).toBe("22, 80 and 443");
    expect(describePorts(facts({ takenPorts: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10] }))).toBe(
      "1, 2, 3, 4, 5, 6, 7, 8 and 2 more",
    );
    expect(describePorts(facts({ takenPorts: [] }))).toBe("none");
    expect(describePorts(facts({ takenPorts: null }))).toBe("not known");
  });
});
