import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs/promises";
import http from "node:http";
import path from "node:path";
import readline from "node:readline";
import { afterEach, beforeEach, expect, it } from "vitest";
import { WebSocket } from "ws";
import { FromKeeper } from "../../../../main/practice/keeper-protocol.ts";
import { makeFolder } from "../../../../tools/driving/agent.ts";
import { HAS_NGINX } from "../../../../tools/driving/web-servers/nginx.ts";
import { reached, value } from "../../../support/fleet/running-fleet.ts";

const dist = path.join(import.meta.dirname, "../../../../dist");
const keeperProgram = path.join(dist, "practice/keeper.mjs");
const agentProgram = path.join(dist, "agent.mjs");

let temporary: string;
let keeper: ChildProcess | undefined;

beforeEach(async () => {
  temporary = await makeFolder();
});
afterEach(async () => {
  if (keeper?.exitCode === null && keeper.signalCode === null) {
    const ended = once(keeper, "exit");
    keeper.stdin?.end();
    await ended;
  }
  keeper = undefined;
  await fs.rm(temporary, { recursive: true, force: true });
});

type Ready = Extract<FromKeeper, { type: "ready" }>;

/**
 * Starts a keeper whose temporary files are in this test's folder; `next` waits for a message of
 * one type.
 */
function startKeeper(agent = agentProgram, ...how: string[]) {
  const child = spawn(process.execPath, [keeperProgram, agent, ...how], {
    env: { ...process.env, TMPDIR: temporary },
    stdio: ["pipe", "pipe", "ignore"],
  });
  keeper = child;
  const lines = readline.createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async <T extends FromKeeper["type"]>(type: T): Promise<Extract<FromKeeper, { type: T }>> => {
    for (;;) {
      const { value, done } = await lines.next();
      if (done === true) throw new Error(`the keeper ended before it said ${type}`);
      const message = FromKeeper.parse(JSON.parse(value));
      if (message.type === type) return message as Extract<FromKeeper, { type: T }>;
    }
  };
  return { child, next, ended: once(child, "exit") };
}

function portOf({ url }: Ready): number {
  return Number(new URL(url).port);
}

function get(
  port: number,
  host: string,
  target: string,
): Promise<{ status: number; type: string; text: string; length: number }> {
  return new Promise((resolve, reject) => {
    http
      .get({ host: "127.0.0.1", port, path: target, headers: { host }, agent: false }, (response) => {
        let text = "";
        let length = 0;
        response.on("data", (chunk: Buffer) => {
          length += chunk.length;
          if (length < 100_000) text += chunk.toString("latin1");
        });
        response.once("error", reject);
        response.once("end", () =>
          resolve({ status: response.statusCode ?? 0, type: response.headers["content-type"] ?? "", text, length }),
        );
      })
      .once("error", reject);
  });
}

/** Ids of processes whose command line names this test's folder or the given port. */
async function leftProcesses(): Promise<string[]> {
  const found: string[] = [];
  for (const pid of (await fs.readdir("/proc")).filter((name) => /^\d+$/.test(name))) {
    const environment = await fs.readFile(`/proc/${pid}/environ`, "utf8").catch(() => "");
    if (environment.includes(`TMPDIR=${temporary}\0`))
      found.push(`${pid} ${(await fs.readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "")).replaceAll("\0", " ")}`);
  }
  return found;
}

async function nothingIsLeft(): Promise<void> {
  await expect.poll(leftProcesses, { timeout: 15_000 }).toEqual([]);
  await expect.poll(() => fs.readdir(temporary), { timeout: 5000 }).toEqual([]);
}

it("serves a shop, a blog and the catch-all through a real agent, and leaves nothing behind", async () => {
  const { child, next, ended } = startKeeper();
  const ready = await next("ready");
  const port = portOf(ready);
  expect(ready.url).toBe(`http://shop.localhost:${String(port)}/`);
  expect(await get(port, "shop.localhost", "/")).toMatchObject({
    status: 200,
    text: expect.stringContaining("Heron teapot") as string,
  });
  expect(await get(port, "www.shop.localhost", "/static/shop.css")).toMatchObject({
    status: 200,
    type: expect.stringContaining("text/css") as string,
  });
  expect(await get(port, "shop.localhost", "/healthz")).toMatchObject({ status: 200, text: '{"healthy":true}' });
  expect(await get(port, "blog.localhost", "/glaze.html")).toMatchObject({ status: 200 });
  expect(await get(port, "anything.localhost", "/")).toMatchObject({
    status: 200,
    text: expect.stringContaining("Practice server") as string,
  });
  child.stdin.end();
  expect(await ended).toEqual([0, null]);
  await nothingIsLeft();
});

it.skipIf(!HAS_NGINX)(
  "stands beside a real nginx that serves them, prepares it, and leaves nothing behind",
  async () => {
    const { child, next, ended } = startKeeper(agentProgram, "beside");
    const ready = await next("ready");
    const port = portOf(ready);
    const statusOf = async (host: string, target = "/") => (await get(port, host, target)).status;
    expect(await get(port, "shop.localhost", "/")).toMatchObject({
      status: 200,
      text: expect.stringContaining("Heron teapot") as string,
    });
    expect(await get(port, "www.shop.localhost", "/static/shop.css")).toMatchObject({
      status: 200,
      type: expect.stringContaining("text/css") as string,
    });
    const { call } = reached(new Map([["practice", ready]]));
    const { webServers } = value(await call("practice", "listWebServers", {}));
    const id = webServers.find(({ configuration }) => configuration.startsWith(temporary))?.id ?? "";
    value(await call("practice", "installHook", { params: { id }, body: {} }));
    const receipt = value(await call("practice", "startMaintenance", { body: { site: "shop.localhost" } }));
    expect([await statusOf("shop.localhost"), await statusOf("blog.localhost")]).toEqual([503, 200]);
    value(await call("practice", "revertMaintenance", { params: { id: receipt.id }, body: {} }));
    expect(await statusOf("shop.localhost", "/healthz")).toBe(200);
    child.stdin.end();
    expect(await ended).toEqual([0, null]);
    await expect(get(port, "shop.localhost", "/")).rejects.toThrow();
    await nothingIsLeft();
  },
);

