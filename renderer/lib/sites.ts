/** The sites of a server, derived from what was last observed of it. Pure. */
import { t, type PlainMessage } from "../../main/language/translate.ts";
import type { Receipt, Snapshot, VirtualHost } from "../../main/contract/agent.ts";
import type { PublicProof } from "../../main/contract/maintenance.ts";
import type { ServerState } from "../../main/contract/servers.ts";
import { hostSearchText, readableHost } from "../../main/contract/shared/host-name.ts";
import { isWrong, shortVerdict, verdictOf, verdictWords } from "../../main/contract/shared/proof.ts";
import { seenOf } from "../../main/contract/shared/public-proof.ts";
import { isOpen } from "../../main/contract/shared/states.ts";
import { foreignOf, isUnreachable, type Foreign } from "../../main/contract/shared/foreign.ts";

/**
 * `failed`: in maintenance, but the proof found an answer that is not as planned, or the web server
 * that serves it was not seen to ask the agent.
 */
export type SiteState = "live" | "maintenance" | "draining" | "failed" | "unknown" | "disabled";

export interface Site {
  key: string;
  serverId: string;
  serverName: string;
  id: string;
  virtualHost: VirtualHost;
  /** First host as people say it, and the others. */
  name: string;
  aliases: string[];
  state: SiteState;
  /** What was last seen, while the server is away. */
  lastState: Exclude<SiteState, "unknown">;
  /** The maintenance that is on, if it has a receipt. */
  receipt: Receipt | undefined;
  /** What its visitors get, as seen from this computer. */
  seen: PublicProof | undefined;
  /** When the site was last brought back (ISO), as far as the agent still has the receipt. */
  liveSince: string | undefined;
  /** The copycat that answers for it. */
  copycat: VirtualHost | undefined;
  /** The web server beside the agent that serves it. */
  foreign: Foreign | undefined;
  /** What the agent sees: of a foreign site only what it is asked while that is closed. */
  inFlight: number;
  draining: number;
  /** Requests per second, the copycat's too, newest last. */
  readonly history: readonly number[];
  /** Everything a person may look for, in lower case. */
  searchText: string;
}

/** A copycat answers for it, whether or not Backsoon put it there. */
export function isInMaintenance({ copycat }: Pick<Site, "copycat">): boolean {
  return copycat !== undefined;
}

/** It is live, and what answers for it can be told to close it. */
export function isClosable({ state, foreign }: Pick<Site, "state" | "foreign">): boolean {
  return state === "live" && foreign?.obstacle === undefined;
}

/** The virtual hosts without the copycats. */
export function originalsOf(virtualHosts: readonly VirtualHost[]): VirtualHost[] {
  return virtualHosts.filter(({ copycatOf }) => copycatOf === undefined);
}

/** The copycat that stands above the original and answers, if there is one. */
export function answeringCopycat(virtualHosts: readonly VirtualHost[], site: string): VirtualHost | undefined {
  return answeringCopycats(virtualHosts).get(site);
}

/** The answering copycats by original. */
function answeringCopycats(virtualHosts: readonly VirtualHost[]): Map<string, VirtualHost> {
  const below = new Set<string>();
  const found = new Map<string, VirtualHost>();
  // From the bottom up, so that the one with the highest priority stays.
  for (const virtualHost of virtualHosts.toReversed()) {
    below.add(virtualHost.id);
    if (virtualHost.copycatOf !== undefined && virtualHost.disabled !== true && below.has(virtualHost.copycatOf))
      found.set(virtualHost.copycatOf, virtualHost);
  }
  return found;
}

/** Whether both answer for a name, so that they are the same site to its visitors. */
export function sharesHost({ hosts }: VirtualHost, other: VirtualHost): boolean {
  return other.hosts.some((host) => hosts.includes(host));
}

/** Those that a virtual host sends requests to; it may be one that is edited, and invalid. */
export function usedUpstreams({ rules }: VirtualHost): string[] {
  return Array.isArray(rules)
    ? rules.flatMap(({ handler }) => (handler !== undefined && "upstream" in handler ? [handler.upstream] : []))
    : [];
}

/** A host as people write it: `bücher.example` for `xn--bcher-kva.example`. */
export function hostName(host: string): string {
  return host === "*" || host === "~.*" ? t("all other hosts") : readableHost(host);
}

/** What was typed, as the texts that are searched have it. */
export function wordsOf(typed: string): string {
  return typed.trim().normalize("NFC").toLowerCase();
}

// A server's state is replaced as a whole when anything of it changes, so its identity says whether
// its sites are still the same.
const known = new WeakMap<ServerState, Site[]>();

/** The sites of a server in order of priority; the same array for the same state. */
export function sitesOf(server: ServerState): Site[] {
  const before = known.get(server);
  if (before !== undefined) return before;
  const sites = server.snapshot === null ? [] : derive(server, server.snapshot);
  known.set(server, sites);
  return sites;
}

