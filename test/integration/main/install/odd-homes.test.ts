/**
 * Homes with characters that shells, systemd or Node read as something else, through a real sshd:
 * the agent is installed, upgraded and removed there.
 */
import { describe, expect, it } from "vitest";
import { NewServer } from "../../../../main/contract/servers.ts";
import { install } from "../../../../main/install/install.ts";
import { runScript } from "../../../../main/install/remote-shell.ts";
import { agentBehind, lookAround } from "../../../../main/install/server-facts.ts";
import { AGENT_VERSION } from "../../../../server-agent/contract/agent.ts";
import {
  choice,
  freshHome,
  nextVersion,
  parts,
  pathsOf,
  remove,
  script,
  session,
} from "../../../support/ssh/installation.ts";
import { quoted } from "../../../../main/ssh/ssh-session.ts";
import { canRunSystemd } from "../../../support/ssh/sshd.ts";

describe("a home folder", () => {
  it.each([[`a b o'neill "q" büro`], ["$HOME and $(id) `id` 100%h"]])(
    "named %s gets the agent, an upgrade, and is left clean",
    async (name) => {
      const home = await freshHome(name);
      const on = await session(home);
      const installed = await install(await parts(on), choice(), await script());
      expect(installed).toMatchObject({
        socketPath: `${home}/backsoon/agent.sock`,
        program: `${home}/backsoon/backsoon-agent`,
      });
      const facts = await lookAround(on, "here");
      expect(facts.agents).toEqual([
        { program: installed.program, socketPath: installed.socketPath, version: AGENT_VERSION, answers: true },
      ]);
      expect(
        NewServer.safeParse({
          kind: "ssh",
          name: "web-01",
          ssh: { host: "web-01" },
          ...installed,
          version: undefined,
        }).error?.issues.filter(({ path }) => path[0] === "program"),
      ).toEqual([]);
      // Its own program knows the socket, and stands in where forwarding is forbidden.
      const own = await runScript(on, `${quoted(installed.program)} status`);
      expect(own).toMatchObject({ code: 0 });
      await install(await parts(on), choice(), await nextVersion());
      const narrow = await session(home, { config: ["DisableForwarding yes"] });
      expect(await agentBehind(narrow, installed.socketPath, installed.program)).toMatchObject({
        version: AGENT_VERSION,
      });
      await remove(on, { service: "process", forget: true });
      expect(await pathsOf(home)).toEqual([]);
    },
    60_000,
  );

  it.runIf(canRunSystemd())("with all of them has a service of systemd that starts", async () => {
    const home = await freshHome(`a b'c"d$HOME%h`);
    const on = await session(home, { systemd: true });
    const at = choice({ service: "user" });
    const { socketPath, program } = await install(await parts(on), at, await script());
    expect(await agentBehind(on, socketPath, program)).toMatchObject({ version: AGENT_VERSION });
    await remove(on, { service: "user", forget: true });
    expect((await pathsOf(home)).filter((path) => path.includes("backsoon"))).toEqual([]);
  });

  it("with a backslash, from which Node runs nothing, is refused before anything is sent; another folder is not", async () => {
    const home = await freshHome("back\\slash");
    const on = await session(home);
    await expect(install(await parts(on), choice(), await script())).rejects.toThrow(/backslash.*another folder/);
    expect(await pathsOf(home)).toEqual([]);
    const elsewhere = await freshHome();
    const at = { service: "process", folder: `${elsewhere}/else where` } as const;
    const { socketPath, program } = await install(await parts(on), choice(at), await script());
    expect(await agentBehind(on, socketPath, program)).toMatchObject({ version: AGENT_VERSION });
    await remove(on, { ...at, forget: true }, socketPath);
    expect([await pathsOf(home), await pathsOf(elsewhere)]).toEqual([[], []]);
  });

  it("is none of the shell's: nothing in a configuration is run", async () => {
    const home = await freshHome();
    const on = await session(home);
    const config = choice().config;
    const handler = { type: "respond", body: `$SUDO_USER $(touch ${home}/run)` } as const;
    config.virtualHosts = [{ id: "shop", hosts: ["*"], rules: [{ handler }] }];
    await install(await parts(on), choice({ config }), await script());
    expect(await pathsOf(home)).not.toContain("run");
  });
});
