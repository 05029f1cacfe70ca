/** The first configuration of a new agent, made of a few plain answers. Pure. */
import { t } from "../../main/language/translate.ts";
import type { Config, VirtualHost } from "../../main/contract/agent.ts";
import { entriesOf, handlerOf, missingAnswer, NEW_SITE, type SiteForm } from "./first-site/site-form.ts";

export interface FirstSite extends SiteForm {
  port: string;
  /** `machine`: only for what runs on the server itself, e.g. a proxy that has the certificates. */
  reach: "everywhere" | "machine";
}

export type FirstSiteProblems = Partial<Record<keyof FirstSite, string>>;

/** The privileged ports begin below this one. */
export const FIRST_FREE_PORT = 1024;

export function newFirstSite(): FirstSite {
  return { ...NEW_SITE, targets: "http://127.0.0.1:3000", root: "/srv/www", port: "", reach: "everywhere" };
}

/** What is missing or wrong, by field; empty when the answers make a configuration. */
export function problemsOfSite(site: FirstSite): FirstSiteProblems {
  const wrongHost = entriesOf(site.hosts).find((host) => !isHost(host));
  return {
    ...(wrongHost === undefined
      ? {}
      : {
          hosts: t(
            "“{name}” is not a host name: leave out http://, port and path, e.g. shop.example.com or *.example.com",
            { name: wrongHost },
          ),
        }),
    ...(site.kind === "proxy" && !entriesOf(site.targets).every(isTarget)
      ? {
          targets: t(
            "Enter where the application listens, e.g. http://127.0.0.1:3000 – without a path; it is reached over plain HTTP.",
          ),
        }
      : {}),
    ...(site.kind === "redirect" && !isRedirectTarget(site.to.trim())
      ? { to: t("Enter a path that starts with /, or an address that starts with http:// or https://.") }
      : {}),
    ...missingAnswer(site),
    ...(/^\d{1,5}$/.test(site.port.trim()) && Number(site.port) >= 1 && Number(site.port) <= 65_535
      ? {}
      : { port: t("A port is a number from 1 to 65535; 80 is that of plain HTTP.") }),
  };
}

/** The configuration for answers without a problem. */
export function firstConfig(site: FirstSite): Config {
  const hosts = entriesOf(site.hosts.toLowerCase());
  const isAll = hosts.length === 0;
  const id = isAll ? CATCH_ALL.id : siteId(hosts);
  const upstream = isAll ? "app" : id;
  const targets = entriesOf(site.targets).map((target) => target.replace(/\/$/, ""));
  const own: VirtualHost = { id, hosts: isAll ? ["*"] : hosts, rules: [{ handler: handlerOf(site, upstream) }] };
  return {
    listeners: [{ name: "http", address: site.reach === "machine" ? "127.0.0.1" : "0.0.0.0", port: Number(site.port) }],
    // What comes from the machine itself is its proxy, which says for whom it asks, and how.
    ...(site.reach === "machine" ? { trustedProxies: ["127.0.0.1", "::1"] } : {}),
    ...(site.kind === "proxy" ? { upstreams: { [upstream]: { targets } } } : {}),
    virtualHosts: isAll ? [own] : [own, CATCH_ALL],
  };
}

/** For an agent beside a web server: it opens no port, and knows no site before it has looked. */
export function besideConfig(): Config {
  return { listeners: [], virtualHosts: [CATCH_ALL] };
}

const CATCH_ALL: VirtualHost = { id: "default", hosts: ["*"], rules: [{ handler: { type: "error", status: 404 } }] };

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

/** What the agent takes: a path of the site, or an address whose host is written out. */
function isRedirectTarget(text: string): boolean {
  const known = text.replace(/\$\{(?:host|path|query)\}/g, "");
  return (
    !/[\s\\\p{Cc}]|\$[1-9{]/u.test(known) &&
    (/^https?:\/\/[^/?#]/i.test(text) || /^(?:\/(?!\/|\$\{path\})|\$\{path\})/.test(text))
  );
}

function isHost(host: string): boolean {
  if (host.startsWith("[")) return /^\[[\da-f:]+\]$/i.test(host) && URL.canParse(`http://${host}`);
  const labels = host.replace(/^\*\./, "").split(".");
  return host.length <= 253 && labels.every((label) => /^[a-z\d_]([a-z\d_-]{0,61}[a-z\d_])?$/i.test(label));
}
