/** What is imported answers as the real web server does. */
import { once } from "node:events";
import { mkdir, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Config } from "../../../../server-agent/contract/config.ts";
import { runAgentVerb, startAgent } from "../../../../tools/driving/agent.ts";
import { HAS_NGINX, IS_SET_UP, nginxFolder, startNginx } from "../../../../tools/driving/web-servers/nginx.ts";
import type { ServerFolder } from "../../../../tools/driving/web-servers/server-folder.ts";
import {
  apacheFolder,
  HAS_APACHE,
  moduleLines,
  startApache,
  USUAL_MODULES,
} from "../../../support/web-servers/apache.ts";
import { caddyFolder, HAS_CADDY, OPTIONS, startCaddy } from "../../../support/web-servers/caddy.ts";
import { PHP_FPM, startPhpFpm } from "../../../support/web-servers/php-fpm.ts";
import { ask } from "../../../support/http/ask.ts";

let application: Server;
let applicationPort: number;

beforeAll(async () => {
  application = createServer(({ method, headers, url = "" }, response) => {
    // As applications do that know themselves by the name in `Host` only.
    if (url.endsWith("/login")) response.writeHead(302, { Location: `http://${headers.host ?? ""}${url}/now` });
    response.end(`${method ?? ""} ${headers.host ?? ""} ${url} ${String(headers["x-real-ip"])}`);
  }).listen(0, "127.0.0.1");
  await once(application, "listening");
  ({ port: applicationPort } = application.address() as AddressInfo);
});

afterAll(() => application.close());

async function writeSite(run: string): Promise<void> {
  const files = {
    "index.html": "home",
    "about.html": "about us",
    "app.php": "<?php source",
    "docs/index.html": "docs",
    ".htpasswd": "secret",
    "404.html": "lost",
  };
  for (const [name, text] of Object.entries(files)) {
    await mkdir(join(run, "www", name, ".."), { recursive: true });
    await writeFile(join(run, "www", name), text);
  }
}

interface Question {
  readonly path: string;
  readonly method?: string;
  readonly headers?: Record<string, string>;
}

/** Status, where to, and the text of what is no built-in page. */
async function answersOf(port: number, questions: readonly Question[]): Promise<unknown[]> {
  const answers: unknown[] = [];
  for (const { path, method = "GET", headers = {} } of questions) {
    const asked = await ask(port, path, { method, headers: { Host: "shop.example", ...headers } });
    const own = asked.status < 300 || asked.text === "lost" ? asked.text : "";
    const location = asked.headers.location?.replace(/^http:\/\/[^/]*/, "");
    answers.push({
      ask: `${method} ${path}`,
      status: asked.status,
      location,
      own,
      frame: asked.headers["x-frame-options"],
    });
  }
  return answers;
}

