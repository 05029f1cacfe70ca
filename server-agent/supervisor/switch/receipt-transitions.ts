import { isDeepStrictEqual } from "node:util";
import type { Config } from "../../contract/config.ts";
import type { Receipt } from "../../contract/maintenance.ts";
import type { StoredGeneration } from "../../store/stored-generation.ts";
import { observeMaintenance } from "../../core/maintenance/observed-receipts.ts";
import { newTimedId } from "../timed-id.ts";

/**
 * Receipts that a generation opens or closes: those that the change is about, then those that
 * follow from the document.
 * @param own receipts that the change itself opens or closes, in their new state
 * @param exact see `exactlyUndone`
 */
export function receiptTransitions(
  config: Config,
  record: Omit<StoredGeneration, "config" | "receipts">,
  own: readonly Receipt[],
  receipts: readonly Receipt[],
  exact: ReadonlySet<string>,
): Receipt[] {
  const ids = new Set(own.map(({ id }) => id));
  const observed = observeMaintenance(config, [...own.toReversed(), ...receipts.filter(({ id }) => !ids.has(id))], {
    ...record,
    at: record.createdAt,
    newId: () => newTimedId(record.createdAt),
    isExact: ({ id }) => exact.has(id),
  });
  return [...own, ...observed.filter(({ id }) => !ids.has(id))];
}

/**
 * The open receipts whose copycat is gone from this document so that it is again what it was before
 * their switch.
 * @param documentOf the stored document of a generation
 */
export async function exactlyUndone(
  config: Config,
  receipts: readonly Receipt[],
  documentOf: (generation: number) => Promise<Config | undefined>,
): Promise<Set<string>> {
  const exact = new Set<string>();
  for (const { id, state, copycat, generation } of receipts) {
    const isGone = state === "in-maintenance" && !config.virtualHosts.some((host) => host.id === copycat);
    if (isGone && isDeepStrictEqual(await documentOf(generation - 1), config)) exact.add(id);
  }
  return exact;
}
