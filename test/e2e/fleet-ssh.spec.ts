/**
 * One site on three servers, each an agent behind an sshd of its own: closed and opened together
 * while visitors come, with one server cut off in each phase. The first agent stands beside nginx.
 */
import { expect, test } from "@playwright/test";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Bridge } from "../../main/contract/commands.ts";
import type { FleetOperationState, FleetTarget } from "../../main/contract/fleet.ts";
import type { Config } from "../../server-agent/contract/config.ts";
import { type TestAgent, startAgent } from "../../tools/driving/agent.ts";
import { fleetConfig, maintain } from "../support/agent/fleet.ts";
import { type Load, startLoad } from "../../tools/driving/load.ts";
import { agentBeside, prepared, visitorOf } from "../../tools/driving/web-servers/beside.ts";
import { HAS_NGINX, nginxFolder, startNginx } from "../../tools/driving/web-servers/nginx.ts";
import { type Relay, startRelay } from "../support/http/relay.ts";
import { type TestSshd, USER, makeKey, startSshd } from "../support/ssh/sshd.ts";
import { stateOf, value } from "../../tools/driving/call.ts";
import { type Desktop, startDesktop } from "../../tools/driving/desktop.ts";
import { Truth } from "../../tools/driving/truth.ts";

interface Server {
  agent: TestAgent;
  /** Its id there. */
  site: string;
  config: Config;
  status: () => Promise<number>;
  sshd: TestSshd;
  relay: Relay;
  load: Load;
}

const HOST = "shop.example.com";
const NGINX_SITE = {
  "sites-enabled/shop": `server {
    listen 127.0.0.1:@PORT1@;
    server_name ${HOST};
    location / { return 200 "live shop"; }
}
`,
};
const SITE = {
  get: { path: "/", answer: "live shop" },
  post: { path: "/", body: "an order", answer: "live shop" },
  pauseMs: 5,
};

let folder: string;
let desktop: Desktop;
const servers: Server[] = [];
const webServers = new AsyncDisposableStack();
/** The servers may stand on either side at any time; only what is neither is a failure. */
const truth = new Truth();
truth.order("moving");

test.beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "backsoon-fleet-"));
  await mkdir(path.join(folder, ".ssh"));
  const key = await makeKey(folder, "key");
  for (let at = 0; at < 3; at += 1) {
    const { port, ...one } = await (at === 0 && HAS_NGINX ? besideNginx() : serving());
    const sshd = await startSshd({ authorizedKeys: [key.publicKey] });
    const relay = await startRelay(sshd.port);
    servers.push({
      ...one,
      sshd,
      relay,
      load: startLoad({ host: HOST, port }, truth, { get: 3, fresh: 2, post: 2 }, SITE),
    });
  }
  desktop = await startDesktop({
    env: { HOME: folder, SSH_AUTH_SOCK: undefined, DBUS_SESSION_BUS_ADDRESS: "disabled:" },
  });
  const { page } = desktop;
  for (const [at, { agent, relay }] of servers.entries()) {
    await value(page, "server.add", {
      kind: "ssh",
      name: `web-${at + 1}`,
      ssh: { host: "127.0.0.1", port: relay.port, user: USER, identityFile: key.file },
      socketPath: agent.socketPath,
      program: "backsoon-agent",
    });
    // Trust on first use, as the person says it.
    await expect.poll(async () => (await stateOf(page)).questions.length).toBe(1);
    const [question] = (await stateOf(page)).questions;
    expect(question).toMatchObject({ kind: "host-key", key: { fingerprint: servers[at]?.sshd.fingerprint } });
    await value(page, "question.answer", { id: question?.id ?? "", answer: { values: [], remember: false } });
    await connected(at);
  }
});

test.afterAll(async () => {
  await desktop.close();
  for (const { agent, sshd, relay } of servers) {
    await relay.close();
    await sshd.close();
    await agent.close();
  }
  await webServers.disposeAsync();
  await rm(folder, { recursive: true, force: true, maxRetries: 10 });
});

type Started = Omit<Server, "sshd" | "relay" | "load"> & { port: number };

async function serving(): Promise<Started> {
  const agent = await startAgent({ config: fleetConfig(), workers: 2 });
  const status = async () => (await agent.visit({ host: HOST })).status;
  return { agent, site: "shop", config: fleetConfig(), status, port: agent.port };
}

async function besideNginx(): Promise<Started> {
  const behind = webServers.use(await nginxFolder(NGINX_SITE));
  webServers.use(await startNginx(behind));
  const agent = await agentBeside({ workers: 2 });
  await prepared(agent, behind);
  const { config } = await agent.call("getConfig");
  const visit = visitorOf(behind);
  return { agent, site: HOST, config, status: async () => (await visit({ host: HOST })).status, port: behind.port(1) };
}

