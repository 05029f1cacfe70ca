/**
 * Everything that is stored, a folder of the state directory for each kind, with one sealed file
 * for each thing. A new kind needs an entry here, and `main/install/uninstall-plan.ts` its file
 * names; all else follows: opening, checking, setting damaged files aside, closing, and what the
 * crash test expects.
 */
import { z } from "zod";
import { nonEmpty, timestamp } from "../contract/fields.ts";
import { Stage } from "../contract/maintenance.ts";
import { Pass } from "../contract/passes.ts";
import { Reminder } from "../contract/reminders.ts";
import { StoredChannel } from "./stored-channel.ts";
import { GenerationFile, StoredReceipt } from "./stored-generation.ts";
import { StoredTraffic } from "./stored-traffic.ts";
import { StoredWindow } from "./stored-window.ts";

export interface StoredKind<T = unknown> {
  /** In words, for the log. */
  readonly name: string;
  /** The names of its files; others are left alone. */
  readonly fileName: RegExp;
  readonly schema: z.ZodType<T>;
  /**
   * What happens without a file that is torn or altered, which is set aside as `*.corrupt`:
   * `previous-serves`: the highest good one is active, and without any the agent does not start.
   * `left-out`: goes on without it, as it is an observation, or can be made again. `missed`: goes
   * on without it, and says so at every start until it is stored anew or the `*.corrupt` removed,
   * as something will not happen that somebody counts on.
   */
  readonly damaged: "previous-serves" | "left-out" | "missed";
}

/** Its file has mode 0600, like all files of the state. */
const PassWithKey = z.strictObject({
  ...Pass.shape,
  key: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .optional()
    .describe("Signs it; gone once it is revoked."),
});

/** By which visitors of TLS come back, for twelve hours. */
const TicketKey = z.strictObject({
  id: z.literal("current"),
  key: z.string().regex(/^[0-9a-f]{96}$/),
  madeAt: timestamp,
});

/**
 * An account with an authority that issues certificates. Its file has mode 0600, like all files of
 * the state.
 */
const StoredAccount = z.strictObject({
  id: nonEmpty.describe("Name of the authority."),
  thumbprint: z.string().regex(/^[A-Za-z0-9_-]{43}$/),
  key: z.string().optional().describe("PEM; absent for one that stands in a file of the operator's."),
});

const OrderedNames = { directory: z.string(), names: z.array(z.string()) };

/**
 * Of a certificate that the agent obtains, what its PEM file does not say. Lost, it is ordered
 * again.
 */
const StoredCertificate = z.strictObject({
  id: nonEmpty.describe("Of the virtual host."),
  issued: z.strictObject({ ...OrderedNames, ends: timestamp, renewAt: timestamp }).optional(),
  failed: z
    .strictObject({
      wanted: z.strictObject(OrderedNames),
      since: timestamp,
      at: timestamp,
      attempts: z.int().min(1),
      retryAt: timestamp,
      message: z.string(),
    })
    .optional(),
  ordering: z.literal(true).optional().describe("An order is in progress, or was cut with its agent."),
});

const BY_NUMBER = /^\d{6,}\.json$/;
const BY_ID = /^[A-Za-z0-9-]+\.json$/;
/** As things of the configuration are named. */
const BY_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}\.json$/;

/** By folder. Whether something was switched is decided by the generations alone. */
export const STORED_KINDS = {
  /** One file commits a change, with the receipts that it opens or closes. */
  generations: { name: "generation", fileName: BY_NUMBER, schema: GenerationFile, damaged: "previous-serves" },
  /** What was observed of a receipt since its generation. */
  receipts: { name: "receipt", fileName: BY_ID, schema: StoredReceipt, damaged: "left-out" },
  /** The stage that is held, and the latest that ended. */
  stages: { name: "stage", fileName: BY_ID, schema: Stage, damaged: "left-out" },
  /** Planned windows, with what became of their occurrences. */
  windows: { name: "window", fileName: BY_ID, schema: StoredWindow, damaged: "missed" },
  /** What was said, to whom, and who acted. */
  reminders: { name: "reminder", fileName: BY_ID, schema: Reminder, damaged: "left-out" },
  /** Requests by site and hour, one file. */
  traffic: { name: "traffic history", fileName: BY_ID, schema: StoredTraffic, damaged: "left-out" },
  /** Staff passes, with the keys that sign them. */
  passes: { name: "pass", fileName: BY_ID, schema: PassWithKey, damaged: "left-out" },
  /** Where reminders go besides the desktop, with secrets. */
  channels: { name: "channel", fileName: BY_ID, schema: StoredChannel, damaged: "missed" },
  /** The key of session tickets, one file. */
  tickets: { name: "session ticket key", fileName: BY_ID, schema: TicketKey, damaged: "left-out" },
  /** With authorities that issue certificates. */
  accounts: { name: "ACME account", fileName: BY_NAME, schema: StoredAccount, damaged: "left-out" },
  /** What is known of certificates that were ordered; they are beside, as PEM. */
  certificates: { name: "certificate", fileName: BY_NAME, schema: StoredCertificate, damaged: "left-out" },
} as const satisfies Record<string, StoredKind>;

/** The kinds with a file for each id. */
export type KindById = Exclude<keyof typeof STORED_KINDS, "generations">;
export type StoredValue<K extends KindById> = z.infer<(typeof STORED_KINDS)[K]["schema"]>;
