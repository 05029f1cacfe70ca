/**
 * The drain of every maintenance that a server tells of, recorded from its start, whoever started
 * it and whatever the screen shows.
 */
import { untrack } from "svelte";
import { SvelteMap } from "svelte/reactivity";
import type { ServerState } from "../../main/contract/servers.ts";
import { isOpen } from "../../main/contract/shared/states.ts";
import { appState } from "../lib/app-state.svelte.ts";
import { observedDrain, type DrainSample } from "../maintenance/drain-series.ts";

const series = new SvelteMap<string, DrainSample[]>();

/** As far as it was observed; empty where nothing was. */
export function drainOf(serverId: string, receiptId: string): DrainSample[] {
  return series.get(keyOf(serverId, receiptId)) ?? [];
}

/** To be called while a component is set up that stays as long as the page. */
export function recordDrains(): void {
  // A server's state is another object when something of it has changed.
  let known: readonly ServerState[] = [];
  $effect(() => {
    const { servers } = appState.current;
    untrack(() => {
      for (const server of servers) if (!known.includes(server)) record(server, Date.now());
      known = servers;
    });
  });
}

function record({ profile, connection, snapshot }: ServerState, at: number): void {
  const receipts = snapshot?.maintenance ?? [];
  for (const receipt of receipts) {
    const key = keyOf(profile.id, receipt.id);
    const before = series.get(key);
    // What was over before this page began is not followed.
    if (before === undefined && !isOpen(receipt)) continue;
    const after = observedDrain(before, receipt, at, connection.state === "connected");
    if (after !== before) series.set(key, after);
  }
  const present = new Set(receipts.map(({ id }) => keyOf(profile.id, id)));
  for (const key of series.keys()) if (key.startsWith(`${profile.id}/`) && !present.has(key)) series.delete(key);
}

function keyOf(serverId: string, receiptId: string): string {
  return `${serverId}/${receiptId}`;
}
