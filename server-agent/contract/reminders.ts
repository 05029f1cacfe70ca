import { z } from "zod";
import { timestamp } from "./fields.ts";
import { OccurrenceOf, FleetOperation } from "./maintenance.ts";

/** Who or what was told of a reminder. */
export const Delivery = z.strictObject({
  to: z
    .string()
    .min(1)
    .max(200)
    .describe("`desktop:anna@laptop`, or a channel: `webhook:ops`, `email:ops`, `command:page-me`."),
  at: timestamp,
  ok: z.boolean(),
  tries: z.int().min(1),
  why: z.string().max(1000).optional().describe("Why the delivery failed."),
});
export type Delivery = z.infer<typeof Delivery>;

/** What `text` says, in parts: for whoever knows the time zone of the reader. */
export const ReminderDetails = z.strictObject({
  what: z.string().describe("Title of the window, or reason for the maintenance and who started it; may be empty."),
  from: timestamp,
  to: timestamp.optional().describe("Absent if no end is planned."),
  zone: z.string().describe("Time zone of the window."),
  notes: z.array(z.string()).describe("Sentences."),
});
export type ReminderDetails = z.infer<typeof ReminderDetails>;

/**
 * Something that somebody has to know about a maintenance. Each is made exactly once, across
 * restarts, hand-overs and changes of the clock.
 */
export const Reminder = z.strictObject({
  id: z.string().regex(/^[A-Za-z0-9-]{1,200}$/, "use letters, digits and hyphens"),
  kind: z
    .enum([
      "ahead",
      "start",
      "end-ahead",
      "end",
      "overrun",
      "missed",
      "failed",
      "open-ended",
      "hook-gone",
      "certificate",
    ])
    .describe(
      "`start`: it has started, or somebody has to start it. `overrun`: overdue, a site is still in maintenance. `open-ended`: a site is in maintenance and has no planned end. `hook-gone`: a web server does not ask the agent, so the window could not close its site. `certificate`: one could not be obtained from its authority, or renewed.",
    ),
  due: timestamp,
  title: z.string(),
  text: z.string(),
  details: ReminderDetails.optional(),
  sites: z.array(z.string()),
  occurrence: OccurrenceOf.optional(),
  receipts: z.array(z.string()).describe("The maintenances it is about."),
  operation: FleetOperation.optional().describe(
    "The fleet operation it belongs to: other servers have the same reminder.",
  ),
  deliveries: z.array(Delivery).max(100),
  acted: z
    .strictObject({ act: z.enum(["start", "extend", "bring-back", "skip"]), by: z.string(), at: timestamp })
    .optional()
    .describe("The action somebody took, if any."),
});
export type Reminder = z.infer<typeof Reminder>;

/** What is behind a webhook's address. */
export const WebhookFormat = z
  .enum(["json", "text", "slack", "teams", "discord", "mattermost", "ntfy", "telegram"])
  .describe(
    '`json`: the whole reminder. `text`: `{"text": "…"}`, as Rocket.Chat and others take it. The others: what these services document.',
  );
export type WebhookFormat = z.infer<typeof WebhookFormat>;

