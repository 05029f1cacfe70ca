/**
 * The events of the table of connections (docs/reliability.md), and the application behind the site
 * to which they happen.
 */
import { createHash } from "node:crypto";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import type { Config, SiteTls } from "../../../server-agent/contract/config.ts";
import type { TestAgent } from "../../../tools/driving/agent.ts";
import type { EventName } from "../../../tools/docs/reliability.ts";
import { handOver, proxied } from "./hand-over.ts";

export const LARGE = "x".repeat(8 * 1024 * 1024);
export const SOME = "0123456789";
export const HELD_BYTES = 2 * SOME.length;

/** What is active after the event answers `GET /` like this. */
export const ACTIVE: Record<EventName, string> = {
  close: "503",
  reopen: "200 live",
  configure: "200 configured",
  restart: "200 live",
  handOver: "200 live",
  workerKilled: "200 live",
  agentKilled: "200 live",
};

/** An application that answers by path; what is held is let go all at once. */
export async function startHoldingOrigin() {
  const held: ServerResponse[] = [];
  const streams: (() => void)[] = [];
  const upgraded: Duplex[] = [];
  const server = createServer((request, response) => {
    if (request.method === "POST") {
      let bytes = 0;
      request.on("data", (chunk: Buffer) => (bytes += chunk.length));
      request.on("end", () => response.end(`took ${String(bytes)}`));
    } else if (request.url === "/live/held") held.push(response);
    else if (request.url === "/live/large") response.end(LARGE);
    else if (request.url === "/live/events") {
      response.writeHead(200, { "Content-Type": "text/event-stream" }).write("first;");
      streams.push(() => response.write("second;"));
    } else response.end("live");
  });
  server.on("upgrade", (request, socket) => {
    const key = `${request.headers["sec-websocket-key"] ?? ""}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`;
    const accept = createHash("sha1").update(key).digest("base64");
    upgraded.push(socket.on("error", () => undefined).on("end", () => socket.end()));
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
    );
    streams.push(() => socket.write(Buffer.from([0x81, 0x02, 0x68, 0x69])));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    /** Requests that wait here. */
    held,
    goOn() {
      for (const response of held.splice(0)) response.end("held");
      for (const next of streams.splice(0)) next();
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      for (const socket of upgraded) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Another configuration of the same site. */
export function configured(url: string): Config {
  const config = proxied(url);
  const [shop, ...others] = config.virtualHosts;
  if (shop === undefined) throw new Error("no site");
  const rules = [{ handler: { type: "respond" as const, body: "configured" } }];
  return { ...config, virtualHosts: [{ ...shop, rules }, ...others] };
}

/** Visitors come over TLS where there is a certificate. */
export function secured(config: Config, tls: SiteTls | undefined): Config {
  if (tls === undefined) return config;
  return {
    ...config,
    listeners: config.listeners.map((listener) => ({ ...listener, tls: true })),
    virtualHosts: config.virtualHosts.map((site) => ({ ...site, tls })),
  };
}

/**
 * @param receipt Of the maintenance that `reopen` ends.
 * @param next What `configure` makes active.
 */
export async function happen(event: EventName, agent: TestAgent, receipt: string, next: Config): Promise<void> {
  switch (event) {
    case "close":
      await agent.call("startMaintenance", { body: { site: "shop" } });
      return;
    case "reopen":
      await agent.call("revertMaintenance", { params: { id: receipt } });
      return;
    case "configure": {
      const config = { ...next, listeners: (await agent.call("getConfig")).config.listeners };
      await agent.call("putConfig", { body: config, ifMatch: "*" });
      return;
    }
    case "restart":
      await agent.call("restart", { body: { mode: "graceful" } });
      return;
    case "handOver":
      await handOver(agent);
      return;
    case "workerKilled":
      process.kill((await agent.call("getAgent")).workers[0]?.pid ?? 0, "SIGKILL");
      return;
    case "agentKilled":
      await agent.kill("SIGKILL");
  }
}
