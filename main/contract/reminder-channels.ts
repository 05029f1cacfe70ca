/** Where a server's agent sends reminders. Addresses and secrets go there and never come back. */
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
  /** Sends a message of its own now, once. */
  "channel.test": command(z.strictObject(oneChannel)).returns<{ ok: boolean; why?: string | undefined }>(),
};
