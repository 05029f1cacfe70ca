/** Where an Apache accepts visitors, and which of it leads to a virtual host. */
import ipaddr from "ipaddr.js";
import { listenerKey } from "../web-servers/listener-key.ts";
import type { Placed } from "./configuration.ts";

export interface Socket {
  readonly address: string;
  readonly port: number;
  /** IPv6 as well, where `Listen` names no address. */
  readonly isDual: boolean;
}

/** `Listen`; undefined for a name, which may stand for several addresses. */
function readListen(text: string): Socket | undefined {
  const [, host = "", port = ""] = /^(?:(.*):)?(\d+)$/.exec(text) ?? [];
  if (port === "") return undefined;
  if (host === "" || host === "*") return { address: "0.0.0.0", port: Number(port), isDual: true };
  const address = canonical(host);
  return address === undefined ? undefined : { address, port: Number(port), isDual: false };
}

export function socketsOf(top: readonly Placed[]): Socket[] {
  const all = top.filter(({ directive }) => directive.name === "listen");
  return all.flatMap(({ args }) => readListen(args[0] ?? "") ?? []);
}

/** Canonical text of an address; `undefined` for what is none. */
function canonical(text: string): string | undefined {
  if (text === "localhost") return "127.0.0.1";
  const bare = text.replace(/^\[(.*)\]$/, "$1");
  return bare.includes(":") || ipaddr.IPv4.isValidFourPartDecimal(bare)
    ? ipaddr.isValid(bare)
      ? ipaddr.parse(bare).toString()
      : undefined
    : undefined;
}

const ALL = new Set(["*", "_default_", "0.0.0.0"]);

/**
 * Address and port of the listeners that lead to a virtual host's address.
 *
 * @param address As Apache tells it, `*:80`.
 * @param exact Keys of addresses that a virtual host names: who comes there never gets to one of
 *   all addresses.
 */
export function listenersOf(
  address: string,
  sockets: readonly Socket[],
  exact: ReadonlySet<string>,
): { address: string; port: number }[] {
  const [, host = "", port = ""] = /^(.*):(\d+|\*)$/.exec(address) ?? [];
  const fitting = sockets.filter((socket) => port === "*" || Number(port) === socket.port);
  if (ALL.has(host))
    return fitting
      .filter((socket) => !exact.has(listenerKey(socket)))
      .map((socket) => ({ address: socket.address, port: socket.port }));
  const own = canonical(host);
  if (own === undefined) return [];
  const isV6 = own.includes(":");
  return fitting
    .filter((socket) => socket.address === own || socket.address === (isV6 ? "::" : "0.0.0.0") || socket.isDual)
    .map((socket) => ({ address: own, port: socket.port }));
}

/** Keys of the addresses that virtual hosts name. @param addresses As Apache tells them. */
export function exactKeys(addresses: readonly string[], sockets: readonly Socket[]): Set<string> {
  const named = addresses.filter((address) => !ALL.has(address.replace(/:(?:\d+|\*)$/, "")));
  return new Set(named.flatMap((address) => listenersOf(address, sockets, new Set())).map(listenerKey));
}