function connected(at: number): Promise<void> {
  return expect
    .poll(async () => (await stateOf(desktop.page)).servers[at]?.connection.state, { timeout: 40_000 })
    .toBe("connected");
}

async function operation(): Promise<FleetOperationState> {
  const [newest] = (await stateOf(desktop.page)).operations;
  if (newest === undefined) throw new Error("there is no operation");
  return newest;
}

async function settled(id: string): Promise<FleetOperationState> {
  await expect
    .poll(
      async () => {
        const { id: newest, phase } = await operation();
        return newest === id && !["staging", "committing", "undoing"].includes(phase);
      },
      { timeout: 60_000 },
    )
    .toBe(true);
  return operation();
}

async function begin(title: string, targets: FleetTarget[]): Promise<string> {
  return (await value(desktop.page, "fleet.start", { title, targets })).operationId;
}
async function close(): Promise<FleetTarget[]> {
  return (await stateOf(desktop.page)).servers.map(({ profile }, at) => ({
    serverId: profile.id,
    changes: maintain(servers[at]?.site ?? ""),
  }));
}
function statuses() {
  return Promise.all(servers.map(({ status }) => status()));
}

test("closed and opened together; one cut off in the first phase, one in the second; nobody was refused", async () => {
  const { page } = desktop;
  for (const { load } of servers) await load.rounds(5);

  await test.step("together", async () => {
    const closed = await settled(await begin("New shelves", await close()));
    expect(closed).toMatchObject({
      phase: "done",
      servers: [{ phase: "committed" }, { phase: "committed" }, { phase: "committed" }],
    });
    expect(closed.skewMs).toBeLessThan(2000);
    expect(await statuses()).toEqual([503, 503, 503]);
    for (const { load } of servers) await load.rounds(5);
    const back = await begin(
      "New shelves: back",
      closed.servers.map(({ serverId, receipts }) => ({
        serverId,
        changes: receipts.map((receipt) => ({ kind: "revert", receipt, how: "delete" })),
      })),
    );
    expect(await settled(back)).toMatchObject({ phase: "done" });
    expect(await statuses()).toEqual([200, 200, 200]);
  });

  await test.step("cut off in the first phase: nothing changes anywhere", async () => {
    servers[2]?.relay.goSilent();
    const refused = await settled(await begin("Cut in phase one", await close()));
    expect(refused.phase).toBe("refused");
    expect(refused.servers.map(({ phase }) => phase)).toEqual(["undone", "undone", "refused"]);
    expect(await statuses()).toEqual([200, 200, 200]);
    servers[2]?.relay.recover();
    await connected(2);
    // A promise that was on its way is let go, or its lease ends.
    await expect
      .poll(async () => (await servers[2]?.agent.call("listStages"))?.stages.every(({ state }) => state !== "staged"), {
        timeout: 70_000,
      })
      .toBe(true);
  });

  await test.step("cut off in the second phase: undone on the others; the rest is one button", async () => {
    const cut = page.evaluate(
      () =>
        new Promise<void>((resolve) => {
          const { bridge } = globalThis as unknown as { bridge: Bridge };
          // What follows within one turn comes in one patch: the second phase may be over by then.
          bridge.onPatch((patch) => {
            const latest = patch.part === "operations" ? patch.value[0] : undefined;
            if (latest?.title === "Cut in phase two" && latest.phase !== "staging") resolve();
          });
        }),
    );
    const id = await begin("Cut in phase two", await close());
    await cut;
    servers[2]?.relay.goSilent();
    const incomplete = await settled(id);
    // The third may have been quick enough to say yes; then all of them are closed, and rightly so.
    if (incomplete.phase !== "done") {
      expect(incomplete.phase).toBe("incomplete");
      expect(incomplete.servers.map(({ phase }) => phase)).toEqual(["undone", "undone", "unknown"]);
      expect((await statuses()).slice(0, 2)).toEqual([200, 200]);
    }
    servers[2]?.relay.recover();
    await connected(2);
    await value(page, "fleet.finish", { operationId: id }).catch(() => null);
    expect(await settled(id)).toMatchObject({ phase: "done" });
    expect(await statuses()).toEqual([503, 503, 503]);
    await value(page, "fleet.undo", { operationId: id });
    expect(await settled(id)).toMatchObject({ phase: "undone" });
    expect(await statuses()).toEqual([200, 200, 200]);
  });

  for (const { agent, config, load } of servers) {
    const { failures, requests } = await load.stop();
    expect(failures).toEqual([]);
    expect(requests).toBeGreaterThan(100);
    expect((await agent.call("getConfig")).config).toEqual(config);
  }
});
