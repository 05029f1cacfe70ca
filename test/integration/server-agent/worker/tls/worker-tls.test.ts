/** TLS on a worker's own listener: who gets which certificate, and what is the same as without. */
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { type AddressInfo, connect as connectPlain } from "node:net";
import { connect, type ConnectionOptions, type TLSSocket } from "node:tls";
import { afterAll, describe, expect, it } from "vitest";
import type { Config, VirtualHost } from "../../../../../server-agent/contract/config.ts";
import { certificateFolder } from "../../../../support/http/certificates.ts";
import { configWith, startWorker } from "../../../../support/agent/worker-harness.ts";

const folder = certificateFolder();
const shopFiles = folder.make("shop", ["shop.test"]);
const wildFiles = folder.make("wild", ["*.wild.test"]);
const LISTENERS: Config["listeners"] = [{ name: "https", address: "127.0.0.1", port: 0, tls: {} }];

const shop: VirtualHost = {
  id: "shop",
  hosts: ["shop.test"],
  tls: shopFiles,
  rules: [
    { when: { tls: true }, handler: { type: "respond", body: "secure" } },
    { handler: { type: "respond", body: "plain" } },
  ],
};
const wild: VirtualHost = {
  id: "wild",
  hosts: ["*.wild.test"],
  tls: wildFiles,
  rules: [{ handler: { type: "respond", body: "wild" } }],
};
const closed: VirtualHost = {
  id: "shop-copycat",
  copycatOf: "shop",
  hosts: ["shop.test"],
  rules: [{ handler: { type: "maintenance", page: "default" } }],
};

/** Half-open as any socket can be; the types do not know. */
type Options = ConnectionOptions & { allowHalfOpen?: boolean };

async function open(port: number, options: Options = {}): Promise<TLSSocket> {
  const socket = connect({ host: "127.0.0.1", port, rejectUnauthorized: false, ...options });
  await once(socket, "secureConnect");
  return socket;
}

