/** Certificates of an agent: what is refused, what is told, and what nobody notices. */
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { connect as connectPlain } from "node:net";
import { connect, type TLSSocket } from "node:tls";
import { afterAll, describe, expect, it } from "vitest";
import type { CertificateFiles, Config, VirtualHost } from "../../../../../server-agent/contract/config.ts";
import type { UpstreamTls } from "../../../../../server-agent/contract/upstream.ts";
import { certificateFolder } from "../../../../support/http/certificates.ts";
import { makeFolder, startAgent } from "../../../../../tools/driving/agent.ts";
import { openIdleConnection } from "../../../../../tools/driving/load.ts";

const folder = certificateFolder();
afterAll(() => {
  folder[Symbol.dispose]();
});
const good = folder.make("good", ["shop.test"]);
const other = folder.make("other", ["shop.test"]);

function withCertificate(tls: CertificateFiles): Config {
  return {
    listeners: [{ name: "https", address: "127.0.0.1", port: 0, tls: true }],
    virtualHosts: [
      { id: "shop", hosts: ["shop.test"], tls, rules: [{ handler: { type: "respond", body: "live" } }] },
      { id: "default", hosts: ["*"], rules: [{ handler: { type: "error", status: 404 } }] },
    ],
  };
}

function written(name: string, text: string): string {
  const path = join(folder.path, name);
  writeFileSync(path, text);
  return path;
}

const VISITOR = { host: "127.0.0.1", servername: "shop.test", rejectUnauthorized: false };

async function open(port: number, session?: Buffer, servername = "shop.test"): Promise<TLSSocket> {
  const socket = connect({ host: "127.0.0.1", port, servername, rejectUnauthorized: false, session });
  await once(socket, "secureConnect");
  return socket;
}

async function nameAt(port: number, servername?: string): Promise<string> {
  const socket = await open(port, undefined, servername);
  const name = socket.getPeerCertificate().subject.CN;
  socket.destroy();
  return String(name);
}

