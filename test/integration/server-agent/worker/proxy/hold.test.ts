/** Requests that wait while their application is restarted. */
import { once } from "node:events";
import { createServer, type AddressInfo, type Server } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import {
  type ProxyHarness,
  type ProxySetup,
  refusingTarget,
  startProxy,
} from "../../../../support/agent/proxy-harness.ts";
import { ask } from "../../../../support/http/ask.ts";
import { openRaw } from "../../../../support/http/raw-client.ts";

const started: { close(): unknown }[] = [];
afterEach(async () => {
  for (const each of started.splice(0)) await each.close();
});

async function proxyTo(target: string, hold: ProxySetup["hold"]): Promise<ProxyHarness> {
  const proxy = await startProxy([target], { hold });
  started.push(proxy);
  return proxy;
}

/** An application at this address that says which paths it was asked for, in their order. */
async function startApplication(target: string): Promise<{ server: Server; paths: string[] }> {
  const paths: string[] = [];
  const server = createServer((socket) => {
    socket
      .on("error", () => undefined)
      .on("data", (bytes) => {
        for (const [, path = ""] of bytes.toString().matchAll(/^(?:GET|POST) (\S+) HTTP/gm)) {
          paths.push(path);
          // One connection each: of several, it could see the requests in another order.
          socket.end("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok");
        }
      });
  });
  server.listen(Number(new URL(target).port), "127.0.0.1");
  await once(server, "listening");
  started.push(server);
  return { server, paths };
}

function held(proxy: ProxyHarness, count: number) {
  return expect.poll(() => proxy.entries.filter(({ isHeld }) => isHeld).length, { interval: 10 }).toBe(count);
}

describe("an upstream that holds requests", () => {
  it("sends them in their order once it takes connections, with their bodies", async () => {
    const target = await refusingTarget();
    const proxy = await proxyTo(target, { seconds: 60 });
    const answers: Promise<{ status: number; text: string }>[] = [];
    for (let turn = 0; turn < 8; turn++) {
      answers.push(ask(proxy.port, `/${String(turn)}`, turn % 2 === 0 ? {} : { method: "POST", body: "order" }));
      await held(proxy, turn + 1);
    }
    const { paths } = await startApplication(target);
    for (const answer of await Promise.all(answers)) expect(answer).toMatchObject({ status: 200, text: "ok" });
    expect(paths).toEqual(answers.map((_, turn) => `/${String(turn)}`));
    await held(proxy, 0);
    expect(proxy.log.at(-1)).toContain("8 requests were held");
    expect(await ask(proxy.port, "/later")).toMatchObject({ status: 200 });
  });

  it("lets no more wait than it says, and none for longer", async () => {
    const proxy = await proxyTo(await refusingTarget(), { seconds: 0.2, requests: 2 });
    const waiting = [ask(proxy.port, "/1"), ask(proxy.port, "/2")];
    await held(proxy, 2);
    expect(await ask(proxy.port, "/3")).toMatchObject({ status: 502 });
    for (const answer of await Promise.all(waiting)) expect(answer).toMatchObject({ status: 502 });
  });

  it("forgets a visitor who leaves, whoever's turn it is", async () => {
    const target = await refusingTarget();
    const proxy = await proxyTo(target, { seconds: 60 });
    using first = await openRaw(proxy.port);
    await first.write("GET /first HTTP/1.1\r\nHost: a\r\n\r\n");
    await held(proxy, 1);
    using second = await openRaw(proxy.port);
    await second.write("GET /second HTTP/1.1\r\nHost: a\r\n\r\n");
    await held(proxy, 2);
    const third = ask(proxy.port, "/third");
    await held(proxy, 3);
    first.destroy();
    second.destroy();
    await expect.poll(() => proxy.sockets.size).toBe(1);
    const { paths } = await startApplication(target);
    expect(await third).toMatchObject({ status: 200 });
    expect(paths).toEqual(["/third"]);
  });

  it("holds what may be repeated also where a forwarder takes connections and closes them", async () => {
    const target = await refusingTarget();
    let connections = 0;
    const forwarder = createServer((socket) => {
      connections++;
      socket.on("error", () => undefined).end();
    });
    forwarder.listen(Number(new URL(target).port), "127.0.0.1");
    await once(forwarder, "listening");
    expect((forwarder.address() as AddressInfo).port).toBe(Number(new URL(target).port));
    const proxy = await proxyTo(target, { seconds: 60 });
    const get = ask(proxy.port, "/get");
    await held(proxy, 1);
    const before = connections;
    await expect.poll(() => connections).toBeGreaterThan(before + 1);
    forwarder.close();
    await startApplication(target);
    expect(await get).toMatchObject({ status: 200 });
  });

  it("gives up what makes the application close its connections, while it answers others", async () => {
    const target = await refusingTarget();
    let tries = 0;
    const application = createServer((socket) => {
      socket
        .on("error", () => undefined)
        .on("data", (bytes) => {
          if (bytes.toString().startsWith("GET /kills ")) {
            tries++;
            socket.destroy();
          } else socket.end("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok");
        });
    });
    application.listen(Number(new URL(target).port), "127.0.0.1");
    await once(application, "listening");
    started.push(application);
    const proxy = await proxyTo(target, { seconds: 60 });
    const kills = ask(proxy.port, "/kills");
    await held(proxy, 1);
    expect(await ask(proxy.port, "/well")).toMatchObject({ status: 200 });
    const before = tries;
    expect(await kills).toMatchObject({ status: 502 });
    expect(tries).toBeLessThan(before + 3);
    await held(proxy, 0);
  });
});
