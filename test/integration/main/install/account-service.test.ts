/** The agent as a service of the account: a real `systemd --user` in namespaces of its own. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { install } from "../../../../main/install/install.ts";
import { runScript } from "../../../../main/install/remote-shell.ts";
import { agentBehind, lookAround } from "../../../../main/install/server-facts.ts";
import { startLoad } from "../../../../tools/driving/load.ts";
import {
  LIVE,
  SITE,
  VISITORS,
  choice,
  freshHome,
  nextVersion,
  onPort,
  parts,
  pathsOf,
  remove,
  script,
  session,
} from "../../../support/ssh/installation.ts";
import { canRunSystemd } from "../../../support/ssh/sshd.ts";
import { freePort } from "../../../../tools/driving/free-port.ts";

describe.runIf(canRunSystemd())("a service of the account, of a real systemd", () => {
  it("hands over, is the main process then, and is started again when it dies", async () => {
    const home = await freshHome();
    const on = await session(home, { systemd: true });
    const port = await freePort();
    const at = choice({ service: "user", config: onPort(port) });
    const { program, socketPath } = await install(await parts(on), at, await script());
    expect(program).toBe(`${home}/.local/bin/backsoon-agent`);
    const unit = async (name: string) =>
      (await runScript(on, `systemctl --user show -P ${name} backsoon-agent.service`)).stdout.trim();
    const former = await agentBehind(on, socketPath, program);
    expect([await unit("ActiveState"), await unit("UnitFileState"), await unit("MainPID")]).toEqual([
      "active",
      "enabled",
      String(former?.pid),
    ]);

    const load = startLoad({ host: "shop.example.com", port }, LIVE, VISITORS, SITE);
    await load.rounds(20);
    await install(await parts(on), at, await nextVersion());
    await load.rounds(20);
    const { failures } = await load.stop();
    expect(failures).toEqual([]);
    const agent = await agentBehind(on, socketPath, program);
    expect(agent?.pid).not.toBe(former?.pid);
    await expect.poll(() => unit("MainPID"), { timeout: 15_000 }).toBe(String(agent?.pid));
    await expect
      .poll(async () => (await runScript(on, `kill -0 ${former?.pid ?? 0}`)).code, { timeout: 15_000 })
      .not.toBe(0);
    expect([await unit("ActiveState"), await unit("NRestarts")]).toEqual(["active", "0"]);

    await runScript(on, `kill -KILL ${agent?.pid ?? 0}`);
    await expect
      .poll(async () => (await agentBehind(on, socketPath, program))?.pid ?? agent?.pid, { timeout: 15_000 })
      .not.toBe(agent?.pid);
  }, 60_000);

  it("is uninstalled: stopped in order, and systemd knows nothing of it any more", async () => {
    const home = await freshHome();
    const on = await session(home, { systemd: true });
    const port = await freePort();
    const { socketPath } = await install(
      await parts(on),
      choice({ service: "user", config: onPort(port) }),
      await script(),
    );
    expect((await lookAround(on, "here")).installed).toEqual([{ service: "user", role: "serves", socketPath }]);
    await mkdir(join(home, ".config/systemd/user/backsoon-agent.service.d"));
    await writeFile(join(home, ".config/systemd/user/backsoon-agent.service.d/own.conf"), "[Service]\nNice=5\n");
    await remove(on, { service: "user", forget: false });
    expect(
      (
        await runScript(
          on,
          "systemctl --user list-units --all --plain --no-legend 'backsoon*'; systemctl --user list-unit-files --no-legend 'backsoon*'",
        )
      ).stdout,
    ).toBe("");
    await expect(fetch(`http://127.0.0.1:${port}/`)).rejects.toThrow();
    const kept = (await pathsOf(home)).filter(
      (name) =>
        name.includes("backsoon") &&
        !/state\/(accounts|certificates|channels|generations|passes|receipts|reminders|stages|tickets|traffic|windows)/.test(
          name,
        ),
    );
    expect(kept).toEqual([
      ".config/backsoon",
      ".config/backsoon/config.json",
      ".config/backsoon/config.json.first",
      ".config/systemd/user/backsoon-agent.service.d",
      ".config/systemd/user/backsoon-agent.service.d/own.conf",
      ".local/state/backsoon",
      ".local/state/backsoon/state",
    ]);
    // Installed again, it goes with all it has.
    await install(await parts(on), choice({ service: "user", config: onPort(port) }), await script());
    await remove(on, { service: "user", forget: true });
    expect((await pathsOf(home)).filter((name) => name.includes("backsoon"))).toEqual([
      ".config/systemd/user/backsoon-agent.service.d",
      ".config/systemd/user/backsoon-agent.service.d/own.conf",
    ]);
  }, 60_000);
});
