/** The settings of the app. */
import { t } from "../language/translate.ts";
import { z } from "zod";
import { WindowDraft } from "../../server-agent/contract/windows.ts";
import { LANGUAGES } from "../language/language.ts";
import { command } from "./command.ts";

const wallTime = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, { error: () => t("Enter a time like 22:00.") });

/** Do not disturb, in this computer's local time; across midnight if `from` is the later one. */
export const QuietHours = z.strictObject({ from: wallTime, to: wallTime }).refine(({ from, to }) => from !== to, {
  path: ["to"],
  error: () => t("Quiet hours cannot start and end at the same time."),
});
export type QuietHours = z.infer<typeof QuietHours>;

/** How the overview lists the sites: rows of 42, 34 or 28 px; in order of priority, or sorted. */
export const OverviewLook = z.strictObject({
  density: z.enum(["comfortable", "normal", "compact"]),
  sort: z.enum(["priority", "name", "state", "in-flight", "rate", "next"]),
  descending: z.boolean(),
});
export type OverviewLook = z.infer<typeof OverviewLook>;

export const Settings = z.strictObject({
  appearance: z.enum(["system", "light", "dark"]),
  language: z.enum(["system", ...LANGUAGES]),
  author: z.string().max(200).describe("Name written into receipts. Default: the login name."),
  notifications: z.boolean(),
  quietHours: QuietHours.nullable().describe("Do not disturb: only overdue sites are notified then."),
  reminders: WindowDraft.shape.reminders.unwrap().describe("Default reminders of a new window."),
  revertIfWrong: z.boolean().describe("Whether a new maintenance is reverted by itself if its proof fails."),
  showsRecipe: z.boolean().describe("The wizard shows all seven steps of the recipe, not four."),
  startAtLogin: z.boolean(),
  startAtLoginOffered: z.boolean(),
  trayExplained: z.boolean(),
  overview: OverviewLook.optional(),
});
export type Settings = z.infer<typeof Settings>;

export type SettingsChange = { [K in keyof Settings]?: Settings[K] | undefined };

export const SETTINGS_COMMANDS = {
  "settings.update": command(Settings.partial()).returns<null>(),
};
