/**
 * What is asked from this computer to see what visitors get: which names, at which doors. Pure. The
 * names are an agent's word, which is not trusted: so nothing but the ports of the web is asked,
 * and those that its server listens on only where that is this computer.
 */
import { BlockList, isIP } from "node:net";
import type { Condition } from "../../server-agent/contract/condition.ts";
import type { MaintenanceHandler } from "../../server-agent/contract/handler.ts";
import type { VirtualHost } from "../../server-agent/contract/config.ts";
import type { Receipt } from "../../server-agent/contract/maintenance.ts";
import { compileCondition } from "../../server-agent/core/routing/condition.ts";
import { parseHostPattern } from "../../server-agent/core/routing/host-pattern.ts";
import { NOWHERE } from "../../server-agent/core/routing/request-facts.ts";
import type { ServerState } from "../contract/servers.ts";

/** Where something may answer at an address. */
export interface Door {
  port: number;
  tls: boolean;
}

export interface Question {
  site: string;
  /** The active one, as the question follows from it. */
  generation: number;
  /** Names to ask, and how many were left out. */
  hosts: string[];
  left: number;
  path: string;
  /** The server is this computer. */
  isHere: boolean;
  /** Where the agent and the web server beside it accept visitors. */
  listeners: Door[];
  /** In place of DNS. */
  given: Given | undefined;
  /** An exception may hold for this computer, which cannot be told from here. */
  mayBeLetIn: boolean;
  /** That of the copycat, to know its page where that has no mark. */
  handler: MaintenanceHandler | undefined;
}

export interface Given {
  address: string;
  port: number | undefined;
}

const HTTPS: Door = { port: 443, tls: true };
const HTTP: Door = { port: 80, tls: false };
/** More names of one site tell nothing new, and cost strangers' servers requests. */
const MAX_HOSTS = 8;
/** A site may have a hundred thousand, of which the first tell enough. */
const MAX_READ_HOSTS = 200;
/** Asked where an exception lets `/` through. */
const OTHER_PATH = "/backsoon-proof";
/** A visitor from elsewhere (RFC 5737). */
const ELSEWHERE = "192.0.2.1";

/** Undefined where the server is not known well enough. */
export function questionOf(
  { profile, snapshot }: Pick<ServerState, "profile" | "snapshot">,
  receipt: Pick<Receipt, "site" | "copycat" | "operations">,
  given: string | undefined,
): Question | undefined {
  if (snapshot === null) return undefined;
  const { virtualHosts } = snapshot.config;
  const inserted = receipt.operations.find(({ op }) => op === "insert-virtual-host");
  const copycat =
    virtualHosts.find(({ id }) => id === receipt.copycat) ??
    (inserted?.op === "insert-virtual-host" ? inserted.virtualHost : undefined);
  const entries = (copycat ?? virtualHosts.find(({ id }) => id === receipt.site))?.hosts ?? [];
  const names = entries.slice(0, MAX_READ_HOSTS).flatMap(exactName);
  const hosts = names.slice(0, MAX_HOSTS);
  const handler = copycat?.rules.find((rule) => rule.handler !== undefined)?.handler;
  return {
    site: receipt.site,
    generation: snapshot.agent.generation,
    hosts,
    left: entries.length - hosts.length,
    path: copycat === undefined || isClosed(copycat, "/") ? "/" : OTHER_PATH,
    isHere: profile.kind !== "ssh",
    listeners: snapshot.agent.listeners.map(({ port, tls = false }) => ({ port, tls })),
    given: given === undefined ? undefined : givenOf(given),
    mayBeLetIn: mentionsAddress(copycat?.when),
    handler: handler?.type === "maintenance" ? handler : undefined,
  };
}

/**
 * Where to knock at an address. Names that lead to this computer are asked where its own agent
 * listens; elsewhere visitors come to the ports of the web.
 *
 * @param port one that was given together with the address
 */
export function doorsOf(
  { isHere, listeners }: Pick<Question, "isHere" | "listeners">,
  address: string,
  port: number | undefined,
): Door[] {
  if (port !== undefined) {
    const known = listeners.filter((door) => isHere && door.port === port);
    return known.length > 0
      ? known
      : [
          { port, tls: true },
          { port, tls: false },
        ];
  }
  if (!isOwn(address)) return [HTTPS, HTTP];
  return isHere ? listeners : [];
}

/** They lead to the computer that asks (RFC 6890), also where IPv4 is written as IPv6. */
const OWN_ADDRESSES = new BlockList();
OWN_ADDRESSES.addSubnet("127.0.0.0", 8);
OWN_ADDRESSES.addSubnet("0.0.0.0", 8);
OWN_ADDRESSES.addAddress("::", "ipv6");
OWN_ADDRESSES.addAddress("::1", "ipv6");

function isOwn(address: string): boolean {
  return OWN_ADDRESSES.check(address, isIP(address) === 6 ? "ipv6" : "ipv4");
}

/** @param text as `PublicAddress` takes it */
export function givenOf(text: string): Given {
  const [, bracketed, plain = "", port] = /^(?:\[(.+)\]|([^:]*))(?::(\d+))?$/.exec(text) ?? [];
  return { address: bracketed ?? plain, port: port === undefined ? undefined : Number(port) };
}

/** Patterns have no name that somebody could type. */
function exactName(entry: string): string[] {
  const parsed = parseHostPattern(entry);
  if (!parsed.ok || parsed.pattern.kind !== "exact") return [];
  const name = parsed.pattern.name.replace(/^\[(.*)\]$/, "$1");
  return isIP(name) !== 0 || /^[a-z0-9_-]+(\.[a-z0-9_-]+)*$/.test(name) ? [name] : [];
}

/** Whether the copycat answers a page of this path for a visitor without anything special. */
function isClosed({ when }: VirtualHost, path: string): boolean {
  if (when === undefined) return true;
  const condition = compileCondition(when, "", { listeners: new Set(), problems: [] });
  return condition.test({
    host: "",
    path,
    rawPath: path,
    query: "",
    method: "GET",
    peerTrusted: false,
    client: ELSEWHERE,
    geo: NOWHERE,
    tls: true,
    listener: "",
    header: () => undefined,
    exists: () => false,
    hasPass: () => false,
  });
}

function mentionsAddress(condition: Condition | undefined): boolean {
  if (condition === undefined) return false;
  const { from, country, continent, asn, share, not, all = [], any = [] } = condition;
  const isMentioned = [from, country, continent, asn, share].some((value) => value !== undefined);
  return isMentioned || mentionsAddress(not) || [...all, ...any].some(mentionsAddress);
}
