/** Rotation under two writers: the files together have every line, each once. */
import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { LogRotation as Rotation } from "../../../../../server-agent/contract/observing/access-log.ts";
import type { LoggedRequest } from "../../../../../server-agent/core/access-log/logged-request.ts";
import { createLog } from "../../../../../server-agent/log.ts";
import { LogRotation } from "../../../../../server-agent/supervisor/logs/log-rotation.ts";
import { AccessLogs } from "../../../../../server-agent/worker/access-log/access-logs.ts";
import { configOf } from "../../../../support/agent/config.ts";

let folder: string;
let said = "";
const log = createLog((line) => (said += line));

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "backsoon-rotation-"));
});

afterAll(async () => {
  await rm(folder, { recursive: true });
});

function rotationOf(to: string, rotate: Rotation, now: () => number, writers: readonly AccessLogs[] = []) {
  return new LogRotation({
    config: () => configOf([], { accessLog: { to, rotate } }),
    reopen: () => {
      for (const writer of writers) writer.reopen();
    },
    clock: { now, monotonic: now },
    log,
  });
}

function entryOf(target: string): LoggedRequest {
  return {
    request: { method: "GET", sentTarget: target, httpVersion: "1.1", field: () => undefined },
    facts: { client: "192.0.2.7" },
    carrier: { peer: "", arrival: {}, place: { listener: "http" } },
    now: 0,
    status: 200,
    bytesReceived: 0,
    bytesSent: 0,
    outcome: () => "answered",
  };
}

it("by size loses no line and keeps as many files as it is told", async () => {
  const to = join(folder, "size.log");
  const writers = [new AccessLogs(log), new AccessLogs(log)];
  const rotation = rotationOf(to, { megabytes: 1, keep: 50 }, () => 0, writers);
  const filler = "x".repeat(2000);
  for (let count = 0; count < 1500; count += 1) {
    for (const [index, writer] of writers.entries())
      writer.open({ to, format: "${target}" }).add(entryOf(`${String(index)}-${String(count)}-${filler}`));
    if (count % 100 === 99) await rotation.look();
  }
  await Promise.all(writers.map((writer) => writer.end()));
  const files = (await readdir(folder)).filter((name) => name.startsWith("size.log"));
  expect(files.length).toBeGreaterThan(2);
  const texts = await Promise.all(files.map((file) => readFile(join(folder, file), "utf8")));
  const lines = texts.flatMap((text) => text.trimEnd().split("\n"));
  expect(lines).toHaveLength(3000);
  expect(new Set(lines).size).toBe(3000);
  expect(lines.every((line) => line.endsWith(filler))).toBe(true);
});

it("daily happens at the first look of a new day, also when the agent was not there at midnight", async () => {
  const to = join(folder, "daily.log");
  await writeFile(to, "monday\n");
  const monday = new Date(2026, 0, 26, 23, 59).getTime();
  await utimes(to, monday / 1000, monday / 1000);
  let now = monday;
  const rotation = rotationOf(to, { daily: true, keep: 2 }, () => now);
  await rotation.look();
  expect(await readdir(folder)).not.toContain("daily.log.1");
  now += 120_000;
  await rotation.look();
  expect(await readFile(`${to}.1`, "utf8")).toBe("monday\n");
  await writeFile(to, "tuesday\n");
  await utimes(to, now / 1000, now / 1000);
  for (const later of [86_400_000, 2 * 86_400_000]) {
    await rotationOf(to, { daily: true, keep: 2 }, () => now + later).look();
    await writeFile(to, "later\n");
    await utimes(to, (now + later) / 1000, (now + later) / 1000);
  }
  expect((await readdir(folder)).filter((name) => name.startsWith("daily.log")).sort()).toEqual([
    "daily.log",
    "daily.log.1",
    "daily.log.2",
  ]);
  expect(await readFile(`${to}.2`, "utf8")).toBe("tuesday\n");
});

it("that is not allowed is said once", async () => {
  const to = join(folder, "none", "..", "size.log");
  const rotation = rotationOf(join("/proc/self", "status"), { megabytes: 1 }, () => 0);
  await rotation.look();
  expect(said).not.toContain("cannot be rotated");
  await writeFile(to, "x".repeat(1_000_001));
  await writeFile(join(folder, "blocked"), "");
  const blocked = rotationOf(join(folder, "blocked", "a.log"), { megabytes: 1 }, () => 0);
  await blocked.look();
  await blocked.look();
  expect(said.match(/access log cannot be rotated.*blocked/g)).toHaveLength(1);
});
