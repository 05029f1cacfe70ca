/** The first configuration of a new agent, made of a few plain answers. Pure. */
import type { Config, Handler } from "../../main/contract/agent.ts";
import { entries } from "../maintenance/draft.ts";

export interface FirstSite {
  /** Host names as typed, separated by commas or spaces; empty for every name. */
  hosts: string;
  behind: "app" | "folder";
  /** Address of the application, e.g. `http://127.0.0.1:3000`. */
  app: string;
  folder: string;
  port: string;
  /** `machine`: only for what runs on the server itself, e.g. a proxy that has the certificates. */
  reach: "everywhere" | "machine";
}

export type FirstSiteProblems = Partial<Record<keyof FirstSite, string>>;

/** The privileged ports begin below this one. */
export const FIRST_FREE_PORT = 1024;

export function newFirstSite(): FirstSite {
  return { hosts: "", behind: "app", app: "http://127.0.0.1:3000", folder: "/srv/www", port: "", reach: "everywhere" };
}

/** What is missing or wrong, by field; empty when the answers make a configuration. */
export function problemsOfSite(site: FirstSite): FirstSiteProblems {
  const wrongHost = entries(site.hosts).find((host) => !isHost(host));
  return {
    ...(wrongHost === undefined
      ? {}
      : {
          hosts: `“${wrongHost}” is not a host name: leave out http://, port and path, e.g. shop.example.com or *.example.com`,
        }),
    ...(site.behind === "app" && !isTarget(site.app.trim())
      ? {
          app: "Enter where the application listens, e.g. http://127.0.0.1:3000 – without a path; it is reached over plain HTTP.",
        }
      : {}),
    ...(site.behind === "folder" && !site.folder.trim().startsWith("/")
      ? { folder: "Enter the folder on the server as an absolute path, e.g. /srv/www." }
      : {}),
    ...(/^\d{1,5}$/.test(site.port.trim()) && Number(site.port) >= 1 && Number(site.port) <= 65_535
      ? {}
      : { port: "A port is a number from 1 to 65535; 80 is that of plain HTTP." }),
  };
}

/** The configuration for answers without a problem. */
export function firstConfig(site: FirstSite): Config {
  const hosts = entries(site.hosts.toLowerCase());
  const handler: Handler =
    site.behind === "app" ? { type: "proxy", upstream: "app" } : { type: "file", root: site.folder.trim() };
  const everyOther: Handler = hosts.length === 0 ? handler : NOT_FOUND;
  return {
    listeners: [{ name: "http", address: site.reach === "machine" ? "127.0.0.1" : "0.0.0.0", port: Number(site.port) }],
    // What comes from the machine itself is its proxy, which says for whom it asks, and how.
    ...(site.reach === "machine" ? { trustedProxies: ["127.0.0.1", "::1"] } : {}),
    ...(site.behind === "app" ? { upstreams: { app: { targets: [site.app.trim().replace(/\/$/, "")] } } } : {}),
    virtualHosts: [
      ...(hosts.length === 0 ? [] : [{ id: siteId(hosts), hosts, rules: [{ handler }] }]),
      { id: "default", hosts: ["*"], rules: [{ handler: everyOther }] },
    ],
  };
}

/** For an agent beside a web server: it opens no port, and knows no site before it has looked. */
export function besideConfig(): Config {
  return { listeners: [], virtualHosts: [{ id: "default", hosts: ["*"], rules: [{ handler: NOT_FOUND }] }] };
}

const NOT_FOUND: Handler = { type: "error", status: 404 };

/** `shop` for `shop.example.com`, `example` for `www.example.com`. */
function siteId(hosts: readonly string[]): string {
  const labels = (hosts[0] ?? "").split(".").filter((label) => /^[a-z\d][a-z\d_-]*$/.test(label) && label !== "www");
  const id = labels[0] ?? "site";
  return id === "default" ? "site" : id;
}

/** `http://host:port`, which is also an address that can be. */
function isTarget(text: string): boolean {
  return (
    /^http:\/\/(\[[\da-fA-F:.]+\]|[\w.-]+)(:\d{1,5})?\/?$/.test(text) &&
    URL.parse(text)?.port !== "0" &&
    URL.canParse(text)
  );
}

function isHost(host: string): boolean {
  if (host.startsWith("[")) return /^\[[\da-f:]+\]$/i.test(host) && URL.canParse(`http://${host}`);
  const labels = host.replace(/^\*\./, "").split(".");
  return host.length <= 253 && labels.every((label) => /^[a-z\d_]([a-z\d_-]{0,61}[a-z\d_])?$/i.test(label));
}
