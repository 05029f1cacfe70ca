/** Files that change while they are asked for: written to, replaced, swapped for links. */
import { once } from "node:events";
import { appendFileSync } from "node:fs";
import { mkdir, mkdtemp, rename, rm, stat, symlink, utimes, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { compileFile } from "../../../../../server-agent/worker/files/file.ts";
import { lookUpFile } from "../../../../../server-agent/worker/files/file-lookup.ts";
import { FoundFile } from "../../../../../server-agent/worker/files/found-file.ts";
import { mediaTypeOf } from "../../../../../server-agent/worker/files/media-type.ts";
import { Representation } from "../../../../../server-agent/worker/files/representation.ts";
import { openFound } from "../../../../../server-agent/worker/files/open-file.ts";
import { compileProxy } from "../../../../../server-agent/worker/proxy/proxy.ts";
import { UpstreamPools } from "../../../../../server-agent/worker/upstream/upstream-pools.ts";
import { ask } from "../../../../support/http/ask.ts";
import { startHandler, type HandlerHarness } from "../../../../support/agent/handler-harness.ts";

let folder: string;
let root: string;
let files: HandlerHarness;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "backsoon-"));
  root = join(folder, "www");
  await mkdir(root);
  files = await startHandler(compileFile({ type: "file", root }));
});

afterAll(async () => {
  await files.close();
  await rm(folder, { recursive: true });
});

it.each([100, 200_000])("a file of %d bytes that grows all the time is served each time", async (bytes) => {
  const path = join(root, `${String(bytes)}.log`);
  await writeFile(path, "x".repeat(bytes));
  let writing = true;
  const write = (): void => {
    if (!writing) return;
    appendFileSync(path, "a line\n");
    setImmediate(write);
  };
  write();
  for (let turn = 0; turn < 20; turn++) {
    const { status, complete, body } = await ask(files.port, `/${String(bytes)}.log?${String(turn)}`);
    expect([status, complete, body.length >= bytes]).toEqual([200, true, true]);
  }
  writing = false;
});

it.each([10, 100_000])("two files of %d bytes and one time do not share an ETag", async (bytes) => {
  const path = join(root, "same.bin");
  const tags = new Set<string | undefined>();
  for (const content of ["a", "b"]) {
    const next = join(folder, content);
    await writeFile(next, content.repeat(bytes));
    await utimes(next, 1_700_000_000, 1_700_000_000);
    await rename(next, path);
    await expect.poll(async () => (await ask(files.port, "/same.bin")).text[0], { timeout: 5000 }).toBe(content);
    tags.add((await ask(files.port, "/same.bin")).headers.etag);
  }
  expect(tags.size).toBe(2);
});

it("a file that is asked for again is the same from memory as from the disk", async () => {
  const realPath = join(root, "again.bin");
  const text = "a".repeat(500_000);
  await writeFile(realPath, text);
  // It did not change just now.
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 5000 });
  try {
    const form = { source: { realPath, stats: await stat(realPath) }, mediaType: mediaTypeOf(realPath) };
    const representation = new Representation({ ...form, coding: undefined, live: false, varies: false });
    const fromDisk = representation.etag;
    const isWorth = [0, 1200, 1900, 2800].map((now) => representation.isWorthLoading(now));
    expect(isWorth).toEqual([false, false, true, true]);
    await representation.load();
    expect([String(representation.body) === text, representation.etag]).toEqual([true, fromDisk]);
    for (let turn = 0; turn < 3; turn++) {
      const answer = await ask(files.port, "/again.bin");
      expect([answer.text === text, answer.headers.etag]).toEqual([true, fromDisk]);
    }
  } finally {
    vi.useRealTimers();
  }
});

it("a file is not opened through a folder that has become a link since the look-up", async () => {
  for (const name of ["www/d", "outside"]) {
    await mkdir(join(folder, name));
    await writeFile(join(folder, name, "f.txt"), name);
  }
  const realPath = join(root, "d", "f.txt");
  const found = { realPath, stats: await stat(realPath) };
  const opened = await openFound(found);
  expect(opened).toBeDefined();
  await opened?.handle.close();
  await rename(join(root, "d"), join(root, "was"));
  await symlink(join(folder, "outside"), join(root, "d"));
  expect(await openFound({ realPath, stats: await stat(realPath) })).toBeUndefined();
});

it("a file that was compressed while it may still change unseen is compressed anew", async () => {
  const path = join(root, "fresh.txt");
  await writeFile(path, "a".repeat(2000));
  const found = await lookUpFile(root, "/fresh.txt", []);
  if (found.kind !== "file") throw new Error(found.kind);
  const browser = { field: (name: string) => (name === "accept-encoding" ? "gzip" : undefined) };
  const before = new FoundFile(found, 0, undefined);
  const compressed = before.choose(browser);
  await compressed.load();
  // Of the same size, within what the clock of the file system tells apart.
  const after = new FoundFile(found, 1000, before);
  expect(after.choose(browser).body).toBeUndefined();
});

it("a file that its application writes while a visitor waits is sent as it is then", async () => {
  const path = join(root, "report.txt");
  await writeFile(path, "old");
  let think = (): Promise<void> | undefined => undefined;
  const application = createServer((_request, response) => {
    void Promise.resolve(think()).then(() => response.setHeader("X-Sendfile", path).end());
  }).listen(0, "127.0.0.1");
  await once(application, "listening");
  const upstream = { targets: [`http://127.0.0.1:${String((application.address() as AddressInfo).port)}`] };
  const context = { upstream, upstreams: new UpstreamPools(), log: () => undefined };
  await using proxy = await startHandler(compileProxy({ type: "proxy", upstream: "app", sendFiles: [root] }, context));
  expect((await ask(proxy.port, "/")).text).toBe("old");
  think = async () => {
    await writeFile(path, "new");
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 5000 });
  };
  try {
    expect((await ask(proxy.port, "/")).text).toBe("new");
  } finally {
    vi.useRealTimers();
    application.closeAllConnections();
    application.close();
  }
});
