/** What rules change besides answering, as visitors and applications see it. */
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { VirtualHost } from "../../../../server-agent/contract/config.ts";
import { configWith, startWorker, type WorkerHarness } from "../../../support/agent/worker-harness.ts";
import { openRaw, type RawResponse } from "../../../support/http/raw-client.ts";

let worker: WorkerHarness;
let application: Server;
let folder: string;

/** Its answer names the address and the header fields that it got. */
async function startApplication(): Promise<Server> {
  const server = createServer((request, response) => {
    response.setHeader("X-Powered-By", "app");
    response.setHeader("Cache-Control", "private");
    response.statusCode = request.url === "/gone" ? 410 : 200;
    response.end(`${request.url ?? ""}\n${request.rawHeaders.join("\n")}`);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return server;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "backsoon-rules-"));
  await writeFile(join(folder, "page.html"), "<p>page</p>");
  application = await startApplication();
  worker = await startWorker(configWith([]));
});
afterAll(async () => {
  await worker.close();
  application.close();
  await rm(folder, { recursive: true });
});

/** Serves these rules as `shop.test`. */
async function serve(rules: VirtualHost["rules"], rest: Partial<VirtualHost> = {}): Promise<void> {
  const { port } = application.address() as AddressInfo;
  const upstreams = { app: { targets: [`http://127.0.0.1:${String(port)}`] } };
  await worker.serve(configWith([{ id: "shop", hosts: ["shop.test"], rules, ...rest }], { upstreams }));
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
      requestHeaders: { set: { "X-Real-IP": "${client}", Accept: "*/*" }, remove: ["Referer"] },
    },
  ]);
  const got = (await ask("/", "X-Real-IP: 192.0.2.9\r\naccept: text/plain\r\nReferer: http://a/\r\nX-Own: 1\r\n")).body;
  expect(got).toContain("X-Real-IP\n127.0.0.1");
  expect(got).toContain("Accept\n*/*");
  expect(got).toContain("X-Own\n1");
  expect(got).not.toMatch(/192\.0\.2\.9|text\/plain|referer/i);
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
