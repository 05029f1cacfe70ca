import type { Config } from "../contract/config.ts";

/** What people call a site: its first host name; its id where that is a pattern, or it is gone. */
export function siteName({ virtualHosts }: Pick<Config, "virtualHosts">, site: string): string {
  const [host] = virtualHosts.find(({ id }) => id === site)?.hosts ?? [];
  return host === undefined || host === "*" || host.startsWith("~") ? site : host;
}
