/** Staff passes: a link per person that opens a closed site for the browser that follows it. */
import { z } from "zod";
import { timestamp } from "./fields.ts";

export const PassDraft = z.strictObject({
  name: z.string().trim().min(1).max(100).describe("Person who gets it."),
  site: z.string().min(1).describe("Id of the virtual host that it opens."),
  until: z.iso.datetime({ offset: true }).describe("When it expires; at most a year from now."),
  author: z.string().max(200).optional(),
});
export type PassDraft = z.infer<typeof PassDraft>;

/** What everybody may know of a pass. */
export const Pass = z.strictObject({
  id: z.string(),
  name: z.string(),
  site: z.string(),
  until: z.iso.datetime({ offset: true }),
  createdAt: timestamp,
  author: z.string(),
  opened: z.int().describe("How often its link was opened."),
  firstUsedAt: timestamp.optional().describe("To the minute."),
  lastUsedAt: timestamp.optional().describe("To the minute."),
  revoked: z.strictObject({ at: timestamp, by: z.string() }).optional(),
});
export type Pass = z.infer<typeof Pass>;

/** A new pass, with what is told only once. */
export const IssuedPass = z.strictObject({
  ...Pass.shape,
  links: z.array(z.string()).describe("For each name of the site; a path where it has none of its own."),
});
export type IssuedPass = z.infer<typeof IssuedPass>;
