/** What each site block answers for: names, listeners, and where Caddy redirects to it. */
import type { SiteListener } from "../../contract/web-servers.ts";
import { parseHostPattern } from "../routing/host-pattern.ts";
import type { BlockGroup } from "../web-servers/group-blocks.ts";
import { type AdaptedConfiguration, type AdaptedServer, addressOf, portOf } from "./adapted.ts";
import { type Address, readAddress } from "./addresses.ts";
import { type BlockRole, roleOf } from "./block-role.ts";
import type { Placed, SiteBlock } from "./include-tree.ts";

/** One name on one listener. */
export interface Answering {
  /** As a virtual host has it; undefined for all that nobody lists. */
  readonly host: string | undefined;
  readonly listener: SiteListener;
}

export interface FoundBlock {
  readonly block: SiteBlock;
  /** As written. */
  readonly names: readonly string[];
  readonly hosts: readonly string[];
  readonly role: BlockRole;
  readonly answers: readonly Answering[];
  /** Where Caddy redirects from HTTP by itself, without the site's own rules. */
  readonly redirects: readonly Answering[];
  /** Addresses that the agent cannot tell, or that Caddy does not confirm, a sentence each. */
  readonly unusable: readonly string[];
  /** Listeners on which the agent cannot ask, a sentence each. */
  readonly unseen: readonly string[];
  readonly hooks: readonly string[];
}

/** The blocks of one site. */
export type SiteBlocks = BlockGroup<FoundBlock>;

export function isCatchAll({ hosts, unusable }: FoundBlock): boolean {
  return hosts.length === 0 && unusable.length === 0;
}

export function readBlocks(
  sites: readonly SiteBlock[],
  options: SiteBlock | undefined,
  adapted: AdaptedConfiguration,
): FoundBlock[] {
  const defaults = valuesOf(options?.body ?? [], "default_bind");
  return sites.map((block) => readBlock(block, defaults, adapted));
}

function readBlock(block: SiteBlock, defaults: readonly string[], adapted: AdaptedConfiguration): FoundBlock {
  const own = valuesOf(block.body, "bind");
  const binds = own.length > 0 ? own : defaults.length > 0 ? defaults : [""];
  const answers: Answering[] = [];
  const redirects: Answering[] = [];
  const unusable: string[] = [];
  const unseen: string[] = [];
  const hosts = new Set<string>();
  for (const text of block.addresses) {
    const address = readAddress(text, adapted);
    const host = address === undefined ? null : hostOf(address);
    if (typeof host === "string") hosts.add(host);
    if (address === undefined || host === null || address.path !== "") {
      unusable.push(
        address === undefined || address.path === ""
          ? `The address ${text} is none that the agent can tell.`
          : `The address ${text} has a path: it is no whole site, and cannot be closed as one.`,
      );
      continue;
    }
    const servers = binds.map((bind) => serverOf(adapted, address, bind));
    for (const found of servers) {
      const listener = found === undefined ? undefined : listenerOf(found, block);
      if (found === undefined) unusable.push(`Caddy does not answer for ${text} as the file says it should.`);
      else if (listener === undefined)
        unseen.push(`${found.listen}: the agent cannot ask there, so whether the site is closed is not seen.`);
      else {
        answers.push({ host, listener });
        if (found.server.redirected.includes(address.host) && address.scheme !== "http")
          redirects.push({
            host,
            listener: { ...listener, port: adapted.httpPort, tls: false, http2: false, clientCertificate: false },
          });
      }
    }
  }
  return {
    block,
    names: block.addresses,
    hosts: [...hosts],
    role: roleOf(block.body, [...hosts]),
    answers: unique(answers),
    redirects: unique(redirects).filter(
      ({ host, listener }) => !answers.some((one) => one.host === host && one.listener.port === listener.port),
    ),
    unusable: [...new Set(unusable)],
    unseen: [...new Set(unseen)],
    hooks: block.hooks,
  };
}

/** Undefined for the address of all names, null for a name that no virtual host can have. */
function hostOf({ host }: Address): string | undefined | null {
  if (host === "") return undefined;
  const text = host.includes(":") ? `[${host}]` : host;
  return parseHostPattern(text).ok && text !== "*" ? text : null;
}

interface FoundServer {
  readonly server: AdaptedServer;
  readonly listen: string;
}

function serverOf({ servers }: AdaptedConfiguration, { host, port }: Address, bind: string): FoundServer | undefined {
  const wanted = listenOf(bind, port);
  for (const server of servers) {
    if (host === "" ? !server.takesAll : !server.hosts.some((name) => name.toLowerCase() === host)) continue;
    const listen = server.listen.find((one) => one === wanted);
    if (listen !== undefined) return { server, listen };
  }
  return undefined;
}

/** As Caddy joins them (JoinNetworkAddress). */
function listenOf(bind: string, port: number): string {
  if (/^(?:unix|fd|fdgram|unixgram|unixpacket)\//.test(bind)) return bind;
  const [, network = "", host = ""] = /^(\w+\/)?(.*)$/.exec(bind) ?? [];
  const bare = host.replace(/^\[(.*)\]$/, "$1");
  return `${network}${bare.includes(":") ? `[${bare}]` : bare}:${String(port)}`;
}

function listenerOf({ server, listen }: FoundServer, block: SiteBlock): SiteListener | undefined {
  const address = addressOf(listen);
  const port = portOf(listen);
  if (address === undefined || port === undefined) return undefined;
  const { tls, http2, proxyProtocol } = server;
  return { address, port, tls, http2, proxyProtocol, clientCertificate: tls && demandsCertificate(block) };
}

function demandsCertificate({ body }: SiteBlock): boolean {
  const auth = body
    .filter(({ words }) => words[0] === "tls")
    .flatMap((tls) => tls.body.filter(({ words }) => words[0] === "client_auth"));
  return auth.some(({ body: settings }) => {
    const mode = settings.find(({ words }) => words[0] === "mode")?.words[1] ?? "require_and_verify";
    return mode.startsWith("require");
  });
}

function valuesOf(body: readonly Placed[], name: string): string[] {
  return body.filter(({ words }) => words[0] === name).flatMap(({ words }) => words.slice(1));
}

function unique(answers: readonly Answering[]): Answering[] {
  return [
    ...new Map(
      answers.map((one) => [`${one.host ?? ""} ${one.listener.address} ${String(one.listener.port)}`, one]),
    ).values(),
  ];
}
