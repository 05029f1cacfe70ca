/** What a person would call a site: names that are tested together, else what serves all others. */
import { type Frontend, isRedirect } from "./frontends.ts";

export interface Site {
  readonly id: string;
  readonly hosts: readonly string[];
  /** In the order of the configuration. */
  readonly frontends: readonly Frontend[];
}

/** Id of the site that answers for the names that nobody tests. */
const DEFAULT = "default";
const MAX_ID_LENGTH = 100;

export function readSites(frontends: readonly Frontend[]): Site[] {
  const groups = groupHosts(frontends);
  const hooked = new Set(frontends.flatMap(({ hooks }) => hooks));
  const named = withIds(groups, hooked).map(({ id, hosts }): Site => ({
    id,
    hosts,
    frontends: frontends.filter((frontend) => isReached(frontend, hosts)),
  }));
  const others = frontends.filter(({ isCatchAll }) => isCatchAll);
  // Where nothing but redirects is left for names that nobody tests, these belong to the others.
  const isSite = others.some(({ role }) => role === "serves") || (named.length === 0 && others.length > 0);
  return isSite ? [...named, { id: DEFAULT, hosts: ["*"], frontends: others }] : named;
}

/** It tests one of these names, or does nothing but send visitors on. */
function isReached({ tests, role, isCatchAll }: Frontend, hosts: readonly string[]): boolean {
  const names = tests.flatMap((test) => test.hosts);
  return names.some((name) => hosts.includes(name)) || (role === "redirects" && isCatchAll && names.length === 0);
}

/** Names of one test, and a name with and without `www.`. */
function groupHosts(frontends: readonly Frontend[]): string[][] {
  const parents = new Map<string, string>();
  const rootOf = (host: string): string => {
    const parent = parents.get(host) ?? host;
    return parent === host ? host : rootOf(parent);
  };
  const join = (a: string, b: string) => parents.set(rootOf(b), rootOf(a));
  // A site is called by what it serves, before what leads to it.
  const tests = frontends
    .flatMap((frontend) => frontend.tests)
    .toSorted((a, b) => Number(isRedirect(a.line)) - Number(isRedirect(b.line)));
  for (const { hosts } of tests) for (const host of hosts) if (!parents.has(host)) parents.set(host, host);
  for (const { hosts, isList } of tests)
    for (const host of hosts) {
      if (!isList) join(hosts[0] ?? host, host);
      else if (hosts.includes(`*.${host}`)) join(host, `*.${host}`);
    }
  for (const host of parents.keys()) if (parents.has(`www.${host}`)) join(host, `www.${host}`);
  const groups = new Map<string, string[]>();
  for (const host of parents.keys()) groups.set(rootOf(host), [...(groups.get(rootOf(host)) ?? []), host]);
  return [...groups.values()];
}

/** A site keeps the id that stands in its frontends, whatever names come in front. */
function withIds(groups: readonly string[][], hooked: ReadonlySet<string>): { id: string; hosts: string[] }[] {
  const taken = new Set([DEFAULT]);
  return groups.map((hosts, index) => {
    const exact = hosts.filter((host) => !host.startsWith("*"));
    const ids = [...exact, ...hosts].map(idOf).filter((id) => /^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(id));
    const wanted = ids.find((id) => hooked.has(id)) ?? ids[0] ?? `site-${String(index + 1)}`;
    let id = wanted;
    for (let number = 2; taken.has(id); number += 1) id = `${wanted}-${String(number)}`;
    taken.add(id);
    return { id, hosts };
  });
}

function idOf(host: string): string {
  return host.replace(/^\*\./, "any.").slice(0, MAX_ID_LENGTH);
}