/** Sends a request and resolves to the whole answer, whose body has a length. */
async function ask(socket: TLSSocket, host: string, path = "/"): Promise<string> {
  socket.write(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
  let text = "";
  for (;;) {
    const [part] = (await once(socket, "data")) as [Buffer];
    text += part.toString();
    const end = text.indexOf("\r\n\r\n");
    const length = /content-length: (\d+)/i.exec(text)?.[1];
    if (end >= 0 && text.length >= end + 4 + Number(length)) return text;
  }
}

describe("a site that keeps its visitors to TLS", () => {
  const hsts = { maxAge: 300 };
  const kept: VirtualHost = { ...shop, redirectToHttps: true, hsts };

  it("says so over TLS, but never with a page of maintenance", async () => {
    const own: VirtualHost = {
      ...kept,
      rules: [{ when: { path: "/closed" }, handler: { type: "maintenance", page: "default" } }, ...kept.rules],
    };
    await using worker = await startWorker(configWith([own], { listeners: LISTENERS }));
    const socket = await open(worker.port, { servername: "shop.test" });
    expect(await ask(socket, "shop.test")).toMatch(/^HTTP\/1.1 200 [^]*\r\nStrict-Transport-Security: max-age=300\r\n/);
    expect(await ask(socket, "shop.test", "/closed")).not.toContain("Strict-Transport-Security");
    await worker.serve(configWith([closed, own], { listeners: LISTENERS }));
    expect(await ask(socket, "shop.test")).toMatch(/^HTTP\/1.1 503 /);
    expect(await ask(socket, "shop.test")).not.toContain("Strict-Transport-Security");
    socket.destroy();
  });

  it("leads those without TLS to it, but its copycat answers at once", async () => {
    const trustedProxies = ["127.0.0.1"];
    const here = { ...kept, hosts: ["127.0.0.1"] };
    await using worker = await startWorker(configWith([here], { trustedProxies }));
    const visit = async (path: string, proto = "http") => {
      const answer = await fetch(`http://127.0.0.1:${String(worker.port)}${path}`, {
        redirect: "manual",
        method: "POST",
        body: "x",
        headers: { "x-forwarded-proto": proto },
      });
      return { status: answer.status, headers: answer.headers, text: await answer.text() };
    };
    const led = await visit("/a?b=c");
    expect(led.status).toBe(308);
    expect(led.headers.get("location")).toBe("https://127.0.0.1/a?b=c");
    expect(led.headers.get("strict-transport-security")).toBeNull();
    expect((await visit("/.well-known/acme-challenge/token")).text).toBe("plain");
    expect((await visit("/", "https")).text).toBe("secure");
    await worker.serve(configWith([{ ...closed, hosts: here.hosts }, here], { trustedProxies }));
    expect((await visit("/")).status).toBe(503);
  });
});

describe("TLS on a listener", () => {
  const started = startWorker(configWith([wild, shop], { listeners: LISTENERS }));
  afterAll(async () => {
    await (await started).close();
    folder[Symbol.dispose]();
  });

  it.each([
    ["shop.test", "shop"],
    ["a.wild.test", "wild"],
    ["other.test", "wild"],
    [undefined, "wild"],
  ])("answers %s with the certificate of %s", async (servername, name) => {
    const { port } = await started;
    const socket = await open(port, servername === undefined ? {} : { servername });
    expect(socket.getPeerCertificate().subject.CN).toBe(name);
    expect(socket.getProtocol()).toBe("TLSv1.3");
    socket.destroy();
  });

  it("knows of TLS in conditions, and keeps the connection over a switch and back", async () => {
    const worker = await started;
    const socket = await open(worker.port, { servername: "shop.test", ALPNProtocols: ["http/1.1"] });
    expect(socket.alpnProtocol).toBe("http/1.1");
    expect(await ask(socket, "shop.test")).toContain("secure");
    await worker.serve(configWith([closed, wild, shop], { listeners: LISTENERS }));
    expect(await ask(socket, "shop.test")).toMatch(/^HTTP\/1.1 503 /);
    const fresh = await open(worker.port, { servername: "shop.test" });
    expect(fresh.getPeerCertificate().subject.CN).toBe("shop");
    fresh.destroy();
    await worker.serve(configWith([wild, shop], { listeners: LISTENERS }));
    expect(await ask(socket, "shop.test")).toContain("secure");
    socket.destroy();
  });

  it("tells an upstream how the visitor came", async () => {
    const upstream = createServer((request, response) => response.end(request.headers["x-forwarded-proto"]));
    upstream.listen(0, "127.0.0.1");
    await once(upstream, "listening");
    const target = `http://127.0.0.1:${String((upstream.address() as AddressInfo).port)}`;
    const proxied: VirtualHost = { ...shop, rules: [{ handler: { type: "proxy", upstream: "app" } }] };
    const rest = { listeners: LISTENERS, upstreams: { app: { targets: [target] } } };
    await using worker = await startWorker(configWith([proxied], rest));
    const socket = await open(worker.port, { servername: "shop.test" });
    expect(await ask(socket, "shop.test")).toMatch(/\r\n\r\nhttps$/);
    socket.destroy();
    upstream.close();
    upstream.closeAllConnections();
  });

  it("answers who has ended his side already", async () => {
    const socket = await open((await started).port, { servername: "shop.test", allowHalfOpen: true });
    socket.end("GET / HTTP/1.1\r\nHost: shop.test\r\n\r\n");
    let text = "";
    socket.on("data", (bytes: Buffer) => (text += bytes.toString()));
    await once(socket, "end");
    expect(text).toMatch(/^HTTP\/1.1 200 [^]*secure$/);
    socket.destroy();
  });

  it("chooses the cheapest cipher, or the one for those without hardware for AES", async () => {
    const { port } = await started;
    const CHACHA = "TLS_CHACHA20_POLY1305_SHA256";
    for (const [ciphers, chosen] of [
      [`TLS_AES_256_GCM_SHA384:${CHACHA}:TLS_AES_128_GCM_SHA256`, "TLS_AES_128_GCM_SHA256"],
      ["TLS_AES_256_GCM_SHA384", "TLS_AES_256_GCM_SHA384"],
      [`${CHACHA}:TLS_AES_128_GCM_SHA256`, CHACHA],
    ] as const) {
      const socket = await open(port, { servername: "shop.test", ciphers });
      expect(socket.getCipher().name).toBe(chosen);
      socket.destroy();
    }
  });

  it("verifies with the site's authority, and speaks TLS 1.2 with forward secrecy", async () => {
    const { port } = await started;
    const ca = readFileSync(shopFiles.certificate);
    const socket = await open(port, { servername: "shop.test", ca, rejectUnauthorized: true, maxVersion: "TLSv1.2" });
    expect(socket.getCipher().name).toMatch(/^ECDHE-ECDSA-/);
    socket.destroy();
    const weak = connect({ host: "127.0.0.1", port, ciphers: "AES128-SHA", maxVersion: "TLSv1.2" });
    const [failure] = (await once(weak, "error")) as [Error];
    expect(failure.message).toMatch(/handshake/i);
  });

  it("lives on after what is no handshake, and says so once", async () => {
    const worker = await started;
    for (const bytes of ["GET / HTTP/1.1\r\n\r\n", "\x16\x03\x01\x02\x00rubbish", "\0\0\0\0"]) {
      const socket = connectPlain(worker.port, "127.0.0.1");
      socket.on("error", () => undefined);
      socket.end(Buffer.from(bytes, "latin1"));
      await once(socket, "close");
    }
    await expect.poll(() => worker.log.match(/TLS handshakes failed/g)?.length).toBe(1);
    const socket = await open(worker.port, { servername: "shop.test" });
    expect(await ask(socket, "shop.test")).toContain("secure");
    socket.destroy();
  });
});
