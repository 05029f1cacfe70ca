/**
 * Where visitors of a name come in on a listener. One of a web server beside the agent may lead the
 * name to another site, or to nobody; it is asked only what leads to the site in question.
 */
import type { BoundListener } from "../../contract/agent.ts";
import type { SiteListener } from "../../contract/web-servers.ts";
import type { AddressSet } from "../routing/address-set.ts";
import type { Probe } from "./proof-cell.ts";

/** How a web server's visitors come to one part of a site's configuration. */
export interface Way {
  readonly listener: SiteListener;
  /** Where to connect to: an address of the loopback interface for a listener on all addresses. */
  readonly connectTo: string;
  /** Whether the web server takes this part for a name, which is normalised. */
  readonly leads: (name: string) => boolean;
  /** Why it cannot be asked, a sentence. */
  readonly skip?: string;
}

export interface ProofListener extends BoundListener {
  /** To the site in question; absent: the agent's own, or of a web server that was not found. */
  readonly ways?: readonly Way[];
}

type Entry = Pick<Probe, "address" | "port" | "tls" | "proxyProtocol" | "foreign" | "version">;

/**
 * @param trusted Addresses whose connections begin with a header of the PROXY protocol on the
 *   agent's own listeners that know it.
 * @returns where to ask for the name, or why it is not asked for, a sentence
 */
export function entryFor(listener: ProofListener, host: string, trusted: AddressSet): Entry | { skip: string } {
  const { name, address, port, tls = false, foreign, ways } = listener;
  const proxyProtocol =
    listener.proxyProtocol === true && (foreign !== undefined || trusted.has(connectsFrom(address)));
  const plain = { address: reachable(address), port, tls, proxyProtocol, foreign };
  if (ways === undefined) return plain;
  const leading = ways.filter(({ leads }) => leads(host));
  const way = leading.find(({ skip }) => skip === undefined);
  if (way !== undefined) return { ...plain, address: way.connectTo, version: versionOf(way.listener) };
  const [barred] = leading;
  return {
    skip: `Not asked: ${barred?.skip ?? `${foreign ?? "it"} does not lead ${host} to this site on ${name}.`}`,
  };
}

/** Without TLS, a listener with HTTP/2 speaks nothing else in older versions. */
export function versionOf({ http2, tls }: SiteListener): "1.1" | "2" {
  return http2 && !tls ? "2" : "1.1";
}

/** The address that this computer connects from: to a network card of its own, that card's. */
export function connectsFrom(address: string): string {
  const asked = reachable(address);
  return asked.startsWith("127.") ? "127.0.0.1" : asked;
}

/** All addresses of this computer are reached at its loopback one. */
export function reachable(address: string): string {
  if (address === "0.0.0.0") return "127.0.0.1";
  return address === "::" ? "::1" : address;
}
