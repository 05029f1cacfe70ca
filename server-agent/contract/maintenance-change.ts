/** What can be changed of a maintenance while it runs, and what its receipt says of that. */
import { z } from "zod";
import { Condition } from "./condition.ts";
import { timestamp } from "./fields.ts";
import { PageContent } from "./handler.ts";

/** What may be changed of a maintenance that runs. What is left out stays as it is. */
export const MaintenanceChange = z.strictObject({
  until: z
    .union([z.iso.datetime({ offset: true }), z.null()])
    .optional()
    .describe("New end, later or earlier; null: no end."),
  minutes: z
    .int()
    .min(-10_080)
    .max(10_080)
    .optional()
    .describe("Instead of `until`: minutes to move the end by (negative: earlier), counted from now if it has passed."),
  page: z
    .union([z.literal("default"), PageContent])
    .optional()
    .describe("Replaces the present page, or your own."),
  root: z.string().optional().describe("Replaces the present page."),
  status: z
    .union([z.int().min(400).max(599), z.null()])
    .optional()
    .describe("null: the default."),
  retryAfter: z
    .union([z.int().min(0).max(31_536_000), z.literal("end"), z.null()])
    .optional()
    .describe("null: the default."),
  exceptions: z
    .array(Condition)
    .optional()
    .describe("All requests that fall through to the original from now on; replaces the present list."),
  reason: z.string().max(500).optional().describe("Reason for the change, for the history."),
  author: z.string().max(200).optional(),
});
export type MaintenanceChange = z.infer<typeof MaintenanceChange>;

/** What a maintenance that runs can get anew. */
export const EDITED_FIELDS = ["until", "page", "root", "status", "retryAfter", "exceptions"] as const;

/** So many are kept of one maintenance, the latest. */
export const MAX_EDITS = 100;

/** One change of a maintenance while it ran. */
export const MaintenanceEdit = z.strictObject({
  at: timestamp,
  author: z.string(),
  generation: z.int().describe("The generation that the change created."),
  fields: z.array(z.enum(EDITED_FIELDS)),
  until: z.iso.datetime({ offset: true }).optional().describe("The end since then, if there is one."),
  reason: z.string().optional(),
});
export type MaintenanceEdit = z.infer<typeof MaintenanceEdit>;
