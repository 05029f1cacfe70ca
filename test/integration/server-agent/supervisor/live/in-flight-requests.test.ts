/** What is in flight, as a stream: from a download's first byte to its end. */
import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, it } from "vitest";
import { RequestsLine } from "../../../../../server-agent/contract/events.ts";
import { applyRequests, type WatchedRequests } from "../../../../../server-agent/core/client/apply-requests.ts";
import { smallConfig, startAgent } from "../../../../../tools/driving/agent.ts";

describe("GET /v1/requests/events", () => {
  it("follows a request that drains, with its bytes, to its end", async () => {
    const waiting: ServerResponse[] = [];
    const origin = createServer((_request, response) => {
      response.writeHead(200, { "content-length": "2000" });
      response.write("x".repeat(500));
      waiting.push(response);
    }).listen(0, "127.0.0.1");
    await once(origin, "listening");
    const { port } = origin.address() as AddressInfo;
    await using agent = await startAgent({
      config: {
        ...smallConfig(),
        upstreams: { app: { targets: [`http://127.0.0.1:${String(port)}`] } },
        virtualHosts: [
          { id: "app", hosts: ["app.example.com"], rules: [{ handler: { type: "proxy", upstream: "app" } }] },
          ...smallConfig().virtualHosts,
        ],
      },
    });
    await using ofApp = await agent.watchRequests("?site=app&before=2");
    await using ofShop = await agent.watchRequests("?site=shop");
    let watched: WatchedRequests | undefined;
    const until = async (test: (watched: WatchedRequests) => boolean): Promise<WatchedRequests> => {
      for (;;) {
        if (watched !== undefined && test(watched)) return watched;
        watched = applyRequests(watched, RequestsLine.parse(await ofApp.next()));
      }
    };
    expect((await until(() => true)).requests).toEqual([]);
    expect(await ofShop.next()).toMatchObject({ type: "snapshot", total: 0 });

    const visit = agent.visit({ host: "app.example.com", path: "/slow" });
    expect((await until(({ total }) => total === 1)).requests).toMatchObject([{ site: "app", path: "/slow" }]);
    await agent.call("startMaintenance", { body: { site: "app" } });
    // It is on an older generation now; a later one is none of those that drain.
    expect((await agent.visit({ host: "app.example.com" })).status).toBe(503);
    waiting[0]?.write("x".repeat(500));
    await until(({ requests }) => requests[0]?.bytesSent === 1000);
    waiting[0]?.end("x".repeat(1000));
    expect((await visit).text).toHaveLength(2000);
    expect((await until(({ total }) => total === 0)).requests).toEqual([]);
    const refused = await agent.admin({ path: "/v1/requests/events?before=x" });
    expect(refused).toMatchObject({ status: 422 });
    origin.closeAllConnections();
    origin.close();
  });
});
