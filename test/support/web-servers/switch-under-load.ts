/** Switches a site of a real web server under load, and holds it to promises 1 to 3. */
import { once } from "node:events";
import { connect as openHttp2, type ClientHttp2Session } from "node:http2";
import { expect } from "vitest";
import type { TestAgent } from "../../../tools/driving/agent.ts";
import {
  openEchoSocket,
  openEventStream,
  openIdleConnection,
  startLoad,
  startSlowDownload,
  startSlowUpload,
} from "../../../tools/driving/load.ts";
import { DOWNLOAD_BYTES } from "../../../tools/driving/origin-server.ts";
import { Truth } from "../../../tools/driving/truth.ts";

/** Where shop.example is served: the origin of `tools/driving` behind the web server. */
export interface ShopPorts {
  readonly plain: number;
  /** With HTTP/2. */
  readonly tls: number;
  /** It ends a connection of HTTP/1.1 after each page, and says so in the answer. */
  readonly endsAfterPage?: boolean;
}

/** Closes and opens it so many times. @returns how many requests there were. */
export async function switchUnderLoad(
  agent: TestAgent,
  { plain, tls, endsAfterPage = false }: ShopPorts,
  times: number,
): Promise<number> {
  const target = { host: "shop.example", port: plain };
  const truth = new Truth();
  const socket = await openEchoSocket(target);
  const ticks = await openEventStream(target);
  const upload = startSlowUpload(target);
  const download = startSlowDownload(target, 1024 * 1024);
  download.done.catch(() => undefined);
  const session = openHttp2(`https://127.0.0.1:${String(tls)}`, {
    rejectUnauthorized: false,
    servername: "shop.example",
  });
  const loads = [
    startLoad(target, truth, { get: 8, fresh: 4, post: 4 }),
    startLoad({ ...target, port: tls, tls: true }, truth, { get: 3, fresh: 2, post: 2 }),
  ];
  const aRound = () => Promise.all(loads.map((load) => load.rounds(1)));
  for (let time = 0; time < times; time++) {
    let idle = await openIdleConnection(target);
    expect((await idle.ask("/page")).status).toBe(200);
    let receipt = "";
    await truth.changeTo("maintenance", async () => {
      receipt = (await agent.call("startMaintenance", { body: { site: "shop.example" } })).id;
    });
    const page = await idle.ask("/page");
    expect(page.status, "the idle connection, on the same socket").toBe(503);
    expect(/^connection: close$/im.test(page.head)).toBe(endsAfterPage);
    if (endsAfterPage) idle = await openIdleConnection(target);
    expect(await askOverHttp2(session)).toBe("maintenance");
    await aRound();
    await truth.changeTo("live", () => agent.call("revertMaintenance", { params: { id: receipt }, body: {} }));
    expect((await idle.ask("/page")).status).toBe(200);
    expect(await askOverHttp2(session)).toBe("live");
    await aRound();
    idle.close();
  }
  const results = await Promise.all(loads.map((load) => load.stop()));
  expect(results.flatMap(({ failures }) => failures)).toEqual([]);
  for (const { live, maintenance } of results) expect(Math.min(live, maintenance)).toBeGreaterThan(0);
  expect(await upload.finish()).toBe(true);
  expect(await download.finish()).toBe(DOWNLOAD_BYTES);
  expect(await socket.finish()).toBeGreaterThan(0);
  expect(ticks.finish()).toBeGreaterThan(0);
  expect(session.destroyed, "one HTTP/2 session lives through all switches").toBe(false);
  session.close();
  return results.reduce((sum, { requests }) => sum + requests, 0);
}

/** Asks on one session after another's answer, and holds each to what was ordered before it. */
async function askOverHttp2(session: ClientHttp2Session): Promise<string> {
  const stream = session.request({ ":path": "/page", ":authority": "shop.example" });
  stream.end();
  const [head] = (await once(stream, "response")) as [{ ":status"?: number }];
  let body = "";
  for await (const part of stream.setEncoding("utf8")) body += String(part);
  if (head[":status"] === 200 && body === "the original answers") return "live";
  return head[":status"] === 503 ? "maintenance" : `${String(head[":status"])} ${body.slice(0, 60)}`;
}
