/** Certificates that the agent obtains from a real authority, and keeps fresh. */
import { execFileSync } from "node:child_process";
import { EventEmitter, once } from "node:events";
import { readdir, readFile, stat, writeFile } from "node:fs/promises";
import { type IncomingMessage, request } from "node:http";
import { type AddressInfo, connect as connectPlain, createServer, type Socket } from "node:net";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { connect, type TLSSocket } from "node:tls";
import { describe, expect, it } from "vitest";
import type { AcmeAuthority, SiteCertificate } from "../../../../../server-agent/contract/tls/acme.ts";
import type { Config } from "../../../../../server-agent/contract/config.ts";
import { makeFolder, startAgent, type TestAgent } from "../../../../../tools/driving/agent.ts";
import { freePort } from "../../../../../tools/driving/free-port.ts";
import { CLOCK_PROGRAM } from "../../../../support/agent/windows.ts";
import { HAS_PEBBLE, startPebble } from "../../../../support/acme/pebble.ts";

function configOf(acme: Record<string, AcmeAuthority>, httpPort: number, names = ["shop.test"]): Config {
  return {
    listeners: [
      { name: "http", address: "127.0.0.1", port: httpPort },
      { name: "https", address: "127.0.0.1", port: 0, tls: true },
    ],
    acme,
    virtualHosts: [
      {
        id: "shop",
        hosts: ["shop.test", "*.shop.test", "down.test"],
        tls: { acme: Object.keys(acme)[0] ?? "", names },
        redirectToHttps: true,
        rules: [{ handler: { type: "respond", body: "live" } }],
      },
      { id: "default", hosts: ["*"], rules: [{ handler: { type: "error", status: 404 } }] },
    ],
  };
}

async function open({ listeners }: TestAgent): Promise<TLSSocket> {
  const port = listeners.find(({ tls }) => tls === true)?.port;
  const socket = connect({ host: "127.0.0.1", port, servername: "shop.test", rejectUnauthorized: false });
  await once(socket, "secureConnect");
  return socket;
}

/** Who has signed what visitors get, and its number. */
async function signedAt(agent: TestAgent): Promise<{ by: string; number: string }> {
  const socket = await open(agent);
  const { issuer, serialNumber } = socket.getPeerCertificate();
  socket.destroy();
  return { by: String(issuer.CN), number: serialNumber };
}

async function certificateOf(agent: TestAgent): Promise<SiteCertificate | undefined> {
  return (await agent.call("listCertificates")).certificates.find(({ site }) => site === "shop");
}

/**
 * Of certificates whose renewal a test waits for. An order that takes more than half of it gets one
 * that is due already, which counts as failed: beside other tests, some seconds are little.
 */
const LIFE_SECONDS = 10;

/** So many connections at once for each challenge. */
const PEBBLE_ASKS = 3;

/** Stands before the agent, or before an authority. */
async function startGate(port: number) {
  const [all, held] = [new Set<Socket>(), new Set<Socket>()];
  const seen = new EventEmitter();
  let [isOpen, count] = [true, 0];
  const pass = (near: Socket): void => {
    const far = connectPlain(port, "127.0.0.1").on("error", () => near.destroy());
    near.pipe(far).pipe(near);
  };
  const server = createServer((near) => {
    all.add(near.on("error", () => undefined));
    count += 1;
    if (isOpen) pass(near);
    else held.add(near);
    seen.emit("count");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    /** From now on nothing passes, and nobody hears that. */
    hold: () => {
      [isOpen, count] = [false, 0];
    },
    /** Resolves when so many have come in all since then. */
    held: async (least: number) => {
      while (count < least) await once(seen, "count");
    },
    /** All pass again, also what was held. */
    open: () => {
      isOpen = true;
      for (const socket of held) pass(socket);
      held.clear();
    },
    /** All pass again; what was held is lost. */
    cut: () => {
      isOpen = true;
      for (const socket of held) socket.destroy();
      held.clear();
    },
    [Symbol.asyncDispose]: async () => {
      server.close();
      for (const socket of all) socket.destroy();
      await once(server, "close");
    },
  };
}

/** `expect.poll` is not for tests that run side by side. */
async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await delay(50);
}

