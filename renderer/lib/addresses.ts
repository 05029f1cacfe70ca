/** Where visitors reach a site. Pure. */
import type { PracticeState } from "../../main/contract/servers.ts";
import type { Site } from "./sites.ts";

export interface Address {
  host: string;
  /** `undefined` for a pattern: no visitor asks for that. */
  url: string | undefined;
}

/**
 * One for each host. Visitors come over https, the practice server's over http to its own port; the
 * app opens no others.
 */
export function addressesOf(site: Pick<Site, "serverId" | "virtualHost">, practice: PracticeState): Address[] {
  const own = practice.state === "running" && practice.serverId === site.serverId ? new URL(practice.url) : undefined;
  return site.virtualHost.hosts.map((host) => ({
    host,
    url: /^[\w.-]+$/.test(host) ? (own === undefined ? `https://${host}/` : `http://${host}:${own.port}/`) : undefined,
  }));
}
