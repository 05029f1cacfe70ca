/** Hosts with several addresses, of which the right one is far away. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { type LookupFunction, connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { logInTo, sshHost } from "../../../support/ssh/ssh.ts";
import { makeKey, startSshd } from "../../../support/ssh/sshd.ts";

/** Relays to a port, from an address whose handshakes take longer than Node waits for by itself. */
const FAR_RELAY = `
  const net = require("node:net");
  const server = net.createServer((near) => {
    const far = net.connect(Number(process.argv[1]), "127.0.0.1");
    for (const socket of [near, far]) socket.on("error", () => undefined);
    near.pipe(far).pipe(near);
  });
  server.listen({ host: "127.0.0.2", port: 0, backlog: 1 }, () => {
    require("node:fs").writeSync(1, server.address().port + "\\n");
    // While it accepts nobody, and its backlog is full, the kernel leaves the next one waiting.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1500);
  });`;

it.runIf(process.platform === "linux")("an address whose handshake takes a second is waited for", async () => {
  const folder = await mkdtemp(join(tmpdir(), "backsoon-addresses-"));
  const key = await makeKey(folder, "key");
  await using server = await startSshd({ authorizedKeys: [key.publicKey] });
  const relay = spawn(process.execPath, ["-e", FAR_RELAY, String(server.port)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [line] = (await once(relay.stdout, "data")) as [Buffer];
  const port = Number(line);
  const before = [1, 2].map(() => connect(port, "127.0.0.2").on("error", () => undefined));
  await Promise.all(before.map((socket) => once(socket, "connect")));
  const lookup: LookupFunction = (_name, _options, found) =>
    found(null, [
      { address: "127.0.0.2", family: 4 },
      // Nothing listens there.
      { address: "127.0.0.3", family: 4 },
    ]);
  const host = sshHost(port, { hostName: "far.example", identityFiles: [{ path: key.file, required: true }] });
  try {
    const session = await logInTo([host], { lookup });
    expect(session.ended.aborted).toBe(false);
    session.end();
  } finally {
    relay.kill();
    for (const socket of before) socket.destroy();
    await rm(folder, { recursive: true, force: true });
  }
});
