/** Where access logs go: real sockets, files and programs; trouble costs lines, and is told. */
import { execFileSync } from "node:child_process";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { mkdtemp, open, readFile, rm } from "node:fs/promises";
import { createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Config } from "../../../../../server-agent/contract/config.ts";
import type { LoggedRequest } from "../../../../../server-agent/core/access-log/logged-request.ts";
import { createLog } from "../../../../../server-agent/log.ts";
import { AccessLogs } from "../../../../../server-agent/worker/access-log/access-logs.ts";
import { configOf } from "../../../../support/agent/config.ts";
import { receiveDatagrams } from "../../../../support/agent/datagrams.ts";
import { startWorker, type WorkerHarness } from "../../../../support/agent/worker-harness.ts";
import { ask } from "../../../../support/http/ask.ts";
import { openRaw } from "../../../../support/http/raw-client.ts";

const FORMAT = "${status} ${target}";
let folder: string;
let said = "";
const logs = new AccessLogs(createLog((line) => (said += line)));

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "backsoon-logs-"));
});

afterAll(async () => {
  await rm(folder, { recursive: true });
});

function entryOf(target: string): LoggedRequest {
  return {
    request: { method: "GET", sentTarget: target, httpVersion: "1.1", field: () => undefined },
    facts: { client: "192.0.2.7" },
    carrier: { peer: "", arrival: {}, place: { listener: "http" } },
    now: Date.now(),
    status: 200,
    bytesReceived: 0,
    bytesSent: 0,
    outcome: () => "answered",
  };
}

const HEAD = /<190>1 \d{4}-\d\d-\d\dT[\d:.]+Z \S+ backsoon \d+ access - /;

