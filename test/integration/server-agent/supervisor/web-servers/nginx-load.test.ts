/** Promises 1 to 3 on nginx: switches under load, over plain HTTP, TLS and HTTP/2. */
import { once } from "node:events";
import { connect as openHttp2, type ClientHttp2Session } from "node:http2";
import { describe, expect, it } from "vitest";
import {
  openEchoSocket,
  openEventStream,
  openIdleConnection,
  startLoad,
  startSlowDownload,
  startSlowUpload,
  type Truth,
} from "../../../../../tools/driving/load.ts";
import { DOWNLOAD_BYTES, startOriginServer } from "../../../../../tools/driving/origin-server.ts";
import { repetitions } from "../../../../support/repetitions.ts";
import { agentBeside, prepared } from "../../../../support/web-servers/beside.ts";
import { HAS_NGINX, nginxFolder, startNginx } from "../../../../support/web-servers/nginx.ts";

function siteBefore(origin: string): Record<string, string> {
  return {
    "conf.d/upstream.conf": `map $http_upgrade $connection_upgrade { default upgrade; "" ""; }
upstream app { server ${origin}; keepalive 8; }
`,
    "sites-enabled/shop": `server {
    listen 127.0.0.1:@PORT1@;
    listen 127.0.0.1:@PORT2@ ssl http2;
    server_name shop.example;
    ssl_certificate @CERT@;
    ssl_certificate_key @KEY@;
    client_max_body_size 0;
    location / {
        proxy_pass http://app;
        proxy_http_version 1.1;
        proxy_request_buffering off;
        proxy_buffering off;
        proxy_set_header Upgrade $http_upgrade;
        proxy_set_header Connection $connection_upgrade;
    }
}
`,
  };
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

describe.skipIf(!HAS_NGINX)("switching a site of nginx under load", () => {
  const TIMES = repetitions(10, 100);
  it("refuses, resets and misleads nobody, and ends nothing that runs", { timeout: 280_000 }, async () => {
    await using origin = await startOriginServer();
    await using folder = await nginxFolder(siteBefore(new URL(origin.url).host));
    await using nginx = await startNginx(folder);
    await using agent = await agentBeside({ workers: 2 });
    await prepared(agent, folder);
    const target = { host: "shop.example", port: folder.port(1) };
    const truth: Truth = { state: "live", epoch: 0 };
    const changeTo = async (state: "live" | "maintenance", change: () => Promise<unknown>) => {
      truth.state = "moving";
      truth.epoch += 1;
      await change();
      truth.state = state;
      truth.epoch += 1;
    };
    const socket = await openEchoSocket(target);
    const ticks = await openEventStream(target);
    const upload = startSlowUpload(target);
    const download = startSlowDownload(target, 1024 * 1024);
    download.done.catch(() => undefined);
    const session = openHttp2(`https://127.0.0.1:${String(folder.port(2))}`, {
      rejectUnauthorized: false,
      servername: "shop.example",
    });
    const load = startLoad(target, truth, { get: 8, fresh: 4, post: 4 });
    for (let time = 0; time < TIMES; time++) {
      const idle = await openIdleConnection(target);
      expect((await idle.ask("/page")).status).toBe(200);
      let receipt = "";
      await changeTo("maintenance", async () => {
        receipt = (await agent.call("startMaintenance", { body: { site: "shop.example" } })).id;
      });
      expect((await idle.ask("/page")).status, "the idle connection, on the same socket").toBe(503);
      expect(await askOverHttp2(session)).toBe("maintenance");
      await load.rounds(1);
      await changeTo("live", () => agent.call("revertMaintenance", { params: { id: receipt }, body: {} }));
      expect((await idle.ask("/page")).status).toBe(200);
      expect(await askOverHttp2(session)).toBe("live");
      await load.rounds(1);
      idle.close();
    }
    const result = await load.stop();
    expect(result.failures).toEqual([]);
    expect(await upload.finish()).toBe(true);
    expect(await download.finish()).toBe(DOWNLOAD_BYTES);
    expect(await socket.finish()).toBeGreaterThan(0);
    expect(ticks.finish()).toBeGreaterThan(0);
    expect(session.destroyed, "one HTTP/2 session lives through all switches").toBe(false);
    session.close();
    expect(await nginx.log()).not.toMatch(/\[(error|crit|alert|emerg)\]/);
    console.log(`nginx, ${String(2 * TIMES)} switches: ${String(result.requests)} requests, 0 failed`);
  });
});
