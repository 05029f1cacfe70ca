/** What nginx keeps visitors from stays closed, and what it answers is answered alike. */
import { expect, it } from "vitest";
import type { Config } from "../../../../../server-agent/contract/config.ts";
import type { ImportLine } from "../../../../../server-agent/contract/importing/import.ts";
import { importConfig } from "../../../../../server-agent/core/import/import-config.ts";
import { machineWith } from "../../../../support/import/surroundings.ts";

function imported(text: string): { config: Config; report: ImportLine[] } {
  const made = importConfig("nginx", "/etc/nginx/nginx.conf", text, machineWith());
  if (!made.ok) throw new Error(`${String(made.line)}: ${made.message}`);
  return made;
}

function rules(lines: string, outside = ""): Config["virtualHosts"][number]["rules"] {
  const { config } = imported(`http { ${outside} server { server_name a.example; root /srv; ${lines} } }`);
  return config.virtualHosts[0]?.rules ?? [];
}

const CLOSED = { handler: { type: "error", status: 403 } };
const FILES = { handler: { type: "file", root: "/srv", index: ["index.html"] } };

it("closes locations inside what a check without a counterpart guards", () => {
  expect(rules("auth_request /auth; location / { proxy_pass http://10.0.0.1; }")).toEqual([CLOSED]);
  expect(rules("location / { }", "access_by_lua_block { return 403 }")).toEqual([CLOSED]);
  expect(rules("auth_request /auth; location /pub/ { auth_request off; }")).toEqual([
    { when: { path: "/pub/*" }, ...FILES },
    CLOSED,
  ]);
});

it("lets no visitor say of himself what nginx says of him", () => {
  const [proxied] = rules(`location / { proxy_pass http://10.0.0.1; proxy_set_header X-Client $ssl_client_s_dn;
    proxy_set_header X-Same $http_x_same; proxy_set_header X-Fixed 1; }`);
  expect(proxied).toEqual({
    handler: { type: "proxy", upstream: "10.0.0.1", preserveHost: false },
    requestHeaders: { set: { "X-Fixed": "1" }, remove: ["X-Client"] },
  });
  const [script] = rules(`location ~ \\.php$ { fastcgi_pass 10.0.0.1:9; fastcgi_param HTTP_X_CLIENT $ssl_client_s_dn;
    fastcgi_param HTTP_PROXY ""; fastcgi_param OWN 1; }`);
  expect(script).toMatchObject({ requestHeaders: { remove: ["X-CLIENT"] }, handler: { params: { OWN: "1" } } });
});

it("trusts the proxies that nginx trusts, or compares no addresses", () => {
  const behind = (header: string) =>
    imported(`http { set_real_ip_from 10.0.0.0/8; ${header} server { root /srv; allow 10.0.0.0/8; deny all; } }`)
      .config;
  const known = behind("real_ip_header X-Forwarded-For;");
  expect(known.trustedProxies).toEqual(["10.0.0.0/8"]);
  expect(known.virtualHosts[0]?.rules[0]).toEqual({ when: { not: { from: ["10.0.0.0/8"] } }, ...CLOSED });
  expect(behind("").virtualHosts[0]?.rules).toEqual([CLOSED]);
});

it("sends no source of a program as an error page", () => {
  const { config } = imported("server { root /srv; error_page 404 /404.php; error_page 500 /500.html; }");
  expect(config.virtualHosts[0]?.errorPages).toEqual({ "500": "/srv/500.html" });
});

it("runs no other script beside the one that answers for all", () => {
  for (const file of ["/srv/index.php", "$document_root/index.php"])
    expect(rules(`location / { fastcgi_pass 10.0.0.1:9; fastcgi_param SCRIPT_FILENAME ${file}; }`)).toEqual([
      { when: { all: [{ pathRegex: "\\.php(?:/|$)" }, { not: { pathRegex: "^/index\\.php(?:/|$)" } }] }, ...CLOSED },
      { handler: { type: "fastcgi", upstream: "10.0.0.1", root: "/srv", fallback: "/index.php", index: [] } },
    ]);
});

