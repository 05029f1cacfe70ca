import type { BoundListener } from "../../contract/agent.ts";
import type { Config, VirtualHost } from "../../contract/config.ts";
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
  const origin = originOf(config, listenersOf(virtualHost, listeners), foreignServer(virtualHost) === undefined);
  return names.map((name) => `${origin.scheme}://${name}${origin.port}${path}`);
}

/** By which visitors come; those of this machine alone only where there are no others. */
function listenersOf(virtualHost: VirtualHost, listeners: readonly BoundListener[]): readonly BoundListener[] {
  const server = foreignServer(virtualHost);
  const names = virtualHost.rules.flatMap(({ handler }) =>
    handler?.type === "foreign" ? (handler.listeners ?? []) : [],
  );
  const own = listeners.filter(
    ({ name, foreign }) => foreign === server && (names.length === 0 || names.includes(name)),
  );
  const outside = own.filter(({ address }) => !/^127\.|^::1$/.test(address));
  return outside.length > 0 ? outside : own;
}

function originOf(
  config: Config,
  own: readonly BoundListener[],
  isServedHere: boolean,
): { scheme: string; port: string } {
  const encrypted = usualFirst(
    own.filter(({ tls }) => tls === true),
    HTTPS_PORT,
  );
  if (encrypted !== undefined) return { scheme: "https", port: portOf(encrypted.port, HTTPS_PORT) };
  const first = usualFirst(own, HTTP_PORT);
  const isBehindProxy = isServedHere && (config.trustedProxies ?? []).length > 0;
  if (isBehindProxy || first === undefined) return { scheme: "https", port: "" };
  return { scheme: "http", port: portOf(first.port, HTTP_PORT) };
}

function usualFirst(listeners: readonly BoundListener[], usual: number): BoundListener | undefined {
  return listeners.find(({ port }) => port === usual) ?? listeners[0];
}

function portOf(port: number, usual: number): string {
  return port === usual ? "" : `:${port}`;
}
