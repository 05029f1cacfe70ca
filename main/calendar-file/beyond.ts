/** What a window has that iCalendar cannot express, as it is stored in a property of our own. */
import { z } from "zod";
import { WindowDraft } from "../../server-agent/contract/windows.ts";

/**
 * What iCalendar has no words for; travels in a property of its own, so that a window comes back
 * from its file as it was.
 */
export const Beyond = WindowDraft.pick({
  sites: true,
  atStart: true,
  atEnd: true,
  overrun: true,
  reminders: true,
}).extend({
  start: WindowDraft.shape.start.optional(),
  servers: z.array(z.string().min(1).max(100)).max(1000),
});
export type Beyond = z.infer<typeof Beyond>;

export const BEYOND = "x-backsoon-window";
