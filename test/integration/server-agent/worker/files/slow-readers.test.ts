/** Visitors who ask for files and read nothing: what each of them costs in memory. */
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import { connect as connectSecurely } from "node:tls";
import { afterAll, expect, it } from "vitest";
import { makeFolder, startAgent, type TestAgent } from "../../../../../tools/driving/agent.ts";
import { certificateFolder } from "../../../../support/http/certificates.ts";

const READERS = 200;
const MB = 1024 * 1024;

const folder = certificateFolder();
afterAll(() => {
  folder[Symbol.dispose]();
});

async function residentMb(agent: TestAgent): Promise<number> {
  const { workers } = await agent.call("getAgent");
  const sizes = workers.map(({ pid }) =>
    Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${String(pid)}/status`, "utf8"))?.[1]),
  );
  return Math.max(...sizes) / 1024;
}

/** Reads the beginning and no more. */
async function begin(socket: Socket, path: string): Promise<Socket> {
  socket.on("error", () => undefined);
  socket.write(`GET ${path} HTTP/1.1\r\nHost: shop.test\r\n\r\n`);
  await once(socket, "data");
  return socket.pause();
}

/** `most`: MB for each, with what a connection and its TLS take. */
it.each([
  { what: "a file in memory, over TLS", size: MB, isSecure: true, most: 0.45 },
  { what: "a file on disk", size: 16 * MB, isSecure: false, most: 0.25 },
])("hold little of $what", { timeout: 60_000 }, async ({ size, isSecure, most }) => {
  const root = await makeFolder();
  const content = randomBytes(size);
  writeFileSync(join(root, "file.bin"), content);
  const listener = { name: "web", address: "127.0.0.1", port: 0, ...(isSecure ? { tls: true as const } : {}) };
  const tls = isSecure ? { tls: folder.make("shop", ["shop.test"]) } : {};
  await using agent = await startAgent({
    workers: 1,
    config: {
      listeners: [listener],
      virtualHosts: [{ id: "default", hosts: ["*"], ...tls, rules: [{ handler: { type: "file", root } }] }],
    },
  });
  const open = (): Socket =>
    isSecure
      ? connectSecurely({ host: "127.0.0.1", port: agent.port, rejectUnauthorized: false })
      : connect(agent.port, "127.0.0.1");
  const whole = async (): Promise<void> => {
    const socket = open().on("error", () => undefined);
    const parts: Buffer[] = [];
    socket.on("data", (part: Buffer) => parts.push(part));
    socket.write("GET /file.bin HTTP/1.1\r\nHost: shop.test\r\nConnection: close\r\n\r\n");
    await once(socket, "close");
    const answer = Buffer.concat(parts);
    expect(answer.subarray(answer.indexOf("\r\n\r\n") + 4).equals(content)).toBe(true);
  };
  // Twice: it is asked for all the time.
  await whole();
  await whole();
  const before = await residentMb(agent);
  const readers: Socket[] = [];
  for (let index = 0; index < READERS; index++) readers.push(await begin(open(), "/file.bin"));
  await whole();
  const grown = (await residentMb(agent)) - before;
  for (const socket of readers) socket.destroy();
  expect(grown / READERS).toBeLessThan(most);
});
