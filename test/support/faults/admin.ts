import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { readdir } from "node:fs/promises";
import { connect, type Socket } from "node:net";
import { expect } from "vitest";
import { agreedState, type Cells, startBench, until, whileStopped } from "./bench.ts";

const CLOSE = JSON.stringify({ site: "shop" });
const CLOSE_HEAD = `POST /v1/maintenance HTTP/1.1\r\nHost: agent\r\nContent-Length: ${String(CLOSE.length)}\r\n\r\n`;

/** A client that has sent this, and never reads. */
async function sendOnly(socketPath: string, text: string): Promise<Socket> {
  const socket = connect(socketPath);
  socket.on("error", () => undefined);
  await once(socket, "connect");
  socket.pause();
  await new Promise((resolve) => socket.write(text, resolve));
  return socket;
}

export const admin: Cells<"admin"> = {
  async stopped() {
    await using bench = await startBench();
    const { agent } = bench;
    bench.visitNews();
    await bench.rounds(1);
    let closing: Promise<unknown> | undefined;
    await whileStopped([agent.pid], async () => {
      closing = agent.tryCall("startMaintenance", { body: { site: "shop" } });
      await bench.rounds(20);
      expect((await agent.visit()).text).toBe("live");
    });
    expect(await closing).toMatchObject({ ok: true });
    expect((await agent.visit()).status).toBe(503);
    await bench.check();
  },

  async killed() {
    await using bench = await startBench();
    const { agent } = bench;
    bench.visitNews();
    for (const client of await Promise.all([1, 2, 3].map(() => sendOnly(agent.socketPath, CLOSE_HEAD + CLOSE))))
      client.destroy();
    const reply = await agent.tryCall("startMaintenance", { body: { site: "shop" } });
    expect(reply.ok || reply.error.code === "maintenance.already").toBe(true);
    expect(await agreedState(agent)).toBe(true);
    await bench.check();
  },

  async slow() {
    await using bench = await startBench();
    const { agent } = bench;
    bench.visitNews();
    const clients = [
      await sendOnly(agent.socketPath, "GET /v1/events HTTP/1.1\r\nHost: agent\r\n\r\n"),
      await sendOnly(agent.socketPath, "GET /v1/config HTTP/1.1\r\nHost: agent\r\n\r\n"),
      await sendOnly(agent.socketPath, CLOSE_HEAD + CLOSE.slice(0, 5)),
      await sendOnly(agent.socketPath, CLOSE_HEAD.slice(0, 20)),
    ];
    for (let round = 0; round < 10; round++) await bench.switchTwice();
    for (const client of clients) client.destroy();
    expect(await agreedState(agent)).toBe(false);
    await bench.check();
  },

  async descriptors() {
    await using bench = await startBench();
    const { agent } = bench;
    bench.visitNews();
    await bench.rounds(1);
    const { length } = await readdir(`/proc/${String(agent.pid)}/fd`);
    limit(agent.pid, length);
    // It cannot be taken; whether it waits or is ended is the system's affair.
    const call = agent.tryCall("getAgent").catch(() => undefined);
    await bench.rounds(10);
    limit(agent.pid, 1024);
    await call;
    await until(() =>
      agent.tryCall("getAgent").then(
        ({ ok }) => ok,
        () => false,
      ),
    );
    await bench.switchTwice();
    await bench.check();
  },
};

function limit(pid: number, descriptors: number): void {
  execFileSync("prlimit", ["--pid", String(pid), `--nofile=${String(descriptors)}:`]);
}
