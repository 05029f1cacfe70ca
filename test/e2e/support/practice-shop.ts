/** The practice server's shop as visitors of the tests meet it. */
import { expect, type Page } from "@playwright/test";
import http, { type IncomingMessage } from "node:http";
import { crc32 } from "node:zlib";
import { homePage } from "../../../main/practice/shop/shop-pages.ts";
import { PRODUCTS } from "../../../main/practice/shop/products.ts";
import type { LiveSite, Target } from "../../../tools/driving/load.ts";
import { stateOf } from "../../../tools/driving/call.ts";

export const SHOP = "shop.localhost";

const bought = PRODUCTS[0];
if (bought === undefined) throw new Error("the sample shop sells nothing");

/** A visitor without a cookie has a new basket each time, so that the answer is always this one. */
export const SHOP_VISITS: LiveSite = {
  get: { path: "/", answer: homePage() },
  post: {
    path: "/api/basket",
    body: JSON.stringify({ id: bought.id }),
    answer: JSON.stringify({ lines: [{ id: bought.id, name: bought.name, price: bought.price, pieces: 1 }] }),
  },
  pauseMs: 20,
};

export interface PracticeShop {
  target: Target;
  socketPath: string;
}

/**
 * Starts the practice server as a person does on the first start, and waits until the overview
 * shows the shop.
 */
export async function startPracticeShop(page: Page, visitors: boolean): Promise<PracticeShop> {
  await page.getByRole("checkbox", { name: "With simulated visitors" }).setChecked(visitors);
  await page.getByRole("button", { name: "Start the practice server" }).click();
  await page.getByRole("button", { name: SHOP, exact: true }).waitFor();
  return practiceShopOf(page);
}

/** Where the running practice server serves, and its admin socket. */
async function practiceShopOf(page: Page): Promise<PracticeShop> {
  const { practice, servers } = await stateOf(page);
  if (practice.state !== "running") throw new Error(`the practice server is ${practice.state}`);
  const server = servers.find(({ profile }) => profile.id === practice.serverId);
  if (server === undefined) throw new Error("the practice server is not in the list");
  return { target: { host: SHOP, port: Number(new URL(practice.url).port) }, socketPath: server.profile.socketPath };
}

async function textOf(response: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of response.setEncoding("utf8") as AsyncIterable<string>) text += chunk;
  return text;
}

function get(options: http.RequestOptions): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    http.get({ ...options, agent: false }, resolve).once("error", reject);
  });
}

/**
 * The configuration's bytes as the agent's admin socket gives them, without the generation's number
 * before them.
 */
export async function configBytes(socketPath: string): Promise<string> {
  const text = await textOf(await get({ socketPath, path: "/v1/config" }));
  const head = /^\{"generation":\d+,"config":/.exec(text)?.[0];
  if (head === undefined) throw new Error(`the agent answered “${text.slice(0, 200)}” instead of its configuration`);
  return text.slice(head.length);
}

export interface Visit {
  status: number;
  retryAfter: string | undefined;
  body: string;
}

/** One visitor on a connection of its own. */
export async function visit({ host, port }: Target, path = "/"): Promise<Visit> {
  const response = await get({ host: "127.0.0.1", port, path, headers: { host, accept: "text/html" } });
  return {
    status: response.statusCode ?? 0,
    retryAfter: response.headers["retry-after"],
    body: await textOf(response),
  };
}

// ZIP's local file header (PKWARE APPNOTE 4.3.7): the checksum and the size of the content that
// follows the header and the name.
const HEADER = 30;
const CHECKSUM_AT = 14;
const SIZE_AT = 18;
const NAME_LENGTH_AT = 26;

export interface Download {
  /** Bytes so far. */
  readonly received: number;
  /**
   * Resolves to the number of bytes once everything has come and the content has its checksum;
   * rejects when it is cut or altered.
   */
  readonly done: Promise<number>;
}

/**
 * Downloads the shop's catalogue, 64 MB, at `rate` MB a second; resolves once the first bytes have
 * come.
 */
export async function startDownload({ host, port }: Target, rate: number): Promise<Download> {
  const response = await get({ host: "127.0.0.1", port, path: `/catalogue.zip?rate=${rate}`, headers: { host } });
  const expected = Number(response.headers["content-length"]);
  if (response.statusCode !== 200 || !(expected > HEADER))
    throw new Error(`the download is answered with ${response.statusCode ?? 0}`);
  let received = 0;
  let head = Buffer.alloc(0);
  let checksum = 0;
  let begins = Infinity;
  let ends = Infinity;
  const take = (chunk: Buffer) => {
    const at = received;
    received += chunk.length;
    if (at < begins) {
      head = Buffer.concat([head, chunk]);
      if (head.length < HEADER) return;
      begins = HEADER + head.readUInt16LE(NAME_LENGTH_AT);
      ends = begins + head.readUInt32LE(SIZE_AT);
      checksum = crc32(head.subarray(begins, ends), checksum);
    } else if (at < ends) checksum = crc32(chunk.subarray(0, ends - at), checksum);
  };
  const finish = async (): Promise<number> => {
    for await (const chunk of response as AsyncIterable<Buffer>) take(chunk);
    if (!response.complete || received !== expected)
      throw new Error(`the download ended after ${received} of ${expected} bytes`);
    if (checksum !== head.readUInt32LE(CHECKSUM_AT)) throw new Error("the download was altered");
    return received;
  };
  const done = finish();
  // Whoever awaits it hears of it; a test that fails before must not end with this instead.
  done.catch(() => undefined);
  await expect.poll(() => received).toBeGreaterThan(0);
  return {
    get received() {
      return received;
    },
    done,
  };
}
