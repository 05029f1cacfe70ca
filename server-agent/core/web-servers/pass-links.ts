import type { BoundListener } from "../../contract/agent.ts";
import type { Config } from "../../contract/config.ts";
import { parseHostPattern } from "../routing/host-pattern.ts";
import { foreignServer } from "./foreign-server.ts";

const HTTP_PORT = 80;
const HTTPS_PORT = 443;

/**
 * Addresses of a path on a site, one for each of its names: cookies are kept by name. Where nothing
 * tells how visitors come, they are taken to come by https; a site without a name of its own has
 * the path alone.
 */
export function passLinks(config: Config, site: string, listeners: readonly BoundListener[], path: string): string[] {
  const virtualHost = config.virtualHosts.find(({ id }) => id === site);
  const names = (virtualHost?.hosts ?? []).filter((host) => {
    const parsed = parseHostPattern(host);
    return parsed.ok && parsed.pattern.kind === "exact";
  });
  if (virtualHost === undefined || names.length === 0) return [path];
  const origin = originOf(config, foreignServer(virtualHost), listeners);
  return names.map((name) => `${origin.scheme}://${name}${origin.port}${path}`);
}

function originOf(
  config: Config,
  server: string | undefined,
  listeners: readonly BoundListener[],
): { scheme: string; port: string } {
  const own = listeners.filter(({ foreign }) => foreign === server);
  const encrypted = own.find(({ tls }) => tls === true);
  if (encrypted !== undefined) return { scheme: "https", port: portOf(encrypted.port, HTTPS_PORT) };
  const [first] = own;
  const isBehindProxy = server === undefined && (config.trustedProxies ?? []).length > 0;
  if (isBehindProxy || first === undefined) return { scheme: "https", port: "" };
  return { scheme: "http", port: portOf(first.port, HTTP_PORT) };
}

function portOf(port: number, usual: number): string {
  return port === usual ? "" : `:${port}`;
}
