/**
 * Program: simulated visitors of the practice server, about 30 requests a second and never more
 * than 60 at once, on this computer only. Beside the pages they look at: two slow downloads, a
 * WebSocket, an event stream, and a checkout every other second. Says its totals as JSON once a
 * second; ends with its standard input.
 *
 * `node visitors.mjs <port>`
 */
import http from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import { WebSocket } from "ws";
import { PRODUCTS } from "../shop/products.ts";

const port = Number(process.argv[2]);
if (!Number.isInteger(port) || port < 1) throw new Error("usage: visitors.mjs <port>");

const REQUESTS_PER_SECOND = 30;
const MAX_CONCURRENT = 60;
const agent = new http.Agent({ keepAlive: true, maxSockets: MAX_CONCURRENT });

/**
 * What the visitors saw: `maintenance` are 503 answers, `failed` are connections that broke or
 * other 5xx.
 */
const totals = { served: 0, maintenance: 0, failed: 0, downloads: 0, orders: 0 };
let atOnce = 0;

interface Visit {
  host: string;
  method: "GET" | "POST";
  path: string;
  body?: unknown;
  cookie?: string | undefined;
}

/**
 * One request to its end; `onBytes` paces the reading of a download. Resolves with the status, or
 * `undefined` when it broke.
 */
function visit({
  host,
  method,
  path,
  body,
  cookie,
}: Visit): Promise<{ status: number; cookie: string | undefined } | undefined> {
  return new Promise((resolve) => {
    const text = body === undefined ? undefined : JSON.stringify(body);
    const headers = {
      host: `${host}:${port}`,
      ...(cookie === undefined ? {} : { cookie }),
      ...(text === undefined ? {} : { "content-type": "application/json", "content-length": Buffer.byteLength(text) }),
    };
    const request = http.request({ host: "127.0.0.1", port, agent, method, path, headers });
    const broken = () => {
      totals.failed += 1;
      resolve(undefined);
    };
    request.once("error", broken);
    request.once("response", (response) => {
      response.once("error", broken);
      response.once("end", () => {
        const status = response.statusCode ?? 0;
        if (status === 503) totals.maintenance += 1;
        else if (status >= 500) totals.failed += 1;
        else totals.served += 1;
        resolve({ status, cookie: response.headers["set-cookie"]?.[0]?.split(";")[0] });
      });
      response.resume();
    });
    request.end(text);
  });
}

function pick<T>(list: readonly T[]): T {
  return list[Math.floor(Math.random() * list.length)] as T;
}
function shop(path: string): Visit {
  return { host: Math.random() < 0.8 ? "shop.localhost" : "www.shop.localhost", method: "GET", path };
}

/** Where the next visitor looks: mostly the shop, its pictures, sometimes the blog. */
function nextVisit(): Visit {
  const dice = Math.random();
  if (dice < 0.15) return { host: "blog.localhost", method: "GET", path: pick(["/", "/glaze.html", "/style.css"]) };
  if (dice < 0.45) return shop(`/static/${pick(PRODUCTS).id}.svg`);
  if (dice < 0.55) return shop("/static/shop.css");
  if (dice < 0.8) return shop(`/products/${pick(PRODUCTS).id}`);
  return shop("/");
}

/** Comes in waves of half a minute, as visitors do. */
async function wander(): Promise<never> {
  for (;;) {
    const wave = 1 + 0.25 * Math.sin((Date.now() / 30_000) * 2 * Math.PI);
    await pause(1000 / (REQUESTS_PER_SECOND * wave));
    if (atOnce >= MAX_CONCURRENT) continue;
    atOnce += 1;
    void visit(nextVisit()).finally(() => (atOnce -= 1));
  }
}

async function buy(): Promise<never> {
  for (;;) {
    await pause(1500 + Math.random() * 1000);
    const added = await visit({
      host: "shop.localhost",
      method: "POST",
      path: "/api/basket",
      body: { id: pick(PRODUCTS).id },
    });
    const paid = await visit({
      host: "shop.localhost",
      method: "POST",
      path: "/api/checkout",
      body: {},
      cookie: added?.cookie,
    });
    if (paid?.status === 201) totals.orders += 1;
  }
}

async function download(): Promise<never> {
  for (;;) {
    const loaded = await visit({ host: "shop.localhost", method: "GET", path: "/catalogue.zip" });
    if (loaded?.status === 200) totals.downloads += 1;
    await pause(2000 + Math.random() * 3000);
  }
}

async function followStock(): Promise<never> {
  for (;;) {
    await visit({ host: "shop.localhost", method: "GET", path: "/stock" });
    await pause(2000);
  }
}

/** A WebSocket that is refused during maintenance comes back later, as a browser's script would. */
async function followLive(): Promise<never> {
  for (;;) {
    await new Promise<void>((resolve) => {
      const socket = new WebSocket(`ws://127.0.0.1:${port}/live`, { headers: { host: `shop.localhost:${port}` } });
      socket.once("error", () => undefined);
      socket.once("close", () => resolve());
    });
    await pause(2000);
  }
}

setInterval(() => process.stdout.write(`${JSON.stringify(totals)}\n`), 1000);
function end(): never {
  return process.exit(0);
}
process.stdin.resume().once("close", end).once("end", end);
process.once("SIGTERM", end);
process.once("SIGINT", end);
await Promise.all([wander(), buy(), download(), pause(15_000).then(download), followStock(), followLive()]);
