import { expect, it } from "vitest";
import type { Config } from "../../../../../server-agent/contract/config.ts";
import { validateConfig } from "../../../../../server-agent/core/config/validate-config.ts";
import type { ImportLine } from "../../../../../server-agent/contract/importing/import.ts";
import { guessFormat } from "../../../../../server-agent/core/import/guess-format.ts";
import { importConfig } from "../../../../../server-agent/core/import/import-config.ts";
import { machineWith } from "../../../../support/import/surroundings.ts";
import { repetitions, SEED } from "../../../../support/repetitions.ts";
import { type SeededRandom, seededRandom } from "../../../../support/seeded-random.ts";
import { readCorpus } from "../../../../support/web-servers/corpus/read-corpus.ts";

const MAIN = "/etc/nginx/nginx.conf";

function imported(text: string): { config: Config; report: ImportLine[] } {
  const made = importConfig("nginx", MAIN, text, machineWith());
  if (!made.ok) throw new Error(`${String(made.line)}: ${made.message}`);
  return made;
}

/** Rules of a site with these directives, and what is closed. */
function site(...lines: string[]): { rules: Config["virtualHosts"][number]["rules"]; closed: string[] } {
  const { config, report } = imported(`server { server_name a.example;\nroot /srv;\n${lines.join("\n")}\n}`);
  const closed = report.filter(({ outcome }) => outcome === "closed").map(({ text }) => text);
  return { rules: config.virtualHosts[0]?.rules ?? [], closed };
}

const FILES = { handler: { type: "file", root: "/srv", index: ["index.html"] } };
const CLOSED = { type: "error", status: 403 };

it("takes exact names before wildcards and expressions, and a nameless default last", () => {
  const { config } = imported(`http {
    server { listen 80; server_name ~^x\\d; return 404; }
    server { listen 80; server_name *.a.example; return 404; }
    server { listen 80 default_server; server_name _; return 444; }
    server { listen 80; server_name www.a.example; return 404; }
    server { listen 127.0.0.1:81; server_name b.example; return 404; }
  }`);
  expect(config.listeners).toEqual([
    { name: "http-80", address: "0.0.0.0", port: 80 },
    { name: "http-81-127.0.0.1", address: "127.0.0.1", port: 81 },
  ]);
  expect(config.virtualHosts.map(({ hosts, when }) => [hosts, when])).toEqual([
    [["www.a.example"], { listener: ["http-80"] }],
    [["b.example"], { listener: ["http-81-127.0.0.1"] }],
    [["*.a.example"], { listener: ["http-80"] }],
    [["~^x\\d"], { listener: ["http-80"] }],
    [["~.*"], { listener: ["http-80"] }],
    [["*"], undefined],
  ]);
});

it("makes one site of a block that only leads to HTTPS and the one that it leads to", () => {
  const { config, report } = imported(`http {
    server { listen 80; listen [::]:80; server_name a.example www.a.example;
      if ($host = www.a.example) { return 301 https://$host$request_uri; } # managed by Certbot
      if ($host = a.example) { return 301 https://$host$request_uri; }
      return 404; }
    server { listen 443 ssl; listen [::]:443 ssl; server_name a.example www.a.example; root /srv;
      ssl_certificate /etc/ssl/a.pem; ssl_certificate_key /etc/ssl/a.key;
      ssl_client_certificate /etc/ssl/ca.pem; ssl_verify_client on; }
  }`);
  const tls = { clientCertificates: { ca: "/etc/ssl/ca.pem" } };
  expect(config.listeners).toEqual([
    { name: "http-80", address: "0.0.0.0", port: 80 },
    { name: "http-80-ipv6", address: "::", port: 80 },
    { name: "https-443", address: "0.0.0.0", port: 443, tls },
    { name: "https-443-ipv6", address: "::", port: 443, tls },
  ]);
  expect(config.virtualHosts[0]).toEqual({
    id: "a.example",
    hosts: ["a.example", "www.a.example"],
    rules: [{ when: { all: [{ tls: true }, { not: { clientCertificate: true } }] }, handler: CLOSED }, FILES],
    tls: { certificate: "/etc/ssl/a.pem", key: "/etc/ssl/a.key" },
    redirectToHttps: { status: 301 },
  });
  expect(report.filter(({ outcome }) => outcome !== "carried").map(({ text }) => text)).toEqual([
    "server_name a.example www.a.example;",
  ]);
});

it("spreads requests as upstream blocks say", () => {
  const { config } = imported(`http {
    upstream app { least_conn; server 10.0.0.1:1 weight=3; server 10.0.0.2:1; server 10.0.0.3:1 backup; keepalive 8; }
    server { location / { proxy_pass http://app; proxy_read_timeout 2m; } }
  }`);
  expect(config.upstreams).toEqual({
    app: {
      targets: [
        { url: "http://10.0.0.1:1", weight: 3 },
        "http://10.0.0.2:1",
        { url: "http://10.0.0.3:1", backup: true },
      ],
      balance: "leastConnections",
      responseTimeout: 120,
      idleTimeout: 120,
      keepAlive: 8,
    },
  });
});