describe("certificates of the agent", () => {
  const started = startAgent({ config: withCertificate(good), workers: 2 });
  afterAll(async () => (await started).close());

  it("are refused with the field where they cannot be used", async () => {
    const agent = await started;
    const encrypted = join(folder.path, "encrypted.key");
    execFileSync("openssl", ["pkey", "-in", good.key, "-aes256", "-passout", "pass:x", "-out", encrypted]);
    const cases: [CertificateFiles, string, RegExp][] = [
      [{ ...good, key: "/no/such.key" }, "key", /no such file/],
      [{ ...good, certificate: folder.path }, "certificate", /not a file/],
      [{ ...good, key: other.key }, "key", /is not the key of the certificate/],
      [{ ...good, key: encrypted }, "key", /has a passphrase/],
      [{ ...good, certificate: good.key }, "certificate", /no certificate in PEM form/],
      [{ ...good, key: good.certificate }, "key", /no private key in PEM form/],
      [
        {
          certificate: written(
            "order.pem",
            `${readFileSync(other.certificate, "utf8")}${readFileSync(good.certificate, "utf8")}`,
          ),
          key: good.key,
        },
        "certificate",
        /must be the first one/,
      ],
    ];
    for (const [tls, field, message] of cases) {
      const { ok, problems } = await agent.call("checkConfig", { body: withCertificate(tls) });
      expect({ ok, path: problems[0]?.path }).toEqual({ ok: false, path: `/virtualHosts/0/tls/${field}` });
      expect(problems[0]?.message).toMatch(message);
      expect(JSON.stringify(problems)).not.toContain("MIG");
    }
    const tls = { clientCertificates: { ca: good.key } };
    const listeners: Config["listeners"] = [{ name: "https", address: "127.0.0.1", port: 0, tls }];
    const { problems } = await agent.call("checkConfig", { body: { ...withCertificate(good), listeners } });
    expect(problems).toMatchObject([{ path: "/listeners/0/tls/clientCertificates/ca", code: "tls.ca" }]);
    const { ok: isTaken } = await agent.tryCall("putConfig", {
      body: withCertificate({ ...good, key: other.key }),
      ifMatch: "*",
    });
    expect(isTaken).toBe(false);
  });

  it("of upstreams are refused in the same way, and warned of where nothing is verified", async () => {
    const agent = await started;
    const check = (tls: UpstreamTls) =>
      agent.call("checkConfig", {
        body: { ...withCertificate(good), upstreams: { app: { targets: ["https://app.test"], tls } } },
      });
    expect((await check({ ca: good.key })).problems).toMatchObject([{ path: "/upstreams/app/tls/ca", code: "tls.ca" }]);
    expect((await check({ ...good, key: other.key })).problems).toMatchObject([
      { path: "/upstreams/app/tls/key", code: "tls.key-mismatch" },
    ]);
    expect(await check({ verify: false })).toMatchObject({
      ok: true,
      warnings: [{ path: "/upstreams/app/tls/verify", code: "upstream.tls-unverified" }],
    });
    expect(await check({ ca: good.certificate })).toEqual({ ok: true, problems: [] });
  });

  it("are taken with a warning where browsers would warn", async () => {
    const agent = await started;
    const wrong = folder.make("wrong", ["elsewhere.test"]);
    const { ok, warnings } = await agent.call("checkConfig", { body: withCertificate(wrong) });
    expect(ok).toBe(true);
    expect(warnings).toMatchObject([{ path: "/virtualHosts/0/tls/certificate", code: "tls.not-covered" }]);
  });

  it("let visitors come back by one ticket at every worker, after a restart and a hand-over", async () => {
    const agent = await started;
    const { port } = agent;
    const first = await open(port);
    const [session] = (await once(first, "session")) as [Buffer];
    first.destroy();
    const returns = async (): Promise<void> => {
      for (let visit = 0; visit < 6; visit++) {
        const socket = await open(port, session);
        expect(socket.isSessionReused()).toBe(true);
        socket.destroy();
      }
    };
    await returns();
    await agent.call("restart", { body: { mode: "graceful" } });
    await returns();
    const { pid } = await agent.call("handOver");
    expect(pid).not.toBe(agent.pid);
    await returns();
    const file = join(agent.stateDirectory, "tickets", "current.json");
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await readFile(file, "utf8")).toContain("madeAt");
  });
});

describe("what listeners agree with visitors", () => {
  it("is not taken from one to another by a session", async () => {
    const [one, two] = [folder.make("one", []), folder.make("two", [])];
    const anna = folder.make("anna", [], { by: one });
    const listeners = [one, two].map(({ certificate: ca }, index) => ({
      name: `https-${String(index)}`,
      address: "127.0.0.1",
      port: 0,
      tls: { clientCertificates: { ca } },
    }));
    await using agent = await startAgent({ config: { ...withCertificate(good), listeners } });
    const [first, second] = agent.listeners.map(({ port }) => port);
    const own = { cert: readFileSync(anna.certificate), key: readFileSync(anna.key) };
    const socket = connect({ ...VISITOR, ...own, port: first });
    const [session] = (await once(socket, "session")) as [Buffer];
    socket.destroy();
    for (const [port, isKnown] of [
      [first, true],
      [second, false],
    ] as const) {
      const again = connect({ ...VISITOR, port, session });
      await once(again, "secureConnect");
      expect(again.isSessionReused()).toBe(isKnown);
      again.destroy();
    }
  });

  it("changes for connections that come from then on, and none is closed", async () => {
    const config = withCertificate(good);
    const listeners = (port: number, tls?: boolean): Config["listeners"] => [
      { name: "http", address: "127.0.0.1", port, ...(tls === undefined ? {} : { tls }) },
    ];
    await using agent = await startAgent({ config: { ...config, listeners: listeners(0) } });
    const { port } = agent;
    const plain = await openIdleConnection({ host: "shop.test", port });
    expect((await plain.ask("/")).status).toBe(200);
    await agent.call("putConfig", { body: { ...config, listeners: listeners(port, true) }, ifMatch: "*" });
    expect(await nameAt(port)).toBe("good");
    const secure = await open(port);
    expect((await agent.call("getAgent")).listeners).toMatchObject([{ port, tls: true }]);
    await agent.call("putConfig", { body: { ...config, listeners: listeners(port) }, ifMatch: "*" });
    expect((await agent.visit({ host: "shop.test" })).status).toBe(200);
    expect((await plain.ask("/")).status).toBe(200);
    secure.write("GET / HTTP/1.1\r\nHost: shop.test\r\n\r\n");
    expect(String(await once(secure, "data"))).toMatch(/^HTTP\/1.1 200 /);
    secure.destroy();
    plain.close();
  });
});

