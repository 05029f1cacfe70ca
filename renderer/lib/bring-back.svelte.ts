/** Bringing sites back: one click, from wherever a site in maintenance is shown. */
import { SvelteMap } from "svelte/reactivity";
import type { Failure } from "../../main/ipc-contract.ts";
import { call, failureOf } from "./bridge.ts";

interface Attempt {
  busy: boolean;
  failure: Failure | undefined;
}

const attempts = new SvelteMap<string, Attempt>();

export function attemptOf(receiptId: string): Attempt | undefined {
  return attempts.get(receiptId);
}

/** Resolves to whether the site is back; a failure is kept and shown where the receipt is. */
export async function bringBack(serverId: string, receiptId: string, how: "delete" | "demote" = "delete"): Promise<boolean> {
  if (attempts.get(receiptId)?.busy === true) return false;
  attempts.set(receiptId, { busy: true, failure: undefined });
  try {
    await call("maintenance.revert", { serverId, receiptId, how });
    attempts.delete(receiptId);
    return true;
  } catch (error) {
    attempts.set(receiptId, { busy: false, failure: failureOf(error) });
    return false;
  }
}
