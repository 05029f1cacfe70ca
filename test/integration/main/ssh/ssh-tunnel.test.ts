/**
 * Sessions with a real agent behind a real sshd: the channel, and everything that can happen to it.
 */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { SessionEvent } from "../../../../main/state/app-state.ts";
import { openSshLink } from "../../../../main/ssh/ssh-link.ts";
import { openSecrets } from "../../../../main/ssh/secrets.ts";
import type { SshHost } from "../../../../main/ssh-config/ssh-host.ts";
import type { AgentPlace } from "../../../../main/ssh/ssh-session.ts";
import { AGENT_PROGRAM, startAgent } from "../../../../tools/driving/agent.ts";
import { startRelay } from "../../../support/http/relay.ts";
import { watchSession as watchSessionFor } from "../../../support/desktop/session-watch.ts";
import { logInTo, memoryHostKeys, noKeychain, sshHost, testPerson } from "../../../support/ssh/ssh.ts";
import { type SshdOptions, makeKey, startSshd } from "../../../support/ssh/sshd.ts";
import { keep } from "../../../support/keep.ts";

let keys: string;
let key: { file: string; publicKey: string };
/** What a shell on the server would find as `backsoon-agent`. */
let program: string;

beforeAll(async () => {
  keys = await mkdtemp(join(tmpdir(), "backsoon-keys-"));
  key = await makeKey(keys, "key");
  program = join(keys, "backsoon-agent");
  await writeFile(program, `#!/bin/sh\nexec '${process.execPath}' '${AGENT_PROGRAM}' "$@"\n`, { mode: 0o755 });
});
afterAll(() => rm(keys, { recursive: true, force: true }));

async function sshd(options: SshdOptions = {}) {
  return keep(await startSshd({ authorizedKeys: [key.publicKey], ...options }));
}
async function agent(options: Parameters<typeof startAgent>[0] = {}) {
  return keep(await startAgent(options));
}

function link(port: number, place: Partial<AgentPlace> & { socketPath: string }, keepaliveMs?: number) {
  const parts = {
    hostKeys: memoryHostKeys(),
    person: testPerson(),
    secrets: openSecrets(noKeychain, () => undefined),
    ...(keepaliveMs === undefined ? {} : { keepaliveMs }),
  };
  const host: SshHost = sshHost(port, { identityFiles: [{ path: key.file, required: true }] });
  let logins = 0;
  const opened = openSshLink(
    (signal) => {
      logins += 1;
      return logInTo([host], parts, signal);
    },
    { program, ...place },
  );
  return keep(Object.assign(opened, { logins: () => logins }));
}

/** sshd starts a process for each connection: on a busy machine an answer takes its time. */
const watchSession: typeof watchSessionFor = (connector, options) =>
  watchSessionFor(connector, { answerMs: 8000, ...options });

function connected({ type }: SessionEvent) {
  return type === "answered";
}
function lost({ type }: SessionEvent) {
  return type === "lost";
}