it("sends the same value of a header or a cookie to the same target", () => {
  const balances = ["hash $http_x_user consistent", "hash $cookie_id", "hash $remote_addr", "random"].map((line) => {
    const { config } = imported(`upstream app { ${line}; server 10.0.0.1:1; }
        server { location / { proxy_pass http://app; } }`);
    return config.upstreams?.app?.balance;
  });
  expect(balances).toEqual([{ hash: { header: "x-user" } }, { hash: { cookie: "id" } }, { hash: "client" }, undefined]);
});

it("lets in whom allow and deny let in, in their order", () => {
  const from = (addresses: string[]) => ({ from: addresses });
  expect(site("allow 10.0.0.1; deny 10.0.0.0/8; allow all;").rules).toEqual([
    { when: { all: [from(["10.0.0.0/8"]), { not: from(["10.0.0.1"]) }] }, handler: CLOSED },
    FILES,
  ]);
  expect(site("deny all;").rules).toEqual([{ handler: CLOSED }]);
  const auth = { type: "basic", realm: "S", file: "/u" };
  expect(site('satisfy any; allow 10.0.0.0/8; deny all; auth_basic "S"; auth_basic_user_file /u;').rules).toEqual([
    { when: { not: from(["10.0.0.0/8"]) }, ...FILES, auth },
    FILES,
  ]);
  const any = 'satisfy any; auth_basic "S"; auth_basic_user_file /u;';
  expect(site(any).rules).toEqual([{ ...FILES, auth }]);
  expect(site(`${any} allow 10.0.0.0/8;`).rules).toEqual([
    { when: { not: from(["10.0.0.0/8"]) }, ...FILES, auth },
    FILES,
  ]);
  expect(site("location /a/ { auth_basic off; }", 'auth_basic "S";', "auth_basic_user_file /u;").rules).toEqual([
    { when: { path: "/a/*" }, ...FILES },
    { ...FILES, auth },
  ]);
});

it.each([
  ["location /a/ { proxy_pass http://127.0.0.1:1/; }", { mount: "/a" }, "carried"],
  ["location /a/ { proxy_pass http://127.0.0.1:1/b/c/; }", { mount: "/a", upstreamPath: "/b/c" }, "carried"],
  ["location / { proxy_pass http://127.0.0.1:1/b/; }", { upstreamPath: "/b" }, "carried"],
  ["location = /a { proxy_pass http://127.0.0.1:1/; }", { mount: "/a" }, "carried"],
  ["location = /a { proxy_pass http://127.0.0.1:1/b; }", { mount: "/a", upstreamPath: "/b" }, "carried"],
  ["location = /a { proxy_pass http://127.0.0.1:1/b/; }", undefined, "closed"],
  ["location /a { proxy_pass http://127.0.0.1:1/; }", { mount: "/a" }, "changed"],
  ["location /a { proxy_pass http://127.0.0.1:1/b; }", { mount: "/a", upstreamPath: "/b" }, "changed"],
  ["location /a/ { proxy_pass http://127.0.0.1:1/?q=; }", undefined, "closed"],
  ["location /a/ { rewrite ^/a/(.*)$ /$1 break; proxy_pass http://127.0.0.1:1; }", { mount: "/a" }, "carried"],
  [
    "location ^~ /a/ { rewrite ^/a/?(.*) /b/$1 break; proxy_pass http://127.0.0.1:1; }",
    { mount: "/a", upstreamPath: "/b" },
    "carried",
  ],
  ["location /a { rewrite ^/a/?(.*)$ /$1 break; proxy_pass http://127.0.0.1:1; }", { mount: "/a" }, "changed"],
] as const)("says what the application gets: %s", (line, fields, outcome) => {
  const { config, report } = imported(`server { server_name a.example; ${line} }`);
  const rules = config.virtualHosts[0]?.rules ?? [];
  const handlers = rules.flatMap(({ handler }) => (handler?.type === "proxy" ? [handler] : []));
  const wanted = { type: "proxy", upstream: "127.0.0.1", ...fields, preserveHost: false };
  expect(handlers).toEqual(fields === undefined ? [] : [wanted]);
  expect(report.find(({ text }) => text.startsWith("proxy_pass"))?.outcome).toBe(outcome);
});

it("closes what it cannot say, and says so", () => {
  expect(site("if ($bad) { return 302 /login; }")).toEqual({
    rules: [{ handler: CLOSED }, FILES],
    closed: ["if ($bad) {"],
  });
  expect(site("auth_request /auth;")).toEqual({ rules: [{ handler: CLOSED }], closed: ["auth_request /auth;"] });
  expect(site("location ~ (?<!a)b { deny all; }").rules[0]).toEqual({ when: { pathRegex: "b" }, handler: CLOSED });
  expect(site("location /a/ { proxy_pass http://127.0.0.1:1/b; }").rules[1]).toEqual({
    when: { path: "/a/*" },
    handler: CLOSED,
  });
  expect(site("location /x/ { root html; }").rules[0]).toEqual({ when: { path: "/x/*" }, handler: CLOSED });
  expect(site('auth_basic "S"; auth_basic_user_file users;').rules).toEqual([{ handler: CLOSED }]);
});

