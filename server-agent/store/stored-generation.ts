/** What one file of `generations/` holds. */
import { z } from "zod";
import { Change } from "../contract/agent.ts";
import { Receipt } from "../contract/maintenance.ts";
import type { Config } from "../contract/config.ts";

/**
 * A receipt as it is stored. A time of 0 stands for one that is not known: it is measured after the
 * generation is stored, and versions that know no receipt without it must be able to read the file.
 */
export const StoredReceipt = Receipt.transform((receipt) => withTimes(receipt, (ms) => (ms === 0 ? undefined : ms)));

function encodeReceipt(receipt: Receipt): Receipt {
  return withTimes(receipt, (ms) => ms ?? 0);
}

function withTimes(receipt: Receipt, of: (switchMs: number | undefined) => number | undefined): Receipt {
  const { switchMs, revert } = receipt;
  const times = revert === undefined ? {} : { revert: { ...revert, switchMs: of(revert.switchMs) } };
  return { ...receipt, switchMs: of(switchMs), ...times };
}

const fields = {
  generation: z.int().positive(),
  createdAt: z.iso.datetime(),
  author: z.string(),
  reason: z.string(),
  changes: z.array(Change),
  /**
   * Receipts that this generation opened or closed, as they were then. They are in the generation's
   * file so that one rename commits both.
   */
  receipts: z.array(StoredReceipt),
  /**
   * The stage that this generation is the commit of. Here, and nowhere else, is decided whether a
   * stage was committed.
   */
  stage: z.string().optional(),
};

/** A generation without its document: what the history keeps in memory. */
export const GenerationRecord = z.strictObject(fields);
export type GenerationRecord = z.infer<typeof GenerationRecord>;

export interface StoredGeneration extends GenerationRecord {
  config: Config;
}

/**
 * The document is checked by `validateConfig` before it serves, so that here it may be anything.
 */
export const GenerationFile = z.strictObject({ format: z.literal(1), ...fields, config: z.unknown() });

export function encodeGeneration(stored: StoredGeneration): unknown {
  return { format: 1, ...stored, receipts: stored.receipts.map(encodeReceipt) } satisfies z.input<
    typeof GenerationFile
  >;
}

/** `undefined` when this is not a generation as this version of the agent writes it. */
export function decodeGeneration(value: unknown): { record: GenerationRecord; config: unknown } | undefined {
  const parsed = GenerationFile.safeParse(value);
  if (!parsed.success) return undefined;
  const { format: _format, config, ...record } = parsed.data;
  return { record, config };
}
