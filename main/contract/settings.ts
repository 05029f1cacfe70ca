/** The settings of the app. */
import { z } from "zod";
import { WindowDraft } from "../../server-agent/contract/windows.ts";
import { command } from "./command.ts";

const wallTime = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, "Give a time like 22:00.");

/** By the clock on this computer's wall, across midnight where `from` is the later one. */
export const QuietHours = z.strictObject({ from: wallTime, to: wallTime }).refine(({ from, to }) => from !== to, {
  path: ["to"],
  message: "Quiet hours end at another time than they begin.",
});
export type QuietHours = z.infer<typeof QuietHours>;

export const Settings = z.strictObject({
  appearance: z.enum(["system", "light", "dark"]),
  author: z.string().max(200).describe("Name written into receipts; the login name at first."),
  notifications: z.boolean(),
  quietHours: QuietHours.nullable().describe("Nothing but “still in maintenance after its end” is said then."),
  reminders: WindowDraft.shape.reminders.unwrap().describe("What a new window reminds of."),
  startAtLogin: z.boolean(),
  startAtLoginOffered: z.boolean(),
  trayExplained: z.boolean(),
});
export type Settings = z.infer<typeof Settings>;

export type SettingsChange = { [K in keyof Settings]?: Settings[K] | undefined };

export const SETTINGS_COMMANDS = {
  "settings.update": command(Settings.partial()).returns<null>(),
};
