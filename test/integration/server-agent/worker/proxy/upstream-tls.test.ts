/** The proxy handler in front of upstreams that speak TLS. */
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer as createPlain, type IncomingMessage, type RequestListener } from "node:http";
import { createServer, type Server, type ServerOptions } from "node:https";
import { TLSSocket } from "node:tls";
import { WebSocket, WebSocketServer } from "ws";
import { afterAll, describe, expect, it } from "vitest";
import { type ProxyHarness, type ProxySetup, startProxy } from "../../../../support/agent/proxy-harness.ts";
import { ask } from "../../../../support/http/ask.ts";
import { certificateFolder } from "../../../../support/http/certificates.ts";
import { listening } from "../../../../support/http/listening.ts";
import { keep } from "../../../../support/keep.ts";

const folder = certificateFolder();
afterAll(() => {
  folder[Symbol.dispose]();
});
const authority = folder.make("authority", []);
const forApp = folder.make("app", ["app.test", "localhost"], { by: authority });
const ca = authority.certificate;
const LOCAL = { serverName: "app.test" };

interface App {
  readonly server: Server;
  readonly port: number;
  readonly url: string;
  /** Connections so far. */
  readonly sockets: TLSSocket[];
}

function secureSocketOf({ socket }: IncomingMessage): TLSSocket {
  if (!(socket instanceof TLSSocket)) throw new Error("not over TLS");
  return socket;
}

const names: RequestListener = (request, response) => {
  response.end(`${String(secureSocketOf(request).servername)} ${request.headers.host ?? ""}`);
};

async function app(listener: RequestListener = names, options: ServerOptions = {}): Promise<App> {
  const files = { cert: readFileSync(forApp.certificate), key: readFileSync(forApp.key) };
  const server = createServer({ ...files, ...options }, listener);
  const sockets: TLSSocket[] = [];
  server.on("secureConnection", (socket: TLSSocket) => sockets.push(socket));
  const port = await listening(server);
  return { server, port, url: `https://127.0.0.1:${String(port)}`, sockets };
}

async function proxy(targets: readonly string[], setup?: ProxySetup): Promise<ProxyHarness> {
  return keep(await startProxy(targets, setup));
}

describe("an upstream over TLS", () => {
  it("is named, verified by its own CA, and kept connected", async () => {
    const { port: target, sockets } = await app();
    const { port, log } = await proxy([`https://localhost:${String(target)}`], { tls: { ca } });
    for (let turn = 0; turn < 3; turn++)
      expect((await ask(port, "/", { headers: { host: "shop.test" } })).text).toBe("localhost shop.test");
    expect(sockets).toHaveLength(1);
    expect(log).toEqual([]);
  });

  it("is asked for another name where the configuration says so, and gets bodies", async () => {
    const { url } = await app((request, response) => request.pipe(response));
    const { port } = await proxy([url], { tls: { ca, ...LOCAL } });
    const body = Buffer.alloc(300_000, "x");
    const answer = await ask(port, "/", { method: "POST", body });
    expect([answer.status, answer.body.equals(body)]).toEqual([200, true]);
  });

  it.each([
    ["no CA of it is known", {}, /certificate is not trusted \(.*tls\.ca/],
    ["it is for another name", { ca }, /certificate is for another name .*tls\.serverName/],
    ["a file has gone", { ca: "/no/such.pem" }, /TLS files cannot be used: .*no\/such\.pem/],
  ])("is 502 with the reason in the log: %s", async (_, tls, why) => {
    const { url, sockets } = await app();
    const { port, log } = await proxy([url], { tls });
    expect((await ask(port, "/")).status).toBe(502);
    expect(log.join("\n")).toMatch(why);
    expect(sockets.filter((socket) => socket.bytesRead > 0)).toHaveLength(0);
  });

  it("is 502 where it speaks no TLS", async () => {
    const target = await listening(createPlain((_request, response) => response.end("plain")));
    const { port, log } = await proxy([`https://127.0.0.1:${String(target)}`], { tls: { ca, ...LOCAL } });
    expect((await ask(port, "/")).status).toBe(502);
    expect(log.join("\n")).toMatch(/does not speak TLS/);
  });

  it("takes any certificate where nothing is verified", async () => {
    const { url } = await app();
    const { port } = await proxy([url], { tls: { verify: false } });
    expect((await ask(port, "/")).status).toBe(200);
  });

  it("is shown a client certificate; without one it refuses", async () => {
    const own = folder.make("agent", ["agent.test"], { by: authority });
    const { url } = await app(
      (request, response) => {
        response.end(secureSocketOf(request).getPeerCertificate().subject.CN);
      },
      { requestCert: true, rejectUnauthorized: true, ca: readFileSync(ca) },
    );
    const { port } = await proxy([url], { tls: { ca, ...LOCAL, ...own } });
    expect((await ask(port, "/")).text).toBe("agent");
    const without = await proxy([url], { tls: { ca, ...LOCAL } });
    expect((await ask(without.port, "/")).status).toBe(502);
    expect(without.log.join("\n")).toMatch(/certificate required|alert|closed/i);
  });

  it.each(["TLSv1.2", "TLSv1.3"] as const)("is met again by a session: %s", async (version) => {
    const versions = { minVersion: version, maxVersion: version };
    const { server, url } = await app((_request, response) => response.end("ok"), versions);
    const reused: boolean[] = [];
    server.on("secureConnection", (socket: TLSSocket) => reused.push(socket.isSessionReused()));
    const { port } = await proxy([url], { tls: { ca, ...LOCAL }, keepAlive: 0 });
    for (let turn = 0; turn < 3; turn++) expect((await ask(port, "/")).text).toBe("ok");
    expect(reused).toEqual([false, true, true]);
  });

  it("joins WebSockets", async () => {
    const { server, url } = await app();
    const sockets = new WebSocketServer({ server });
    sockets.on("connection", (socket) =>
      socket.on("message", (text: Buffer) => socket.send(`heard ${text.toString()}`)),
    );
    const { port, entries } = await proxy([url], { tls: { ca, ...LOCAL } });
    const visitor = new WebSocket(`ws://127.0.0.1:${String(port)}/`);
    await once(visitor, "open");
    visitor.send("hello");
    const [said] = (await once(visitor, "message")) as [Buffer];
    expect(said.toString()).toBe("heard hello");
    expect(entries[0]?.kind).toBe("websocket");
    visitor.close();
    await once(visitor, "close");
  });

  it("is passed over for another target while its certificate is wrong", async () => {
    const foreign = folder.make("foreign", ["app.test"]);
    const files = { cert: readFileSync(foreign.certificate), key: readFileSync(foreign.key) };
    const [wrong, right] = [await app(names, files), await app()];
    const { port } = await proxy([wrong.url, right.url], { tls: { ca, ...LOCAL } });
    for (let turn = 0; turn < 4; turn++) expect((await ask(port, "/", { method: "POST", body: "x" })).status).toBe(200);
  });
});
