/**
 * The servers that are measured, each set up for the same three jobs on one core: a 2 KB
 * maintenance page with status 503 and `Retry-After`, a 2 KB file, and a reverse proxy to an nginx
 * that answers with 2 KB. No access logs anywhere.
 */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

export const JOBS = ["maintenance", "file", "proxy"] as const;
export type Job = (typeof JOBS)[number];

export const PEERS = ["nginx", "HAProxy", "Caddy", "Backsoon"] as const;
export type PeerName = (typeof PEERS)[number];

export interface PeerSetup {
  name: PeerName | "upstream";
  command: string;
  args: string[];
  env?: Record<string, string>;
  /**
   * Idle connections that are opened to measure memory; HAProxy wants two descriptors for each, so
   * it gets fewer.
   */
  idleConnections: number;
  /** Path of the job's URL on the port given. */
  paths: Record<Job, string>;
}

export interface Ports {
  server: number;
  upstream: number;
}

/** 2,048 bytes, the same for every server and job. */
export const BODY =
  `<!doctype html><title>Back soon</title><p>${"We are upgrading the shop. ".repeat(80)}`
    .slice(0, 2044)
    .padEnd(2044, ".") + "</p>";

const PATHS: Record<Job, string> = { maintenance: "/closed/", file: "/page.html", proxy: "/app/" };

/** Writes the upstream's configuration and returns how to start it. */
export async function upstream(folder: string, port: number): Promise<PeerSetup> {
  await mkdir(folder, { recursive: true });
  const file = join(folder, "upstream.conf");
  await writeFile(
    file,
    nginxMain(folder, "upstream") +
      `server { listen 127.0.0.1:${String(port)} backlog=4096; keepalive_requests 100000000; location / { default_type text/html; return 200 '${BODY}'; } } }`,
  );
  return {
    name: "upstream",
    command: "nginx",
    args: ["-e", "stderr", "-c", file, "-g", "daemon off;"],
    idleConnections: 10_000,
    paths: PATHS,
  };
}

function nginxMain(folder: string, name: string): string {
  return `worker_processes 1; pid ${join(folder, `${name}.pid`)}; error_log stderr crit; events { worker_connections 20000; }
http { access_log off; client_body_temp_path ${folder}/b; proxy_temp_path ${folder}/p; fastcgi_temp_path ${folder}/f; uwsgi_temp_path ${folder}/u; scgi_temp_path ${folder}/s;
types { text/html html; } keepalive_requests 100000000; keepalive_timeout 600s; sendfile on; open_file_cache max=1000; open_file_cache_valid 1s;
`;
}

/** Writes the configuration of a server below `folder` and returns how to start it. */
export async function peer(
  name: PeerName,
  folder: string,
  ports: Ports,
  agent: { node: string; program: string },
): Promise<PeerSetup> {
  const www = join(folder, "www");
  await mkdir(www, { recursive: true });
  await writeFile(join(www, "page.html"), BODY);
  const place: Place = { folder, www, server: String(ports.server), target: `127.0.0.1:${String(ports.upstream)}` };
  switch (name) {
    case "nginx":
      return nginxSetup(place);
    case "HAProxy":
      return haproxySetup(place);
    case "Caddy":
      return caddySetup(place);
    case "Backsoon":
      return agentSetup(place, agent);
  }
}

interface Place {
  readonly folder: string;
  readonly www: string;
  readonly server: string;
  readonly target: string;
}

async function nginxSetup({ folder, www, server, target }: Place): Promise<PeerSetup> {
  const nginx = join(folder, "nginx.conf");
  await writeFile(
    nginx,
    nginxMain(folder, "nginx") +
      `upstream app { server ${target}; keepalive 64; keepalive_requests 100000000; }
server { listen 127.0.0.1:${server} backlog=4096; root ${www};
error_page 503 /page.html; location = /page.html { } location /closed/ { error_page 503 /page.html; add_header Retry-After 1800 always; add_header Cache-Control no-store always; return 503; }
location /app/ { proxy_pass http://app; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_set_header Host $host; proxy_set_header X-Forwarded-For $remote_addr; } } }`,
  );
  return {
    name: "nginx",
    command: "nginx",
    args: ["-e", "stderr", "-c", nginx, "-g", "daemon off;"],
    idleConnections: 10_000,
    paths: PATHS,
  };
}

async function haproxySetup({ folder, www, server, target }: Place): Promise<PeerSetup> {
  const haproxy = join(folder, "haproxy.cfg");
  await writeFile(
    haproxy,
    `global
  nbthread 1
  maxconn 9900
defaults
  mode http
  timeout connect 5s
  timeout client 600s
  timeout server 60s
frontend web
  bind 127.0.0.1:${server} backlog 4096
  http-request return status 503 content-type text/html file ${www}/page.html hdr Retry-After 1800 hdr Cache-Control no-store if { path_beg /closed/ }
  http-request return status 200 content-type text/html file ${www}/page.html if { path /page.html }
  default_backend app
backend app
  option forwardfor
  http-reuse always
  server app ${target}
`,
  );
  return { name: "HAProxy", command: "haproxy", args: ["-f", haproxy, "-db"], idleConnections: 9_800, paths: PATHS };
}

async function caddySetup({ folder, www, server, target }: Place): Promise<PeerSetup> {
  const caddy = join(folder, "Caddyfile");
  await writeFile(
    caddy,
    `{
  admin off
  auto_https off
}
http://127.0.0.1:${server} {
  handle /closed/* {
    header Retry-After 1800
    header Cache-Control no-store
    header Content-Type text/html
    respond \`${BODY}\` 503
  }
  handle /app/* {
    reverse_proxy ${target}
  }
  handle {
    root * ${www}
    file_server
  }
}
`,
  );
  const env = { GOMAXPROCS: "1", XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder };
  return {
    name: "Caddy",
    command: "caddy",
    args: ["run", "--config", caddy, "--adapter", "caddyfile"],
    env,
    idleConnections: 10_000,
    paths: PATHS,
  };
}

async function agentSetup(
  { folder, www, server, target }: Place,
  agent: { node: string; program: string },
): Promise<PeerSetup> {
  const config = join(folder, "backsoon.json");
  const pages = join(folder, "pages");
  await mkdir(pages, { recursive: true });
  await writeFile(join(pages, "index.html"), BODY);
  await writeFile(
    config,
    JSON.stringify({
      listeners: [{ name: "http", address: "127.0.0.1", port: Number(server) }],
      upstreams: { app: { targets: [`http://${target}`] } },
      virtualHosts: [
        {
          id: "default",
          hosts: ["*"],
          rules: [
            { when: { path: ["/closed/*"] }, handler: { type: "maintenance", root: pages, retryAfter: 1800 } },
            { when: { path: ["/app/*"] }, handler: { type: "proxy", upstream: "app" } },
            { handler: { type: "file", root: www } },
          ],
        },
      ],
    }),
  );
  const args = [
    agent.program,
    "run",
    "--config",
    config,
    "--state",
    join(folder, "state"),
    "--socket",
    join(folder, "agent.sock"),
    "--workers",
    "1",
  ];
  return { name: "Backsoon", command: agent.node, args, idleConnections: 10_000, paths: PATHS };
}
