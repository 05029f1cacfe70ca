/**
 * Promise 8 on a real worker: maintenance answers are correct, to every method and every kind of
 * client.
 */
import { mkdtemp, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { VirtualHost } from "../../../../server-agent/contract/config.ts";
import type { MaintenanceHandler } from "../../../../server-agent/contract/handler.ts";
import { openRaw } from "../../../support/http/raw-client.ts";
import { configWith, startWorker, type WorkerHarness } from "../../../support/agent/worker-harness.ts";

let folder: string;
let worker: WorkerHarness;

function site(id: string, handler: Omit<MaintenanceHandler, "type">, rest: Partial<VirtualHost> = {}): VirtualHost {
  return {
    id,
    hosts: [id],
    rules: [{ handler: { type: "maintenance", ...handler } }],
    ...rest,
  };
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "backsoon-"));
  await writeFile(join(folder, "index.html"), "<h1>own page</h1>");
  await writeFile(join(folder, "style.css"), "body{}");
  await writeFile(join(folder, "about.html"), "not a page of its own");
  await writeFile(join(folder, ".secret.css"), "no");
  await writeFile(join(folder, "503.html"), "<h1>error page of the site</h1>");
  worker = await startWorker(
    configWith([
      site("shop", { page: "default", retryAfter: 120 }),
      site("until", { page: "default", until: new Date(Date.now() + 3_600_000).toISOString(), retryAfter: "end" }),
      site("static", { root: folder, retryAfter: 60 }),
      site("file", { root: join(folder, "index.html") }),
      site("gone", { root: join(folder, "nowhere") }),
      site("bare", { status: 503, retryAfter: 30 }, { errorPages: { "503": join(folder, "503.html") } }),
    ]),
  );
});

afterAll(async () => {
  await worker.close();
  await rm(folder, { recursive: true });
});

function head(method: string, host: string, path = "/", fields = ""): string {
  return `${method} ${path} HTTP/1.1\r\nHost: ${host}\r\n${fields}\r\n`;
}

