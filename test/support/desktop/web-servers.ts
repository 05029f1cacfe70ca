/** A web server beside an agent, and the agent that stands there. */
import type { Config } from "../../../server-agent/contract/config.ts";
import type { WebServer, WebServerSite } from "../../../server-agent/contract/web-servers.ts";
import type { ServerState } from "../../../main/contract/servers.ts";
import { at, someAgent, someProfile, someSnapshot } from "./desktop-fixtures.ts";

const LISTENER = {
  address: "0.0.0.0",
  port: 443,
  tls: true,
  http2: false,
  proxyProtocol: false,
  clientCertificate: false,
};

/** Ready, until the change says otherwise. */
export function someWebSite(change: Partial<WebServerSite> = {}): WebServerSite {
  return {
    id: "shop",
    hosts: ["shop.example.com"],
    listeners: [LISTENER],
    blocks: [{ file: "/etc/nginx/shop.conf", line: 3, role: "serves", names: ["shop.example.com"], isDefault: false }],
    certificates: [],
    hazards: [],
    state: "ready",
    message: "Every listener asks the agent.",
    checkedAt: at(0),
    cells: [{ listener: "0.0.0.0:443", host: "shop.example.com", state: "live", message: "" }],
    ...change,
  };
}

export function someWebServer(sites: WebServerSite[], change: Partial<WebServer> = {}): WebServer {
  return {
    id: "nginx",
    kind: "nginx",
    version: "1.22.1",
    pid: 99,
    program: "/usr/sbin/nginx",
    configuration: "/etc/nginx/nginx.conf",
    user: "www-data",
    sites,
    limits: { inFlight: "none", cut: false, sentences: [] },
    problems: [],
    observedAt: at(0),
    ...change,
  };
}

export const FOREIGN_SHOP: Config["virtualHosts"][number] = {
  id: "shop",
  hosts: ["shop.example.com"],
  rules: [{ handler: { type: "foreign", server: "nginx" } }],
};
export const FOREIGN_COPYCAT: Config["virtualHosts"][number] = {
  id: "shop-copycat",
  copycatOf: "shop",
  hosts: ["shop.example.com"],
  rules: [{ handler: { type: "maintenance" } }],
};
const CATCH_ALL: Config["virtualHosts"][number] = {
  id: "default",
  hosts: ["*"],
  rules: [{ handler: { type: "error", status: 404 } }],
};

/** An agent without a listener of its own. */
export function besideServer(
  virtualHosts: Config["virtualHosts"],
  webServers: WebServer[] | undefined,
  change: Partial<ServerState["snapshot"] & object> = {},
): ServerState {
  return {
    profile: someProfile,
    connection: { state: "connected", since: at(0), observedAt: at(0), roundTripMs: 1, clockAheadMs: 0 },
    snapshot: someSnapshot({
      agent: {
        ...someAgent,
        listeners: [{ name: "nginx-443", address: "0.0.0.0", port: 443, foreign: "nginx", tls: true }],
      },
      config: {
        listeners: [{ name: "nginx-443", address: "0.0.0.0", port: 443, foreign: "nginx", tls: true }],
        virtualHosts: [...virtualHosts, CATCH_ALL],
      },
      ...(webServers === undefined ? {} : { webServers }),
      ...change,
    }),
    observedAt: at(0),
    history: {},
    historyAt: null,
    publicProofs: {},
  };
}
