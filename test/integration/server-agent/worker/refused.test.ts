/** What never became a request: a line in the log of the catch-all, and counted by its reason. */
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { VISIT } from "../../../../server-agent/worker/figures/visit-figures.ts";
import type { EdgeFigures } from "../../../../server-agent/worker/figures/worker-figures.ts";
import { configOf } from "../../../support/agent/config.ts";
import { startWorker, type WorkerHarness } from "../../../support/agent/worker-harness.ts";

let folder: string;
let worker: WorkerHarness;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "backsoon-refused-"));
  const config = configOf([{ id: "shop", hosts: ["shop"], rules: [{ handler: { type: "respond", body: "ok" } }] }]);
  worker = await startWorker({
    ...config,
    listeners: [{ name: "http", address: "127.0.0.1", port: 0, http2: true }],
    accessLog: { to: join(folder, "access.log"), format: "json" },
    virtualHosts: config.virtualHosts.map((one) => (one.id === "shop" ? { ...one, accessLog: false } : one)),
  });
});

afterAll(async () => {
  await worker.close();
  await rm(folder, { recursive: true });
});

async function send(bytes: string): Promise<string> {
  const socket = connect(worker.port, "127.0.0.1");
  let answer = "";
  socket.setEncoding("latin1").on("data", (text: string) => (answer += text));
  socket.on("error", () => undefined);
  socket.write(bytes, "latin1");
  socket.end();
  await once(socket, "close");
  return answer;
}

async function refusals(): Promise<{ refusal?: string; status: number; target: string }[]> {
  const text = await readFile(join(folder, "access.log"), "utf8").catch(() => "");
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as { status: number; target: string });
}

const LONG = "a".repeat(33_000);
const PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

describe("a refused request", () => {
  it.concurrent.for<[string, string, string, number, string]>([
    ["another protocol", "\x16\x03\x01\x02\n", "malformed", 400, "\x16\x03\x01\x02"],
    [
      "two lengths",
      "GET /a HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
      "malformed",
      400,
      "GET /a HTTP/1.1",
    ],
    ["no host", "GET /b HTTP/1.1\r\n\r\n", "malformed", 400, "/b"],
    ["a long target", `GET /${LONG} HTTP/1.1\r\nHost: shop\r\n\r\n`, "long-target", 414, `GET /${LONG}`.slice(0, 1024)],
    ["long fields", `GET /c HTTP/1.1\r\nX: ${LONG}\r\n\r\n`, "large-head", 431, "GET /c HTTP/1.1"],
    ["CONNECT", "CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n", "method", 405, "CONNECT a:1 HTTP/1.1"],
    [
      "a coding",
      "POST /d HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
      "unsupported",
      501,
      "POST /d HTTP/1.1",
    ],
    ["HTTP/2 without settings", `${PREFACE}\0\0\0\x01\x05\0\0\0\x01`, "protocol", 400, ""],
  ])("%s", async ([, bytes, refusal, status, target], { expect }) => {
    const told = worker.next("figures", ({ edge }) => (edge.refused[refusal as keyof EdgeFigures["refused"]] ?? 0) > 0);
    const answer = await send(bytes);
    if (refusal !== "protocol") expect(answer).toContain(`HTTP/1.1 ${String(status)} `);
    const isOne = (line: { refusal?: string; target: string }) => line.refusal === refusal && line.target === target;
    await expect.poll(async () => (await refusals()).filter(isOne)).toEqual([expect.objectContaining({ status })]);
    expect((await told).edge.accepted).toBeGreaterThan(0);
  });

  it("is none that a virtual host has answered", async () => {
    const told = worker.next("figures", ({ visits }) => "shop" in visits);
    await send("GET / HTTP/1.1\r\nHost: shop\r\nConnection: close\r\n\r\n");
    const { visits } = await told;
    expect(visits.shop?.[VISIT.http11]).toBe(1);
    expect(visits.shop?.[VISIT.bytesSent]).toBe(2);
    expect((await refusals()).every(({ refusal }) => refusal !== undefined)).toBe(true);
  });
});
