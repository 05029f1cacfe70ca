/**
 * Program: the sample shop behind the practice server's proxy rule. Pages, a JSON API, a slow large download, a WebSocket (`/live`) and an event stream (`/stock`): the kinds of
 * traffic a maintenance must not interrupt. Listens on a free port of 127.0.0.1, says `{"port":…}`, and ends with its standard input.
 */
import http, { type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { type WebSocket, WebSocketServer } from "ws";
import { Baskets } from "./baskets.ts";
import { sendCatalogue } from "./catalogue-zip.ts";
import { productById } from "./products.ts";
import { basketPage, homePage, notFoundPage, productPage } from "./shop-pages.ts";

const baskets = new Baskets();
const MAX_BODY_BYTES = 64 * 1024;

const html = (response: ServerResponse, status: number, body: string): void => void response.writeHead(status, { "content-type": "text/html; charset=utf-8" }).end(body);
const json = (response: ServerResponse, status: number, body: unknown): void => void response.writeHead(status, { "content-type": "application/json", "cache-control": "no-store" }).end(JSON.stringify(body));

const bodyOf = async (request: IncomingMessage): Promise<Record<string, unknown> | undefined> => {
  let text = "";
  for await (const chunk of request.setEncoding("utf8") as AsyncIterable<string>) {
    text += chunk;
    if (text.length > MAX_BODY_BYTES) return undefined;
  }
  try {
    const body: unknown = text === "" ? {} : JSON.parse(text);
    return typeof body === "object" && body !== null ? { ...body } : undefined;
  } catch {
    return undefined;
  }
};

const basketOf = (request: IncomingMessage, response: ServerResponse): string => {
  const basket = baskets.open(/(?:^|;\s*)basket=([0-9a-f-]{36})/.exec(request.headers.cookie ?? "")?.[1]);
  response.setHeader("set-cookie", `basket=${basket}; Path=/; HttpOnly; SameSite=Lax`);
  return basket;
};

const api = async (request: IncomingMessage, response: ServerResponse, path: string): Promise<void> => {
  const basket = basketOf(request, response);
  if (request.method === "GET" && path === "/api/basket") return json(response, 200, { lines: baskets.lines(basket) });
  if (request.method === "POST") {
    const body = await bodyOf(request);
    if (body === undefined) return json(response, 400, { error: "send a small JSON object" });
    if (path === "/api/basket") {
      if (typeof body["id"] !== "string" || productById(body["id"]) === undefined) return json(response, 422, { error: "id: there is no such product" });
      baskets.add(basket, body["id"]);
      return json(response, 200, { lines: baskets.lines(basket) });
    }
    if (path === "/api/checkout") {
      // The bank takes its time, as banks do: this is the request nobody wants to see cut.
      await pause(300 + Math.random() * 900);
      return json(response, 201, baskets.checkout(basket));
    }
  }
  json(response, 404, { error: "no such call" });
};

const streams = new Set<ServerResponse>();
const stock = (response: ServerResponse): void => {
  response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
  response.write(`data: ${JSON.stringify(baskets.stock())}\n\n`);
  streams.add(response);
  response.once("close", () => streams.delete(response));
};

const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
  const url = new URL(request.url ?? "/", "http://shop.localhost");
  const path = url.pathname;
  if (path.startsWith("/api/")) return api(request, response, path);
  if (request.method !== "GET" && request.method !== "HEAD") return json(response, 405, { error: "only GET and HEAD here" });
  if (path === "/") return html(response, 200, homePage());
  if (path === "/basket") return html(response, 200, basketPage());
  if (path === "/healthz") return json(response, 200, { healthy: true });
  if (path === "/stock") return stock(response);
  if (path === "/catalogue.zip") return sendCatalogue(response, Math.min(64, Math.max(0.25, Number(url.searchParams.get("rate") ?? 1) || 1)));
  const product = /^\/products\/([a-z]+)$/.exec(path)?.[1];
  const found = product === undefined ? undefined : productById(product);
  return found === undefined ? html(response, 404, notFoundPage()) : html(response, 200, productPage(found));
};

const server = http.createServer((request, response) => {
  answer(request, response).catch((error: unknown) => {
    process.stderr.write(`${request.method ?? ""} ${request.url ?? ""}: ${error instanceof Error ? error.message : String(error)}\n`);
    response.destroy();
  });
});

const sockets = new WebSocketServer({ noServer: true });
server.on("upgrade", (request, socket, head) => {
  if (request.url !== "/live") return void socket.end("HTTP/1.1 404 Not Found\r\nConnection: close\r\n\r\n");
  sockets.handleUpgrade(request, socket, head, (opened: WebSocket) => {
    opened.on("error", () => opened.terminate());
    opened.send(news());
  });
});

const news = (): string => JSON.stringify({ visitors: sockets.clients.size, orders: baskets.orders });

const ticking = setInterval(() => {
  for (const client of sockets.clients) client.send(news());
  for (const response of streams) response.write(`data: ${JSON.stringify(baskets.stock())}\n\n`);
}, 1000);

const end = (): void => {
  clearInterval(ticking);
  for (const client of sockets.clients) client.close(1001);
  server.closeAllConnections();
  process.exit(0);
};

server.keepAliveTimeout = 65_000;
server.listen(0, "127.0.0.1", () => process.stdout.write(`${JSON.stringify({ port: (server.address() as AddressInfo).port })}\n`));
process.stdin.resume().once("close", end).once("end", end);
process.once("SIGTERM", end);
process.once("SIGINT", end);