describe("the built-in page", () => {
  it.each(["GET", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PROPFIND"])(
    "answers %s with a 503 that nobody caches",
    async (method) => {
      using client = await openRaw(worker.port);
      const answer = await client.ask(head(method, "shop", "/any/where"));
      expect(answer.status).toBe(503);
      expect(answer.headers).toMatchObject({
        "retry-after": "120",
        "cache-control": expect.stringContaining("no-store") as string,
        "content-type": "text/html; charset=utf-8",
      });
      expect(answer.body.length).toBe(Number(answer.headers["content-length"]));
      expect(answer.body).toContain("<!doctype html>");
    },
  );

  it("answers HEAD like GET without the body, and the connection goes on", async () => {
    using client = await openRaw(worker.port);
    const get = await client.ask(head("GET", "shop"));
    const without = await client.ask(head("HEAD", "shop"), false);
    expect({ ...without.headers, date: "" }).toEqual({ ...get.headers, date: "" });
    expect((await client.ask(head("GET", "shop"))).body).toBe(get.body);
  });

  it("answers an API client in JSON", async () => {
    using client = await openRaw(worker.port);
    const answer = await client.ask(head("GET", "shop", "/api/cart", "Accept: application/json\r\n"));
    expect(answer.status).toBe(503);
    expect(answer.headers["content-type"]).toContain("application/json");
    expect(answer.headers["retry-after"]).toBe("120");
    expect(JSON.parse(answer.body)).toBeTypeOf("object");
  });

  it("speaks the visitor's language, and says which", async () => {
    using client = await openRaw(worker.port);
    const ask = (languages: string) => client.ask(head("GET", "shop", "/", `Accept-Language: ${languages}\r\n`));
    const german = await ask("de-AT,de;q=0.9,en;q=0.5");
    expect(german.headers).toMatchObject({
      "content-language": "de",
      vary: "Accept, Accept-Language, Origin",
      "content-length": String(german.body.length),
    });
    expect(german.body).toContain('<html lang="de">');
    expect((await ask("nl")).body).toContain('<html lang="en">');
  });

  it("lets scripts of other origins read the 503, with cookies too", async () => {
    using client = await openRaw(worker.port);
    const answer = await client.ask(head("GET", "shop", "/", "Origin: https://app.example\r\n"));
    expect(answer.status).toBe(503);
    expect(answer.headers).toMatchObject({
      "access-control-allow-origin": "https://app.example",
      "access-control-allow-credentials": "true",
      "access-control-expose-headers": "Retry-After",
    });
    expect(answer.head.match(/access-control-allow-origin/gi)).toHaveLength(1);
  });

  it("grants a preflight, for without that the browser never sends the request that gets the 503", async () => {
    using client = await openRaw(worker.port);
    const answer = await client.ask(
      head(
        "OPTIONS",
        "shop",
        "/",
        "Origin: https://app.example\r\nAccess-Control-Request-Method: PATCH\r\nAccess-Control-Request-Headers: x-token\r\n",
      ),
    );
    expect(answer.status).toBe(204);
    expect(answer.headers).toMatchObject({
      "access-control-allow-origin": "https://app.example",
      "access-control-allow-methods": "PATCH",
      "access-control-allow-headers": "x-token",
      "access-control-max-age": "0",
    });
    expect(
      (
        await client.ask(
          head("PATCH", "shop", "/", "Origin: https://app.example\r\nX-Token: 1\r\nContent-Length: 0\r\n"),
        )
      ).status,
    ).toBe(503);
  });

  it("counts down to the end", async () => {
    using client = await openRaw(worker.port);
    const seconds = Number((await client.ask(head("GET", "until"))).headers["retry-after"]);
    expect(seconds).toBeGreaterThan(3500);
    expect(seconds).toBeLessThanOrEqual(3600);
  });

  it("answers a WebSocket handshake with the 503 and keeps the connection", async () => {
    using client = await openRaw(worker.port);
    const answer = await client.ask(
      head(
        "GET",
        "shop",
        "/live",
        "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n",
      ),
    );
    expect(answer.status).toBe(503);
    expect((await client.ask(head("GET", "shop"))).status).toBe(503);
  });
});

describe("request bodies that nobody reads", () => {
  it("takes a 10 MB POST, answers 503 and serves the next request on the connection", async () => {
    using client = await openRaw(worker.port);
    const body = Buffer.alloc(10 * 1024 * 1024, "b");
    const sent = client
      .write(head("POST", "shop", "/order", `Content-Length: ${String(body.length)}\r\n`))
      .then(() => client.write(body));
    expect((await client.read()).status).toBe(503);
    await sent;
    expect((await client.ask(head("GET", "shop"))).status).toBe(503);
    expect(client.closed).toBe(false);
  });

  it("takes a chunked POST in pieces", async () => {
    using client = await openRaw(worker.port);
    await client.write(head("POST", "shop", "/order", "Transfer-Encoding: chunked\r\n"));
    expect((await client.read()).status).toBe(503);
    await client.write("5\r\nhello\r\n0\r\n\r\n");
    expect((await client.ask(head("GET", "shop"))).status).toBe(503);
  });

  it("closes after the answer to a body too large to wait for, but without a reset while the client still sends", async () => {
    using client = await openRaw(worker.port);
    await client.write(head("POST", "shop", "/upload", "Content-Length: 1000000000\r\n"));
    for (let sent = 0; sent < 4; sent += 1) await client.write(Buffer.alloc(1024 * 1024));
    const answer = await client.read();
    expect(answer.status).toBe(503);
    expect(answer.headers.connection).toBe("close");
    for (let sent = 0; sent < 4; sent += 1) await client.write(Buffer.alloc(1024 * 1024));
    expect(await client.rest()).toBe("");
    expect(client.failure).toBe("");
  });

  it("does not ask for the body of a request with Expect", async () => {
    using client = await openRaw(worker.port);
    const answer = await client.ask(
      head("POST", "shop", "/upload", "Content-Length: 100000\r\nExpect: 100-continue\r\n"),
    );
    expect(answer.status).toBe(503);
    expect(await client.rest()).toBe("");
  });
});

describe("a page of the operator's own", () => {
  it.each([
    "/",
    "/index.html",
    "/deep/link",
    "/about.html",
    "/nothing.css",
    "/.secret.css",
    "/..%2f..%2fetc/passwd.css",
  ])("is the 503 of %s", async (path) => {
    using client = await openRaw(worker.port);
    const answer = await client.ask(head("GET", "static", path));
    expect(answer.status).toBe(503);
    expect(answer.body).toContain("own page");
    expect(answer.headers).toMatchObject({
      "retry-after": "60",
      "cache-control": expect.stringContaining("no-store") as string,
      "content-type": "text/html; charset=utf-8",
    });
  });

  it.each(["/missing.css", "/.hidden.css", "/..%2fout.css"])(
    "says no-store, and only that, in place of %s",
    async (path) => {
      using client = await openRaw(worker.port);
      await client.write(head("GET", "static", path));
      const fields = (await client.read()).head.split("\r\n").filter((line) => /^cache-control:/i.test(line));
      expect(fields).toEqual(["Cache-Control: no-store"]);
    },
  );

  it("comes with its assets, 200 and their own media type, to GET and HEAD only", async () => {
    using client = await openRaw(worker.port);
    const asset = await client.ask(head("GET", "static", "/style.css"));
    expect(asset).toMatchObject({ status: 200, body: "body{}" });
    expect(asset.headers).toMatchObject({ "content-type": "text/css; charset=utf-8", "cache-control": "no-cache" });
    expect((await client.ask(head("HEAD", "static", "/style.css"), false)).status).toBe(200);
    expect(await client.ask(head("POST", "static", "/style.css", "Content-Length: 0\r\n"))).toMatchObject({
      status: 503,
      body: "<h1>own page</h1>",
    });
  });

  it("speaks JSON to API clients", async () => {
    using client = await openRaw(worker.port);
    const answer = await client.ask(head("GET", "static", "/api", "Accept: application/json\r\n"));
    expect(answer.status).toBe(503);
    expect(answer.headers["content-type"]).toContain("application/json");
  });

  it("may be one file", async () => {
    using client = await openRaw(worker.port);
    expect(await client.ask(head("GET", "file", "/style.css"))).toMatchObject({
      status: 503,
      body: "<h1>own page</h1>",
    });
  });

  it("is replaced by the built-in one, once in the log, while it cannot be read", async () => {
    using client = await openRaw(worker.port);
    for (let times = 0; times < 3; times += 1) {
      const answer = await client.ask(head("GET", "gone"));
      expect(answer.status).toBe(503);
      expect(answer.body).toContain("<!doctype html>");
    }
    expect(worker.log.match(/cannot read the page .*nowhere/g)).toHaveLength(1);
  });

  it("is read again when it changed", async () => {
    const own = await mkdtemp(join(tmpdir(), "backsoon-"));
    await using fresh = await startWorker(configWith([site("static", { root: own })]));
    using client = await openRaw(fresh.port);
    expect((await client.ask(head("GET", "static"))).body).toContain("<!doctype html>");
    await writeFile(join(own, "index.html"), "first");
    const see = async (text: string): Promise<void> => {
      while ((await client.ask(head("GET", "static"))).body !== text);
    };
    await see("first");
    await writeFile(join(own, "index.html"), "other");
    await utimes(join(own, "index.html"), 1, 1);
    await see("other");
    await rm(own, { recursive: true });
    await expect
      .poll(async () => (await client.ask(head("GET", "static"))).body, { timeout: 5000 })
      .toContain("<!doctype html>");
  });
});

it("answers a bare status with the site's error page for it", async () => {
  using client = await openRaw(worker.port);
  const answer = await client.ask(head("GET", "bare"));
  expect(answer).toMatchObject({ status: 503, body: "<h1>error page of the site</h1>" });
  expect(answer.headers).toMatchObject({ "retry-after": "30", "cache-control": "no-store" });
});
