/** Where a server's agent sends reminders. URLs and secrets are write-only. */
import { z } from "zod";
import { type Channel, ChannelDraft } from "../../server-agent/contract/reminders.ts";
import { command } from "./command.ts";
import { onServer } from "./fields.ts";

const oneChannel = { ...onServer, id: z.string() };

export const REMINDER_CHANNEL_COMMANDS = {
  "channels.list": command(z.strictObject(onServer)).returns<Channel[]>(),
  "channel.put": command(
    z.strictObject({ ...onServer, id: z.string().min(1).max(50), channel: ChannelDraft }),
  ).returns<Channel>(),
  "channel.remove": command(z.strictObject(oneChannel)).returns<null>(),
  /** Sends one test message now. */
  "channel.test": command(z.strictObject(oneChannel)).returns<{ ok: boolean; why?: string | undefined }>(),
};
