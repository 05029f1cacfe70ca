/** Chooses the language of the app, by the settings or by the system. */
import { app } from "electron";
import type { Settings } from "../contract/settings.ts";
import { chooseLanguage, languageFor } from "../language/language.ts";

/**
 * What the system prefers is known before Electron is ready: the list of the account on Windows and
 * macOS, `LANGUAGE`, `LC_ALL`, `LC_MESSAGES` or `LANG` on Linux. Chromium's switch `--lang` stands
 * above it.
 */
export function chooseAppLanguage(setting: Settings["language"]): void {
  chooseLanguage(
    setting === "system"
      ? languageFor([app.commandLine.getSwitchValue("lang"), ...app.getPreferredSystemLanguages()])
      : setting,
  );
}
