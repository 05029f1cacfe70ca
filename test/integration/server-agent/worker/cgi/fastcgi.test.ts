/** Sites of PHP, by a real PHP-FPM over its socket and over TCP. */
import { createHash, randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { chmod, mkdir, mkdtemp, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { freePort } from "../../../../../tools/driving/free-port.ts";
import type { VirtualHost } from "../../../../../server-agent/contract/config.ts";
import { configWith, startWorker, type WorkerHarness } from "../../../../support/agent/worker-harness.ts";
import { ask, type Question } from "../../../../support/http/ask.ts";
import { openRaw } from "../../../../support/http/raw-client.ts";
import { type Relay, startRelay } from "../../../../support/http/relay.ts";
import { PHP_FPM, type PhpFpm, startPhpFpm } from "../../../../support/web-servers/php-fpm.ts";

const SHOW = "<?php header('Content-Type: application/json'); echo json_encode($_SERVER);";
const FILES: Readonly<Record<string, string>> = {
  "www/index.php": SHOW,
  "www/show.php": SHOW,
  "www/a b/ü.php": SHOW,
  "www/dir.php/inner.php": "<?php echo 'inner';",
  "www/sub/index.php": "<?php echo 'index of sub';",
  "www/hash/index.php": "<?php echo md5(file_get_contents('php://input')), $_SERVER['HTTP_X_INDEX'];",
  "www/.git/hook.php": "<?php echo 'secret';",
  "www/upload.jpg": "<?php echo 'executed';",
  "www/style.css": "p { color: red }",
  "www/config.php.bak": "<?php $password = 'secret';",
  "www/CONFIG.PHP": "<?php $password = 'secret';",
  "outside.php": "<?php echo 'outside';",
  "www/hash.php": "<?php echo md5(file_get_contents('php://input')), ' ', $_SERVER['CONTENT_LENGTH'];",
  "www/status.php": "<?php http_response_code((int) $_GET['code']); header('X-A: b'); echo 'body';",
  "www/moved.php": "<?php header('Location: /sub/'); header('X-A: b');",
  "www/log.php": "<?php error_log('grüße from PHP'); echo 'ok';",
  "www/large.php": "<?php for ($i = 0; $i < 64; $i++) echo str_repeat(chr(97 + $i % 26), 65536);",
  "www/dies.php":
    "<?php if (isset($_GET['late'])) { header('Content-Length: 100'); echo 'x'; if (ob_get_level() > 0) ob_end_flush(); flush(); } exec('kill -9 ' . getmypid());",
  "www/send.php": `<?php header('X-Sendfile: ' . $_GET['file']); header('Set-Cookie: a=b');
    header('Content-Disposition: attachment'); if (isset($_GET['vary'])) header('Vary: Cookie'); if (isset($_GET['type'])) header('Content-Type: ' . $_GET['type']);
    http_response_code((int) ($_GET['code'] ?? 200)); echo 'not sent';`,
  "private/report.txt": "0123456789",
  "private/.htaccess": "secret",
  "private/page.html": "<p>page</p>".repeat(200),
  "www/slow.php": `<?php
    file_put_contents(__DIR__ . '/run/begun' . $_GET['id'], '');
    register_shutdown_function(function () {
      file_put_contents(__DIR__ . '/run/ended' . $_GET['id'], connection_aborted() ? 'aborted' : 'complete');
    });
    echo 'first'; if (ob_get_level() > 0) ob_flush(); flush();
    while (!file_exists(__DIR__ . '/run/go' . $_GET['id'])) {
      usleep(10000); clearstatcache();
      if (isset($_GET['writes'])) { echo '.'; if (ob_get_level() > 0) ob_flush(); flush(); }
    }
    echo 'last';`,
};

/** Of `secret` (apr1). */
const HASH = "$apr1$salt$VEpBc9VHGUKwI9.yg13Iu0";

let folder: string;
let www: string;
let php: PhpFpm;
let relay: Relay;
let worker: WorkerHarness;

function site(id: string, handler: object): VirtualHost {
  return { id, hosts: [id], rules: [{ handler: { type: "fastcgi", upstream: "php", root: www, ...handler } }] };
}

/** A rule that changes fields above one that answers. */
function edited(): VirtualHost {
  const { rules, ...rest } = site("edited", {});
  const auth = { type: "basic" as const, realm: "Staff", users: { anna: HASH } };
  const changes = { set: { "X-Real-IP": "${client}", Proxy: "x" }, remove: ["X-Secret"] };
  return {
    ...rest,
    rules: [
      { requestHeaders: changes },
      { when: { path: "/show.php/staff" }, auth },
      { when: { path: "/hash/index.php" }, requestHeaders: { set: { "X-Index": "1" } } },
      { when: { path: "/sub/index.php" }, handler: { type: "error", status: 403 } },
      { when: { path: "/pretty/*" }, handler: { type: "rewrite", to: "/show.php?page=$1", regex: "^/pretty/(.*)" } },
      ...rules,
    ],
  };
}

function configuration(closed: boolean) {
  const sites = [
    site("plain", {}),
    site("tcp", { upstream: "tcp" }),
    site("mounted", { mount: "/shop", fallback: "/index.php", sendFiles: [join(folder, "private")] }),
    site("holding", { upstream: "holding" }),
    site("kept", { upstream: "kept" }),
    site("front", { fallback: "/index.php", files: true, params: { APP_ENV: "test", HTTPS: "on" } }),
    edited(),
    site("container", { root: join(folder, "elsewhere"), scriptRoot: www }),
  ];
  const copycat: VirtualHost = {
    id: "copycat",
    copycatOf: "plain",
    hosts: ["plain"],
    when: { not: { path: "/sub/*" } },
    rules: [{ handler: { type: "maintenance", page: "default" } }],
  };
  const targets = [`fcgi://127.0.0.1:${String(relay.port)}`];
  return configWith(closed ? [copycat, ...sites] : sites, {
    trustedProxies: [],
    upstreams: {
      php: { targets: [`fcgi://unix:${php.socket}`] },
      tcp: { targets },
      holding: { targets: [`fcgi://unix:${php.socket}`], hold: { seconds: 60 } },
      kept: { targets, keepAlive: 2 },
    },
  });
}

beforeAll(async () => {
  if (PHP_FPM === undefined) return;
  folder = await realpath(await mkdtemp(join(tmpdir(), "backsoon-php-")));
  await chmod(folder, 0o755);
  www = join(folder, "www");
  for (const [name, text] of Object.entries(FILES)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
  await symlink(join(folder, "outside.php"), join(www, "link.php"));
  await symlink(www, join(folder, "elsewhere"));
  await mkdir(join(www, "run"));
  await chmod(join(www, "run"), 0o777);
  const port = await freePort();
  php = await startPhpFpm(folder, port);
  relay = await startRelay(port);
  worker = await startWorker(configuration(false));
});

afterAll(async () => {
  if (PHP_FPM === undefined) return;
  await worker.close();
  await relay.close();
  await php[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

function get(path: string, { host = "plain", headers = {}, ...rest }: Question & { host?: string } = {}) {
  return ask(worker.port, path, { headers: { Host: host, ...headers }, ...rest });
}

async function variables(path: string, question: Question & { host?: string } = {}) {
  return JSON.parse((await get(path, question)).text) as Record<string, string | undefined>;
}

function begun(name: string) {
  return expect.poll(() => existsSync(join(www, "run", name)), { interval: 10 }).toBe(true);
}

describe.skipIf(PHP_FPM === undefined)("a site of PHP", () => {
  it.each(["plain", "tcp", "kept"])("has the variables of CGI (%s)", async (host) => {
    const headers = { Cookie: "a=b", "X-Several": ["1", "2"], Authorization: "Basic eA==", "Content-Type": "a/b" };
    expect(await variables("/show.php/more%20path/x?q=%20&r", { host, headers })).toMatchObject({
      GATEWAY_INTERFACE: "CGI/1.1",
      SERVER_PROTOCOL: "HTTP/1.1",
      SERVER_NAME: host,
      SERVER_PORT: "80",
      REQUEST_METHOD: "GET",
      REQUEST_URI: "/show.php/more%20path/x?q=%20&r",
      QUERY_STRING: "q=%20&r",
      SCRIPT_NAME: "/show.php",
      SCRIPT_FILENAME: join(www, "show.php"),
      PATH_INFO: "/more path/x",
      PATH_TRANSLATED: join(www, "more path/x"),
      DOCUMENT_ROOT: www,
      REMOTE_ADDR: "127.0.0.1",
      CONTENT_TYPE: "a/b",
      HTTP_HOST: host,
      HTTP_COOKIE: "a=b",
      HTTP_X_SEVERAL: "1, 2",
      HTTP_AUTHORIZATION: "Basic eA==",
    });
  });

  it("never has variables that a visitor could choose in the name of somebody else", async () => {
    const headers = {
      Proxy: "http://evil.example",
      X_Forwarded_For: "1.2.3.4",
      "X-Forwarded-For": "1.2.3.4",
      "X-Original-URL": "/admin",
      A_B: "c",
      "X-Named": "by Connection",
      Connection: "X-Named",
    };
    const seen = await variables("/show.php", { headers });
    const names = Object.keys(seen).filter((name) =>
      /PROXY|FORWARDED|ORIGINAL|A_B|NAMED|HTTPS|CONTENT_LENGTH/.test(name),
    );
    expect(names).toEqual([]);
    expect(seen.PATH_INFO ?? "").toBe("");
  });

  it("has the fields as the rules of the site change them", async () => {
    const seen = await variables("/show.php", { host: "edited", headers: { "X-Secret": "x", "X-Real-IP": "1.2.3.4" } });
    expect(seen).toMatchObject({ HTTP_X_REAL_IP: "127.0.0.1" });
    expect(seen).not.toHaveProperty("HTTP_X_SECRET");
    expect(seen).not.toHaveProperty("HTTP_PROXY");
    expect(seen).not.toHaveProperty("REMOTE_USER");
    const headers = { Authorization: `Basic ${Buffer.from("anna:secret").toString("base64")}` };
    const staff = await variables("/show.php/staff", { host: "edited", headers });
    expect(staff).toMatchObject({ REMOTE_USER: "anna", AUTH_TYPE: "Basic" });
    expect(staff).not.toHaveProperty("HTTP_AUTHORIZATION");
  });

  it("has the address that the visitor sees, whatever rules make of it", async () => {
    const seen = await variables("/pretty/a%20b?c", { host: "edited" });
    expect(seen).toMatchObject({
      REQUEST_URI: "/pretty/a%20b?c",
      SCRIPT_NAME: "/show.php",
      QUERY_STRING: "page=a%20b?c",
    });
  });

  it("is not run for a folder where a rule keeps visitors from its index file", async () => {
    expect(await get("/sub/", { host: "edited" })).toMatchObject({ status: 403 });
    expect(await get("/sub/index.php", { host: "edited" })).toMatchObject({ status: 403 });
    expect(await variables("/", { host: "edited" })).toMatchObject({ SCRIPT_NAME: "/index.php" });
    // A body reaches the script all the same.
    const body = "x".repeat(300_000);
    const { text } = await get("/hash/", { host: "edited", method: "POST", body });
    expect(text).toBe(`${createHash("md5").update(body).digest("hex")}1`);
  });

  it.each([
    ["/", "plain", "/index.php"],
    ["/a%20b/%C3%BC.php", "plain", "/a b/ü.php"],
    ["/anything/at/all", "front", "/index.php"],
    ["/missing.php", "front", "/index.php"],
    ["/upload.jpg/x.php", "front", "/index.php"],
    ["/config.php.bak", "front", "/index.php"],
    ["/CONFIG.PHP", "front", "/index.php"],
    ["/.git/hook.php", "front", "/index.php"],
    ["/show.php", "container", "/show.php"],
  ])("runs for %s of %s the script %s", async (path, host, script) => {
    const seen = await variables(path, { host });
    expect(seen).toMatchObject({ SCRIPT_NAME: script, SCRIPT_FILENAME: www + script });
    if (host === "front") expect(seen).toMatchObject({ APP_ENV: "test", HTTPS: "on", REQUEST_URI: path });
  });

  it.each([
    ["/sub/", 200, "index of sub"],
    ["/dir.php/inner.php", 200, "inner"],
    ["/sub", 301, ""],
    ["/missing.php", 404],
    ["/upload.jpg/x.php", 404],
    ["/upload.jpg%00.php", 400],
    ["/upload.jpg", 404],
    ["/.git/hook.php", 404],
    ["/link.php", 404],
    ["/../outside.php", 404],
    ["/..%2foutside.php", 400],
    ["/CONFIG.PHP", 404],
    ["/dir.php", 404],
    ["/.php", 404],
  ])("answers %s with %d", async (path, status, text?: string) => {
    const answer = await get(path);
    expect(answer.status).toBe(status);
    expect(answer.text).not.toMatch(/executed|secret|outside/);
    if (text !== undefined) expect(answer.text).toBe(text);
  });

  it("serves other files where it is to", async () => {
    expect(await get("/style.css", { host: "front" })).toMatchObject({ status: 200, text: "p { color: red }" });
    expect(await variables("/style.css", { host: "front", method: "POST" })).toMatchObject({
      SCRIPT_NAME: "/index.php",
    });
    expect(await get("/style.css", { method: "OPTIONS" })).toMatchObject({ status: 404 });
  });

  it("keeps status, Location and fields, and HEAD has no body", async () => {
    expect(await get("/status.php?code=418")).toMatchObject({ status: 418, text: "body", headers: { "x-a": "b" } });
    expect(await get("/status.php?code=204")).toMatchObject({ status: 204, text: "" });
    expect(await get("/moved.php")).toMatchObject({ status: 302, headers: { location: "/sub/", "x-a": "b" } });
    expect(await get("/status.php?code=200", { method: "HEAD" })).toMatchObject({ status: 200, text: "" });
    expect(await get("/show.php", { method: "TRACE" })).toMatchObject({ status: 405 });
  });

  it.each(["plain", "kept"])(
    "takes bodies with a length and in chunks, and says how long they are (%s)",
    async (host) => {
      const body = randomBytes(3_000_000);
      const small = body.subarray(0, 100_000);
      const hash = (bytes: Buffer) => `${createHash("md5").update(bytes).digest("hex")} ${String(bytes.length)}`;
      expect(await get("/hash.php", { host, method: "POST", body })).toMatchObject({ text: hash(body) });
      const chunked = { host, method: "PUT", headers: { "Transfer-Encoding": "chunked" } };
      expect(await get("/hash.php", { ...chunked, body: small })).toMatchObject({ text: hash(small) });
      expect(await get("/hash.php", { ...chunked, body })).toMatchObject({ status: 411 });
    },
  );

  it("sends what comes as it comes, and large answers to slow visitors whole", async () => {
    using client = await openRaw(worker.port);
    await client.write("GET /slow.php?id=stream HTTP/1.1\r\nHost: plain\r\n\r\n");
    expect(await client.until("first")).toMatch(/^HTTP\/1\.1 200 /);
    await writeFile(join(www, "run/gostream"), "");
    expect(await client.until("last")).toContain("last");
    const { text } = await get("/large.php");
    expect(text.length).toBe(64 * 65_536);
  });

  it("keeps connections where it is told to, and only there", async () => {
    const before = relay.connections();
    for (let turn = 0; turn < 3; turn++) await get("/show.php", { host: "kept" });
    const kept = relay.connections();
    expect(kept - before).toBeLessThanOrEqual(1);
    for (let turn = 0; turn < 3; turn++) await get("/show.php", { host: "tcp" });
    expect(relay.connections() - kept).toBe(3);
  });

  it("breaks off an answer that PHP does not end, and says why in the log", async () => {
    expect(await get("/dies.php")).toMatchObject({ status: 502, complete: true });
    expect(await get("/dies.php?late")).toMatchObject({ status: 200, complete: false });
    await expect.poll(() => worker.log).toContain("upstream failure on GET plain/dies.php");
  });

  it("has what PHP logs in the agent's log", async () => {
    await get("/log.php");
    await expect.poll(() => worker.log).toMatch(/application error output on GET plain\/log\.php: .*grüße from PHP/);
  });

  it("has files of its folders sent, and no others", async () => {
    const send = (file: string, headers = {}) =>
      get(`/shop/send.php?vary&file=${encodeURIComponent(join(folder, "private"))}${file}`, {
        host: "mounted",
        headers,
      });
    expect(await send("/report.txt", { Range: "bytes=2-4" })).toMatchObject({
      status: 206,
      text: "234",
      headers: { "set-cookie": ["a=b"], "content-disposition": "attachment", vary: "Cookie" },
    });
    for (const file of ["/.htaccess", "/../outside.php", "/none", "", "/"])
      expect(await send(file)).toMatchObject({
        status: 404,
        text: expect.not.stringMatching(/secret|outside/) as string,
      });
    expect((await send("/page.html", { "Accept-Encoding": "gzip" })).headers).toMatchObject({
      "content-encoding": "gzip",
      vary: "Accept-Encoding, Cookie",
    });
  });

  it("is told when the visitor has left", async () => {
    using client = await openRaw(worker.port);
    await client.write("GET /slow.php?id=left&writes=1 HTTP/1.1\r\nHost: plain\r\n\r\n");
    await client.until("first");
    client.destroy();
    await begun("endedleft");
    expect(await worker.requests()).toEqual([]);
  });

  it("that is closed and opened while its scripts run loses none of them, and lets exceptions in", async () => {
    await using load = openLoad();
    const running = ["one", "two"].map((id) => get(`/slow.php?id=${id}`));
    await begun("begunone");
    await begun("beguntwo");
    await worker.serve(configuration(true));
    expect(await get("/show.php")).toMatchObject({ status: 503 });
    expect(await get("/sub/")).toMatchObject({ status: 200, text: "index of sub" });
    const [entry] = await worker.requests();
    expect(entry).toMatchObject({ generation: 1, virtualHost: "plain" });
    await writeFile(join(www, "run/goone"), "");
    await writeFile(join(www, "run/gotwo"), "");
    for (const answer of await Promise.all(running))
      expect(answer).toMatchObject({ status: 200, text: "firstlast", complete: true });
    await worker.serve(configuration(false));
    expect(await get("/show.php")).toMatchObject({ status: 200 });
    expect(await load.statuses()).toEqual([200, 503]);
  });

  it("that is restarted while requests are held answers them, whatever was switched meanwhile", async () => {
    await php[Symbol.asyncDispose]();
    const waiting = get("/hash.php", { host: "holding", method: "POST", body: "order" });
    const { generation } = await worker.inFlight(({ held }) => held === true);
    await worker.serve(configuration(true));
    const later = get("/sub/", { host: "holding" });
    await worker.inFlight(({ held, path }) => held === true && path === "/sub/");
    php = await startPhpFpm(folder);
    expect(await waiting).toMatchObject({ status: 200, text: expect.stringContaining(" 5") as string });
    expect(await later).toMatchObject({ status: 200, text: "index of sub" });
    expect(generation).toBeGreaterThan(1);
    expect(await worker.requests()).toEqual([]);
  });
});

/** Visitors of the closed site, one after another, until they are asked for what they got. */
function openLoad() {
  const over = new AbortController();
  const seen = new Set<number>();
  const visit = async (): Promise<void> => {
    const { status, complete } = await get("/show.php");
    seen.add(complete ? status : 0);
    if (!over.signal.aborted) await visit();
  };
  const visits = visit();
  const end = async () => {
    over.abort();
    await visits;
  };
  return {
    async statuses() {
      await end();
      return [...seen].toSorted();
    },
    [Symbol.asyncDispose]: end,
  };
}