function derive(server: ServerState, snapshot: Snapshot): Site[] {
  const { profile } = server;
  const copycats = answeringCopycats(snapshot.config.virtualHosts);
  const open = new Map<string, Receipt>();
  const lastBack = new Map<string, string>();
  // Newest first: the first one found for a site is the one that counts.
  for (const receipt of snapshot.maintenance) {
    if (isOpen(receipt) && !open.has(receipt.site)) open.set(receipt.site, receipt);
    if (receipt.revert !== undefined && !lastBack.has(receipt.site)) lastBack.set(receipt.site, receipt.revert.at);
  }
  const inFlight = (id: string | undefined) => (id === undefined ? 0 : (own(snapshot.metrics, id)?.inFlight ?? 0));
  const originals = originalsOf(snapshot.config.virtualHosts).filter((each) => !isUnreachable(each, snapshot.config));
  return originals.map((virtualHost): Site => {
    const { id } = virtualHost;
    const copycat = copycats.get(id);
    const receipt = open.get(id);
    const foreign = foreignOf(virtualHost, snapshot.webServers);
    const seen = receipt === undefined ? undefined : seenOf(server, receipt);
    const lastState = stateOf(virtualHost, { copycat, receipt, seen, foreign });
    const [name = id, ...aliases] = virtualHost.hosts;
    return {
      key: `${profile.id}/${id}`,
      serverId: profile.id,
      serverName: profile.name,
      id,
      virtualHost,
      name: hostName(name),
      aliases: aliases.map(hostName),
      state: server.connection.state === "connected" ? lastState : "unknown",
      lastState,
      receipt,
      seen,
      liveSince: lastBack.get(id),
      copycat,
      foreign,
      inFlight: inFlight(id) + inFlight(copycat?.id),
      draining: foreign === undefined ? (receipt?.counts.draining ?? 0) : 0,
      get history() {
        return sum(own(server.history, id), copycat === undefined ? undefined : own(server.history, copycat.id));
      },
      searchText: [id, ...virtualHost.hosts.map(hostSearchText), profile.name].join("\n").toLowerCase(),
    };
  });
}

function stateOf(
  virtualHost: VirtualHost,
  { copycat, receipt, seen, foreign }: Pick<Site, "copycat" | "receipt" | "seen" | "foreign">,
): Site["lastState"] {
  if (copycat === undefined) return virtualHost.disabled === true ? "disabled" : "live";
  if (receipt !== undefined && isWrong(verdictOf(receipt, seen))) return "failed";
  // Closed is what was seen: nobody looked where there is no receipt.
  if (foreign !== undefined) return foreign.obstacle === undefined && receipt !== undefined ? "maintenance" : "failed";
  return (receipt?.counts.draining ?? 0) > 0 ? "draining" : "maintenance";
}

/** `constructor` may be the id of a site, and is no value that every object has. */
function own<T>(record: Readonly<Record<string, T>>, id: string): T | undefined {
  return Object.hasOwn(record, id) ? record[id] : undefined;
}

function sum(first: readonly number[] = [], second: readonly number[] = []): number[] {
  const length = Math.max(first.length, second.length);
  return Array.from(
    { length },
    (_, index) => (first[index - length + first.length] ?? 0) + (second[index - length + second.length] ?? 0),
  );
}

const STATES: Record<SiteState, PlainMessage> = {
  failed: "Wrong answer",
  maintenance: "Maintenance",
  draining: "Draining",
  live: "Live",
  unknown: "Unknown",
  disabled: "Disabled",
};

/** In the order in which they are listed. */
export const SITE_STATES = Object.keys(STATES) as readonly SiteState[];

export function stateWord(state: SiteState): string {
  return t(STATES[state]);
}

/** What the state pill of a site says. */
export function stateLabel(
  site: Pick<Site, "state" | "lastState" | "draining" | "receipt" | "seen" | "foreign">,
): string {
  const failed = failedLabel(site);
  const last = site.lastState === "failed" ? failed : stateWord(site.lastState);
  if (site.state === "unknown") return t("{state} when last seen", { state: last });
  if (site.state === "failed") return failed;
  return site.state === "draining" ? t("Draining {count}", { count: site.draining }) : stateWord(site.state);
}

function failedLabel({ receipt, seen, foreign }: Pick<Site, "receipt" | "seen" | "foreign">): string {
  const verdict = receipt === undefined ? undefined : verdictOf(receipt, seen);
  if (verdict !== undefined && isWrong(verdict)) return shortVerdict(verdict);
  return foreign === undefined ? stateWord("failed") : t("Not seen closed");
}

/** The state of a site in maintenance, in words after its name. */
export function closedWords({ receipt, seen, foreign }: Pick<Site, "receipt" | "seen" | "foreign">): string {
  const verdict = receipt === undefined ? undefined : verdictOf(receipt, seen);
  if (receipt !== undefined && verdict !== undefined && (!isOpen(receipt) || isWrong(verdict)))
    return verdictWords(receipt, seen);
  if (foreign?.obstacle !== undefined) return t("may be open");
  if (foreign !== undefined && receipt === undefined) return t("has a copycat, and nobody has seen it closed");
  return t("is in maintenance");
}

/** `5 sites on 3 servers`, `2 sites on one server`. */
export function scopeOf(places: readonly { serverId: string }[]): string {
  const servers = new Set(places.map(({ serverId }) => serverId)).size;
  return t("{sites, plural, one {# site} other {# sites}} on {servers, plural, one {one server} other {# servers}}", {
    sites: places.length,
    servers,
  });
}
