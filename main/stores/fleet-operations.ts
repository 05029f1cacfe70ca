/** Fleet operations, as they are stored. */
import { z } from "zod";
import { FleetTarget } from "../contract/fleet.ts";
import type { DocumentDefinition } from "./document.ts";

const StoredServer = z.strictObject({
  serverId: z.string(),
  name: z.string(),
  sites: z.array(z.string()),
  phase: z.enum([
    "waiting",
    "staging",
    "staged",
    "refused",
    "committing",
    "committed",
    "undoing",
    "undone",
    "failed",
    "unknown",
  ]),
  failure: z.strictObject({ code: z.string(), message: z.string() }).nullable(),
  stageId: z.string().nullable(),
  receipts: z.array(z.string()),
  committedAfterMs: z.number().nullable(),
  warnings: z.array(z.string()),
});

/** A switch of several servers, as far as it is known to have come. */
export const StoredOperation = z.strictObject({
  id: z.string(),
  title: z.string(),
  kind: z.enum(["maintenance", "revert"]),
  phase: z.enum(["staging", "committing", "undoing", "done", "refused", "undone", "incomplete", "interrupted"]),
  startedAt: z.iso.datetime(),
  skewMs: z.number().nullable(),
  servers: z.array(StoredServer),
  targets: z.array(FleetTarget),
  author: z.string(),
});
export type StoredOperation = z.infer<typeof StoredOperation>;

export const fleetOperationsDocument: DocumentDefinition<StoredOperation[]> = {
  name: "operations",
  title: "the switches of several servers",
  version: 1,
  schema: z.array(StoredOperation),
  defaults: [],
  migrations: {},
};
