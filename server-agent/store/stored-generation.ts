/** What one file of `generations/` holds. */
import { z } from "zod";
import { Change } from "../contract/agent.ts";
import { Receipt } from "../contract/maintenance.ts";
import type { Config } from "../contract/config.ts";
import type { ConfigDelta } from "../core/config/config-delta.ts";

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

/** A document as what differs from that of another generation, which is stored whole. */
export interface StoredDelta {
  base: number;
  delta: ConfigDelta;
}

/**
 * The document is checked by `validateConfig` before it serves, so that here it may be anything.
 */
export const GenerationFile = z.discriminatedUnion("format", [
  z.strictObject({ format: z.literal(1), ...fields, config: z.unknown() }),
  z.strictObject({
    format: z.literal(2),
    ...fields,
    base: z.int().positive(),
    delta: z.strictObject({ rest: z.unknown().optional(), virtualHosts: z.array(z.unknown()) }),
  }),
]);

/** @param stored With all of its document unless a delta is given. */
export function encodeGeneration({ config, ...record }: StoredGeneration, delta?: StoredDelta): unknown {
  const common = { ...record, receipts: record.receipts.map(encodeReceipt) };
  return delta === undefined ? { format: 1, ...common, config } : { format: 2, ...common, ...delta };
}

export interface DecodedGeneration {
  record: GenerationRecord;
  /** Not validated. */
  document: { config: unknown } | StoredDelta;
}

/** `undefined` when this is not a generation as this version of the agent writes it. */
export function decodeGeneration(value: unknown): DecodedGeneration | undefined {
  const parsed = GenerationFile.safeParse(value);
  if (!parsed.success) return undefined;
  if (parsed.data.format === 1) {
    const { format: _format, config, ...record } = parsed.data;
    return { record, document: { config } };
  }
  const { format: _format, base, delta, ...record } = parsed.data;
  return { record, document: { base, delta: delta as ConfigDelta } };
}