describe("the channel", () => {
  it.each([
    ["streamlocal", []],
    ["dial-stdio", ["AllowTcpForwarding no", "AllowStreamLocalForwarding no"]],
    ["dial-stdio", ["AllowStreamLocalForwarding no"]],
    ["dial-stdio", ["DisableForwarding yes"]],
  ] as const)("is %s with [%s], one connection for all calls and the event stream", async (channel, config) => {
    const server = await sshd({ config });
    const far = await agent();
    const way = link(server.port, far);
    const watched = keep(watchSession(way));
    await watched.until(connected);
    expect((await way.session()).channel).toBe(channel);
    expect(await way.seenAddress?.()).toEqual({ address: "127.0.0.1", by: "ssh" });
    // More than the sessions that sshd allows at a time, and still it refuses none.
    const replies = await Promise.all(Array.from({ length: 30 }, () => watched.session.call("getConfig", {})));
    expect(replies.every(({ ok }) => ok)).toBe(true);
    const started = await watched.session.call("startMaintenance", { body: { site: "shop" } });
    expect(started).toMatchObject({ ok: true });
    await watched.until(
      (event) => event.type === "streamed" && event.lines.some((line) => line.type === "maintenance"),
    );
    expect(way.logins()).toBe(1);
    expect(watched.events.filter(lost)).toEqual([]);
    expect(server.log().match(/Accepted publickey/g)).toHaveLength(1);
    expect(server.log()).not.toContain("no more sessions");
  });

  it.each([2, 3, 5])("is shared by all calls where forwarding is forbidden and MaxSessions is %i", async (sessions) => {
    const server = await sshd({ config: ["DisableForwarding yes", `MaxSessions ${sessions}`] });
    const far = await agent();
    const way = link(server.port, { ...far, program });
    const watched = keep(watchSession(way));
    await watched.until(connected);
    await watched.until(({ type }) => type === "streamed");
    for (let round = 0; round < 3; round += 1) {
      const replies = await Promise.all(Array.from({ length: 12 }, () => watched.session.call("getConfig", {})));
      expect(replies.flatMap((reply) => (reply.ok ? [] : [reply.failure.message]))).toEqual([]);
    }
    expect(watched.events.filter(lost)).toEqual([]);
    expect(way.logins()).toBe(1);
  });

  it("is not enough with MaxSessions 1, and a call says what to do", async () => {
    const server = await sshd({ config: ["DisableForwarding yes", "MaxSessions 1"] });
    const far = await agent();
    const watched = keep(watchSession(link(server.port, { ...far, program })));
    await watched.until(({ type }) => type === "streamed");
    const reply = await watched.session.call("getConfig", {});
    expect(reply).toMatchObject({
      ok: false,
      failure: { code: "ssh.dial-failed", message: expect.stringContaining("Raise MaxSessions") as string },
    });
  });

  it("passes over what the login shell prints", async () => {
    const server = await sshd({ config: ["DisableForwarding yes"] });
    const noisy = join(keys, "noisy");
    await writeFile(noisy, `#!/bin/sh\necho 'Welcome!'; echo '<script>alert(1)</script>'\nexec ${program} "$@"\n`, {
      mode: 0o755,
    });
    const far = await agent();
    await keep(watchSession(link(server.port, { socketPath: far.socketPath, program: noisy }))).until(connected);
  });

  it.each([
    [[], "server.socket-missing"],
    [["DisableForwarding yes"], "server.socket-missing"],
  ] as const)("with [%s] says that there is no agent: %s", async (config, code) => {
    const server = await sshd({ config: [...config] });
    const watched = keep(watchSession(link(server.port, { socketPath: join(keys, "no-agent.sock") })));
    expect(await watched.until(lost)).toMatchObject({
      failure: { code, message: expect.stringContaining("no-agent.sock") as string },
    });
  });

  it("says that the program which could stand in is missing, or talks for ever", async () => {
    const server = await sshd({ config: ["DisableForwarding yes"] });
    const missing = keep(watchSession(link(server.port, { socketPath: "/nowhere", program: "/no/such/program" })));
    expect(await missing.until(lost)).toMatchObject({
      failure: { code: "server.agent-missing", message: expect.stringContaining("/no/such/program") as string },
    });
    const endless = join(keys, "endless");
    await writeFile(endless, "#!/bin/sh\nyes '<img src=x onerror=alert(1)>'\n", { mode: 0o755 });
    const before = process.memoryUsage().rss;
    const talking = keep(watchSession(link(server.port, { socketPath: "/nowhere", program: endless })));
    expect(await talking.until(lost)).toMatchObject({ failure: { code: "ssh.dial-failed" } });
    expect(process.memoryUsage().rss - before).toBeLessThan(150 * 1024 * 1024);
  });
});

describe("while it runs", () => {
  it("the agent is restarted behind the tunnel: no new login", async () => {
    const server = await sshd();
    const first = await agent();
    const way = link(server.port, first);
    const watched = keep(watchSession(way));
    await watched.until(connected);
    await first.kill("SIGTERM");
    await watched.until(lost);
    await agent({ folder: first.folder });
    await watched.until(connected);
    expect(way.logins()).toBe(1);
  });

  it("sshd is killed in the middle of a request and started again: connected by itself, the request fails with a reason", async () => {
    const server = await sshd();
    const far = await agent();
    const way = link(server.port, far);
    const watched = keep(watchSession(way));
    await watched.until(connected);
    const call = watched.session.call("checkConfig", { body: { virtualHosts: "x".repeat(4_000_000) } });
    await server.stop();
    expect(await call).toMatchObject({ ok: false });
    await watched.until(lost);
    keep(await startSshd({ authorizedKeys: [key.publicKey], folder: server.folder, port: server.port }));
    await watched.until(connected);
    expect(way.logins()).toBeGreaterThan(1);
  });

  it("a connection that goes silent is noticed by the heartbeat, and by SSH's keepalive where nobody asks; a new one is made", async () => {
    const server = await sshd();
    const relay = keep(await startRelay(server.port));
    const far = await agent();
    const watched = keep(watchSession(link(relay.port, far), { answerMs: 2500 }));
    await watched.until(connected);
    relay.goSilent();
    expect(await watched.until(lost)).toMatchObject({ failure: { code: "server.silent" } });
    relay.recover();
    await watched.until(connected);

    const quiet = link(relay.port, far, 100);
    const { ended } = await quiet.session();
    relay.goSilent();
    await new Promise<void>((resolve) => ended.addEventListener("abort", () => resolve()));
  });

  it("a slow link is slow, not broken", async () => {
    const server = await sshd();
    const relay = keep(await startRelay(server.port, { delayMs: 120 }));
    const far = await agent();
    const watched = keep(watchSession(link(relay.port, far)));
    const event = await watched.until(connected);
    expect(event).toMatchObject({ roundTripMs: expect.any(Number) as number });
    if (event.type === "answered") expect(event.roundTripMs).toBeGreaterThan(200);
    expect(await watched.session.call("getConfig", {})).toMatchObject({ ok: true });
  });

  it("a login that was refused is not tried again by itself, and is when the person wants it", async () => {
    const server = await sshd({ authorizedKeys: [] });
    const far = await agent();
    const way = link(server.port, far);
    const watched = keep(watchSession(way));
    expect(await watched.until(lost)).toMatchObject({ failure: { code: "ssh.auth-refused" }, retryAt: null });
    await writeFile(join(server.folder, "authorized_keys"), `${key.publicKey}\n`);
    expect(way.logins()).toBe(1);
    watched.session.retry();
    await watched.until(connected);
    expect(way.logins()).toBe(2);
  });
});
