/** What stands before the first request: whom a proxy brings, and who has shown a certificate. */
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { type AddressInfo, connect as connectPlain, createServer, type Socket } from "node:net";
import { connect, type ConnectionOptions, type TLSSocket } from "node:tls";
import { afterAll, describe, expect, it } from "vitest";
import { challengeCertificate } from "../../../../../server-agent/acme/certificate-request.ts";
import type { Condition } from "../../../../../server-agent/contract/condition.ts";
import type { Config, Listener, VirtualHost } from "../../../../../server-agent/contract/config.ts";
import { compileConfig, type RoutingTable } from "../../../../../server-agent/core/routing/routing-table.ts";
import { createLog } from "../../../../../server-agent/log.ts";
import { Contexts } from "../../../../../server-agent/worker/tls/contexts.ts";
import { Entrance } from "../../../../../server-agent/worker/tls/entrance.ts";
import { type ExpectedChallenge, TlsChallenge } from "../../../../../server-agent/worker/tls/tls-challenge.ts";
import { certificateFolder } from "../../../../support/http/certificates.ts";
import { configWith, startWorker } from "../../../../support/agent/worker-harness.ts";

const folder = certificateFolder();
afterAll(() => {
  folder[Symbol.dispose]();
});
const files = folder.make("shop", ["shop.test"]);
const authority = folder.make("authority", []);
const anna = folder.make("anna", [], { by: authority });
const stranger = folder.make("stranger", []);

function answering(conditions: Record<string, Condition>): VirtualHost {
  const rules = Object.entries(conditions).map(([body, when]) => ({
    when,
    handler: { type: "respond" as const, body },
  }));
  return {
    id: "shop",
    hosts: ["shop.test"],
    tls: files,
    rules: [...rules, { handler: { type: "respond", body: "else" } }],
  };
}

function withListener(listener: Partial<Listener>, site: VirtualHost, rest: Partial<Config> = {}): Config {
  const listeners = [{ name: "http", address: "127.0.0.1", port: 0, ...listener }];
  return configWith([site], { listeners, ...rest });
}

/** Sends this and resolves to all that comes. */
async function answerTo(socket: Socket, bytes: string): Promise<string> {
  let text = "";
  socket.on("error", () => undefined).on("data", (part: Buffer) => (text += part.toString()));
  const closed = socket.closed ? undefined : new Promise((resolve) => socket.once("close", resolve));
  // With its own side ended, it waits for the answer half-open.
  socket.end(`${bytes}GET / HTTP/1.1\r\nHost: shop.test\r\nConnection: close\r\n\r\n`);
  await closed;
  return text;
}

async function secured(options: ConnectionOptions): Promise<TLSSocket> {
  const socket = connect({ servername: "shop.test", rejectUnauthorized: false, ...options });
  await Promise.race([once(socket, "secureConnect"), once(socket, "close")]).catch(() => undefined);
  return socket;
}

describe("the PROXY protocol", () => {
  const site = answering({ brought: { from: "203.0.113.9" }, "not brought": { from: "127.0.0.1" } });
  const HEADER = "PROXY TCP4 203.0.113.9 127.0.0.1 4711 80\r\n";

  it("tells the visitor of a trusted proxy, which must not leave it out", async () => {
    await using worker = await startWorker(
      withListener({ proxyProtocol: true }, site, { trustedProxies: ["127.0.0.1"] }),
    );
    const at = () => connectPlain(worker.port, "127.0.0.1");
    expect(await answerTo(at(), HEADER)).toMatch(/\r\n\r\nbrought$/);
    expect(await answerTo(at(), "PROXY UNKNOWN\r\n")).toMatch(/\r\n\r\nnot brought$/);
    expect(await answerTo(at(), "")).toBe("");
    // Byte by byte.
    const slow = at().setNoDelay(true);
    for (const byte of HEADER) slow.write(byte);
    expect(await answerTo(slow, "")).toMatch(/\r\n\r\nbrought$/);
  });

  it("is not believed of anybody else", async () => {
    await using worker = await startWorker(
      withListener({ proxyProtocol: true }, site, { trustedProxies: ["192.0.2.1"] }),
    );
    expect(await answerTo(connectPlain(worker.port, "127.0.0.1"), HEADER)).toMatch(/^HTTP\/1.1 400 /);
    expect(await answerTo(connectPlain(worker.port, "127.0.0.1"), "")).toMatch(/\r\n\r\nnot brought$/);
  });

  it("stands before the handshake of TLS", async () => {
    await using worker = await startWorker(
      withListener({ proxyProtocol: true, tls: {} }, site, { trustedProxies: ["127.0.0.1"] }),
    );
    const socket = connectPlain(worker.port, "127.0.0.1");
    socket.write(HEADER);
    expect(await answerTo(await secured({ socket }), "")).toMatch(/\r\n\r\nbrought$/);
  });
});

