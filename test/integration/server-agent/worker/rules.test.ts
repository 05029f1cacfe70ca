/** What rules change besides answering, as visitors and applications see it. */
import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, get, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { connect as connectHttp2, constants } from "node:http2";
import { connect, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { brotliDecompressSync, createGunzip, gunzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Config, VirtualHost } from "../../../../server-agent/contract/config.ts";
import { configWith, startWorker, type WorkerHarness } from "../../../support/agent/worker-harness.ts";
import { mmdbOf } from "../../../support/agent/mmdb.ts";
import { openRaw, type RawResponse } from "../../../support/http/raw-client.ts";

const LISTENERS = [{ name: "http", address: "127.0.0.1", port: 0, http2: true }];

let worker: WorkerHarness;
let application: Server;
let folder: string;

/** Its answer names the address and the header fields that it got. */
async function startApplication(): Promise<Server> {
  const server = createServer((request, response) => {
    response.setHeader("X-Powered-By", "app");
    response.setHeader("Cache-Control", "private");
    if (request.url?.startsWith("/text") === true) {
      answerText(request, response);
      return;
    }
    // Bodies are read to their end.
    request.resume();
    if (request.url === "/upload") {
      request.on("end", () => response.end());
      return;
    }
    response.statusCode = request.url === "/gone" ? 410 : 200;
    response.end(`${request.url ?? ""}\n${request.rawHeaders.join("\n")}`);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return server;
}

const TEXT = "Käse und Brot. ".repeat(20_000);

function answerText({ url }: IncomingMessage, response: ServerResponse): void {
  response.setHeader("Content-Type", url === "/text.png" ? "image/png" : "text/plain; charset=utf-8");
  response.setHeader("ETag", '"1"');
  if (url === "/text-cookie") response.setHeader("Set-Cookie", "a=1");
  if (url === "/text-304") response.statusCode = 304;
  if (url === "/text-break") response.write(TEXT, () => response.destroy());
  else if (url === "/text-slow") response.write("begin\n");
  else if (url === "/text-random") writeUntilStuck(response);
  else if (url === "/text-long") response.end(TEXT.repeat(20));
  else response.end(url === "/text-short" ? "short" : TEXT);
}

/** 64 MB that do not get smaller, and an event when they are no longer taken. */
function writeUntilStuck(response: ServerResponse): void {
  const block = randomBytes(64 * 1024);
  let left = 1024;
  let timer: NodeJS.Timeout | undefined;
  const more = (): void => {
    clearTimeout(timer);
    while (left-- > 0) if (!response.write(block)) break;
    // Nothing happens from here on: only a time can tell.
    timer = setTimeout(() => application.emit("stuck", left), 1000);
  };
  response.on("drain", more).on("close", () => {
    clearTimeout(timer);
  });
  more();
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "backsoon-rules-"));
  await writeFile(join(folder, "page.html"), "<p>page</p>");
  application = await startApplication();
  worker = await startWorker(configWith([], { listeners: LISTENERS }));
});
afterAll(async () => {
  await worker.close();
  application.close();
  await rm(folder, { recursive: true });
});

/** Serves these rules as `shop.test`. */
async function serve(
  rules: VirtualHost["rules"],
  rest: Partial<VirtualHost> = {},
  document: Partial<Config> = {},
): Promise<void> {
  const { port } = application.address() as AddressInfo;
  const upstreams = { app: { targets: [`http://127.0.0.1:${String(port)}`] } };
  await worker.serve(
    configWith([{ id: "shop", hosts: ["shop.test"], rules, ...rest }], {
      listeners: LISTENERS,
      upstreams,
      ...document,
    }),
  );
}

async function ask(target: string, fields = ""): Promise<RawResponse> {
  using client = await openRaw(worker.port);
  return await client.ask(`GET ${target} HTTP/1.1\r\nHost: shop.test\r\n${fields}\r\n`);
}

