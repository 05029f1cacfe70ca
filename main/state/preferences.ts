/** The settings and what follows from them in the system. */
import { t } from "../language/translate.ts";
import { type App, nativeTheme } from "electron";
import os from "node:os";
import path from "node:path";
import { done, failed, messageOf } from "../failures.ts";
import type { Result } from "../contract/failures.ts";
import { Settings, type SettingsChange } from "../contract/settings.ts";
import { HIDDEN_SWITCH, setAutostart } from "../desktop/login-item.ts";
import { chooseAppLanguage } from "../desktop/app-language.ts";
import type { StateStore } from "./state-store.ts";
import type { OpenDocument } from "../stores/document.ts";

/** The theme, the language and the start at login follow from them. */
export class Preferences {
  readonly #app: App;
  readonly #document: OpenDocument<Settings>;
  readonly #store: StateStore;

  #onLanguage: () => void = () => undefined;

  constructor(app: App, document: OpenDocument<Settings>, store: StateStore) {
    this.#app = app;
    this.#document = document;
    this.#store = store;
    nativeTheme.themeSource = document.value.appearance;
  }

  get value(): Settings {
    return this.#document.value;
  }

  /** @param listener is called when another language was chosen, once it is the one of the app */
  onLanguage(listener: () => void): void {
    this.#onLanguage = listener;
  }

  update(change: SettingsChange): Result<null> {
    const next = Settings.parse({
      ...this.#document.value,
      ...Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined)),
    });
    if (next.startAtLogin !== this.#document.value.startAtLogin) {
      const applied = this.#startAtLogin(next.startAtLogin);
      if (!applied.ok) return applied;
    }
    const isOtherLanguage = next.language !== this.#document.value.language;
    this.#document.save(next);
    nativeTheme.themeSource = next.appearance;
    if (isOtherLanguage) chooseAppLanguage(next.language);
    this.#store.set("settings", next);
    if (isOtherLanguage) this.#onLanguage();
    return done(null);
  }

  #startAtLogin(enabled: boolean): Result<null> {
    if (!this.#app.isPackaged)
      return failed(
        "settings.failed",
        t("Start at login works in the installed app only; this one runs from its source tree."),
      );
    try {
      if (process.platform === "linux") {
        // An AppImage runs from a mount that is gone at the next login; its own file is named in
        // APPIMAGE.
        setAutostart(
          process.env.XDG_CONFIG_HOME ?? path.join(os.homedir(), ".config"),
          process.env.APPIMAGE ?? process.execPath,
          enabled,
        );
      } else {
        this.#app.setLoginItemSettings({ openAtLogin: enabled, args: [HIDDEN_SWITCH] });
      }
      return done(null);
    } catch (error) {
      return failed("settings.failed", t("Start at login was not changed: {why}", { why: messageOf(error) }));
    }
  }
}