/** Of a status page, all but its API key. */
const remoteId = z.string().regex(/^[A-Za-z0-9_-]{1,100}$/, "use the id of the service: letters, digits, - and _");
const statusPage = {
  kind: z.literal("status-page"),
  service: z.enum(["statuspage", "instatus", "uptime-kuma"]),
  api: z
    .url({ protocol: /^https?$/, error: "use an address that begins with https:// or http://" })
    .max(500)
    .refine((url) => !/[?#@]/.test(url), "give scheme, host and path alone")
    .optional()
    .describe("Base URL of the API. Default: the service's own. Required for `uptime-kuma`: its address."),
  user: z.string().min(1).max(320).optional().describe("Only for `uptime-kuma`: the user name."),
  page: remoteId.describe("Id of the page; for `uptime-kuma`, its slug."),
  components: z
    .array(remoteId)
    .max(50)
    .describe("Ids of the components (for `uptime-kuma`, the monitors) to show as under maintenance."),
  sites: z.array(z.string().min(1).max(200)).max(500).describe("Only these sites. Empty: all."),
};

/** What each kind of channel has. */
const common = {
  server: z
    .string()
    .min(1)
    .max(100)
    .optional()
    .describe("Name of this server in messages. Default: its host name. If left out, it is not changed."),
};

/** Of e-mail, all but the password. */
const mailAddress = z
  .string()
  .max(254)
  .regex(/^[^\s@<>()[\],;:\\"]+@[^\s@<>()[\],;:\\"]+$/, "use an address like ops@example.com");
const email = {
  kind: z.literal("email"),
  host: z
    .string()
    .regex(/^[A-Za-z0-9.:-]{1,253}$/, "use the name of the mail server alone, like smtp.example.com")
    .describe("The mail server that sends the messages (SMTP)."),
  port: z.int().min(1).max(65_535),
  security: z
    .enum(["tls", "starttls", "none"])
    .describe("`tls`: encrypted from the start. `starttls`: sends nothing if the server does not offer it."),
  user: z
    .string()
    .min(1)
    .max(320)
    .regex(/^\P{Cc}*$/u, "remove the control characters")
    .optional(),
  from: mailAddress,
  to: z.array(mailAddress).min(1, "name somebody").max(20),
};

/**
 * Where reminders go besides the desktop. The path of a URL, a secret and a password never leave
 * the agent again.
 */
export const ChannelDraft = z.discriminatedUnion("kind", [
  z.strictObject({
    ...common,
    kind: z.literal("webhook"),
    url: z
      .url({ protocol: /^https?$/, error: "use an address that begins with https:// or http://" })
      .max(2000)
      .refine(
        (url) => !/^[^/]*\/\/[^/?#]*@/.test(url),
        "remove the user name and password; put a webhook's secret in the path or in `secret`",
      )
      .optional()
      .describe("Required for a new channel. If left out, it is not changed."),
    format: WebhookFormat,
    secret: z
      .string()
      .min(8)
      .max(500)
      .nullable()
      .optional()
      .describe("Signs the messages. If left out, it is not changed; null removes it."),
  }),
  z.strictObject({
    ...common,
    kind: z.literal("command"),
    program: z
      .string()
      .regex(/^[A-Za-z0-9][\w.-]{0,99}$/, "use the name of a file in hooks/, without folders")
      .describe("Name of an executable file in `hooks/` of the state directory."),
  }),
  z.strictObject({
    ...common,
    ...email,
    port: email.port.optional().describe("Default: 465 for `tls`, 587 otherwise."),
    password: z
      .string()
      .min(1)
      .max(1000)
      .optional()
      .describe("Required with `user`. If left out, it is not changed, unless it would go to another server."),
  }),
  z.strictObject({
    ...common,
    ...statusPage,
    token: z
      .string()
      .min(1)
      .max(500)
      .regex(/^\P{Cc}*$/u, "remove the control characters")
      .optional()
      .describe(
        "API key; for `uptime-kuma`, the password. Required for a new channel. If left out, it is not changed, unless it would go elsewhere.",
      ),
  }),
]);
export type ChannelDraft = z.infer<typeof ChannelDraft>;

const shown = { id: z.string(), server: common.server };

/** A channel as the API shows it. */
export const Channel = z.discriminatedUnion("kind", [
  z.strictObject({
    ...shown,
    kind: z.literal("webhook"),
    origin: z.string().describe("Scheme, host and port of the URL."),
    format: WebhookFormat,
    hasSecret: z.boolean(),
  }),
  z.strictObject({ ...shown, kind: z.literal("command"), program: z.string() }),
  z.strictObject({ ...shown, ...email, hasPassword: z.boolean() }),
  z.strictObject({
    ...shown,
    ...statusPage,
    open: z.array(z.string()).describe("Receipts whose maintenance is open there."),
    trouble: z.string().optional().describe("Why the page could not be changed; the agent tries again."),
  }),
]);
export type Channel = z.infer<typeof Channel>;