it("closes a location inside an alias, whose folder it would have", () => {
  expect(rules("location /a/ { alias /other/; location ~ \\.txt$ { } }")[0]).toEqual({
    when: { all: [{ path: "/a/*" }, { pathRegex: "\\.txt$" }] },
    ...CLOSED,
  });
});

it("answers the questions of an authority where it leads to HTTPS", () => {
  const { config } = imported(`http {
    server { listen 80; server_name a.example; location /.well-known/acme-challenge/ { root /certbot; }
      location / { return 301 https://$host$request_uri; } }
    server { listen 443 ssl; listen [::]:443 ssl ipv6only=off; listen 443 quic; server_name a.example; root /srv;
      ssl_certificate a.pem; ssl_certificate_key keys/a.key; } }`);
  expect(config.virtualHosts[0]).toEqual({
    id: "a.example",
    hosts: ["a.example"],
    rules: [
      {
        when: { all: [{ not: { tls: true } }, { path: "/.well-known/acme-challenge/*" }] },
        handler: { type: "file", root: "/certbot", index: ["index.html"] },
      },
      FILES,
    ],
    tls: { certificate: "/etc/nginx/a.pem", key: "/etc/nginx/keys/a.key" },
    redirectToHttps: { status: 301 },
  });
});

it("answers without TLS what it would have led to HTTPS with 403, where no certificate can be named", () => {
  const { config, report } = imported(`http {
    server { listen 80; server_name a.example; return 301 https://$host$request_uri; }
    server { listen 443 ssl; listen [::]:443 ssl ipv6only=off; server_name a.example; root /srv;
      ssl_certificate $x.pem; ssl_certificate_key $x.key; } }`);
  expect(config.virtualHosts[0]?.rules).toEqual([{ when: { not: { tls: true } }, ...CLOSED }, FILES]);
  expect(report.find(({ text }) => text.startsWith("ssl_certificate "))?.outcome).toBe("left");
});

it("listens for IPv4 where IPv6 stands for both", () => {
  const { listeners } = imported("server { listen [::]:81 ipv6only=off; root /srv; }").config;
  expect(listeners.map(({ address, port }) => [address, port])).toEqual([
    ["::", 81],
    ["0.0.0.0", 81],
  ]);
});

it("shows the page of a switch for maintenance", () => {
  const { config } = imported(`server { root /srv; if (-f $document_root/maintenance.html) { return 503; }
    error_page 503 @maintenance; location @maintenance { rewrite ^(.*)$ /maintenance.html break; } }`);
  expect(config.virtualHosts[0]).toMatchObject({
    rules: [{ when: { exists: "/srv/maintenance.html" }, handler: { type: "error", status: 503 } }, FILES],
    errorPages: { "503": "/srv/maintenance.html" },
  });
});

it("knows the usual conditions and expressions", () => {
  const host = { header: { host: "~(?i)^(?:www\\.a\\.example)\\.?(?::\\d+)?$" } };
  const redirect = (address: string) => ({ handler: { type: "redirect", to: address, status: 301 } });
  expect(rules("if ($host = www.a.example) { return 301 https://a.example$request_uri; }")).toEqual([
    { when: host, ...redirect("https://a.example${path}") },
    FILES,
  ]);
  expect(rules("if ($ssl_client_verify != SUCCESS) { return 403; }")[0]).toEqual({
    when: { not: { clientCertificate: true } },
    ...CLOSED,
  });
  expect(rules("rewrite ^ https://$host$request_uri? permanent;")[0]).toMatchObject(redirect("https://${host}${path}"));
  expect(rules("if (-e $request_filename) { break; } rewrite ^/x$ /b last;")[0]?.when).toEqual({
    not: { exists: "/srv{path}" },
  });
  expect(rules("location ~ ^/(?!api|static/) { return 404; }")[0]?.when).toEqual({
    all: [{ pathRegex: "^/" }, { not: { pathRegex: "^/(?:api|static/)" } }],
  });
  expect(rules("location ~ /\\.(?!we) { deny all; }")[0]).toEqual({
    when: { pathRegex: "/\\.(?:$|[^w]|w(?:$|[^e]))" },
    ...CLOSED,
  });
});

it("inherits no try_files", () => {
  expect(rules("try_files $uri /index.html; location /a/ { }")[0]).toEqual({ when: { path: "/a/*" }, ...FILES });
});
