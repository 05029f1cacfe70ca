import { Settings } from "../ipc-contract.ts";
import type { DocumentDefinition } from "./document.ts";

/** @param author the login name of this account. */
export const settingsDocument = (author: string): DocumentDefinition<Settings> => ({
  name: "settings",
  title: "the settings",
  version: 1,
  schema: Settings,
  defaults: { appearance: "system", author, notifications: true, startAtLogin: false, trayExplained: false },
  migrations: {},
});