describe("syslog", () => {
  it("over UDP gets a message for each request, and is found again", async () => {
    const server = createSocket("udp4").bind(0, "127.0.0.1");
    await once(server, "listening");
    const received: string[] = [];
    server.on("message", (message) => received.push(message.toString()));
    const log = logs.open({ to: `syslog://localhost:${String(server.address().port)}`, format: FORMAT });
    log.add(entryOf("/one"));
    log.add(entryOf("/two"));
    await expect.poll(() => received).toHaveLength(2);
    expect(received[0]).toMatch(new RegExp(`^${HEAD.source}200 /one$`));
    const { port } = server.address();
    server.close();
    await once(server, "close");
    await expect
      .poll(() => {
        log.add(entryOf("/lost"));
        return said;
      })
      .toMatch(/access log cannot be written.*to=syslog:\/\/localhost.*ECONNREFUSED/);
    const again = createSocket("udp4").bind(port, "127.0.0.1");
    await once(again, "listening");
    let heard = "";
    again.on("message", (message) => (heard = message.toString()));
    await expect
      .poll(
        () => {
          log.add(entryOf("/again"));
          return heard;
        },
        { timeout: 10_000 },
      )
      .toContain("/again");
    again.close();
  });

  it("over UDP costs lines, and no request, where no way leads", async () => {
    const { lost } = logs;
    const log = logs.open({ to: "syslog://255.255.255.255:514", format: FORMAT });
    await expect
      .poll(() => {
        log.add(entryOf("/lost"));
        return logs.lost;
      })
      .toBeGreaterThan(lost + 1);
    expect(said).toMatch(/access log cannot be written.*to=syslog:\/\/255.*EACCES/);
  });

  it("over TCP frames messages by their length, and connects again", async () => {
    let received = "";
    const visitors: Socket[] = [];
    const server = createServer((socket) => {
      visitors.push(socket);
      socket.setEncoding("utf8").on("data", (text: string) => (received += text));
      socket.on("error", () => undefined);
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    const port = typeof address === "object" ? address?.port : 0;
    const log = logs.open({ to: `syslog+tcp://127.0.0.1:${String(port)}`, format: FORMAT });
    log.add(entryOf("/one"));
    log.add(entryOf("/two"));
    await expect
      .poll(() => received, { timeout: 5000 })
      .toMatch(new RegExp(`^\\d+ ${HEAD.source}200 /one\\d+ ${HEAD.source}200 /two$`));
    expect(Number(/^\d+/.exec(received)?.[0])).toBe(/^\d+ (.*one)/.exec(received)?.[1]?.length);
    visitors[0]?.destroy();
    await expect
      .poll(
        () => {
          log.add(entryOf("/three"));
          return received;
        },
        { timeout: 10_000 },
      )
      .toContain("/three");
    for (const socket of visitors) socket.destroy();
    server.close();
  });

  it("of the system gets lines of the form that journald reads", async () => {
    const path = join(folder, "log");
    using system = await receiveDatagrams(path);
    const log = logs.open({ to: `syslog://unix:${path}`, format: FORMAT });
    log.add(entryOf(`/${"a".repeat(3000)}`));
    await expect.poll(() => system.received, { timeout: 10_000 }).toHaveLength(1);
    expect(system.received[0]).toMatch(/^<190>\w{3} [ \d]\d \d\d:\d\d:\d\d backsoon\[\d+\]: 200 \/a{3000}$/);
  });

  it("that is not there costs lines, which are counted", async () => {
    const { lost } = logs;
    const log = logs.open({ to: `syslog://unix:${join(folder, "none")}`, format: FORMAT });
    await expect
      .poll(
        () => {
          log.add(entryOf("/a"));
          return said;
        },
        { timeout: 10_000 },
      )
      .toMatch(/access log cannot be written.*to=syslog:\/\/unix:.*none.*why=.*No such file/);
    expect(logs.lost).toBeGreaterThanOrEqual(lost);
  });

  it("that reads nothing keeps a bounded number of lines, and loses the rest", async () => {
    const server = createServer((socket) => socket.pause()).listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    const port = typeof address === "object" ? address?.port : 0;
    const log = logs.open({ to: `syslog+tcp://127.0.0.1:${String(port)}`, format: "${target}" });
    const { lost } = logs;
    const long = entryOf("/".padEnd(30_000, "a"));
    for (let count = 0; count < 2000; count += 1) {
      log.add(long);
      if (count % 50 === 0) await new Promise(setImmediate);
    }
    expect(logs.lost - lost).toBeGreaterThan(1000);
    expect(said).toMatch(/to=syslog\+tcp:.*not read fast enough/);
    server.close();
  });
});

/** Visitors come until more lines of theirs are lost. */
async function lostBeyond(known: number, worker: WorkerHarness): Promise<number> {
  for (;;) {
    const figures = worker.next("figures");
    await ask(worker.port, "/", { headers: { host: "told" } });
    const { lostLines } = (await figures).edge;
    if (lostLines > known) return lostLines;
  }
}

function told(to: string): Config {
  return configOf([{ id: "told", hosts: ["told"], rules: [], accessLog: { to } }]);
}

it("costs lines where no program can be started for want of descriptors", async () => {
  await using worker = await startWorker(told(`syslog://unix:${join(folder, "log")}`));
  using visitor = await openRaw(worker.port);
  await visitor.ask("GET / HTTP/1.1\r\nHost: nobody\r\n\r\n");
  execFileSync("prlimit", ["--pid", String(worker.pid), "--nofile=3:"]);
  await visitor.ask("GET / HTTP/1.1\r\nHost: told\r\n\r\n");
  await expect.poll(() => worker.log, { timeout: 10_000 }).toMatch(/access log cannot be written.*EMFILE/);
  expect(worker.log).not.toContain("unexpected failure");
});

describe.concurrent("standard output", () => {
  it("whose reader has gone costs lines, and no visitor gets them", async () => {
    await using worker = await startWorker(told("stdout"));
    worker.closeOutput();
    const lost = await lostBeyond(0, worker);
    const visitors = await Promise.all(Array.from({ length: 20 }, () => openRaw(worker.port)));
    const got = visitors.map((visitor) => visitor.bytes(1).catch(() => ""));
    expect(await Promise.race([lostBeyond(lost, worker), ...got])).toBeGreaterThan(lost);
    for (const visitor of visitors) visitor.destroy();
  });

  it("that is a file of a full disk costs lines, again and again", async () => {
    const full = await open("/dev/full", "w");
    await using worker = await startWorker(told("stdout"), full.fd);
    await full.close();
    const lost = await lostBeyond(0, worker);
    expect(await lostBeyond(lost, worker)).toBeGreaterThan(lost);
  });
});

describe("the end of a process", () => {
  it("waits until lines are written, whole ones of all writers of a file", async () => {
    const path = join(folder, "shared.log");
    const writers = [new AccessLogs(createLog(() => undefined)), new AccessLogs(createLog(() => undefined))];
    for (const [index, some] of writers.entries())
      for (let count = 0; count < 500; count += 1)
        some.open({ to: path, format: FORMAT }).add(entryOf(`/${String(index)}/${"x".repeat(count)}`));
    await Promise.all(writers.map((some) => some.end()));
    const lines = (await readFile(path, "utf8")).trimEnd().split("\n");
    expect(lines).toHaveLength(1000);
    expect(lines.every((line) => /^200 \/[01]\/x*$/.test(line))).toBe(true);
  });
});
