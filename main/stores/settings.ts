/** The settings, as they are stored, with their defaults. */
import { DEFAULT_REMINDERS } from "../../server-agent/core/reminders/default-reminders.ts";
import { Settings } from "../contract/settings.ts";
import type { DocumentDefinition } from "./document.ts";

/** What came with each version. */
const ADDED_IN_2 = {
  quietHours: null,
  reminders: DEFAULT_REMINDERS,
  startAtLoginOffered: false,
};
const ADDED_IN_3 = { revertIfWrong: false };
const ADDED_IN_4 = { showsRecipe: false };
const ADDED_IN_5 = { language: "system" } as const;

/** @param author the login name of this account. */
export function settingsDocument(author: string): DocumentDefinition<Settings> {
  return {
    name: "settings",
    title: "the settings",
    version: 5,
    schema: Settings,
    defaults: {
      appearance: "system",
      author,
      notifications: true,
      ...ADDED_IN_2,
      ...ADDED_IN_3,
      ...ADDED_IN_4,
      ...ADDED_IN_5,
      startAtLogin: false,
      trayExplained: false,
    },
    migrations: {
      1: (content) => ({ ...ADDED_IN_2, ...(content as object) }),
      2: (content) => ({ ...ADDED_IN_3, ...(content as object) }),
      3: (content) => ({ ...ADDED_IN_4, ...(content as object) }),
      4: (content) => ({ ...ADDED_IN_5, ...(content as object) }),
    },
  };
}