describe("a certificate that is broken when the agent starts", () => {
  it("keeps no other site down, and is told", async () => {
    const tls = { certificate: written("later.pem", readFileSync(other.certificate, "utf8")), key: other.key };
    const config = withCertificate(good);
    const folder = await makeFolder();
    const later = { ...config.virtualHosts[0], id: "later", hosts: ["later.test"], tls } as VirtualHost;
    {
      const virtualHosts = [...config.virtualHosts.slice(0, 1), later, ...config.virtualHosts.slice(1)];
      await using agent = await startAgent({ folder, config: { ...config, virtualHosts } });
      expect(agent.generation).toBe(1);
    }
    writeFileSync(tls.certificate, "broken");
    await using agent = await startAgent({ folder });
    expect(await nameAt(agent.port)).toBe("good");
    // The default certificate, rather than nothing.
    expect(await nameAt(agent.port, "later.test")).toBe("good");
    await expect.poll(async () => (await agent.call("getAgent")).problems?.[0]).toMatch(/later on disk is unusable/);
    const knock = connectPlain(agent.port, "127.0.0.1").on("error", () => undefined);
    knock.end("GET / HTTP/1.1\r\n\r\n");
    const metrics = async () => (await agent.admin({ path: "/v1/metrics" })).text;
    await expect.poll(metrics).toMatch(/^backsoon_handshake_failures_total [1-9]/m);
  });
});

describe("a certificate that changes on disk", () => {
  it("is taken over without a connection closed; a broken one is told, and the one before stays", async () => {
    const tls = { certificate: join(folder.path, "live.pem"), key: join(folder.path, "live.key") };
    const use = (from: CertificateFiles): void => {
      copyFileSync(from.certificate, tls.certificate);
      copyFileSync(from.key, tls.key);
    };
    use(good);
    await using agent = await startAgent({ config: withCertificate(tls) });
    const kept = await open(agent.port);
    expect(kept.getPeerCertificate().subject.CN).toBe("good");
    use(other);
    await expect.poll(() => nameAt(agent.port)).toBe("other");

    writeFileSync(tls.key, "broken");
    await expect.poll(async () => (await agent.call("getAgent")).problems?.[0]).toMatch(/shop on disk is unusable/);
    await agent.logged(/new certificate is unusable; still using the previous one/);
    expect(await nameAt(agent.port)).toBe("other");
    // A site can be closed meanwhile.
    await agent.call("startMaintenance", { body: { site: "shop" } });

    use(good);
    await expect.poll(() => nameAt(agent.port)).toBe("good");
    await expect.poll(async () => (await agent.call("getAgent")).problems).toBeUndefined();

    kept.write("GET / HTTP/1.1\r\nHost: shop.test\r\n\r\n");
    const [answer] = (await once(kept, "data")) as [Buffer];
    expect(answer.toString()).toMatch(/^HTTP\/1.1 503 /);
    kept.destroy();
  });
});