async function importOf(folder: ServerFolder, from: string): Promise<Config> {
  const { code, stdout, stderr } = await runAgentVerb(["import", folder.main, "--from", from, "--json"]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  const { config } = JSON.parse(stdout) as { config: Config };
  return { ...config, listeners: config.listeners.map((listener) => ({ ...listener, port: 0 })) };
}

const NGINX = `
absolute_redirect off;
upstream app { server 127.0.0.1:@APP@; }
server {
  listen 127.0.0.1:@PORT1@;
  server_name shop.example;
  root @RUN@/www;
  error_page 404 /404.html;
  add_header X-Frame-Options DENY always;
  rewrite ^/item/(\\d+)$ /api/item?id=$1 last;
  location / { try_files $uri $uri/ $uri.html =404; }
  location /api/ { proxy_pass http://app; proxy_set_header Host $host; proxy_set_header X-Real-IP $remote_addr; }
  location /raw/ { proxy_pass http://127.0.0.1:@APP@; }
  location /cut/ { proxy_pass http://127.0.0.1:@APP@/; }
  location /other/path/ { proxy_pass http://127.0.0.1:@APP@/v2/; }
  location = /status { proxy_pass http://127.0.0.1:@APP@/; }
  location /broken/ { rewrite ^/broken/(.*)$ /$1 break; proxy_pass http://127.0.0.1:@APP@; }
  location = /old { return 301 /new?x=1; }
  location ~ ^/moved/(.*)$ { return 302 /docs/$1; }
  location ~ /\\.ht { deny all; }
  location ~* \\.PHP$ { return 403; }
  location ^~ /docs/ { alias @RUN@/www/docs/; expires 1h; }
  location /closed { deny 127.0.0.1; }
  location /app { try_files $uri @app; }
  location @app { proxy_pass http://127.0.0.1:@APP@; }
  location /write { limit_except GET { deny all; } return 200 "read"; }
  if ($http_user_agent ~ "badbot") { return 429; }
  location /bye { return 503; }
}
`;

const QUESTIONS: Question[] = [
  "/", "/about", "/about.html", "/docs", "/docs/", "/docs/index.html", "/nothing", "/.htpasswd", "/app.php",
  "/api/orders?id=1", "/api", "/raw/x", "/item/12", "/item/x", "/old", "/moved/a?b=1", "/closed", "/closed/x", "/closedness",
  "/application", "/app/x?y=1", "/write", "/bye", "/DOCS/", "/docs/nothing", "/docs/app.php",
  "/cut", "/cut/", "/cut/x/?y=%2F", "/cut/%C3%A4", "/cut/login", "/other/path/x?y", "/other/path/", "/other/path/login", "/other/path",
  "/status", "/status?x", "/broken/x?y=1", "/broken", "/broken/",
].map((path) => ({ path })); // prettier-ignore
const MORE: Question[] = [
  { path: "/write", method: "POST" },
  { path: "/api/x", method: "POST" },
  { path: "/", headers: { "User-Agent": "badbot/1" } },
  { path: "/", method: "HEAD" },
];

it.skipIf(!HAS_NGINX && !IS_SET_UP)("answers like nginx", async () => {
  const text = NGINX.replaceAll("@APP@", String(applicationPort));
  await using folder = await nginxFolder({ "sites-enabled/shop": text });
  await writeSite(folder.run);
  await using nginx = await startNginx(folder);
  expect(nginx.pid).toBeGreaterThan(0);
  await using agent = await startAgent({ config: await importOf(folder, "nginx") });
  const questions = [...QUESTIONS, ...MORE];
  expect(await answersOf(agent.port, questions)).toEqual(await answersOf(folder.port(1), questions));
});

const CADDY = `{
${OPTIONS}
}
http://shop.example:@PORT1@ {
	root * @RUN@/www
	header X-Frame-Options DENY
	@bad header User-Agent *badbot*
	@closed {
		path /closed /closed/*
		remote_ip 127.0.0.0/8
	}
	@write {
		path /write
		not method GET HEAD
	}
	route {
		respond @bad 429
		redir /old /new?x=1 301
		redir /moved https://moved.example{uri} 302
		respond @closed "no" 403
		respond @write 405
		handle /api/* {
			reverse_proxy 127.0.0.1:@APP@ {
				header_up X-Real-IP {remote_host}
			}
		}
		handle_path /cut/* {
			respond /admin/* 401
			reverse_proxy 127.0.0.1:@APP@
		}
		handle_path /files/* {
			root * @RUN@/www/docs
			file_server
		}
		handle {
			try_files {path} {path}.html /404.html
			file_server
		}
	}
}
`;

it.skipIf(!HAS_CADDY && !IS_SET_UP)("answers like Caddy", async () => {
  await using folder = await caddyFolder({ Caddyfile: CADDY.replaceAll("@APP@", String(applicationPort)) });
  await writeSite(folder.run);
  await using caddy = await startCaddy(folder);
  expect(caddy.pid).toBeGreaterThan(0);
  await using agent = await startAgent({ config: await importOf(folder, "caddy") });
  const paths = [
    "/", "/about", "/about.html", "/docs/", "/docs/index.html", "/nothing", "/api/orders?id=1", "/api", "/API/x", "/old", "/OLD?a=1",
    "/moved?b=1", "/closed", "/closed/x", "/CLOSED", "/closedness", "/write", "/files/", "/files/index.html", "/files/nothing",
    "/cut", "/cut/", "/cut/x/?y=%2F", "/cut/%C3%A4/a%2Fb", "/cut/admin/x", "/cut/login", "/admin/x",
  ]; // prettier-ignore
  const questions = [...paths.map((path) => ({ path })), ...MORE];
  expect(await answersOf(agent.port, questions)).toEqual(await answersOf(folder.port(1), questions));
});

const APACHE = `
<VirtualHost *:@PORT1@>
  ServerName shop.example
  DocumentRoot @RUN@/www
  DirectoryIndex index.php index.html
  ErrorDocument 404 /404.html
  Header always set X-Frame-Options DENY
  Redirect 301 /old /new?x=1
  Redirect /gone-away /docs
  RedirectMatch 302 ^/moved/(.*)$ /docs/$1
  Redirect gone /gone
  ProxyPreserveHost On
  ProxyPass /api/static !
  ProxyPass /api http://127.0.0.1:@APP@/api
  ProxyPassReverse /api http://127.0.0.1:@APP@/api
  ProxyPass /cut/ http://127.0.0.1:@APP@/
  ProxyPassReverse /cut/ http://127.0.0.1:@APP@/
  ProxyPass /other http://127.0.0.1:@APP@/v2
  Alias /files @RUN@/www/docs
  <Directory @RUN@/www>
    AllowOverride None
    Options -Indexes
  </Directory>
  <Directory @RUN@/www/docs/inner>
    Require all denied
  </Directory>
  <Location /closed>
    <RequireAll>
      Require not ip 127.0.0.0/8
      Require all granted
    </RequireAll>
  </Location>
  <Location /api/inner>
    Require all denied
  </Location>
  <FilesMatch "^\\.ht">
    Require all denied
  </FilesMatch>
  <Files "app.php">
    Require all denied
  </Files>
  <Location /staff>
    AuthType Basic
    AuthName "Staff"
    AuthUserFile @RUN@/users
    <RequireAny>
      Require ip 10.0.0.0/8
      Require valid-user
    </RequireAny>
  </Location>
  RewriteEngine On
  RewriteCond %{HTTP_USER_AGENT} badbot
  RewriteRule .* - [F]
  RewriteRule ^/item/(\\d+)$ /api/item?id=$1 [PT,L]
  RewriteCond %{REQUEST_METHOD} ^PUT$
  RewriteRule ^/write$ /docs/ [R=303,L]
</VirtualHost>
`;

it.skipIf(!HAS_APACHE && !IS_SET_UP)("answers like Apache", async () => {
  const text = APACHE.replaceAll("@APP@", String(applicationPort));
  await using folder = await apacheFolder({ etc: { "sites-enabled/shop.conf": text } });
  await writeSite(folder.run);
  await mkdir(join(folder.run, "www/docs/inner"));
  await writeFile(join(folder.run, "www/docs/inner/index.html"), "inner");
  await writeFile(join(folder.run, "users"), "bob:{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=\n");
  await using apache = await startApache(folder);
  expect(apache.pid).toBeGreaterThan(0);
  await using agent = await startAgent({ config: await importOf(folder, "apache") });
  const paths = [
    "/", "/about.html", "/docs", "/docs/", "/docs/index.html", "/docs/inner/", "/nothing", "/.htpasswd", "/app.php", "/old/a", "/gone",
    "/gone-away/x?y=1", "/moved/a?b=1", "/api/orders?id=1", "/api", "/api/inner/x", "/closed", "/closed/x", "/closedness", "/files/",
    "/files/index.html", "/files/inner/", "/staff/", "/staff/index.html", "/item/x", "/write",
    "/cut", "/cut/", "/cut/x/?y=%2F", "/cut/%C3%A4", "/other", "/other/", "/other/x?y", "/otherness",
  ]; // prettier-ignore
  const authorization = `Basic ${Buffer.from("bob:secret").toString("base64")}`;
  const more = [
    ...MORE.slice(1),
    { path: "/docs/", headers: { Authorization: authorization } },
    { path: "/staff/index.html", headers: { Authorization: authorization } },
    { path: "/write", method: "PUT" },
  ];
  const questions = [...paths.map((path) => ({ path })), ...more];
  expect(await answersOf(agent.port, questions)).toEqual(await answersOf(folder.port(1), questions));
});

const PASSES = `
<VirtualHost *:@PORT1@>
  ServerName shop.example
  DocumentRoot @RUN@/www
  DirectoryIndex index.php index.html
  ProxyPreserveHost On
  ProxyPassMatch ^/(.*\\.php(/.*)?)$ "unix:@SOCKET@|fcgi://localhost@RUN@/www/$1"
  ProxyPassMatch ^/shown/.*\\.css$ !
  ProxyPassMatch ^/shown/(.*)$ http://127.0.0.1:@APP@/v2/$1
  ProxyPassMatch ^/(a|b)/(\\d+)$ http://127.0.0.1:@APP@/$1/$2
  ProxyPassMatch \\.gif$ http://127.0.0.1:@APP@/images
  ProxyPass /first http://127.0.0.1:@APP@/one
  ProxyPass /first/longer http://127.0.0.1:@APP@/two
  ProxyPass /last !
  ProxyPass /last http://127.0.0.1:@APP@/last
  <Location /first/section>
    ProxyPass http://127.0.0.1:@APP@/section
  </Location>
  <Location /admin>
    Require all denied
  </Location>
  <Files "closed.php">
    Require all denied
  </Files>
  RewriteEngine On
  RewriteCond %{HTTP:X-Kind} =live [NC]
  RewriteRule ^/?(.*) http://127.0.0.1:@APP@/live/$1 [P,L]
  RewriteCond %{HTTP_REFERER} ^$
  RewriteRule ^/hotlinked - [F]
  RewriteRule ^/all/ http://127.0.0.1:@APP@%{REQUEST_URI} [P]
</VirtualHost>
`;

it.skipIf((!HAS_APACHE || PHP_FPM === undefined) && !IS_SET_UP)("leads to applications as Apache does", async () => {
  await using folder = await apacheFolder({
    etc: { "mods-enabled/all.load": moduleLines([...USUAL_MODULES, "proxy_fcgi"]) },
  });
  await using php = await startPhpFpm(folder.run);
  const text = PASSES.replaceAll("@APP@", String(applicationPort)).replaceAll("@SOCKET@", php.socket);
  await mkdir(join(folder.etc, "sites-enabled"), { recursive: true });
  await writeFile(
    join(folder.etc, "sites-enabled/shop.conf"),
    text.replaceAll("@RUN@", folder.run).replaceAll("@PORT1@", String(folder.port(1))),
  );
  await writeSite(folder.run);
  const says = "<?php echo $_SERVER['SCRIPT_NAME'], ' ', $_SERVER['PATH_INFO'] ?? '', ' ', $_SERVER['QUERY_STRING'];";
  for (const name of ["index.php", "closed.php", "docs/inner.php", "admin/x.php"]) {
    await mkdir(join(folder.run, "www", name, ".."), { recursive: true });
    await writeFile(join(folder.run, "www", name), says);
  }
  await mkdir(join(folder.run, "www/shown"));
  await writeFile(join(folder.run, "www/shown/a.css"), "style");
  await using apache = await startApache(folder);
  expect(apache.pid).toBeGreaterThan(0);
  await using agent = await startAgent({ config: await importOf(folder, "apache") });
  const paths = [
    "/", "/index.php", "/index.php/a/b?c=1", "/docs/inner.php", "/nothing.php", "/closed.php", "/about.html", "/admin/x.php",
    "/admin/", "/shown/a.css", "/shown/b", "/shown/c/d?e=1", "/shown", "/a/12?x", "/a/x", "/docs/x.gif", "/first", "/first/x",
    "/first/longer", "/first/longer/x", "/first/section/x", "/last/x", "/hotlinked", "/all/x?y=1", "/all",
  ]; // prettier-ignore
  const live = ["/about.html?x=1", "/admin/x", "/index.php"].map((path) => ({ path, headers: { "X-Kind": "LIVE" } }));
  const questions = [
    ...paths.map((path) => ({ path })),
    ...live,
    { path: "/hotlinked", headers: { Referer: "http://x/" } },
  ];
  expect(await answersOf(agent.port, questions)).toEqual(await answersOf(folder.port(1), questions));
});
