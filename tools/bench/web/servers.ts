/**
 * The servers that are measured, each set up for the same jobs on one core: a maintenance page with
 * status 503 and `Retry-After`, files, and a reverse proxy to an nginx, in plain HTTP, over TLS 1.3
 * and over HTTP/2. Each in its best fair configuration: connections to the upstream are kept, and
 * there are no access logs.
 */
import { randomBytes } from "node:crypto";
import { spawnSync } from "node:child_process";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Ports } from "./load.ts";
import type { Program } from "./processes.ts";
import type { Job } from "./rows.ts";

export const SERVERS = ["nginx", "HAProxy", "Caddy", "Backsoon"] as const;
export type ServerName = (typeof SERVERS)[number];

/** How the agent is started. */
export interface AgentProgram {
  readonly node: string;
  readonly program: string;
}

export interface Setup {
  readonly program: Program;
  /** HAProxy answers with no more than fits into a buffer of its own. */
  readonly lacks: readonly Job[];
  /**
   * Idle connections that are opened to measure memory; HAProxy wants two descriptors for each, so
   * it gets fewer.
   */
  readonly idleConnections: number;
}

interface Place {
  readonly folder: string;
  readonly www: string;
  readonly ports: Ports;
  readonly target: string;
  readonly certificate: string;
  readonly key: string;
}

/** 2,048 bytes, the same for every server and job. */
const BODY =
  `<!doctype html><title>Back soon</title><p>${"We are upgrading the shop. ".repeat(80)}`
    .slice(0, 2044)
    .padEnd(2044, ".") + "</p>";

/** Bytes of each job's answer. */
export const LENGTHS: Readonly<Record<Job, number>> = {
  page: BODY.length,
  file: BODY.length,
  large: 1024 * 1024,
  proxy: BODY.length,
  proxy64k: 64 * 1024,
  wide64k: 64 * 1024,
};

/** Writes what all servers need below `folder`: the files, and a certificate. */
export async function prepare(folder: string): Promise<void> {
  const www = join(folder, "www");
  await mkdir(www, { recursive: true });
  await writeFile(join(www, "page.html"), BODY);
  await writeFile(join(www, "large.bin"), randomBytes(LENGTHS.large));
  await writeFile(join(www, "64k.bin"), randomBytes(LENGTHS.proxy64k));
  const [key, certificate] = [join(folder, "key.pem"), join(folder, "certificate.pem")];
  const kind = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30"];
  const files = ["-keyout", key, "-out", certificate, "-subj", "/CN=shop.example.com"];
  const { status, stderr } = spawnSync("openssl", ["req", "-x509", ...kind, ...files], { encoding: "utf8" });
  if (status !== 0) throw new Error(stderr);
  const both = (await readFile(certificate, "utf8")) + (await readFile(key, "utf8"));
  await writeFile(join(folder, "both.pem"), both);
}

/** Writes the upstream's configuration and returns how to start it. */
export async function upstream(folder: string, port: number): Promise<Program> {
  const own = join(folder, "upstream");
  await mkdir(own);
  const file = join(own, "upstream.conf");
  const www = join(folder, "www");
  await writeFile(
    file,
    nginxMain(own, "upstream") +
      `server { listen 127.0.0.1:${String(port)} backlog=4096; location / { default_type text/html; return 200 '${BODY}'; }
location ~ 64k { rewrite .* /64k.bin break; root ${www}; } } }`,
  );
  return nginxProgram(file);
}

/** Writes the configuration of a server below `folder` and returns how to start it. */
export async function setupOf(
  name: ServerName,
  folder: string,
  ports: Ports,
  upstreamPort: number,
  agent: AgentProgram,
): Promise<Setup> {
  const own = join(folder, `server-${String(ports.plain)}`);
  await mkdir(own);
  const place: Place = {
    folder: own,
    www: join(folder, "www"),
    ports,
    target: `127.0.0.1:${String(upstreamPort)}`,
    certificate: join(folder, "certificate.pem"),
    key: join(folder, "key.pem"),
  };
  switch (name) {
    case "nginx":
      return nginxSetup(place);
    case "HAProxy":
      return haproxySetup(place, join(folder, "both.pem"));
    case "Caddy":
      return caddySetup(place);
    case "Backsoon":
      return agentSetup(place, agent);
  }
}

function nginxMain(folder: string, name: string): string {
  return `worker_processes 1; pid ${join(folder, `${name}.pid`)}; error_log stderr crit; events { worker_connections 20000; }
http { access_log off; client_body_temp_path ${folder}/b; proxy_temp_path ${folder}/p; fastcgi_temp_path ${folder}/f; uwsgi_temp_path ${folder}/u; scgi_temp_path ${folder}/s;
types { text/html html; } keepalive_requests 100000000; keepalive_timeout 600s; sendfile on; open_file_cache max=1000; open_file_cache_valid 1s;
`;
}

