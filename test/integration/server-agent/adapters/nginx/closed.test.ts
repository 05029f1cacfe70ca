/** What visitors of a real nginx get while a site is closed, whatever its owner has configured. */
import { appendFile, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { once } from "node:events";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { HAS_NGINX } from "../../../../../tools/driving/web-servers/nginx.ts";
import { preparedNginx } from "../../../../support/web-servers/prepared-nginx.ts";

const CLOSED = { status: 503, body: "closed\n" };
const FROM_DISK = { status: 503, body: "<p>from disk</p>\n" };

function site(body: string, http = ""): Record<string, string> {
  return {
    "sites-enabled/shop": `${http}\nserver { listen 127.0.0.1:@PORT1@; server_name shop.example.com;\n${body}\n}\n`,
  };
}

describe.runIf(HAS_NGINX)("a closed site of nginx", () => {
  it("is closed and opened by a flag, without a reload, and costs no question while it is open", async () => {
    await using prepared = await preparedNginx(site(`location / { return 200 "shop\\n"; }`));
    const { agent, visit } = prepared;
    expect(await visit("/")).toMatchObject({ status: 200, body: "shop\n" });
    expect(agent.asked).toEqual([]);
    await agent.close("shop.example.com");
    expect(await visit("/a%2Fb?x=1", { method: "POST", headers: { "Backsoon-Site": "forged" } })).toMatchObject({
      ...CLOSED,
      headers: { "retry-after": "120", "backsoon-site": "shop.example.com" },
    });
    expect(agent.asked.map(({ stage }) => stage)).toEqual(["ask", "page"]);
    for (const { fields } of agent.asked)
      expect(fields).toMatchObject({
        "backsoon-site": "shop.example.com",
        "backsoon-method": "POST",
        "backsoon-uri": "/a%2Fb?x=1",
        "backsoon-host": "shop.example.com",
        "backsoon-client": "127.0.0.1",
        "backsoon-scheme": "http",
        "backsoon-listener": `127.0.0.1:${String(prepared.folder.port(1))}`,
      });
    await agent.close();
    expect(await visit("/")).toMatchObject({ status: 200 });
  });

  it.each([
    ["returns at server level", `return 301 https://elsewhere.example/;`],
    ["rewrites at server level", `rewrite ^ /index.php last; location / { return 200 "x"; }`],
    ["asks for a password", `auth_basic "x"; auth_basic_user_file @ETC@/none; location / { return 200 "x"; }`],
    [
      "lets some in, satisfying any",
      `satisfy any; allow 127.0.0.1; deny all; auth_basic "x"; auth_basic_user_file @ETC@/none; root @ETC@;`,
    ],
    ["denies all", `deny all; root @ETC@;`],
    ["lets one request in a minute through", `limit_req zone=own; limit_req_status 429; root @ETC@;`],
    ["has its own error pages", `error_page 403 404 500 502 503 =200 /own; location = /own { return 200 "own"; }`],
    [
      "sends its requests' own error pages on",
      `recursive_error_pages on; error_page 503 =200 /own; location = /own { return 200 "own"; }`,
    ],
    ["has a policy and its own fields", `add_header Content-Security-Policy "default-src 'none'" always; root @ETC@;`],
    [
      "passes no fields on",
      `proxy_pass_request_headers off; proxy_intercept_errors on; proxy_bind 127.0.0.1; root @ETC@;`,
    ],
    ["matches every path by an expression", `location ~ . { return 200 "x"; }`],
    ["limits bodies", `client_max_body_size 1; location / { return 200 "x"; }`],
    ["has the same site as an exact location", `location = / { return 200 "x"; }`],
  ])("that %s", async (_what, body) => {
    await using prepared = await preparedNginx(site(body, "limit_req_zone $server_name zone=own:1m rate=1r/m;"));
    const { agent, visit } = prepared;
    await agent.close("shop.example.com");
    const answer = await visit("/");
    expect(answer).toMatchObject(CLOSED);
    expect(answer.headers["content-security-policy"]).toBeUndefined();
    expect(await visit("/", { method: "POST", headers: { "content-length": "0" } })).toMatchObject(CLOSED);
    expect((await visit("/.backsoon/page/shop.example.com")).body).toBe("closed\n");
    await agent.die();
    expect(await visit("/", { method: "POST" })).toMatchObject({
      ...FROM_DISK,
      headers: { "retry-after": "600", "cache-control": "no-store", "backsoon-site": "shop.example.com; fallback" },
    });
    await rm(join(agent.webFolder, "now", "pages"), { recursive: true });
    expect(await visit("/")).toMatchObject({ status: 503, body: expect.stringContaining("in maintenance") as string });
  });

  it.each([
    ["looks up files in a cache", "open_file_cache max=100; open_file_cache_valid 60s; open_file_cache_errors on;"],
    ["follows no links", "disable_symlinks on;"],
  ])("whose nginx %s is closed and opened at once", async (_what, http) => {
    await using prepared = await preparedNginx(site(`location / { return 200 "shop\\n"; }`, http));
    const { agent, visit } = prepared;
    for (let round = 0; round < 3; round += 1) {
      expect(await visit("/")).toMatchObject({ status: 200 });
      await agent.close("shop.example.com");
      for (let times = 0; times < 5; times += 1) expect(await visit("/")).toMatchObject(CLOSED);
      await agent.close();
    }
    await agent.close("shop.example.com");
    await agent.die();
    expect(await visit("/")).toMatchObject(FROM_DISK);
  });

  it("lets exceptions in, to the site with its own rules", async () => {
    await using prepared = await preparedNginx(
      site(
        `set $x own; rewrite ^/old$ /new last; location = /new { return 200 "new $x $args\\n"; } location / { return 200 "$uri $args $x\\n"; }`,
      ),
    );
    const { agent, visit } = prepared;
    await agent.close("shop.example.com");
    for (const uri of ["/old?a=1", "/hooks/x?b=2"]) agent.letIn.add(uri);
    expect(await visit("/old?a=1")).toMatchObject({ status: 200, body: "new own a=1\n" });
    expect(await visit("/hooks/x?b=2", { method: "POST" })).toMatchObject({ status: 200, body: "/hooks/x b=2 own\n" });
    expect(await visit("/hooks/y")).toMatchObject(CLOSED);
    expect(await visit("/.well-known/acme-challenge/abc")).toMatchObject({ status: 200 });
    await agent.die();
    expect(await visit("/hooks/x?b=2")).toMatchObject(FROM_DISK);
    expect(await visit("/.well-known/acme-challenge/abc")).toMatchObject({ status: 200 });
  });

  it("keeps for itself what is internal, also from whom an exception lets in", async () => {
    await using prepared = await preparedNginx(
      site(
        `location /files/ { internal; return 200 "kept\n"; } location ^~ /files/open/ { return 200 "open\n"; }
location = /leave { internal; return 200 "kept\n"; } location ~ "^/i\\.php(/|$)" { internal; return 200 "kept\n"; }
location /in/ { location ~*/xx$ { internal; return 200 "kept\n"; } return 200 "open\n"; }
location /send { rewrite ^ /files/x last; } error_page 404 /lost; location = /lost { return 200 "lost\n"; }`,
      ),
    );
    const { agent, visit } = prepared;
    const kept = [
      "/files/a",
      "/files/%6fpe/",
      "/leave",
      "/i.php",
      "/i.php/a",
      "/in/xX",
      "/.backsoon/through/shop.example.com",
    ];
    const open = ["/files/open/a", "/in/y", "/in/xx/y"];
    for (const uri of [...kept, ...open, "/send"]) agent.letIn.add(uri);
    for (const close of [() => Promise.resolve(), () => agent.close("shop.example.com")]) {
      await close();
      for (const uri of kept) expect((await visit(uri)).status, uri).toBe(404);
      for (const uri of open) expect(await visit(uri), uri).toMatchObject({ status: 200, body: "open\n" });
      expect(await visit("/send")).toMatchObject({ status: 200, body: "kept\n" });
    }
    agent.letIn.clear();
    for (const uri of [...kept, ...open]) expect(await visit(uri), uri).toMatchObject(CLOSED);
  });

  it("keeps what the expression of its name has found, while it is open", async () => {
    await using prepared = await preparedNginx({
      "sites-enabled/all": `server { listen 127.0.0.1:@PORT1@; server_name ~^(s\\d+)\\.example\\.com$; set $site $1;
  location / { return 200 "$1\\n"; } }`,
    });
    const { visit } = prepared;
    for (const path of ["/", "/.well-known/acme-challenge/abc"])
      expect(await visit(path, { host: "s1.example.com" })).toMatchObject({ status: 200, body: "s1\n" });
  });

  it("sends nobody to a mirror, and asks nobody else for leave", async () => {
    await using prepared = await preparedNginx(
      site(
        `mirror /mirror; auth_request /leave; location = /leave { internal; auth_request off; access_log @RUN@/leave.log; return 204; }
location = /mirror { internal; auth_request off; access_log @RUN@/mirror.log; return 204; } location / { root @ETC@; }`,
        "log_subrequest on;",
      ),
      ({ etc }) => writeFile(join(etc, "a.txt"), "a\n"),
    );
    const { agent, visit, folder } = prepared;
    const logs = async () =>
      (await Promise.all(["leave.log", "mirror.log"].map((name) => readFile(join(folder.run, name), "utf8")))).map(
        (text) => text.split("\n").length - 1,
      );
    expect(await visit("/a.txt")).toMatchObject({ status: 200, body: "a\n" });
    expect(await logs()).toEqual([1, 1]);
    await agent.close("shop.example.com");
    expect(await visit("/a.txt")).toMatchObject(CLOSED);
    await agent.die();
    expect(await visit("/a.txt")).toMatchObject(FROM_DISK);
    expect(await logs()).toEqual([1, 1]);
  });

  it("finishes what it had let in, also by an internal redirect", async () => {
    let answer = (): void => undefined;
    let arrived = (): void => undefined;
    const atApp = new Promise<void>((resolve) => (arrived = resolve));
    const app = createServer((request, response) => {
      if (request.url !== "/download") return void response.writeHead(404).end();
      answer = () => response.writeHead(200, { "x-accel-redirect": "/protected/file.txt" }).end();
      arrived();
    }).listen(0, "127.0.0.1");
    await once(app, "listening");
    const address = app.address();
    const port = address !== null && typeof address === "object" ? address.port : 0;
    await using prepared = await preparedNginx(
      site(`location / { proxy_pass http://127.0.0.1:${String(port)}; }
location /protected/ { internal; alias @ETC@/files/; }`),
      async ({ etc }) => {
        await mkdir(join(etc, "files"));
        await writeFile(join(etc, "files", "file.txt"), "the file\n");
      },
    );
    const { agent, visit } = prepared;
    const slow = visit("/download");
    await atApp;
    await agent.close("shop.example.com");
    expect(await visit("/")).toMatchObject(CLOSED);
    answer();
    expect(await slow).toMatchObject({ status: 200, body: "the file\n" });
    app.close();
  });

  it("answers over TLS with HTTP/1.1 and HTTP/2, and behind the PROXY protocol", async () => {
    await using prepared = await preparedNginx({
      "sites-enabled/shop": `server { listen 127.0.0.1:@PORT1@; listen 127.0.0.1:@PORT2@ ssl http2; listen 127.0.0.1:@PORT3@ proxy_protocol; listen 127.0.0.1:@PORT4@ http2;
  server_name .shop.example.com ~^s\\d+\\.example\\.com$; ssl_certificate @CERT@; ssl_certificate_key @KEY@; location / { return 200 "shop\\n"; } }`,
    });
    const { agent, visit, folder } = prepared;
    await agent.close("shop.example.com");
    const ways = [
      { port: folder.port(1) },
      { port: folder.port(2), tls: true },
      { port: folder.port(2), tls: true, version: "2" as const },
      { port: folder.port(3), proxyProtocol: true },
      { port: folder.port(4), version: "2" as const },
    ];
    for (const way of ways) expect(await visit("/", way)).toMatchObject(CLOSED);
    expect(await visit("/", { host: "s1.example.com" })).toMatchObject(CLOSED);
  });

  it("stays closed where somebody reloads nginx, and writes nothing of it into the log while open", async () => {
    await using prepared = await preparedNginx(site(`location / { return 200 "shop\\n"; }`));
    const { agent, visit, nginx, folder } = prepared;
    await visit("/");
    expect((await nginx.log()).match(/\[(?:warn|error|crit)\].*/g)).toBeNull();
    await agent.close("shop.example.com");
    await appendFile(folder.main, "# edited\n");
    process.kill(nginx.pid, "SIGHUP");
    await expect.poll(() => nginx.log()).toContain("reconfiguring");
    for (let times = 0; times < 20; times += 1) expect(await visit("/")).toMatchObject(CLOSED);
  });
});