it("changes the header fields of answers, of error pages too", async () => {
  await serve([
    { responseHeaders: { set: { "X-Frame-Options": "DENY", "X-Of": "${host}${path}" }, remove: ["x-powered-by"] } },
    { when: { path: "/assets/*" }, cacheControl: "public, max-age=60" },
    { when: { path: "/assets/page.html" }, handler: { type: "respond", body: "yes" } },
    { when: { path: "/closed" }, handler: { type: "maintenance" } },
    { when: { path: ["/", "/gone"] }, handler: { type: "proxy", upstream: "app" } },
  ]);
  const proxied = await ask("/");
  expect(proxied).toMatchObject({ status: 200, headers: { "x-frame-options": "DENY", "cache-control": "private" } });
  expect(proxied.headers).not.toHaveProperty("x-powered-by");
  expect((await ask("/assets/page.html")).headers).toMatchObject({
    "x-of": "shop.test/assets/page.html",
    "cache-control": "public, max-age=60",
    expires: expect.stringMatching(/ GMT$/) as string,
  });
  expect(await ask("/assets/none%20here")).toMatchObject({
    status: 404,
    headers: { "x-of": "shop.test/assets/none%20here", "cache-control": "no-store" },
  });
  expect(await ask("/gone")).toMatchObject({ status: 410, headers: { "x-frame-options": "DENY" } });
  const closed = await ask("/closed");
  expect(closed).toMatchObject({ status: 503, headers: { "cache-control": "no-store" } });
  expect(closed.headers).not.toHaveProperty("x-frame-options");
});

it("changes the header fields that an application gets", async () => {
  await serve([
    {
      handler: { type: "proxy", upstream: "app" },
      requestHeaders: { set: { "X-Real-IP": "${client}", "X-User": "${user}", Accept: "*/*" }, remove: ["Referer"] },
    },
  ]);
  const got = (
    await ask("/", "X-Real-IP: 192.0.2.9\r\naccept: text/plain\r\nReferer: http://a/\r\nX_User: boss\r\nX-Own: 1\r\n")
  ).body;
  expect(got).toContain("X-Real-IP\n127.0.0.1");
  expect(got).toContain("Accept\n*/*");
  expect(got).toContain("X-Own\n1");
  expect(got).not.toMatch(/192\.0\.2\.9|text\/plain|referer|boss/i);
});

it("shows pages of the site for a status, a class of them, or all", async () => {
  const pages = await Promise.all(
    ["404", "4xx", "default"].map(async (name) => {
      const path = join(folder, `${name}.html`);
      await writeFile(path, `own ${name}`);
      return [name, path] as const;
    }),
  );
  await serve(
    [404, 403, 500].map((status) => ({ when: { path: `/${String(status)}` }, handler: { type: "error", status } })),
    { errorPages: Object.fromEntries(pages) },
  );
  for (const [status, page] of [
    [404, "404"],
    [403, "4xx"],
    [500, "default"],
  ] as const)
    expect(await ask(`/${String(status)}`)).toMatchObject({ status, body: `own ${page}` });
});

it("goes on with another address within the site", async () => {
  await serve([
    { when: { path: "/page" }, handler: { type: "rewrite", to: "/page.html" } },
    { when: { path: "/api/*" }, handler: { type: "rewrite", to: "/$1", regex: "^/api/(.*)" } },
    { when: { path: "/loop" }, handler: { type: "rewrite", to: "/loop" } },
    { when: { extension: "html" }, handler: { type: "file", root: folder } },
    { handler: { type: "proxy", upstream: "app" } },
  ]);
  expect(await ask("/page")).toMatchObject({ status: 200, body: "<p>page</p>" });
  expect((await ask("/api/gone")).status).toBe(410);
  expect((await ask("/api/a%2Fb?q=%2f")).body).toMatch(/^\/a%2Fb\?q=%2f\n/);
  expect((await ask("/loop")).status).toBe(500);
});

