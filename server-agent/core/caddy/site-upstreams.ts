/** Where Caddy sends visitors of a site, from what `caddy adapt` makes of its file. */
import { z } from "zod";

const Route = z.looseObject({
  match: z.array(z.looseObject({ host: z.array(z.string()).optional() })).optional(),
  handle: z.array(z.unknown()).optional(),
});
const Proxy = z.looseObject({
  handler: z.literal("reverse_proxy"),
  upstreams: z.array(z.looseObject({ dial: z.string() })).optional(),
});
const Servers = z.looseObject({
  apps: z.looseObject({
    http: z.looseObject({ servers: z.record(z.string(), z.looseObject({ routes: z.array(Route).optional() })) }),
  }),
});

/**
 * Addresses as Caddy counts requests by them; empty where none is a fixed one.
 *
 * @param hosts Those of the site; `*` for the routes without a name.
 */
export function upstreamsOf(adapted: unknown, hosts: readonly string[]): string[] {
  const parsed = Servers.safeParse(adapted);
  if (!parsed.success) return [];
  const routes = Object.values(parsed.data.apps.http.servers).flatMap((server) => server.routes ?? []);
  const own = routes.filter(({ match = [] }) => {
    const names = match.flatMap(({ host }) => host ?? []);
    return names.length === 0 ? hosts.includes("*") : names.some((name) => hosts.includes(name));
  });
  return [...new Set(own.flatMap(({ handle = [] }) => dialsIn(handle)))];
}

/** Handlers may be in routes of handlers, at any depth. */
function dialsIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(dialsIn);
  if (typeof value !== "object" || value === null) return [];
  const proxy = Proxy.safeParse(value);
  if (proxy.success) return (proxy.data.upstreams ?? []).map(({ dial }) => dial).filter((dial) => !dial.includes("{"));
  return Object.values(value).flatMap(dialsIn);
}

const Counted = z.array(z.looseObject({ address: z.string(), num_requests: z.int() }));

/** What `/reverse_proxy/upstreams` answers, by address; undefined for anything else. */
export function readCounts(answer: unknown): Map<string, number> | undefined {
  const parsed = Counted.safeParse(answer);
  return parsed.success ? new Map(parsed.data.map((one) => [one.address, one.num_requests])) : undefined;
}