it("says where a file is missing, or is none", () => {
  const at = (text: string) => importConfig("nginx", MAIN, text, machineWith());
  expect(at("http {\n include gone.conf; server { } }")).toMatchObject({ ok: false, file: MAIN, line: 2 });
  expect(at("server {\n listen 80;\n")).toMatchObject({ ok: false, file: MAIN, line: 3 });
  expect(at("events { }")).toMatchObject({ ok: false, line: 1 });
});

it("reads all files that nginx -T prints", () => {
  const dump = `# configuration file ${MAIN}:\nhttp {\n  include sites/*;\n}\n\n# configuration file /etc/nginx/sites/a:\nserver { server_name a.example; root /srv; deny all; }\n`;
  expect(guessFormat("/etc/any", dump)).toBe("nginx");
  const { config, report } = imported(dump);
  expect(config.virtualHosts[0]?.rules).toEqual([{ handler: CLOSED }]);
  expect(report.map(({ file, line }) => [file, line])).toContainEqual(["/etc/nginx/sites/a", 1]);
});

it.each(readCorpus("nginx").map((each) => [each.name, each] as const))("imports: %s", (_name, { files }) => {
  const texts = Object.fromEntries(
    files.map(({ path, text }) => [`/etc/nginx/${path}`, text.replace(/@PORT/g, "808")]),
  );
  const main = texts[MAIN] ?? "http { include conf.d/*.conf; include sites-enabled/*; }";
  const made = importConfig("nginx", MAIN, main, machineWith(texts));
  if (made.ok) expect(validateConfig(made.config)).toMatchObject({ ok: true });
  else expect(made.message).toMatch(/cannot be read; take|has no `server` block|unexpected/);
});

const WORDS = [
  "80", "443 ssl", "[::]:80", "127.0.0.1:81 default_server", "a.example", "*.a.example", "~^(", "_", "/srv", "/srv/$host", "html",
  "all", "10.0.0.0/8", "x", "on", "off", "404 /404.html", "301 /new", "301 https://$host$request_uri", "444", "200 ok", "$uri",
  "$uri $uri/ /index.php?$args", "$uri @app", "=404 =404", "http://app", "https://b.example", "http://$x", "unix:/run/a.sock",
  "^/(.*)$ /$1 last", "^/a /b permanent", "( x", "X-A $host", "X-B 1 always", "30d", "max", "zone=one burst=2", "10m", '"S"',
  "index.php index.html", "Host $host", "Content-Length 5", "GET", "/u", "$remote_addr zone=one:1m rate=5r/s", "é\u0000",
] as const; // prettier-ignore
const NAMES = [
  "listen", "server_name", "root", "alias", "index", "allow", "deny", "auth_basic", "auth_basic_user_file", "return", "rewrite",
  "try_files", "proxy_pass", "fastcgi_pass", "proxy_set_header", "add_header", "expires", "error_page", "gzip", "access_log",
  "client_max_body_size", "limit_req", "limit_req_zone", "limit_rate", "ssl_certificate", "ssl_certificate_key", "satisfy",
  "ssl_verify_client", "ssl_client_certificate", "internal", "autoindex", "auth_request", "unheard",
] as const; // prettier-ignore
const BLOCKS = [
  "location /", "location /a/", "location ^~ /a", "location = /a", "location ~ \\.php$", "location ~ (", "location @app",
  "if ($x)", "if ($request_method = POST)", "if (-f $request_filename)", "limit_except GET", "unheard",
] as const; // prettier-ignore

function randomBlock(random: SeededRandom, depth: number): string {
  return Array.from({ length: 1 + Math.floor(random.next() * 7) }, () =>
    depth > 0 && random.chance(0.3)
      ? `${random.pick(BLOCKS)} {\n${randomBlock(random, depth - 1)}\n}`
      : `${random.pick(NAMES)} ${random.pick(WORDS)};`,
  ).join("\n");
}

it("makes a configuration that can serve of anything, and loses no directive", () => {
  for (let round = 0; round < repetitions(60, 4000); round += 1) {
    const random = seededRandom(SEED + round);
    const server = () => `server {\n${randomBlock(random, 2)}\n}`;
    const text = `http {\n${randomBlock(random, 0)}\nupstream app {\nserver 127.0.0.1:1;\n}\n${server()}\n${server()}\n}`;
    const made = importConfig("nginx", MAIN, text, machineWith());
    const seed = `SEED=${String(SEED + round)}`;
    if (!made.ok) throw new Error(`${seed} ${made.message}\n${text}`);
    expect(validateConfig(made.config), seed).toMatchObject({ ok: true });
    const lines = text.split("\n").flatMap((line, index) => (line === "}" ? [] : [index + 1]));
    expect(
      made.report.map(({ line }) => line),
      seed,
    ).toEqual(lines);
  }
});
