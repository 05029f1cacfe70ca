/**
 * The overview's list: what is in maintenance, then the other sites under the heading of their
 * server, its fleet, or their state. Pure.
 */
import type { ServerState } from "../../main/contract/servers.ts";
import type { OverviewLook } from "../../main/contract/settings.ts";
import { fleetsOf } from "../lib/fleets.ts";
import { nextWindows } from "../lib/next-window.ts";
import { isInMaintenance, SITE_STATES, type Site, type SiteState } from "../lib/sites.ts";

export type Grouping = "server" | "fleet" | "state";

export type SiteRow =
  | { kind: "server"; key: string; server: ServerState; sites: Site[] }
  /**
   * Followed by its servers, each with its sites. `name` is `undefined` for those that belong to
   * none.
   */
  | { kind: "fleet"; key: string; name: string | undefined; servers: number; sites: Site[] }
  | { kind: "state"; key: string; state: SiteState; sites: Site[] }
  /** What is in maintenance, on whatever server. */
  | { kind: "closed"; key: string; sites: Site[] }
  | { kind: "site"; key: string; site: Site };

/**
 * A server without a site that is shown keeps its heading only while nothing is filtered: then its
 * heading says why it has none.
 *
 * @param sites in the order in which each group shows them
 * @param isFiltered not every site is in `sites`
 */
export function siteRows(
  servers: readonly ServerState[],
  sites: readonly Site[],
  grouping: Grouping,
  isFiltered: boolean,
): SiteRow[] {
  if (grouping === "state") {
    const byState = Map.groupBy(sites, (site) => site.state);
    return SITE_STATES.flatMap((state): SiteRow[] => {
      const members = byState.get(state);
      return members === undefined
        ? []
        : [{ kind: "state", key: `state ${state}`, state, sites: members }, ...members.map(siteRow)];
    });
  }
  const closed = sites.filter(isInMaintenance);
  const pinned: SiteRow[] =
    closed.length === 0 ? [] : [{ kind: "closed", key: "closed", sites: closed }, ...closed.map(siteRow)];
  const byServer = Map.groupBy(sites, (site) => site.serverId);
  const shown = servers.filter(({ profile }) => !isFiltered || byServer.has(profile.id));
  const rowsOf = (server: ServerState): SiteRow[] => {
    const members = byServer.get(server.profile.id) ?? [];
    const open = members.filter((site) => !isInMaintenance(site));
    // A server of which nothing is left to be shown below it has its heading all the same.
    return [{ kind: "server", key: `server ${server.profile.id}`, server, sites: members }, ...open.map(siteRow)];
  };
  if (grouping === "server") return [...pinned, ...shown.flatMap(rowsOf)];
  const byFleet = Map.groupBy(shown, ({ profile }) => profile.fleet);
  const fleets = [...fleetsOf(shown.map(({ profile }) => profile)), undefined].flatMap((name): SiteRow[] => {
    const members = byFleet.get(name) ?? [];
    if (members.length === 0) return [];
    const heading: SiteRow = {
      kind: "fleet",
      key: `fleet ${name ?? ""}`,
      name,
      servers: members.length,
      sites: members.flatMap(({ profile }) => byServer.get(profile.id) ?? []),
    };
    return [heading, ...members.flatMap(rowsOf)];
  });
  return [...pinned, ...fleets];
}

/** Sorted as the overview shows them; in order of priority they are already. */
export function sortedSites(
  sites: readonly Site[],
  { sort, descending }: Pick<OverviewLook, "sort" | "descending">,
  servers: readonly ServerState[],
): readonly Site[] {
  if (sort === "priority") return sites;
  const compare = ORDERS[sort](servers);
  const sorted = sites.toSorted(compare);
  return descending ? sorted.reverse() : sorted;
}

type Compare = (one: Site, other: Site) => number;

const NAMES = new Intl.Collator(undefined, { numeric: true });
/** After every time: what is not planned. */
const NEVER = "~";

const ORDERS: Record<Exclude<OverviewLook["sort"], "priority">, (servers: readonly ServerState[]) => Compare> = {
  name: () => (one, other) => NAMES.compare(one.name, other.name),
  state: () => (one, other) => SITE_STATES.indexOf(one.state) - SITE_STATES.indexOf(other.state),
  "in-flight": () => (one, other) => one.inFlight - other.inFlight,
  rate: () => (one, other) => (one.history.at(-1) ?? 0) - (other.history.at(-1) ?? 0),
  next: (servers) => {
    const windows = new Map(servers.map((server) => [server.profile.id, nextWindows(server)]));
    const start = ({ serverId, id }: Site) => windows.get(serverId)?.get(id)?.start ?? NEVER;
    return (one, other) => start(one).localeCompare(start(other));
  },
};

function siteRow(site: Site): SiteRow {
  return { kind: "site", key: site.key, site };
}

const URGENCY: Record<SiteState, number> = { failed: 0, unknown: 1, maintenance: 2, draining: 2, live: 3, disabled: 3 };

/**
 * The sites that are in maintenance, what needs a person first: wrong answers, lost servers, then
 * by start.
 */
export function inMaintenance(sites: readonly Site[]): Site[] {
  return sites
    .filter(isInMaintenance)
    .sort(
      (a, b) =>
        URGENCY[a.state] - URGENCY[b.state] || (a.receipt?.startedAt ?? "").localeCompare(b.receipt?.startedAt ?? ""),
    );
}

export type Closed = { kind: "operation"; id: string; title: string; sites: Site[] } | { kind: "site"; site: Site };

/**
 * What is in maintenance, with the sites of one operation as one; in the order of the first of
 * them.
 */
export function closedTogether(closed: readonly Site[]): Closed[] {
  const keyOf = (site: Site) => site.receipt?.operation?.id ?? site.key;
  return [...Map.groupBy(closed, keyOf).values()].flatMap((sites): Closed[] => {
    const operation = sites[0]?.receipt?.operation;
    return operation === undefined || sites.length === 1
      ? sites.map((site) => ({ kind: "site", site }))
      : [{ kind: "operation", id: operation.id, title: operation.title, sites }];
  });
}