it("keeps baskets and takes orders, sends a large file, and speaks over a WebSocket and an event stream", async () => {
  const { next } = startKeeper();
  const port = portOf(await next("ready"));
  const base = { host: "127.0.0.1", port, agent: false };
  const post = (
    target: string,
    body: unknown,
    cookie = "",
  ): Promise<{ status: number; cookie: string; json: unknown }> =>
    new Promise((resolve, reject) => {
      const request = http.request(
        {
          ...base,
          method: "POST",
          path: target,
          headers: { host: "shop.localhost", "content-type": "application/json", cookie },
        },
        (response) => {
          let text = "";
          response.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
          response.once("end", () =>
            resolve({
              status: response.statusCode ?? 0,
              cookie: response.headers["set-cookie"]?.[0]?.split(";")[0] ?? "",
              json: JSON.parse(text),
            }),
          );
        },
      );
      request.once("error", reject);
      request.end(JSON.stringify(body));
    });
  const added = await post("/api/basket", { id: "mug" });
  expect(added).toMatchObject({ status: 200, json: { lines: [{ id: "mug", pieces: 1 }] } });
  expect(await post("/api/basket", { id: "no such thing" })).toMatchObject({ status: 422 });
  expect(await post("/api/checkout", {}, added.cookie)).toMatchObject({ status: 201, json: { total: 2400 } });

  const zip = await get(port, "shop.localhost", "/catalogue.zip?rate=64");
  expect(zip).toMatchObject({ status: 200, type: "application/zip" });
  expect(zip.length).toBeGreaterThan(64 * 1024 * 1024);

  const socket = new WebSocket(`ws://127.0.0.1:${String(port)}/live`, { headers: { host: "shop.localhost" } });
  const [news] = (await once(socket, "message")) as [Buffer];
  expect(JSON.parse(news.toString())).toMatchObject({ visitors: 1, orders: 1 });
  socket.terminate();

  const [stream] = (await once(
    http.get({ ...base, path: "/stock", headers: { host: "shop.localhost" } }),
    "response",
  )) as [http.IncomingMessage];
  const [data] = (await once(stream.setEncoding("utf8"), "data")) as [string];
  expect(data).toContain('"mug":119');
  stream.destroy();
});

it("sends visitors when told to, and calls them back", async () => {
  const { child, next } = startKeeper();
  const ready = await next("ready");
  child.stdin.write('{"type":"visitors","run":true}\n');
  expect(await next("visitors")).toEqual({ type: "visitors", running: true });
  const inFlight = (): Promise<{ kind: string; path: string }[]> =>
    new Promise((resolve, reject) => {
      http
        .get({ socketPath: ready.socketPath, path: "/v1/requests", agent: false }, (response) => {
          let text = "";
          response.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
          response.once("end", () =>
            resolve((JSON.parse(text) as { requests: { kind: string; path: string }[] }).requests),
          );
        })
        .once("error", reject);
    });
  await expect
    .poll(async () => [...new Set((await inFlight()).map(({ kind }) => kind))].sort(), { timeout: 15_000 })
    .toEqual(expect.arrayContaining(["download", "event-stream", "websocket"]));
  child.stdin.write('{"type":"visitors","run":false}\n');
  expect(await next("visitors")).toEqual({ type: "visitors", running: false });
  await expect.poll(inFlight, { timeout: 5000 }).toEqual([]);
});

it("ends with the app, also when the app is killed", async () => {
  // A stand-in for the app: it starts the keeper the same way, and is then killed without a chance
  // to say anything.
  const app = spawn(
    process.execPath,
    [
      "--input-type=module",
      "--eval",
      `import { spawn } from "node:child_process"; const keeper = spawn(process.execPath, ${JSON.stringify([keeperProgram, agentProgram])}, { stdio: ["pipe", "pipe", "pipe"] }); keeper.stdout.pipe(process.stdout); setInterval(() => {}, 1000);`,
    ],
    {
      env: { ...process.env, TMPDIR: temporary },
      stdio: ["ignore", "pipe", "inherit"],
    },
  );
  for await (const line of readline.createInterface({ input: app.stdout })) if (line.includes('"ready"')) break;
  expect(await leftProcesses()).not.toEqual([]);
  app.kill("SIGKILL");
  await nothingIsLeft();
});

it("says why it could not start, and leaves nothing behind", async () => {
  const { next, ended } = startKeeper(path.join(temporary, "no-agent.mjs"));
  expect(await next("failed")).toMatchObject({ message: expect.stringMatching(/./) as string });
  expect(await ended).toEqual([1, null]);
  await nothingIsLeft();
});

it("says that its agent was ended, and not what that had logged last", async () => {
  const { next, ended } = startKeeper();
  const { socketPath } = await next("ready");
  const { pid } = JSON.parse(
    await new Promise<string>((resolve, reject) => {
      http
        .get({ socketPath, path: "/v1/agent" }, (response) => {
          let text = "";
          response.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
          response.once("end", () => resolve(text));
        })
        .once("error", reject);
    }),
  ) as { pid: number };
  process.kill(pid, "SIGKILL");
  expect((await next("failed")).message).toBe("The agent ended: it ended with SIGKILL");
  await ended;
});