function nginxProgram(file: string): Program {
  return { command: "nginx", args: ["-e", "stderr", "-c", file, "-g", "daemon off;"] };
}

async function nginxSetup({ folder, www, ports, target, certificate, key }: Place): Promise<Setup> {
  const file = join(folder, "nginx.conf");
  const pass = `proxy_pass http://app; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_set_header Host $host; proxy_set_header X-Forwarded-For $remote_addr;`;
  await writeFile(
    file,
    nginxMain(folder, "nginx") +
      `upstream app { server ${target}; keepalive 1000; keepalive_requests 100000000; }
server { listen 127.0.0.1:${String(ports.plain)} backlog=4096; listen 127.0.0.1:${String(ports.secure)} ssl http2 backlog=4096; root ${www};
ssl_certificate ${certificate}; ssl_certificate_key ${key}; ssl_protocols TLSv1.2 TLSv1.3; ssl_session_cache shared:s:10m;
error_page 503 /page.html; location = /page.html { } location /closed/ { error_page 503 /page.html; add_header Retry-After 1800 always; add_header Cache-Control no-store always; return 503; }
location /app/ { ${pass} } location /wide/ { proxy_buffer_size 32k; proxy_buffers 8 64k; proxy_busy_buffers_size 128k; ${pass} } } }`,
  );
  return { program: nginxProgram(file), lacks: [], idleConnections: 10_000 };
}

async function haproxySetup({ folder, www, ports, target }: Place, both: string): Promise<Setup> {
  const file = join(folder, "haproxy.cfg");
  await writeFile(
    file,
    `global
  nbthread 1
  maxconn 9900
  tune.ssl.default-dh-param 2048
defaults
  mode http
  timeout connect 5s
  timeout client 600s
  timeout server 60s
frontend web
  bind 127.0.0.1:${String(ports.plain)} backlog 4096
  bind 127.0.0.1:${String(ports.secure)} backlog 4096 ssl crt ${both} alpn h2,http/1.1
  http-request return status 503 content-type text/html file ${www}/page.html hdr Retry-After 1800 hdr Cache-Control no-store if { path_beg /closed/ }
  http-request return status 200 content-type text/html file ${www}/page.html if { path /page.html }
  default_backend app
backend app
  option forwardfor
  http-reuse always
  server app ${target}
`,
  );
  const program = { command: "haproxy", args: ["-f", file, "-db"] };
  return { program, lacks: ["large"], idleConnections: 9_800 };
}

async function caddySetup({ folder, www, ports, target, certificate, key }: Place): Promise<Setup> {
  const file = join(folder, "Caddyfile");
  const site = `  handle /closed/* {
    header Retry-After 1800
    header Cache-Control no-store
    header Content-Type text/html
    respond \`${BODY}\` 503
  }
  @proxied path /app/* /wide/*
  handle @proxied {
    reverse_proxy ${target} {
      transport http {
        max_conns_per_host 0
        keepalive_idle_conns_per_host 1000
      }
    }
  }
  handle {
    root * ${www}
    file_server
  }`;
  await writeFile(
    file,
    `{
  admin off
  auto_https off
  default_sni shop.example.com
  log {
    level ERROR
  }
}
http://127.0.0.1:${String(ports.plain)} {
${site}
}
https://:${String(ports.secure)} {
  tls ${certificate} ${key}
${site}
}
`,
  );
  const env = { GOMAXPROCS: "1", XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder };
  const args = ["run", "--config", file, "--adapter", "caddyfile"];
  return { program: { command: "caddy", args, env }, lacks: [], idleConnections: 10_000 };
}

async function agentSetup(
  { folder, www, ports, target, certificate, key }: Place,
  agent: AgentProgram,
): Promise<Setup> {
  const config = join(folder, "backsoon.json");
  const pages = join(folder, "pages");
  await mkdir(pages);
  await writeFile(join(pages, "index.html"), BODY);
  await writeFile(
    config,
    JSON.stringify({
      listeners: [
        { name: "http", address: "127.0.0.1", port: ports.plain },
        { name: "https", address: "127.0.0.1", port: ports.secure, tls: true },
      ],
      upstreams: { app: { targets: [`http://${target}`] } },
      virtualHosts: [
        {
          id: "default",
          hosts: ["*"],
          tls: { certificate, key },
          rules: [
            { when: { path: ["/closed/*"] }, handler: { type: "maintenance", root: pages, retryAfter: 1800 } },
            { when: { path: ["/app/*", "/wide/*"] }, handler: { type: "proxy", upstream: "app" } },
            { handler: { type: "file", root: www } },
          ],
        },
      ],
    }),
  );
  const state = ["--state", join(folder, "state"), "--socket", join(folder, "agent.sock")];
  const args = [agent.program, "run", "--config", config, ...state, "--workers", "1"];
  return { program: { command: agent.node, args }, lacks: [], idleConnections: 10_000 };
}
