/** The settings, as they are stored, with their defaults. */
import { DEFAULT_REMINDERS } from "../../server-agent/core/reminders/default-reminders.ts";
import { Settings } from "../contract/settings.ts";
import type { DocumentDefinition } from "./document.ts";

/** What came with version 2, and with version 3. */
const ADDED = {
  quietHours: null,
  reminders: DEFAULT_REMINDERS,
  startAtLoginOffered: false,
};

const ADDED_LATER = { revertIfWrong: false };

/** @param author the login name of this account. */
export function settingsDocument(author: string): DocumentDefinition<Settings> {
  return {
    name: "settings",
    title: "the settings",
    version: 3,
    schema: Settings,
    defaults: {
      appearance: "system",
      author,
      notifications: true,
      ...ADDED,
      ...ADDED_LATER,
      startAtLogin: false,
      trayExplained: false,
    },
    migrations: {
      1: (content) => ({ ...ADDED, ...(content as object) }),
      2: (content) => ({ ...ADDED_LATER, ...(content as object) }),
    },
  };
}