describe("certificates of visitors", () => {
  const keyOf = ({ certificate, key }: typeof anna) => ({ cert: readFileSync(certificate), key: readFileSync(key) });
  const site = answering({
    anna: { clientCertificate: { commonName: ["~^an+a$"] } },
    any: { clientCertificate: true },
  });

  it("are known where an authority of the listener has signed them, also after a return", async () => {
    const tls = { clientCertificates: { ca: authority.certificate } };
    await using worker = await startWorker(withListener({ tls }, site));
    const { port } = worker;
    expect(await answerTo(await secured({ port, ...keyOf(anna) }), "")).toMatch(/\r\n\r\nanna$/);
    expect(await answerTo(await secured({ port, ...keyOf(stranger) }), "")).toMatch(/\r\n\r\nelse$/);
    expect(await answerTo(await secured({ port }), "")).toMatch(/\r\n\r\nelse$/);
    const first = await secured({ port, ...keyOf(anna) });
    const session = once(first, "session") as Promise<[Buffer]>;
    await answerTo(first, "");
    expect(await answerTo(await secured({ port, session: (await session)[0] }), "")).toMatch(/\r\n\r\nanna$/);
  });

  it("are known by their whole name, whatever ends of lines are in it", async () => {
    const tls = { clientCertificates: { ca: authority.certificate } };
    await using worker = await startWorker(withListener({ tls }, site));
    const other = folder.make("anna\u2028x", [], { by: authority });
    expect(await answerTo(await secured({ port: worker.port, ...keyOf(other) }), "")).toMatch(/\r\n\r\nany$/);
  });

  it("keep everybody else out where they are required", async () => {
    const tls = { clientCertificates: { ca: authority.certificate, required: true } };
    await using worker = await startWorker(withListener({ tls }, site));
    const { port } = worker;
    expect(await answerTo(await secured({ port, ...keyOf(anna) }), "")).toMatch(/\r\n\r\nanna$/);
    expect(await answerTo(await secured({ port, ...keyOf(stranger) }), "")).toBe("");
    expect(await answerTo(await secured({ port }), "")).toBe("");
  });
});

describe("a challenge of an authority over TLS", () => {
  it("is answered while it is expected, to who offers its protocol alone; visitors notice nothing", async () => {
    await using worker = await startWorker(withListener({ tls: {} }, answering({})));
    const { port } = worker;
    const expecting = async (challenge: ExpectedChallenge | undefined): Promise<void> => {
      const known = worker.next("tls-challenge-known");
      worker.send({ type: "tls-challenge", ask: 1, challenge });
      await known;
    };
    const signedFor = async (options: ConnectionOptions): Promise<string | undefined> => {
      const socket = await secured({ port, ...options });
      const { issuer } = socket.destroyed ? {} : socket.getPeerCertificate();
      socket.on("error", () => undefined).destroy();
      return issuer === undefined ? undefined : String(issuer.CN);
    };
    const asked = { ALPNProtocols: ["acme-tls/1"] };
    expect(await signedFor(asked)).toBeUndefined();
    await expecting({
      name: "Shop.test",
      pem: await challengeCertificate("shop.test", "token.thumbprint", new Date()),
    });
    for (const maxVersion of ["TLSv1.2", "TLSv1.3"] as const) {
      const authority = await secured({ port, ...asked, maxVersion });
      expect(authority.alpnProtocol).toBe("acme-tls/1");
      expect(authority.getPeerCertificate()).toMatchObject({ issuer: { CN: "Backsoon: proof of a name" } });
      // Nothing else is said there.
      expect(await answerTo(authority, "")).toBe("");
    }
    for (const ALPNProtocols of [[], ["http/1.1"], ["http/1.1", "acme-tls/1"], ["h2", "http/1.1"]])
      expect(await signedFor({ ALPNProtocols })).toBe("shop");
    expect(await answerTo(await secured({ port }), "")).toMatch(/\r\n\r\nelse$/);
    expect(await signedFor({ ...asked, servername: "other.test" })).toBeUndefined();
    expect(await answerTo(connectPlain(port, "127.0.0.1"), "")).toBe("");
    await expecting(undefined);
    expect(await signedFor(asked)).toBeUndefined();
    expect(await signedFor({ ALPNProtocols: ["http/1.1"] })).toBe("shop");
  });
});

