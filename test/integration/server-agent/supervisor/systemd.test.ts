/**
 * What systemd hears, from the real `systemd-notify`, and the sockets that it passes. The unit
 * itself runs under a real systemd in the tests of the installation.
 */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { receiveDatagrams } from "../../../support/agent/datagrams.ts";
import { smallConfig, startAgent } from "../../../../tools/driving/agent.ts";

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "backsoon-systemd-"));
});

afterAll(async () => {
  await rm(folder, { recursive: true });
});

describe("systemd hears", () => {
  it("that the agent serves, lives, closes sites, reloads and stops", async () => {
    const path = join(folder, "notify");
    using systemd = await receiveDatagrams(path);
    const heard = () => systemd.received.join("\n");
    await using agent = await startAgent({ env: { NOTIFY_SOCKET: path, WATCHDOG_USEC: "1000000" } });
    await expect.poll(heard, { timeout: 10_000 }).toContain(`READY=1|MAINPID=${String(agent.pid)}`);
    await expect.poll(heard, { timeout: 10_000 }).toMatch(/^WATCHDOG=1/m);
    await expect.poll(heard, { timeout: 10_000 }).toMatch(/STATUS=Serving generation 1\b(?!;)/);
    await agent.call("startMaintenance", { body: { site: "shop" } });
    await expect.poll(heard, { timeout: 10_000 }).toContain("STATUS=Serving generation 2; in maintenance: shop");
    process.kill(agent.pid, "SIGHUP");
    await expect.poll(heard, { timeout: 15_000 }).toMatch(/^RELOADING=1\|MONOTONIC_USEC=\d+[^]*^READY=1(?!\|MAINPID)/m);
    process.kill(agent.pid, "SIGTERM");
    await agent.ended;
    expect(heard()).toMatch(/^STOPPING=1/m);
  });

  it("what could not be said at first", async () => {
    const path = join(folder, "late");
    const bin = join(folder, "bin");
    await mkdir(bin);
    const failsOnce = `[ -e ${bin}/failed ] || { : > ${bin}/failed; exit 1; }; exec /usr/bin/systemd-notify "$@"`;
    await writeFile(join(bin, "systemd-notify"), `#!/bin/sh\n${failsOnce}\n`, { mode: 0o755 });
    using systemd = await receiveDatagrams(path);
    await using agent = await startAgent({ env: { NOTIFY_SOCKET: path, PATH: `${bin}:${process.env.PATH ?? ""}` } });
    await expect.poll(() => systemd.received.join("\n"), { timeout: 10_000 }).toContain(`MAINPID=${String(agent.pid)}`);
  });

  it("nothing of a watchdog that another process is meant by", async () => {
    const path = join(folder, "other");
    using systemd = await receiveDatagrams(path);
    await using agent = await startAgent({
      env: { NOTIFY_SOCKET: path, WATCHDOG_USEC: "20000", WATCHDOG_PID: "1" },
    });
    await expect.poll(() => systemd.received.join("\n"), { timeout: 10_000 }).toContain("STATUS=");
    expect(agent.pid).not.toBe(1);
    expect(systemd.received.join("\n")).not.toContain("WATCHDOG");
  });
});

/** Binds sockets as systemd does, and becomes the command: `perl -e … NAMES COMMAND…`. */
const ACTIVATE = `
use IO::Socket::INET; use POSIX;
my @names = split /:/, shift @ARGV; my $next = 3; my @kept; $^F = 100;
for (@names) {
  my $socket = IO::Socket::INET->new(Listen => 10, LocalAddr => "127.0.0.1", LocalPort => 0) or die $!;
  push @kept, $socket; POSIX::dup2(fileno($socket), 50 + $next++);
}
for (3 .. $next - 1) { POSIX::dup2($_ + 50, $_); POSIX::close($_ + 50); }
$ENV{LISTEN_PID} = $$; $ENV{LISTEN_FDS} = @names; $ENV{LISTEN_FDNAMES} = join ":", @names;
exec @ARGV;`;

describe("sockets of systemd", () => {
  it("are those of the listeners of their names, and outlive the listener", async () => {
    const config = smallConfig();
    await using agent = await startAgent({
      config,
      workers: 2,
      wrapper: ["perl", "-e", ACTIVATE, "http:unknown"],
    });
    expect(agent.listeners).toMatchObject([{ name: "http", address: "127.0.0.1" }]);
    expect((await agent.visit()).text).toBe("live");
    await agent.logged(/systemd passed a socket that no listener uses.*name=unknown/);
    const { port } = agent;
    const without = { ...config, listeners: [{ name: "other", address: "127.0.0.1", port: 0 }] };
    await agent.call("putConfig", { ifMatch: "*", body: without });
    const [listener] = config.listeners;
    const again = { ...config, listeners: listener === undefined ? [] : [{ ...listener, port }] };
    await agent.call("putConfig", { ifMatch: "*", body: again });
    expect((await agent.visit({ port })).text).toBe("live");
  });

  it("at another port than the listener's are a mistake that is named", async () => {
    const config = smallConfig();
    const [listener] = config.listeners;
    await expect(
      startAgent({
        config: { ...config, listeners: listener === undefined ? [] : [{ ...listener, port: 9 }] },
        wrapper: ["perl", "-e", ACTIVATE, "http"],
      }),
    ).rejects.toThrow(/systemd passes a socket for it at 127\.0\.0\.1 port \d+; change the listener/);
  });
});
