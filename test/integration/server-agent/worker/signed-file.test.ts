/** Links that an application has signed, and figures for those who may see them. */
import { createHmac } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { configWith, startWorker, type WorkerHarness } from "../../../support/agent/worker-harness.ts";
import { ask } from "../../../support/http/ask.ts";

const KEYS = ["k".repeat(32), "schlüssel".repeat(8)];
const LATER = Math.floor(Date.now() / 1000) + 3600;

let folder: string;
let worker: WorkerHarness;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "backsoon-signed-"));
  await writeFile(join(folder, "ein bericht.txt"), "the report");
  await writeFile(join(folder, "other.txt"), "another");
  await writeFile(join(folder, "keys"), `# of the shop\n${KEYS.join("\n")}\n`);
  await writeFile(join(folder, "weak"), "short\n");
  worker = await startWorker(configWith([site("keys")]));
});

afterAll(async () => {
  await worker.close();
  await rm(folder, { recursive: true });
});

function site(keys: string) {
  const signed = { type: "signedFile" as const, root: folder, mount: "/files", keyFile: join(folder, keys) };
  return {
    id: "shop",
    hosts: ["shop"],
    rules: [
      { when: { path: "/info", from: "127.0.0.1" }, handler: { type: "serverInfo" as const } },
      { handler: signed },
    ],
  };
}

function signatureOf(path: string, expires: number | string, key = KEYS[0] ?? ""): string {
  return createHmac("sha256", key)
    .update(`${path}\n${String(expires)}`)
    .digest("hex");
}

async function get(path: string, expires: number | string, signature: string, method = "GET") {
  const target = `${path}?expires=${String(expires)}&signature=${signature}`;
  return ask(worker.port, target, { method, headers: { Host: "shop" } });
}

describe("a signed link", () => {
  const path = "/files/ein bericht.txt";
  const sent = "/files/ein%20bericht.txt";

  it.each(KEYS)("opens its file, by whichever key (%s)", async (key) => {
    const answer = await get(sent, LATER, signatureOf(path, LATER, key));
    expect(answer).toMatchObject({ status: 200, text: "the report", headers: { "cache-control": "private" } });
  });

  it("opens no other file, for no longer, and for no one who guesses", async () => {
    const right = signatureOf(path, LATER);
    const cases: [string, number | string, string, number][] = [
      ["/files/other.txt", LATER, right, 403],
      [sent, LATER + 1, right, 403],
      [sent, `${String(LATER)}x`, right, 403],
      [sent, `0${String(LATER)}`, right, 403],
      [sent, LATER, right.slice(0, -2), 403],
      [sent, LATER, `${right}00`, 403],
      [sent, LATER, `${right}zz`, 403],
      [sent, LATER, "", 403],
      [sent, LATER, signatureOf(path, LATER, "another key of thirty-two characters"), 403],
      [sent, 1, signatureOf(path, 1), 410],
      ["/files/none", LATER, signatureOf("/files/none", LATER), 404],
      ["/files/", LATER, signatureOf("/files/", LATER), 404],
    ];
    for (const [target, expires, signature, status] of cases)
      expect(await get(target, expires, signature), `${target} ${String(expires)} ${signature}`).toMatchObject({
        status,
      });
    expect(await ask(worker.port, sent, { headers: { Host: "shop" } })).toMatchObject({ status: 403 });
    expect(await get(sent, LATER, right, "POST")).toMatchObject({ status: 405 });
  });

  it.each(["weak", "none"])("needs keys: %s", async (keys) => {
    expect(await worker.prepare(configWith([site(keys)]))).toMatchObject([
      { code: "handler.refused", path: "/virtualHosts/0/rules/1/handler" },
    ]);
  });
});

it("figures of the server are a page, or JSON", async () => {
  const info = await ask(worker.port, "/info", { headers: { Host: "shop", Accept: "application/json" } });
  const figures = JSON.parse(info.text) as Record<string, number>;
  expect(figures).toMatchObject({ inFlight: 1 });
  expect(figures.requests).toBeGreaterThan(figures.answered4xx ?? Infinity);
  const page = await ask(worker.port, "/info", { headers: { Host: "shop", Accept: "text/html" } });
  expect(page).toMatchObject({ status: 200, headers: { "content-type": "text/html; charset=utf-8" } });
});
