import type { Receipt } from "../contract/maintenance.ts";
import type { GenerationRecord } from "./stored-generation.ts";
import { textSize } from "./text-size.ts";

/** How much history is kept; of receipts that are reverted, so many, and so many characters. */
export const KEEP = {
  generations: 200,
  bytes: 64 * 1024 * 1024,
  receipts: 1000,
  receiptCharacters: 32 * 1024 * 1024,
} as const;

/** What counts of a receipt, without its figures, which change all the time. */
function sizeOf({ options, operations, inverse, changes, warnings }: Receipt): number {
  return [options, operations, inverse, changes, warnings].reduce((sum, part) => sum + textSize(part), 0);
}

/** What is known of the files of generations. */
export interface GenerationSizes {
  bytes(generation: number): number;
  /** The earlier generation without which this one cannot be read; undefined: none. */
  baseOf(generation: number): number | undefined;
}

/**
 * What may go: generations beyond the limits, oldest first, but never the active one, those of an
 * open maintenance (the switch and the document before it), one that a later one is told from, or
 * one whose receipt is not in a file of its own yet; and the oldest reverted receipts.
 */
export function prunable(
  records: readonly GenerationRecord[],
  receipts: readonly Receipt[],
  files: GenerationSizes,
  saved: ReadonlySet<string>,
): { generations: number[]; receipts: string[] } {
  const open = receipts.filter((receipt) => receipt.state === "in-maintenance");
  const known = new Set(receipts.map((receipt) => receipt.id));
  const needed = new Set<number>(open.flatMap((receipt) => [receipt.generation, receipt.generation - 1]));
  const generations: number[] = [];
  let count = 0;
  let size = 0;
  for (const [index, record] of records.toReversed().entries()) {
    count++;
    size += files.bytes(record.generation);
    const beyond = count > KEEP.generations || size > KEEP.bytes;
    const unsaved = record.receipts.some((receipt) => !saved.has(receipt.id) && known.has(receipt.id));
    if (beyond && index > 0 && !needed.has(record.generation) && !unsaved) generations.push(record.generation);
    else needed.add(files.baseOf(record.generation) ?? record.generation);
  }
  const reverted = receipts
    .filter((receipt) => receipt.state === "reverted")
    .toSorted((a, b) => (a.id < b.id ? 1 : -1));
  let characters = 0;
  const old = reverted.filter((receipt, index) => {
    characters += sizeOf(receipt);
    return index >= KEEP.receipts || (index > 0 && characters > KEEP.receiptCharacters);
  });
  return { generations, receipts: old.map((receipt) => receipt.id) };
}