async function issued(agent: TestAgent): Promise<void> {
  await until(async () => (await certificateOf(agent))?.acme?.issued === true);
}

/** The answer on a connection that is there. */
async function visitOn(socket: TLSSocket): Promise<string> {
  socket.write("GET / HTTP/1.1\r\nHost: shop.test\r\n\r\n");
  const [bytes] = (await once(socket, "data")) as [Buffer];
  return bytes.toString("latin1");
}

/** A request of an authority, or of a visitor without TLS. */
async function ask(port: number, path: string, options: { method?: string; host?: string } = {}) {
  const { method = "GET", host = "shop.test" } = options;
  const asked = request({ host: "127.0.0.1", port, path, method, headers: { host }, agent: false }).end();
  const [response] = (await once(asked, "response")) as [IncomingMessage];
  return { status: response.statusCode, text: (await response.toArray()).join("") };
}

describe.skipIf(!HAS_PEBBLE).concurrent("a certificate from an authority", () => {
  it("is ordered, used by every worker without a connection cut, and kept with mode 0600", async () => {
    const httpPort = await freePort();
    await using pebble = await startPebble({ httpPort });
    await using agent = await startAgent({ config: configOf({ le: pebble.authority }, httpPort), workers: 2 });
    await issued(agent);
    const first = await signedAt(agent);
    expect(first.by).toMatch(/^Pebble Intermediate/);
    expect(await certificateOf(agent)).toMatchObject({ names: ["shop.test"], acme: { authority: "le" } });
    const visitor = await open(agent);
    expect(await visitOn(visitor)).toContain("live");
    const renewed = await agent.call("renewCertificate", { params: { site: "shop" }, body: {} });
    expect(renewed.acme).toMatchObject({ issued: true });
    await until(async () => (await signedAt(agent)).number !== first.number);
    expect(await visitOn(visitor)).toContain("live");
    visitor.destroy();
    for (const kind of ["accounts", "certificates"])
      for (const name of await readdir(join(agent.stateDirectory, kind)))
        expect((await stat(join(agent.stateDirectory, kind, name))).mode & 0o777).toBe(0o600);
    expect((await agent.call("getAgent")).problems).toBeUndefined();
    expect(agent.log()).not.toContain("PRIVATE KEY");

    // Authorities are answered before anything else; nobody else is.
    const { path, token } = {
      path: "/.well-known/acme-challenge/",
      token: "evaGxfADs6pSRb2LAv9IZf17Dt3juxGJ-PCt92wr-oA",
    };
    const { text } = await ask(httpPort, path + token);
    expect(text).toMatch(new RegExp(`^${token}\\.[A-Za-z0-9_-]{43}$`));
    await agent.call("startMaintenance", { body: { site: "shop", exceptions: [] } });
    expect(await ask(httpPort, path + token)).toEqual({ status: 200, text });
    const url = `http://shop.test${path}${token}`;
    expect((await agent.call("explain", { query: { url } })).answer).toMatchObject({ handler: "acme", status: 200 });
    expect(await ask(httpPort, path + token, { method: "HEAD" })).toEqual({ status: 200, text: "" });
    expect(await ask(httpPort, path + token, { method: "POST" })).toMatchObject({ status: 503 });
    expect(await ask(httpPort, `${path}<script>`)).toMatchObject({ status: 503 });
    expect(await ask(httpPort, path + token, { host: "other.test" })).toMatchObject({ status: 404 });
    expect(await agent.tryCall("renewCertificate", { params: { site: "default" }, body: {} })).toMatchObject({
      error: { code: "not-found" },
    });

    // What there was no room for is not ordered again.
    const order = () => agent.call("renewCertificate", { params: { site: "shop" }, body: {} });
    execFileSync("prlimit", ["--pid", String(agent.pid), "--fsize=0:"]);
    expect((await order()).acme?.failure?.message).toContain("could not be stored");
    const said = pebble.said().split("Issued certificate").length;
    execFileSync("prlimit", ["--pid", String(agent.pid), "--fsize=unlimited:"]);
    expect((await order()).acme?.failure).toBeUndefined();
    expect(pebble.said().split("Issued certificate")).toHaveLength(said);
    expect(said).toBe(4);
  });

  it("is renewed while the site is closed, and kept over a crash and a hand-over", async () => {
    const httpPort = await freePort();
    await using pebble = await startPebble({ httpPort, lifeSeconds: LIFE_SECONDS });
    const folder = await makeFolder();
    const [shop, ...others] = configOf({ le: pebble.authority }, httpPort).virtualHosts;
    const config: Config = {
      ...configOf({ le: pebble.authority }, httpPort),
      virtualHosts: [
        { ...shop, id: "shop", hosts: ["shop.test"], tls: { acme: "le" }, rules: shop?.rules ?? [] },
        ...others,
      ],
    };
    const agent = await startAgent({ config, folder });
    await issued(agent);
    // Nobody outside knows the name of the staff.
    await pebble.place("staff.internal", "127.0.0.2");
    const body = { site: "shop", exceptions: [], internalHosts: ["staff.internal"] };
    expect((await agent.call("planMaintenance", { body })).warnings).toEqual([]);
    await agent.call("startMaintenance", { body });
    const first = await signedAt(agent);
    await until(async () => (await signedAt(agent)).number !== first.number);
    expect(await certificateOf(agent)).toMatchObject({ names: ["shop.test"], acme: { issued: true } });
    expect((await certificateOf(agent))?.acme?.failure).toBeUndefined();
    // In the middle of an order.
    const order = agent.tryCall("renewCertificate", { params: { site: "shop" }, body: {} }).catch(() => undefined);
    await until(async () => (await certificateOf(agent))?.acme?.ordering === true);
    await agent.kill("SIGKILL");
    await order;
    await using next = await startAgent({ folder });
    const account = await readFile(join(next.stateDirectory, "accounts", "le.json"), "utf8");
    const before = await signedAt(next);
    expect(before.by).toMatch(/^Pebble/);
    await next.call("handOver", { body: {} });
    await until(async () => (await signedAt(next)).number !== before.number);
    expect(await readFile(join(next.stateDirectory, "accounts", "le.json"), "utf8")).toBe(account);
  });

  it("is proved over TLS where nothing else listens, also while the site is closed", async () => {
    const port = await freePort();
    await using pebble = await startPebble({ httpPort: port, asksAgain: true });
    const config = configOf({ le: { ...pebble.authority, challenge: "tls-alpn-01" } }, port);
    const listeners: Config["listeners"] = [{ name: "https", address: "127.0.0.1", port, tls: true }];
    await using agent = await startAgent({ config: { ...config, listeners }, workers: 2 });
    await issued(agent);
    const first = await signedAt(agent);
    expect(first.by).toMatch(/^Pebble Intermediate/);
    await agent.call("startMaintenance", { body: { site: "shop", exceptions: [] } });
    const visitor = await open(agent);
    const isOrdered = new AbortController();
    const renewed = agent.call("renewCertificate", { params: { site: "shop" }, body: {} }).finally(() => {
      isOrdered.abort();
    });
    const seen = new Set<string>();
    while (!isOrdered.signal.aborted) seen.add((await signedAt(agent)).by.replace(/ [0-9a-f]+$/, ""));
    expect((await renewed).acme).toMatchObject({ issued: true });
    expect((await renewed).acme?.failure).toBeUndefined();
    expect([...seen]).toEqual(["Pebble Intermediate CA"]);
    expect(await visitOn(visitor)).toContain("503");
    visitor.destroy();
    await until(async () => (await signedAt(agent)).number !== first.number);
    expect((await agent.call("getAgent")).problems).toBeUndefined();
    // Over a hand-over, by workers who have never seen an order.
    await agent.call("handOver", { body: {} });
    expect(
      (await agent.call("renewCertificate", { params: { site: "shop" }, body: {} })).acme?.failure,
    ).toBeUndefined();

    const { warnings } = await agent.call("checkConfig", {
      body: {
        ...configOf({ new: { ...pebble.authority, challenge: "tls-alpn-01" } }, port),
        listeners: [{ name: "http", address: "127.0.0.1", port: 0 }],
        // Of what comes over TLS, only this one would know.
        trustedProxies: ["127.0.0.1"],
      },
    });
    expect(warnings).toMatchObject([{ path: "/virtualHosts/0/tls/acme", code: "acme.no-tls" }]);
  });

  it.each(["handed over", "killed"])("is ordered anew at once when the agent is %s while it is asked", async (how) => {
    const port = await freePort();
    await using gate = await startGate(port);
    await using pebble = await startPebble({ httpPort: gate.port, asksAgain: true });
    const directory = new URL(pebble.authority.directory);
    await using answers = await startGate(Number(directory.port));
    directory.port = String(answers.port);
    const authority = { ...pebble.authority, directory: directory.href, challenge: "tls-alpn-01" as const };
    const config = configOf({ le: authority }, port);
    const listeners: Config["listeners"] = [{ name: "https", address: "127.0.0.1", port, tls: true }];
    const folder = await makeFolder();
    const agent = await startAgent({ config: { ...config, listeners }, folder });
    await issued(agent);
    const first = await signedAt(agent);
    gate.hold();
    const order = agent.tryCall("renewCertificate", { params: { site: "shop" }, body: {} }).catch(() => undefined);
    await gate.held(PEBBLE_ASKS);
    // Pebble gives up after five seconds. An agent that hears of it has not been cut, but refused.
    answers.hold();
    if (how === "killed") await agent.kill("SIGKILL");
    else await agent.call("handOver", { body: {} });
    await order;
    answers.open();
    await using next = how === "killed" ? await startAgent({ folder }) : agent;
    // It has begun as well, and is refused for what nobody could answer: all that is held is lost.
    await gate.held(PEBBLE_ASKS + 1);
    gate.cut();
    await until(async () => (await signedAt(next)).number !== first.number);
    expect((await signedAt(next)).by).toMatch(/^Pebble/);
    expect((await certificateOf(next))?.acme).toMatchObject({ issued: true });
    expect((await certificateOf(next))?.acme?.failure).toBeUndefined();
    expect(next.log()).toContain("could not finish an interrupted order; beginning anew");
    const stored = await readFile(join(next.stateDirectory, "certificates", "shop.json"), "utf8");
    expect(stored).not.toContain("ordering");
  });

  it("that cannot be had is told with the way out, tried again later, and at once on demand", async () => {
    const httpPort = await freePort();
    const mac = Buffer.alloc(32, 7).toString("base64url");
    await using pebble = await startPebble({ httpPort, externalAccounts: { "key-1": mac } });
    await pebble.place("down.test", "127.0.0.2");
    const folder = await makeFolder();
    const keyFile = join(folder, "mac");
    await writeFile(keyFile, `${mac}\n`);
    const authority = { ...pebble.authority, externalAccount: { id: "key-1", keyFile } };
    await using agent = await startAgent({
      config: configOf({ le: authority }, httpPort, ["shop.test", "down.test"]),
      folder,
    });
    const failure = async () => (await certificateOf(agent))?.acme?.failure;
    await until(async () => (await failure()) !== undefined);
    expect(await failure()).toMatchObject({ attempts: 1 });
    expect((await failure())?.message).toMatch(/^down\.test: .*port 80 of the name must lead to this agent/);
    expect((await signedAt(agent)).by).toBe("Backsoon: certificate not issued yet");
    expect((await agent.call("getAgent")).problems?.join()).toMatch(
      /could not be obtained from le: down\.test.* self-signed.*Next attempt at .*certificates renew shop/,
    );
    await until(async () => (await agent.call("listReminders")).reminders.length > 0);
    expect((await agent.call("listReminders")).reminders).toMatchObject([
      {
        kind: "certificate",
        title: "No certificate for shop.test yet: ordering it failed",
        text: expect.stringMatching(/^Since .*down\.test: .*port 80/) as string,
        sites: ["shop"],
      },
    ]);
    const retryAt = Date.parse((await failure())?.retryAt ?? "");
    expect(retryAt - Date.parse((await failure())?.at ?? "")).toBeGreaterThanOrEqual(300_000);

    await pebble.place("down.test", undefined);
    const renewed = await agent.call("renewCertificate", { params: { site: "shop" }, body: {} });
    expect(renewed).toMatchObject({ names: ["shop.test", "down.test"], acme: { issued: true } });
    expect((await agent.call("getAgent")).problems).toBeUndefined();

    // What the document names has to be there.
    const { problems } = await agent.call("checkConfig", {
      body: configOf({ le: { ...authority, accountKey: "/no/such.pem", caFile: keyFile } }, httpPort),
    });
    expect(problems).toMatchObject([{ path: "/acme/le/caFile", code: "acme.file" }]);
    const pipe = join(folder, "pipe");
    execFileSync("mkfifo", [pipe]);
    const piped = configOf({ le: { ...authority, accountKey: pipe } }, httpPort);
    expect((await agent.call("checkConfig", { body: piped })).problems).toMatchObject([
      { path: "/acme/le/accountKey", message: expect.stringContaining("not a file") as string },
    ]);
    const { listeners, ...secured } = configOf({ new: authority }, httpPort);
    const { warnings } = await agent.call("checkConfig", { body: { ...secured, listeners: listeners.slice(1) } });
    expect(warnings).toMatchObject([{ path: "/virtualHosts/0/tls/acme", code: "acme.no-http" }]);
  });

  it("is given to several servers of one account, whichever of them the authority asks", async () => {
    const [askedPort, otherPort] = [await freePort(), await freePort()];
    await using pebble = await startPebble({ httpPort: askedPort });
    const folder = await makeFolder();
    const accountKey = join(folder, "account.pem");
    execFileSync("openssl", ["ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", accountKey]);
    const authority = { ...pebble.authority, accountKey };
    await using asked = await startAgent({ config: configOf({ le: authority }, askedPort), folder });
    await issued(asked);
    const before = await startAgent({ config: configOf({ le: authority }, otherPort), folder: await makeFolder() });
    await issued(before);
    // Without its file, it is ordered again, and not said to be there.
    await before.kill("SIGKILL");
    await writeFile(join(before.stateDirectory, "certificates", "shop.pem"), "damaged");
    await using other = await startAgent({ folder: before.folder });
    await other.logged(/gone or damaged; ordering it again site=shop/);
    await issued(other);
    expect((await signedAt(other)).by).toMatch(/^Pebble/);
    expect((await signedAt(other)).number).not.toBe((await signedAt(asked)).number);
    // What the operator keeps is not kept twice.
    expect(await readFile(join(other.stateDirectory, "accounts", "le.json"), "utf8")).not.toContain("PRIVATE");
  });

  it("is not ordered again and again where the clock of the server is ahead of its life", async () => {
    const httpPort = await freePort();
    await using pebble = await startPebble({ httpPort });
    const folder = await makeFolder();
    await writeFile(join(folder, "clock"), String(20 * 365 * 86_400_000));
    const config = configOf({ le: pebble.authority }, httpPort);
    await using agent = await startAgent({ config, folder, program: CLOCK_PROGRAM });
    const failure = async () => (await certificateOf(agent))?.acme?.failure;
    await until(async () => (await failure()) !== undefined);
    expect(await failure()).toMatchObject({
      attempts: 1,
      message: expect.stringContaining("check that clock") as string,
    });
    // Visitors have clocks of their own.
    expect((await signedAt(agent)).by).toMatch(/^Pebble/);
    await writeFile(join(folder, "clock"), "0");
    await until(async () => (await failure()) === undefined);
    expect((await agent.call("getAgent")).problems).toBeUndefined();
  });
});
