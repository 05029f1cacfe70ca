/** Applications that speak HTTP/2 to nginx, and ports that several listeners share. */
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

function location(lines: string, outside = "") {
  return imported(`http { ${outside} server { listen 80 http2; server_name a.example; location / { ${lines} } } }`);
}

it.each([
  ["grpc://127.0.0.1:50051", "h2c://127.0.0.1:50051", {}],
  ["127.0.0.1:50051", "h2c://127.0.0.1:50051", {}],
  ["localhost", "h2c://localhost", {}],
  ["unix:/run/app.sock", "h2c://unix:/run/app.sock", {}],
  ["grpc://unix:/run/app.sock", "h2c://unix:/run/app.sock", {}],
  ["grpcs://app.example:443", "h2://app.example:443", { tls: { verify: false } }],
])("leads to an application of gRPC: %s", (written, target, tls) => {
  const { config, report } = location(`grpc_pass ${written};`);
  expect(Object.values(config.upstreams ?? {})).toEqual([{ targets: [target], ...tls }]);
  expect(config.virtualHosts[0]?.rules[0]?.handler).toMatchObject({ type: "proxy", preserveHost: false });
  expect(config.listeners[0]).toMatchObject({ port: 80, http2: true });
  expect(report.filter(({ outcome }) => outcome === "closed")).toEqual([]);
});

it("carries over what is said of it", () => {
  const { config } = location(
    `grpc_pass grpcs://app; grpc_read_timeout 1h; grpc_connect_timeout 3s; grpc_set_header Host $host;
    grpc_set_header X-Real-IP $remote_addr; grpc_set_header X-Client $ssl_client_s_dn; grpc_set_header TE trailers;
    grpc_hide_header X-Powered-By; grpc_ssl_verify on; grpc_ssl_trusted_certificate ca.pem; grpc_ssl_name app.internal;`,
    "upstream app { server 10.0.0.1:443 weight=2; server unix:/run/app.sock backup; }",
  );
  expect(config.upstreams).toEqual({
    app: {
      targets: [
        { url: "h2://10.0.0.1:443", weight: 2 },
        { url: "h2://unix:/run/app.sock", backup: true },
      ],
      connectTimeout: 3,
      responseTimeout: 3600,
      idleTimeout: 3600,
      tls: { ca: "/etc/nginx/ca.pem", serverName: "app.internal" },
    },
  });
  expect(config.virtualHosts[0]?.rules[0]).toEqual({
    handler: { type: "proxy", upstream: "app", preserveHost: true },
    requestHeaders: { set: { "X-Real-IP": "${client}" }, remove: ["X-Client"] },
    responseHeaders: { remove: ["X-Powered-By"] },
  });
});

it("closes a target of gRPC that has a variable", () => {
  const { config, report } = location("grpc_pass grpc://$app;");
  expect(config.virtualHosts[0]?.rules).toEqual([{ handler: { type: "error", status: 403 } }]);
  expect(report.find(({ text }) => text.includes("grpc_pass"))?.outcome).toBe("closed");
});

it("listens once on a port, and shows what only this machine gets to nobody else", () => {
  const { config, report } = imported(`http {
server { listen 80 default_server; server_name a.example; root /srv/a; }
server { listen 127.0.0.1:80; server_name status.example; root /srv/status; }
server { listen 80; listen 127.0.0.1:80; listen 81; server_name b.example; root /srv/b; }
server { listen localhost:80; listen 81; server_name both.example; root /srv/both; }
server { listen 10.0.0.5:80; server_name inner.example; root /srv/inner; }
server { listen 127.0.0.1:82; server_name alone.example; root /srv/alone; } }`);
  expect(config.listeners.map(({ address, port }) => [address, port])).toEqual([
    ["0.0.0.0", 80],
    ["0.0.0.0", 81],
    ["127.0.0.1", 82],
  ]);
  const local = { listener: ["http-80"], from: ["127.0.0.0/8", "::1"] };
  expect(config.virtualHosts.map(({ hosts, when }) => [hosts[0], when])).toEqual([
    ["status.example", local],
    ["both.example", { any: [{ listener: ["http-81"] }, local] }],
    ["a.example", { listener: ["http-80"] }],
    ["b.example", { listener: ["http-80", "http-81"] }],
    ["alone.example", { listener: ["http-82-127.0.0.1"] }],
    ["*", undefined],
  ]);
  const told = report.filter(({ outcome }) => outcome === "changed" || outcome === "left");
  expect(told.filter(({ text }) => text.startsWith("listen")).map(({ line, outcome }) => [line, outcome])).toEqual([
    [3, "changed"],
    [5, "changed"],
    [6, "left"],
  ]);
});
