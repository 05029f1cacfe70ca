/** What one file of `channels/` holds, with its secrets: mode 0600, like all files of the state. */
import { z } from "zod";
import { WebhookFormat } from "../contract/reminders.ts";

const common = { id: z.string(), createdAt: z.iso.datetime(), server: z.string().optional() };

export const StoredChannel = z.discriminatedUnion("kind", [
  z.strictObject({
    ...common,
    kind: z.literal("webhook"),
    url: z.string(),
    format: WebhookFormat,
    secret: z.string().optional(),
  }),
  z.strictObject({ ...common, kind: z.literal("command"), program: z.string() }),
  z.strictObject({
    ...common,
    kind: z.literal("email"),
    host: z.string(),
    port: z.int(),
    security: z.enum(["tls", "starttls", "none"]),
    user: z.string().optional(),
    password: z.string().optional(),
    from: z.string(),
    to: z.array(z.string()),
  }),
  z.strictObject({
    ...common,
    kind: z.literal("status-page"),
    service: z.enum(["statuspage", "instatus", "uptime-kuma"]),
    api: z.string().optional(),
    user: z.string().optional(),
    page: z.string(),
    components: z.array(z.string()),
    sites: z.array(z.string()),
    token: z.string(),
    /** What the agent has opened there, by receipt. */
    opened: z.array(z.strictObject({ receipt: z.string(), id: z.string() })),
  }),
]);
export type StoredChannel = z.infer<typeof StoredChannel>;
