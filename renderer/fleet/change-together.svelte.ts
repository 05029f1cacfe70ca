/**
 * Changes of several sites at once, by the switch that closed them: they go on, and are told, when
 * the screen is left and opened again.
 */
import { SvelteMap } from "svelte/reactivity";
import type { MaintenanceChange } from "../../main/contract/agent.ts";
import { EXTENSION_MINUTES } from "../../main/contract/shared/extension.ts";
import { t } from "../../main/language/translate.ts";
import { appState } from "../lib/app-state.svelte.ts";
import { call, failureOf, FailureError } from "../lib/bridge.ts";
import type { Site } from "../lib/sites.ts";
import { toasts } from "../lib/toasts.svelte.ts";
import { answered, asObserved, changesOf, laterEnds, type ChangedSite } from "./changed-sites.ts";

const latest = new SvelteMap<string, readonly ChangedSite[]>();

/** The latest change of the sites of an operation, as far as is known now. */
export function changedBy(operationId: string): ChangedSite[] {
  return (latest.get(operationId) ?? []).map((site) =>
    asObserved(
      site,
      appState.server(site.serverId)?.snapshot?.maintenance.find(({ id }) => id === site.receiptId),
    ),
  );
}

/**
 * Sends each site its changes; none where nothing changes there.
 *
 * @throws {FailureError} when nothing was changed anywhere, as every one refused
 */
export async function changeSites(
  operationId: string,
  sites: readonly Site[],
  parts: readonly MaintenanceChange[][],
): Promise<void> {
  const changed = changesOf(sites, parts);
  if (changed.length === 0) return;
  await send(operationId, changed, changed);
  const after = changedBy(operationId);
  const failure = after.every(({ state }) => state === "refused") ? after[0]?.failure : undefined;
  if (failure !== undefined && failure !== null) throw new FailureError(failure);
}

/** Once more where it was refused, and where nobody knows. */
export async function changeOthers(operationId: string): Promise<void> {
  const known = changedBy(operationId);
  const missing = known.filter(({ state }) => state !== "done");
  if (missing.length > 0) await orSaid(() => send(operationId, known, missing));
}

/** The end of each so much later. */
export async function extendSites(operationId: string, sites: readonly Site[]): Promise<void> {
  const receipts = sites.map(({ receipt }) => receipt ?? {});
  await orSaid(() => changeSites(operationId, sites, laterEnds(receipts, EXTENSION_MINUTES, Date.now())));
}

async function orSaid(change: () => Promise<void>): Promise<void> {
  try {
    await change();
  } catch (error) {
    toasts.fail(t("Nothing was changed"), failureOf(error));
  }
}

async function send(operationId: string, all: readonly ChangedSite[], sent: readonly ChangedSite[]): Promise<void> {
  const before = latest.get(operationId);
  const sending = all.map((site) =>
    sent.includes(site) ? { ...site, state: "sending" as const, failure: null } : site,
  );
  latest.set(operationId, sending);
  try {
    const changes = sent.map(({ serverId, receiptId, parts }) => ({ serverId, receiptId, parts }));
    latest.set(operationId, answered(sending, await call("fleet.change", { changes })));
  } catch (error) {
    // Nothing was sent: what is known is what was known before.
    if (before === undefined) latest.delete(operationId);
    else latest.set(operationId, before);
    throw error;
  }
}
