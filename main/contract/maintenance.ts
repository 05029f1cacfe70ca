/** Maintenance of one server's sites: plan, preview, start, revert and prove. */
import { z } from "zod";
import { MaintenanceOptions, type Plan, type Receipt } from "../../server-agent/contract/maintenance.ts";
import { MaintenanceChange } from "../../server-agent/contract/maintenance-change.ts";
import type { Proof } from "../../server-agent/contract/proof.ts";
import { command } from "./command.ts";
import { ifGeneration, onServer } from "./fields.ts";

/**
 * What each kind of visitor will get, rendered by the same code as the agent's answers.
 */
export interface ResponsePreview {
  /** `app://` URL of a frame with the page; `null` if the page is a file on the server. */
  pageUrl: string | null;
  /** Complete raw responses as text. */
  page: string;
  api: string;
  head: string;
}

const withOptions = { ...onServer, options: MaintenanceOptions };
const withReceipt = { ...onServer, receiptId: z.string() };

export const MAINTENANCE_COMMANDS = {
  "maintenance.plan": command(z.strictObject(withOptions)).returns<Plan>(),
  "maintenance.preview": command(z.strictObject(withOptions)).returns<ResponsePreview>(),
  "maintenance.start": command(z.strictObject({ ...withOptions, ifGeneration })).returns<Receipt>(),
  /** Changes one that runs: its end, its page, its exceptions. */
  "maintenance.change": command(
    z.strictObject({ ...withReceipt, change: MaintenanceChange.omit({ author: true }) }),
  ).returns<Receipt>(),
  "maintenance.revert": command(
    z.strictObject({ ...withReceipt, how: z.enum(["delete", "demote"]) }),
  ).returns<Receipt>(),
  "maintenance.prove": command(z.strictObject(withReceipt)).returns<Proof>(),
};
