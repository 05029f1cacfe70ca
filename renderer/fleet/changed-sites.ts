/** A change of several sites at once: what is sent to each, and where it has arrived. Pure. */
import type { MaintenanceChange, Receipt } from "../../main/contract/agent.ts";
import type { Failure } from "../../main/contract/failures.ts";
import type { ChangeOutcome, SiteChange } from "../../main/contract/fleet.ts";
import { t } from "../../main/language/translate.ts";
import type { Site } from "../lib/sites.ts";
import { namesOf } from "./sentences.ts";

/** One maintenance that is to be otherwise, and what became of that. */
export interface ChangedSite extends SiteChange {
  serverName: string;
  state: ChangeOutcome["state"] | "sending";
  failure: Failure | null;
}

/** Those with a receipt; what is not known to be changed there is sent. */
export function changesOf(sites: readonly Site[], parts: readonly MaintenanceChange[][]): ChangedSite[] {
  return sites.flatMap(({ serverId, serverName, receipt }, index) => {
    const own = parts[index] ?? [];
    return receipt === undefined || own.length === 0
      ? []
      : [{ serverId, serverName, receiptId: receipt.id, parts: own, state: "sending" as const, failure: null }];
  });
}

/**
 * Each end so much later, or than now where it has passed or there is none. As a time: sent once
 * more it makes nothing later still.
 */
export function laterEnds(
  receipts: readonly Pick<Receipt, "until">[],
  minutes: number,
  now: number,
): MaintenanceChange[][] {
  return receipts.map(({ until }) => {
    const base = until === undefined ? now : Math.max(Date.parse(until), now);
    return [{ until: new Date(base + minutes * 60_000).toISOString() }];
  });
}

/** With what their servers answered; another one's answer is not taken for theirs. */
export function answered(sites: readonly ChangedSite[], outcomes: readonly ChangeOutcome[]): ChangedSite[] {
  return sites.map((site) => {
    const outcome = outcomes.find(
      ({ serverId, receiptId }) => serverId === site.serverId && receiptId === site.receiptId,
    );
    return outcome === undefined ? site : { ...site, state: outcome.state, failure: outcome.failure };
  });
}

/**
 * Whoever did not answer may have done it: then its own state says so. @param receipt as it was
 * observed since
 */
export function asObserved(site: ChangedSite, receipt: Receipt | undefined): ChangedSite {
  if (site.state !== "unknown" || receipt === undefined) return site;
  const wanted = Object.assign({}, ...site.parts) as MaintenanceChange;
  const hasAll =
    (wanted.until === undefined || endMs(wanted.until) === endMs(receipt.until)) &&
    (wanted.page === undefined || JSON.stringify(wanted.page) === JSON.stringify(receipt.options.page)) &&
    (wanted.exceptions === undefined ||
      JSON.stringify(wanted.exceptions) === JSON.stringify(receipt.options.exceptions));
  return hasAll ? { ...site, state: "done", failure: null } : site;
}

function endMs(until: string | null | undefined): number | null {
  return until === null || until === undefined ? null : Date.parse(until);
}

/** Which servers have it, which do not, and of which it is not known. */
export function changedWords(sites: readonly ChangedSite[]): string {
  if (sites.some(({ state }) => state === "sending"))
    return t("{count, plural, one {# site is} other {# sites are}} being changed…", { count: sites.length });
  const byServer = [...Map.groupBy(sites, ({ serverId }) => serverId).values()];
  const named = (chosen: ChangedSite[][]) => namesOf(chosen.map(([first]) => ({ name: first?.serverName ?? "" })));
  const done = byServer.filter((members) => members.every(({ state }) => state === "done"));
  const refused = byServer.filter((members) => members.some(({ state }) => state === "refused"));
  const unknown = byServer.filter((members) => !done.includes(members) && !refused.includes(members));
  if (done.length === byServer.length)
    return byServer.length === 1
      ? t("Changed on {servers}.", { servers: named(done) })
      : t("Changed on all {count, plural, one {# server} other {# servers}}.", { count: byServer.length });
  return [
    done.length === 0 ? "" : t("Changed on {servers}.", { servers: named(done) }),
    refused.length === 0 ? "" : t("Not changed on {servers}.", { servers: named(refused) }),
    unknown.length === 0 ? "" : t("Not known whether changed on {servers}.", { servers: named(unknown) }),
  ]
    .filter((words) => words !== "")
    .join(" ");
}