it("asks for a name and a password, which the application does not get", async () => {
  const file = join(folder, "users");
  await writeFile(file, "# staff\nanna:$2y$05$g7eKruU7Gg94Xua5wNYwbOXxLsKLOVT22iwARHOOvJX2RMgn42PKW\n");
  await serve(
    [
      { auth: { type: "basic", realm: "Staff", file } },
      { handler: { type: "proxy", upstream: "app" }, requestHeaders: { set: { "X-User": "${user}" } } },
    ],
    { accessLog: join(folder, "access.log") },
  );
  const basic = (text: string) => `Authorization: Basic ${Buffer.from(text).toString("base64")}\r\n`;
  expect(await ask("/")).toMatchObject({
    status: 401,
    headers: { "www-authenticate": 'Basic realm="Staff", charset="UTF-8"', "cache-control": "no-store" },
  });
  for (const wrong of ["anna:pass word", "anna", ":", "otto:pass wörd", "constructor:x"])
    expect((await ask("/", basic(wrong))).status).toBe(401);
  // At once, as a browser does.
  const answers = await Promise.all([1, 2, 3].map(() => ask("/", basic("anna:pass wörd"))));
  for (const { status, body } of answers) {
    expect(status).toBe(200);
    expect(body).toContain("X-User\nanna");
    expect(body).not.toMatch(/authorization/i);
  }
  // A body that nobody may send is not passed on, and the connection can be used again.
  using client = await openRaw(worker.port);
  const post = "POST / HTTP/1.1\r\nHost: shop.test\r\nContent-Length: 5\r\n";
  expect((await client.ask(`${post}\r\n12345`)).status).toBe(401);
  expect((await client.ask(`${post}${basic("anna:pass wörd")}\r\n12345`)).status).toBe(200);
  await expect.poll(() => readFile(join(folder, "access.log"), "utf8")).toMatch(/^127\.0\.0\.1 - anna \[/m);
});

it("lets in who meets the demands of all rules", async () => {
  const sha = (password: string) => `{SHA}${createHash("sha1").update(password).digest("base64")}`;
  const auth = (realm: string, users: Record<string, string>) => ({ auth: { type: "basic" as const, realm, users } });
  const staff = auth("Staff", { anna: sha("a"), otto: sha("o") });
  const basic = (text: string) => `Authorization: Basic ${Buffer.from(text).toString("base64")}\r\n`;
  const strict = { when: { path: "/admin/*" }, ...auth("Admins", { anna: sha("a") }) };
  for (const demands of [
    [strict, staff],
    [staff, strict],
  ]) {
    await serve([...demands, { handler: { type: "proxy", upstream: "app" } }]);
    expect((await ask("/page", basic("otto:o"))).status).toBe(200);
    expect((await ask("/admin/x", basic("otto:o"))).status).toBe(401);
    expect((await ask("/admin/x", basic("anna:a"))).status).toBe(200);
  }
});

it("answers a folder by the rules of its index file", async () => {
  for (const name of ["open", "private", "moved", "app", "renamed", "loop"])
    await mkdir(join(folder, name), { recursive: true });
  for (const name of ["open", "private", "moved", "loop"])
    await writeFile(join(folder, name, "index.html"), `of ${name}`);
  for (const name of ["app", "renamed"]) await writeFile(join(folder, name, "index.php"), "<?php secret");
  await serve([
    {
      when: { path: "/private/index.html" },
      auth: { type: "basic", realm: "R", users: { anna: "{SHA}B/PcQHeAKywePq/ztWiCWf9lImE=" } },
    },
    {
      when: { path: "/old/*" },
      handler: { type: "rewrite", to: "/$1", regex: "^/old/(.*)" },
      cacheControl: "no-cache",
    },
    { when: { path: "/open/" }, responseHeaders: { set: { "X-Folder": "1" } } },
    { when: { extension: "html" }, responseHeaders: { set: { "X-Html": "1" } }, compress: { minBytes: 1 } },
    { when: { path: "/moved/index.html" }, handler: { type: "redirect", to: "/moved/" } },
    { when: { path: "/loop/index.html" }, handler: { type: "rewrite", to: "/loop/?again" } },
    { when: { path: "/renamed/index.php" }, handler: { type: "redirect", to: "/renamed/" } },
    { when: { extension: "php" }, handler: { type: "proxy", upstream: "app" } },
    { handler: { type: "file", root: folder, index: ["index.html", "index.php"] } },
  ]);
  // Twice: from the disk, and from memory.
  for (let times = 0; times < 2; times++) {
    expect(await ask("/open/")).toMatchObject({ status: 200, body: "of open", headers: { "x-html": "1" } });
    // What is said of the folder itself holds, too, and what a rewrite has brought along.
    expect((await ask("/open/")).headers).toMatchObject({ "x-folder": "1" });
    expect((await ask("/open/index.html")).headers).not.toHaveProperty("x-folder");
    expect((await ask("/old/open/")).headers).toMatchObject({
      "x-folder": "1",
      "x-html": "1",
      "cache-control": "no-cache",
    });
    expect(await ask("/open/?a=b", "Accept-Encoding: gzip\r\n")).toMatchObject({
      headers: { "content-encoding": "gzip", "x-html": "1" },
    });
    expect(await ask("/private/")).toMatchObject({
      status: 401,
      headers: { "www-authenticate": expect.stringMatching(/^Basic/) as string },
    });
    const authorization = `Authorization: Basic ${Buffer.from("anna:pass wörd").toString("base64")}\r\n`;
    expect(await ask("/private/", authorization)).toMatchObject({ status: 200, body: "of private" });
    expect((await ask("/app/?q=1")).body).toMatch(/^\/app\/index\.php\?q=1\n/);
    // Which name a file has is said by a redirect, and not who may have it.
    expect(await ask("/moved/")).toMatchObject({ status: 200, body: "of moved" });
    expect(await ask("/loop/")).toMatchObject({ status: 200, body: "of loop" });
    expect((await ask("/renamed/?q=1")).body).toMatch(/^\/renamed\/index\.php\?q=1\n/);
  }
});

it("logs the bytes that went over the wire", async () => {
  const log = join(folder, "bytes.log");
  await serve([{ compress: true }, { handler: { type: "proxy", upstream: "app" } }], { accessLog: log });
  const compressed = await ask("/text", "Accept-Encoding: gzip\r\n");
  await ask("/text");
  const lengths = [compressed.body.length, Buffer.byteLength(TEXT)].map(String);
  await expect
    .poll(async () => [...(await readFile(log, "utf8")).matchAll(/" 200 (\d+) /g)].map(([, bytes]) => bytes))
    .toEqual(lengths);
});

it("compresses what an application answers", async () => {
  await serve([
    { compress: true },
    { when: { path: "/fixed" }, handler: { type: "respond", body: TEXT } },
    { handler: { type: "proxy", upstream: "app" } },
  ]);
  const gzip = "Accept-Encoding: gzip\r\n";
  for (const path of ["/text", "/fixed", "/text-long"]) {
    const { headers, body, status } = await ask(path, gzip);
    expect(headers).toMatchObject({ "content-encoding": "gzip", vary: "Accept-Encoding" });
    const text = gunzipSync(Buffer.from(body, "latin1")).toString();
    expect([status, text === (path === "/text-long" ? TEXT.repeat(20) : TEXT)]).toEqual([200, true]);
  }
  expect((await ask("/text", gzip)).headers).toMatchObject({ etag: 'W/"1"' });
  const brotli = await ask("/text", "Accept-Encoding: br;q=1, gzip;q=0.5\r\n");
  expect(brotliDecompressSync(Buffer.from(brotli.body, "latin1")).toString()).toBe(TEXT);
  expect((await ask("/text")).headers).toMatchObject({ vary: "Accept-Encoding", etag: '"1"' });
  for (const path of ["/text", "/text.png", "/text-short", "/text-cookie", "/gone"])
    expect((await ask(path, path === "/text" ? "" : gzip)).headers).not.toHaveProperty("content-encoding");
  expect(await ask("/text-304", `${gzip}If-None-Match: W/"1"\r\n`)).toMatchObject({
    status: 304,
    headers: { etag: 'W/"1"', vary: "Accept-Encoding" },
  });
  using head = await openRaw(worker.port);
  const { headers } = await head.ask(`HEAD /text HTTP/1.1\r\nHost: shop.test\r\n${gzip}\r\n`, false);
  expect(headers).toMatchObject({ "content-encoding": "gzip" });
  expect(headers).not.toHaveProperty("content-length");
  using fixed = await openRaw(worker.port);
  const question = `HEAD /fixed HTTP/1.1\r\nHost: shop.test\r\n${gzip}\r\n`;
  expect((await fixed.ask(question, false)).headers).not.toHaveProperty("content-length");
});

it("sends what was written meanwhile, and breaks off what its application breaks off", async () => {
  await serve([{ compress: true, handler: { type: "proxy", upstream: "app" } }]);
  const from = async (path: string): Promise<IncomingMessage> => {
    const headers = { Host: "shop.test", "Accept-Encoding": "gzip" };
    const [response] = (await once(get({ port: worker.port, path, headers }), "response")) as [IncomingMessage];
    return response;
  };
  const slow = await from("/text-slow");
  const plain = slow.pipe(createGunzip()).setEncoding("utf8");
  expect(await once(plain, "data")).toEqual(["begin\n"]);
  slow.destroy();
  const broken = await from("/text-break");
  broken.resume();
  await expect(once(broken, "end")).rejects.toThrow("aborted");
});

it("takes what is compressed no faster than the visitor", async () => {
  await serve([{ compress: { minBytes: 1 }, handler: { type: "proxy", upstream: "app" } }]);
  const lazy = connect(worker.port, "127.0.0.1");
  lazy.on("error", () => undefined).pause();
  lazy.write("GET /text-random HTTP/1.1\r\nHost: shop.test\r\nAccept-Encoding: gzip\r\n\r\n");
  // The application cannot get rid of it all while nobody reads.
  const [left] = (await once(application, "stuck")) as [number];
  expect(left).toBeGreaterThan(512);
  lazy.destroy();
});

it("refuses bodies that are too large, or take too long", async () => {
  await serve([{ handler: { type: "proxy", upstream: "app" }, maxBodyBytes: 10, bodyTimeout: 0.3 }]);
  const post = (fields: string, body: string) => `POST /upload HTTP/1.1\r\nHost: shop.test\r\n${fields}\r\n\r\n${body}`;
  using client = await openRaw(worker.port);
  expect((await client.ask(post("Content-Length: 11", "12345678901"))).status).toBe(413);
  expect((await client.ask(post("Content-Length: 10", "1234567890"))).status).toBe(200);
  expect((await client.ask(post("Transfer-Encoding: chunked", "5\r\n12345\r\n0\r\n\r\n"))).status).toBe(200);
  const large = "5\r\n12345\r\n6\r\n678901\r\n0\r\n\r\n";
  expect(await client.ask(post("Transfer-Encoding: chunked", large))).toMatchObject({
    status: 413,
    headers: { connection: "close" },
  });
  using asks = await openRaw(worker.port);
  expect((await asks.ask(post("Content-Length: 11\r\nExpect: 100-continue", ""))).status).toBe(413);
  using slow = await openRaw(worker.port);
  expect(await slow.ask(post("Content-Length: 5", "123"))).toMatchObject({ status: 408 });
});

it("answers by the country of the visitor, and tells it to the application", async () => {
  const file = join(folder, "country.mmdb");
  await writeFile(
    file,
    mmdbOf({ "192.0.2.0/24": { country: { iso_code: "DE" } }, "2001:db8::/32": { country_code: "US" } }),
  );
  await serve(
    [
      { when: { country: "US" }, handler: { type: "error", status: 451 } },
      { handler: { type: "proxy", upstream: "app" }, requestHeaders: { set: { "X-Country": "${country}" } } },
    ],
    {},
    { geoFiles: [file], trustedProxies: ["127.0.0.1"] },
  );
  const from = (client: string) => ask("/", `X-Forwarded-For: ${client}\r\n`);
  expect((await from("2001:db8::7")).status).toBe(451);
  expect((await from("192.0.2.7")).body).toContain("X-Country\nDE");
  expect((await from("198.51.100.7")).body).toContain("X-Country\n\n");
});

it("lets each client have so many requests", async () => {
  await serve([{ handler: { type: "respond", body: "yes" }, rateLimit: { requests: 1, seconds: 3600, burst: 3 } }]);
  using client = await openRaw(worker.port);
  const statuses: number[] = [];
  for (let count = 0; count < 4; count++)
    statuses.push((await client.ask("GET / HTTP/1.1\r\nHost: shop.test\r\n\r\n")).status);
  expect(statuses).toEqual([200, 200, 200, 429]);
  expect(await ask("/")).toMatchObject({
    status: 429,
    headers: { "retry-after": expect.stringMatching(/^3\d{3}$/) as string },
  });
});

it("sends an answer no faster than it may", async () => {
  const body = "0123456789".repeat(1000);
  await serve([
    { when: { path: "/fixed" }, handler: { type: "respond", body }, bytesPerSecond: 20_000 },
    { handler: { type: "proxy", upstream: "app" }, bytesPerSecond: 400_000, compress: true },
  ]);
  const start = performance.now();
  expect((await ask("/fixed")).body).toBe(body);
  // The promise is a time: 10 kB at 20 kB a second, of which 100 ms come at once.
  expect(performance.now() - start).toBeGreaterThan(300);
  expect((await ask("/text")).body).toBe(Buffer.from(TEXT).toString("latin1"));
});

it("does all of it in HTTP/2, too", async () => {
  await serve([
    { auth: { type: "basic", realm: "R", users: { anna: "{SHA}B/PcQHeAKywePq/ztWiCWf9lImE=" } }, compress: true },
    { responseHeaders: { set: { "X-User": "${user}" } }, maxBodyBytes: 10, bytesPerSecond: 1_000_000 },
    { when: { path: "/fixed" }, handler: { type: "respond", body: TEXT } },
    { handler: { type: "proxy", upstream: "app" } },
  ]);
  const session = connectHttp2(`http://127.0.0.1:${String(worker.port)}`);
  const request = async (path: string, fields: Record<string, string>, body = "") => {
    const method = body === "" ? "GET" : "POST";
    const stream = session.request({ ":path": path, ":method": method, ":authority": "shop.test", ...fields });
    if (body !== "") stream.write(body);
    stream.end();
    const [headers] = (await once(stream, "response")) as [Record<string, unknown>];
    return { headers, status: headers[constants.HTTP2_HEADER_STATUS], body: await buffer(stream) };
  };
  const authorization = `Basic ${Buffer.from("anna:pass wörd").toString("base64")}`;
  expect(await request("/fixed", {})).toMatchObject({
    status: 401,
    headers: { "www-authenticate": expect.stringMatching(/^Basic/) as string },
  });
  for (const path of ["/fixed", "/text", "/text-long"]) {
    const answer = await request(path, { authorization, "accept-encoding": "gzip" });
    expect(answer).toMatchObject({ status: 200, headers: { "content-encoding": "gzip", "x-user": "anna" } });
    expect(gunzipSync(answer.body).toString().startsWith(TEXT)).toBe(true);
  }
  expect(await request("/upload", { authorization }, "1234567890")).toMatchObject({ status: 200 });
  expect(await request("/upload", { authorization }, "12345678901")).toMatchObject({ status: 413 });
  session.destroy();
});

it("finds folders, and redirects, by parts of the host", async () => {
  await mkdir(join(folder, "sites/anna"), { recursive: true });
  await writeFile(join(folder, "sites/anna/index.html"), "Anna's");
  await writeFile(join(folder, "sites/index.html"), "of nobody");
  await serve(
    [
      { when: { path: "/old" }, handler: { type: "redirect", to: "https://${host1}.example/${host2}" } },
      { handler: { type: "file", root: join(folder, "sites/${host1}") } },
    ],
    { hosts: ["~^([^.]*)\\.(shop)\\.test$", "~^(.*)\\.climb\\.test$"] },
  );
  const from = async (host: string, path = "/") => {
    using client = await openRaw(worker.port);
    return await client.ask(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
  };
  expect(await from("ANNA.shop.test:80")).toMatchObject({ status: 200, body: "Anna's" });
  expect((await from("anna.shop.test", "/old")).headers).toMatchObject({ location: "https://anna.example/shop" });
  for (const host of [
    "otto.shop.test",
    "..climb.test",
    "...climb.test",
    ".climb.test",
    "-.climb.test",
    "a..climb.test",
  ])
    expect([400, 404]).toContain((await from(host)).status);
});
