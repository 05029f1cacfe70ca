/** Maintenance of one server's sites: what it would do, what visitors would get, and doing it. */
import { z } from "zod";
import { MaintenanceOptions, type Plan, type Proof, type Receipt } from "../../server-agent/contract/maintenance.ts";
import { command } from "./command.ts";
import { ifGeneration, onServer } from "./fields.ts";

/**
 * What visitors of different kinds will get, rendered by the same code that the agent answers with.
 */
export interface ResponsePreview {
  /** `app://` address of a frame with the page; `null` when it is one of the server's own files. */
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
  "maintenance.revert": command(
    z.strictObject({ ...withReceipt, how: z.enum(["delete", "demote"]) }),
  ).returns<Receipt>(),
  "maintenance.prove": command(z.strictObject(withReceipt)).returns<Proof>(),
};
