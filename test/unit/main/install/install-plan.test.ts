/** What an installation would run, by the role that the agent gets. */
import { describe, expect, it } from "vitest";
import type { InstallChoice, ServerFacts } from "../../../../main/contract/install.ts";
import { planInstall } from "../../../../main/install/install-plan.ts";

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
    webServers: [{ kind: "nginx", version: "1.22.1", inContainer: false }],
    takenPorts: [80, 443],
    ...changes,
  };
}
const SOCKET = "/run/backsoon/agent.sock";
const NO_LISTENERS: InstallChoice["config"] = {
  listeners: [],
  virtualHosts: [{ id: "default", hosts: ["*"], rules: [{ handler: { type: "error", status: 404 } }] }],
};

function plan(
  role: InstallChoice["role"],
  changes: Partial<ServerFacts> = {},
  service: "system" | "process" = "system",
) {
  return planInstall(facts(changes), { role, service, config: NO_LISTENERS }, "1.0.0", {
    kind: "script",
    hash: "00",
    bytes: 1,
  });
}
function scripts(...given: Parameters<typeof plan>): string {
  const planned = plan(...given);
  if (!planned.ok) throw new Error(planned.failure.message);
  return planned.value.actions.flatMap((action) => ("script" in action ? [action.script] : [])).join("\n");
}

describe("beside a web server", () => {
  it("the agent is root, opens no port, and is told what to do by the account alone", () => {
    const script = scripts("beside");
    expect(script).toMatch(
      /^ExecStart=\/bin\/sh \S+backsoon-agent run .* --web-folder \/var\/lib\/backsoon-web --socket-owner \$SUDO_UID$/m,
    );
    expect(script).toMatch(/^RuntimeDirectoryMode=0711$/m);
    expect(script).not.toMatch(/^User=|AmbientCapabilities|^Protect|chown/m);
    expect(script).toContain('"listeners": []');
  });

  it("its folder can be entered by the web server's workers, its state by nobody", () => {
    const script = scripts("beside");
    expect(script).toContain("mkdir -p '/var/lib/backsoon-web'\nchmod 755 '/var/lib/backsoon-web'");
    expect(script).toContain("chmod 700 '/var/lib/backsoon'");
  });

  it("the socket is root's where root installs", () => {
    const script = scripts("beside", { isRoot: true });
    expect(script).toMatch(/ --web-folder \/var\/lib\/backsoon-web$/m);
    expect(script).toMatch(/^RuntimeDirectoryMode=0700$/m);
  });

  it.each([
    ["no root", { sudo: "none" }, "system", /needs root.*no sudo.*Log in as root, or with an account that has sudo/],
    ["no systemd", { systemd: { system: false, user: false } }, "system", /no systemd.*by hand as root/],
    ["no service of the machine", {}, "process", /service of the machine/],
  ] as const)("is refused in words with %s", (_name, changes, service, words) => {
    expect(plan("beside", changes, service)).toMatchObject({
      ok: false,
      failure: { code: "install.unsupported", message: expect.stringMatching(words) as string },
    });
  });
});

describe("serving sites itself", () => {
  it("the agent runs as the account, and has no web folder", () => {
    const script = scripts("serves");
    expect(script).toMatch(/^User=\$SUDO_USER$/m);
    expect(script).toMatch(/^RuntimeDirectoryMode=0700$/m);
    expect(script).toMatch(/^AmbientCapabilities=CAP_NET_BIND_SERVICE$/m);
    expect(script).not.toMatch(/backsoon-web|socket-owner/);
  });
});

describe("the other role", () => {
  const there = (role: InstallChoice["role"], answers: boolean): Partial<ServerFacts> => ({
    installed: [{ service: "system", role, socketPath: SOCKET }],
    agents: [{ program: "/usr/local/bin/backsoon-agent", socketPath: SOCKET, version: "1.0.0", answers }],
  });

  it("is refused while an agent answers: a hand-over changes neither its user nor its folders", () => {
    expect(plan("beside", there("serves", true))).toMatchObject({
      ok: false,
      failure: { message: expect.stringMatching(/serves sites itself\. Uninstall it first/) as string },
    });
    expect(plan("serves", there("beside", true))).toMatchObject({
      ok: false,
      failure: { message: expect.stringMatching(/beside a web server\. Uninstall it first/) as string },
    });
  });

  it("is possible after one that did not start, as where the port was taken", () => {
    expect(plan("beside", there("serves", false)).ok).toBe(true);
    expect(plan("beside", there("beside", true)).ok).toBe(true);
  });
});