/** Of a listener that asks for nothing but TLS. */
function entranceOf(contexts: Contexts, table: () => RoutingTable): Entrance {
  const key = Buffer.alloc(48, 1);
  const parts = {
    contexts,
    challenge: new TlsChallenge(),
    certificateFolder: "/nowhere",
    ticketKey: () => key,
    table,
    secured: () => undefined,
    failed: () => undefined,
  };
  return new Entrance({ tls: {} }, parts);
}

it("two connections from one port of a visitor, to two addresses, are two", async () => {
  const compiled = compileConfig(withListener({ tls: {} }, answering({})));
  if (!compiled.ok) throw new Error("not a document");
  const entrance = entranceOf(new Contexts(createLog(() => undefined)), () => compiled.table);
  const passed: (string | undefined)[] = [];
  const accepted: Socket[] = [];
  const server = createServer((socket) => {
    accepted.push(socket);
  });
  server.listen(0, "0.0.0.0");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const first = connectPlain({ port, host: "127.0.0.1", localAddress: "127.0.0.1" });
  await once(first, "connect");
  const second = connectPlain({ port, host: "127.0.0.2", localAddress: "127.0.0.1", localPort: first.localPort ?? 0 });
  await once(second, "connect");
  while (accepted.length < 2) await once(server, "connection");
  for (const socket of accepted) {
    const { localAddress } = socket;
    entrance.take(
      socket,
      (secure) => {
        passed.push(`${String(localAddress)} ${String(secure.localAddress)}`);
        secure.on("error", () => undefined).end(String(localAddress));
      },
      () => undefined,
    );
  }
  const said = await Promise.all(
    [first, second].map(async (socket) => {
      const secure = await secured({ socket });
      let text = "";
      secure.on("error", () => undefined).on("data", (part: Buffer) => (text += part.toString()));
      await once(secure, "close");
      return text;
    }),
  );
  expect(said).toEqual(["127.0.0.1", "127.0.0.2"]);
  expect(passed.sort()).toEqual(["127.0.0.1 127.0.0.1", "127.0.0.2 127.0.0.2"]);
  server.close();
});

it("two switches in a row leave the certificate of the later one to those who name no host", async () => {
  const [before, later] = ["before", "later"].map((name) => folder.make(name, [name]));
  const opened = Promise.withResolvers<undefined>();
  /** Reads one of them late, as from a slow disk. */
  class SlowContexts extends Contexts {
    override async get(...[asked, options]: Parameters<Contexts["get"]>) {
      if (asked.certificate === before?.certificate) await opened.promise;
      return super.get(asked, options);
    }
  }
  const tableWith = (tls = files) => {
    const compiled = compileConfig(withListener({ tls: {} }, { ...answering({}), tls }));
    if (!compiled.ok) throw new Error("not a document");
    return compiled.table;
  };
  let table = tableWith();
  const entrance = entranceOf(new SlowContexts(createLog(() => undefined)), () => table);
  await entrance.refresh();
  table = tableWith(before);
  const first = entrance.refresh();
  // Its files are being read by now.
  await new Promise(setImmediate);
  table = tableWith(later);
  const second = entrance.refresh();
  await new Promise(setImmediate);
  opened.resolve(undefined);
  await Promise.all([first, second]);

  const server = createServer((socket) => {
    entrance.take(
      socket,
      (secure) => secure.on("error", () => undefined).end(),
      () => undefined,
    );
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const client = connect({ port: (server.address() as AddressInfo).port, rejectUnauthorized: false });
  await once(client, "secureConnect");
  expect(client.getPeerCertificate().subject.CN).toBe("later");
  client.destroy();
  server.close();
});
