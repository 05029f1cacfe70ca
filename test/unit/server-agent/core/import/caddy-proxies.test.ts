/** Applications of Caddy, and what it says of connections with TLS. */
import { expect, it } from "vitest";
import type { Config } from "../../../../../server-agent/contract/config.ts";
import type { ImportLine } from "../../../../../server-agent/contract/importing/import.ts";
import { importConfig } from "../../../../../server-agent/core/import/import-config.ts";
import { machineWith } from "../../../../support/import/surroundings.ts";

function imported(server: object, tls: object = {}): { config: Config; report: ImportLine[] } {
  const json = { apps: { http: { servers: { srv0: server } }, tls } };
  const made = importConfig("caddy", "/caddy.json", JSON.stringify(json, null, 2), machineWith());
  if (!made.ok) throw new Error(made.message);
  return made;
}

function proxied(handler: object) {
  const handle = [
    { handler: "reverse_proxy", upstreams: [{ dial: "10.0.0.1:1" }, { dial: "10.0.0.2:1" }], ...handler },
  ];
  return imported({ listen: [":80"], routes: [{ handle }] });
}

it("speaks HTTP/2 where Caddy does", () => {
  const targets = (transport: object) =>
    Object.values(proxied({ transport: { protocol: "http", ...transport } }).config.upstreams ?? {})[0]?.targets[0];
  expect(targets({ versions: ["h2c", "2"] })).toBe("h2c://10.0.0.1:1");
  expect(targets({ versions: ["2"], tls: {} })).toBe("h2://10.0.0.1:1");
  expect(targets({ versions: ["1.1", "2"], tls: {} })).toBe("https://10.0.0.1:1");
  expect(targets({ versions: ["1.1"] })).toBe("http://10.0.0.1:1");
});

it("keeps visitors on their target by a cookie", () => {
  const policy = { policy: "cookie", name: "sid", secret: "word" };
  const { config, report } = proxied({ load_balancing: { selection_policy: policy } });
  expect(Object.values(config.upstreams ?? {})).toEqual([
    {
      targets: [
        { url: "http://10.0.0.1:1", id: "target1" },
        { url: "http://10.0.0.2:1", id: "target2" },
      ],
      sticky: { cookie: "sid" },
    },
  ]);
  const told = report.filter(({ text }) => text.includes("selection_policy"));
  expect(told.map(({ outcome }) => outcome)).toEqual(["changed", "changed", "changed"]);
});

function respond(host: string) {
  return { match: [{ host: [host] }], handle: [{ handler: "static_response", body: host }] };
}

const FILES = {
  certificates: {
    load_files: [
      { certificate: "/a.pem", key: "/a.key", tags: ["cert0"] },
      { certificate: "/b.pem", key: "/b.key", tags: ["cert1"] },
    ],
  },
};

function policy(name: string, more: object) {
  return { match: { sni: [name] }, ...more };
}

function tagged(tag: string) {
  return { certificate_selection: { any_tag: [tag] } };
}

it("gives each site its own certificate", () => {
  const { config } = imported(
    {
      listen: [":443"],
      routes: ["a.example", "b.example", "c.example"].map(respond),
      tls_connection_policies: [policy("a.example", tagged("cert0")), policy("b.example", tagged("cert1")), {}],
    },
    FILES,
  );
  expect(config.virtualHosts.slice(0, 3).map(({ tls }) => tls)).toEqual([
    { certificate: "/a.pem", key: "/a.key" },
    { certificate: "/b.pem", key: "/b.key" },
    { acme: "letsencrypt" },
  ]);
});

it("does not give the only certificate to sites that have none", () => {
  const { config } = imported(
    {
      listen: [":443"],
      routes: ["a.example", "c.example"].map(respond),
      tls_connection_policies: [policy("a.example", tagged("cert0")), {}],
    },
    { certificates: { load_files: [{ certificate: "/a.pem", key: "/a.key", tags: ["cert0"] }] } },
  );
  expect(config.virtualHosts[1]?.tls).toEqual({ acme: "letsencrypt" });
});

it("asks for certificates of visitors where Caddy does, and closes what it cannot ask", () => {
  const made = (authentication: object) =>
    imported(
      {
        listen: [":443"],
        routes: ["a.example", "b.example"].map(respond),
        tls_connection_policies: [policy("a.example", { client_authentication: authentication }), {}],
      },
      FILES,
    );
  const ca = { provider: "file", pem_files: ["/ca.pem"] };
  const asked = made({ ca, mode: "require_and_verify" });
  expect(asked.config.listeners[0]?.tls).toEqual({ clientCertificates: { ca: "/ca.pem" } });
  expect(asked.config.virtualHosts[0]?.rules[0]).toEqual({
    when: { all: [{ tls: true }, { not: { clientCertificate: true } }] },
    handler: { type: "error", status: 403 },
  });
  expect(asked.config.virtualHosts[1]?.rules).toEqual([
    { handler: { type: "respond", status: 200, body: "b.example" } },
  ]);
  expect(asked.report.filter(({ outcome }) => outcome === "closed")).toEqual([]);
  for (const other of [
    { ca, mode: "require" },
    { trusted_ca_certs: ["MII="] },
    { ca: { ...ca, pem_files: ["/a", "/b"] } },
  ]) {
    const { config, report } = made(other);
    expect(config.virtualHosts[0]?.rules[0]).toEqual({ handler: { type: "error", status: 403 } });
    expect(config.virtualHosts[1]?.rules[0]?.handler?.type).toBe("respond");
    expect(report.some(({ outcome, text }) => outcome === "closed" && text.includes("client_authentication"))).toBe(
      true,
    );
  }
});

it("runs PHP below a prefix that is cut off", () => {
  const inner = [
    { handle: [{ handler: "rewrite", strip_path_prefix: "/blog" }] },
    { handle: [{ handler: "vars", root: "/srv/blog" }] },
    {
      match: [
        {
          file: {
            split_path: [".php"],
            try_files: ["{http.request.uri.path}", "{http.request.uri.path}/index.php", "index.php"],
          },
        },
      ],
      handle: [{ handler: "rewrite", uri: "{http.matchers.file.relative}" }],
    },
    {
      match: [{ path: ["*.php"] }],
      handle: [
        {
          handler: "reverse_proxy",
          transport: { protocol: "fastcgi", split_path: [".php"] },
          upstreams: [{ dial: "unix//run/php.sock" }],
        },
      ],
    },
    { handle: [{ handler: "file_server" }] },
  ];
  const { config, report } = imported({
    listen: [":80"],
    routes: [{ match: [{ path: ["/blog/*"] }], handle: [{ handler: "subroute", routes: inner }] }],
  });
  expect(config.virtualHosts[0]?.rules[0]).toEqual({
    when: { pathRegex: "(?i)^/blog/.*$" },
    handler: {
      type: "fastcgi",
      upstream: "php.sock",
      root: "/srv/blog",
      mount: "/blog",
      index: ["index.php"],
      fallback: "/index.php",
      files: true,
    },
  });
  expect(report.filter(({ outcome }) => outcome === "closed")).toEqual([]);
});
