/** Listeners of a web server by address and port, and how the agent comes to one. */
import type { SiteListener } from "../../contract/web-servers.ts";
import { reachable } from "../proof/entry.ts";

type Place = Pick<SiteListener, "address" | "port">;

export function listenerKey({ address, port }: Place): string {
  return `${address.includes(":") ? `[${address}]` : address}:${String(port)}`;
}

/**
 * Where to connect to. On Linux all of 127.0.0.0/8 leads to a listener on all addresses, but for an
 * address that has a listener of its own.
 *
 * @param hasOwn Whether there is something of its own behind the key of a listener.
 */
export function reachableBeside({ address, port }: Place, hasOwn: (key: string) => boolean): string {
  if (address !== "0.0.0.0") return reachable(address);
  for (let last = 1; last < 255; last += 1) {
    const candidate = `127.0.0.${String(last)}`;
    if (!hasOwn(listenerKey({ address: candidate, port }))) return candidate;
  }
  return reachable(address);
}
