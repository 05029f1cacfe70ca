/** Whom a change of the configuration affects: names whose visitors get another answer. Pure. */
import type { Change, Config, VirtualHost } from "../../main/contract/agent.ts";
import { hostName } from "../lib/sites.ts";

export interface Affected {
  host: string;
  /** Ids of the virtual hosts that answer before and after. */
  from: string;
  to: string;
}

/** So many are named; the others are counted. */
const MAX_NAMED = 8;

/**
 * Every name that another virtual host answers for afterwards. A virtual host with a condition
 * counts as the one that answers.
 */
export function affectedBy(before: Config, after: Config): Affected[] {
  const hosts = new Set([...before.virtualHosts, ...after.virtualHosts].flatMap((each) => each.hosts));
  return [...hosts].flatMap((host): Affected[] => {
    const asked = sampleOf(host);
    if (asked === undefined) return [];
    const from = answererFor(before, asked)?.id ?? "";
    const to = answererFor(after, asked)?.id ?? "";
    return from === to ? [] : [{ host, from, to }];
  });
}

/** In sentences: `Visitors of blog.example.com get default instead of blog.` */
export function affectedWords(affected: readonly Affected[]): string[] {
  const words = affected
    .slice(0, MAX_NAMED)
    .map(({ host, from, to }) => `Visitors of ${hostName(host)} get ${to} instead of ${from}.`);
  return affected.length > MAX_NAMED ? [...words, `And ${affected.length - MAX_NAMED} more names.`] : words;
}

/** A name that the pattern matches; none for a regular expression or for everything. */
function sampleOf(host: string): string | undefined {
  if (host === "*" || host.startsWith("~")) return undefined;
  return host.startsWith("*.") ? `any-other-name${host.slice(1)}` : host;
}

function answererFor({ virtualHosts }: Config, host: string): VirtualHost | undefined {
  return virtualHosts.find(({ hosts, disabled }) => disabled !== true && hosts.some((each) => matches(each, host)));
}

function matches(pattern: string, host: string): boolean {
  if (pattern === "*" || pattern === host) return true;
  if (pattern.startsWith("*.")) return host.endsWith(pattern.slice(1));
  if (!pattern.startsWith("~")) return false;
  try {
    return new RegExp(pattern.slice(1), "iu").test(host);
  } catch {
    // What RE2 takes and this engine does not; the agent decides.
    return false;
  }
}

export interface Undone {
  /** Names of the virtual hosts that answer otherwise afterwards. */
  sites: string[];
  /** Originals that leave maintenance, and those that go into it. */
  live: string[];
  closed: string[];
}

/** Whom undoing these changes affects, the newest first, as far as the changes tell. */
export function undoneBy(changes: readonly Change[], config: Config | undefined): Undone {
  const named = new Map(config?.virtualHosts.map(({ id, hosts: [first = id] }) => [id, hostName(first)]));
  const sites = new Set<string>();
  const live = new Set<string>();
  const closed = new Set<string>();
  for (const { kind, virtualHost: id, before, after } of changes) {
    if (id === undefined) continue;
    const original = copycatOf(kind === "removed" ? before : after);
    if (original !== undefined && (kind === "added" || kind === "removed")) {
      const [into, outOf] = kind === "added" ? [live, closed] : [closed, live];
      // What was done and undone again among these changes stays as it is.
      if (!outOf.delete(original)) into.add(original);
    } else if (copycatOf(config?.virtualHosts.find((each) => each.id === id)) === undefined) sites.add(id);
  }
  const names = (ids: Iterable<string>) => [...ids].map((id) => named.get(id) ?? id);
  return { sites: names(sites), live: names(live), closed: names(closed) };
}

function copycatOf(value: unknown): string | undefined {
  const { copycatOf: original } = (value ?? {}) as Partial<VirtualHost>;
  return typeof original === "string" ? original : undefined;
}
