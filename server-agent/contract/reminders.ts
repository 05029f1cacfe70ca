import { z } from "zod";
import { timestamp } from "./fields.ts";
import { OccurrenceOf, FleetOperation } from "./maintenance.ts";

/** Who or what was told of a reminder. */
export const Delivery = z.strictObject({
  to: z.string().min(1).max(200).describe("`desktop:anna@laptop`, or a channel: `webhook:ops`, `command:page-me`."),
  at: timestamp,
  ok: z.boolean(),
  tries: z.int().min(1),
  why: z.string().max(1000).optional().describe("Why it did not arrive."),
});
export type Delivery = z.infer<typeof Delivery>;

/**
 * Something that somebody has to know about a maintenance. Each is made once, wherever the agent
 * and its clock were meanwhile.
 */
export const Reminder = z.strictObject({
  id: z.string().regex(/^[A-Za-z0-9-]{1,200}$/, "use letters, digits and hyphens"),
  kind: z
    .enum(["ahead", "start", "end-ahead", "end", "overrun", "missed", "failed", "open-ended"])
    .describe(
      "`start`: it has started, or waits for somebody to start it. `overrun`: its end is over, and a site is still closed. `open-ended`: a site is closed, and no end is planned.",
    ),
  due: timestamp,
  title: z.string(),
  text: z.string(),
  sites: z.array(z.string()),
  occurrence: OccurrenceOf.optional(),
  receipts: z.array(z.string()).describe("The maintenances that it is about."),
  operation: FleetOperation.optional().describe(
    "The fleet operation that it is a part of: other servers remind of the same.",
  ),
  deliveries: z.array(Delivery).max(100),
  acted: z
    .strictObject({ act: z.enum(["start", "extend", "bring-back", "skip"]), by: z.string(), at: timestamp })
    .optional()
    .describe("What somebody did about it afterwards."),
});
export type Reminder = z.infer<typeof Reminder>;

/**
 * Where reminders go besides the desktop. What stands in a URL or a secret never leaves the agent
 * again.
 */
export const ChannelDraft = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("webhook"),
    url: z
      .url({ protocol: /^https?$/, error: "use an address that begins with https:// or http://" })
      .max(2000)
      .refine(
        (url) => !/^[^/]*\/\/[^/?#]*@/.test(url),
        "leave name and password out of the address; a webhook has its secret in the path, or in `secret`",
      )
      .optional()
      .describe("Required for a new channel; left out, it stays as it is."),
    format: z.enum(["json", "text"]).describe('`json`: the reminder. `text`: `{"text": "…"}`, as chat tools take it.'),
    secret: z
      .string()
      .min(8)
      .max(500)
      .nullable()
      .optional()
      .describe("Signs what is sent. Left out, it stays as it is; null removes it."),
  }),
  z.strictObject({
    kind: z.literal("command"),
    program: z
      .string()
      .regex(/^[A-Za-z0-9][\w.-]{0,99}$/, "use the name of a file in hooks/, without folders")
      .describe("Name of an executable file in the folder `hooks/` of the state directory."),
  }),
]);
export type ChannelDraft = z.infer<typeof ChannelDraft>;

/** A channel as the API shows it. */
export const Channel = z.discriminatedUnion("kind", [
  z.strictObject({
    id: z.string(),
    kind: z.literal("webhook"),
    origin: z.string().describe("Of the URL: scheme, host and port."),
    format: z.enum(["json", "text"]),
    hasSecret: z.boolean(),
  }),
  z.strictObject({ id: z.string(), kind: z.literal("command"), program: z.string() }),
]);
export type Channel = z.infer<typeof Channel>;
