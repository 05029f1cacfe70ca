import { isDeepStrictEqual } from "node:util";
import type { Config, Receipt } from "../contract.ts";
import type { StoredGeneration } from "../store/stored-generation.ts";
import { observeMaintenance } from "./observe-maintenance.ts";
import { newReceiptId } from "./receipt-id.ts";

/**
 * Receipts that a generation opens or closes: the one that the change is about, then those that follow from the document.
 * @param own the receipt that the change itself opens or closes, in its new state
 * @param documentOf the stored document of a generation, to tell whether an undo is exact
 */
export async function receiptTransitions(
  config: Config,
  record: Omit<StoredGeneration, "config" | "receipts">,
  own: Receipt | undefined,
  receipts: readonly Receipt[],
  documentOf: (generation: number) => Promise<Config | undefined>,
): Promise<Receipt[]> {
  const known = own === undefined ? receipts : [own, ...receipts.filter((receipt) => receipt.id !== own.id)];
  const before = new Map<string, Config | undefined>();
  for (const receipt of known) {
    const isGone = receipt.state === "in-maintenance" && !config.virtualHosts.some((host) => host.id === receipt.copycat);
    if (isGone) before.set(receipt.id, await documentOf(receipt.generation - 1));
  }
  const observed = observeMaintenance(config, known, {
    ...record,
    at: record.createdAt,
    newId: () => newReceiptId(record.createdAt),
    isExact: (receipt) => isDeepStrictEqual(before.get(receipt.id), config),
  });
  return own === undefined ? observed : [own, ...observed.filter((receipt) => receipt.id !== own.id)];
}
