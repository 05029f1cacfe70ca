/**
 * Several sites in one go: which they are, what is asked of their servers, and what it is called.
 * Pure.
 */
import { t } from "../../../main/language/translate.ts";
import type { AppState } from "../../../main/contract/state.ts";
import type { Failure } from "../../../main/contract/failures.ts";
import type { FleetTarget } from "../../../main/contract/fleet.ts";
import type { MaintenanceOptions, VirtualHost, Warning } from "../../../main/contract/agent.ts";
import type { WindowTarget } from "../../../main/contract/windows.ts";
import { heldByOthers, heldWords } from "../../lib/operations.ts";
import { hostName, scopeOf, sharesHost } from "../../lib/sites.ts";
import { optionsOf, type Draft, type Place } from "../../maintenance/draft.ts";

export function placeKey({ serverId, site }: Place): string {
  return `${serverId}/${site}`;
}

/** All sites of the draft, the leading one first; none while it is not chosen. */
export function placesOf({ serverId, site, also }: Pick<Draft, "serverId" | "site" | "also">): Place[] {
  return site === "" ? [] : [{ serverId, site }, ...also];
}

export function isTogether({ also }: Pick<Draft, "also">): boolean {
  return also.length > 0;
}

export interface PlannedPlace extends Place {
  options: MaintenanceOptions;
  /** The configuration that its plan was made on, and that the person has seen. */
  generation: number;
}

/** What the plan says of it. */
export type PlaceVerdict = { ok: true; copycat: string; warnings: Warning[] } | { ok: false; failure: Failure };

/** One target for each server, with all its sites. */
export function targetsOf(planned: readonly PlannedPlace[]): FleetTarget[] {
  return [...Map.groupBy(planned, ({ serverId }) => serverId)].map(([serverId, places]) => ({
    serverId,
    changes: places.map(({ options }) => ({ kind: "maintenance", options })),
    // The oldest, should they differ: then something was not seen, and that is a refusal.
    ifGeneration: Math.min(...places.map(({ generation }) => generation)),
  }));
}

/**
 * The window of each server, for planning instead of switching. @param health path that originals
 * are asked for before they are reopened
 */
export function windowTargetsOf(planned: readonly PlannedPlace[], health: string | undefined): WindowTarget[] {
  return [...Map.groupBy(planned, ({ serverId }) => serverId)].map(([serverId, places]) => ({
    serverId,
    sites: places.map(({ options: { author: _author, until: _until, ...options } }) => ({
      ...options,
      ...(health === undefined ? {} : { health }),
    })),
  }));
}

const MAX_TITLE_LENGTH = 200;

/** What an operation is called: why, else what. @param isSame whether all are the leading site */
export function titleOf(draft: Draft, name: string, isSame: boolean): string {
  const reason = draft.reason.trim();
  const places = placesOf(draft);
  return (
    reason === ""
      ? isSame
        ? t("{site} on {count, plural, one {# server} other {# servers}}", { site: name, count: places.length })
        : scopeOf(places)
      : reason
  ).slice(0, MAX_TITLE_LENGTH);
}

/** Another site leads. One that was in it already changes places with the one before. */
export function withLead(
  draft: Pick<Draft, "serverId" | "site" | "also">,
  next: Place,
): Pick<Draft, "serverId" | "site" | "also"> {
  const before = { serverId: draft.serverId, site: draft.site };
  const isOneOfThem = draft.also.some((place) => placeKey(place) === placeKey(next));
  const others = draft.also.filter((place) => placeKey(place) !== placeKey(next));
  return { ...next, also: isOneOfThem && before.site !== "" ? [before, ...others] : others };
}

/** The sites beside the leading one, with these or without them. */
export function withTaken(
  draft: Pick<Draft, "serverId" | "site" | "also">,
  places: readonly Place[],
  isTaken: boolean,
): Place[] {
  const keys = new Set(places.map(placeKey));
  const others = draft.also.filter((place) => !keys.has(placeKey(place)));
  const added = isTaken ? places.filter((place) => placeKey(place) !== placeKey(draft)) : [];
  return [...others, ...added.map(({ serverId, site }) => ({ serverId, site }))];
}

type Servers = Pick<AppState, "servers">;

function virtualHostAt({ serverId, site }: Place, { servers }: Servers): VirtualHost | undefined {
  const server = servers.find(({ profile }) => profile.id === serverId);
  return server?.snapshot?.config.virtualHosts.find(({ id }) => id === site);
}

/**
 * Whether it is the leading site, there or on another server. Ids are each server's own: `shop` may
 * be another site elsewhere.
 */
export function isLeading(place: Place, draft: Place, state: Servers): boolean {
  if (placeKey(place) === placeKey(draft)) return true;
  const [lead, other] = [virtualHostAt(draft, state), virtualHostAt(place, state)];
  return lead !== undefined && other !== undefined && sharesHost(lead, other);
}

/** A site of the draft as it is on its server now. */
export interface Member extends Place {
  key: string;
  /** It is the leading site, there or on another server. */
  isAlike: boolean;
  name: string;
  serverName: string;
  /** What would be asked of the server; `undefined` when it cannot be, and `away` says why. */
  planned: PlannedPlace | undefined;
  away: string;
  /** Who else is about to switch something on its server, until when; empty when nobody is. */
  held: string;
}

/** @param now epoch milliseconds */
export function memberOf(
  place: Place,
  draft: Draft,
  state: Pick<AppState, "servers" | "operations" | "settings">,
  now: number,
): Member {
  const { servers, operations, settings } = state;
  const { serverId, site } = place;
  const isAlike = isLeading(place, draft, state);
  const server = servers.find(({ profile }) => profile.id === serverId);
  const stage = server === undefined ? undefined : heldByOthers(server, operations);
  const virtualHost = server?.snapshot?.config.virtualHosts.find(({ id }) => id === site);
  const snapshot = server?.connection.state === "connected" ? server.snapshot : null;
  const away =
    server === undefined
      ? t("This server is no longer in the list.")
      : snapshot === null
        ? t("The server cannot be reached at the moment.")
        : virtualHost === undefined
          ? t("There is no site {site} on {server} any more.", { site, server: server.profile.name })
          : "";
  return {
    ...place,
    key: placeKey(place),
    isAlike,
    name: hostName(virtualHost?.hosts[0] ?? site),
    serverName: server?.profile.name ?? serverId,
    away,
    held: stage === undefined ? "" : heldWords(stage, now),
    planned:
      snapshot === null || virtualHost === undefined
        ? undefined
        : {
            serverId,
            site,
            options: optionsOf(draft, virtualHost.hosts, settings.author, site, isAlike, serverId),
            generation: snapshot.agent.generation,
          },
  };
}

/** What the last step says of a site. */
export interface Verdict {
  state: "asked" | "ready" | "warned" | "refused";
  label: string;
  sentences: string[];
}

export function verdictOn(member: Member, verdict: PlaceVerdict | undefined): Verdict {
  if (member.planned === undefined) return { state: "refused", label: t("Cannot take part"), sentences: [member.away] };
  if (verdict === undefined) return { state: "asked", label: t("Being planned"), sentences: [] };
  if (!verdict.ok) return { state: "refused", label: t("Cannot take part"), sentences: [verdict.failure.message] };
  const { warnings } = verdict;
  return warnings.length === 0
    ? { state: "ready", label: t("Ready"), sentences: [] }
    : {
        state: "warned",
        label: t("Ready, {count, plural, one {# warning} other {# warnings}}", { count: warnings.length }),
        sentences: warnings.map(({ message }) => message),
      };
}
