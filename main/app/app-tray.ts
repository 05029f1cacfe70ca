/** The tray, with what its menu does to a running maintenance. */
import { t } from "../language/translate.ts";
import { Notification, dialog } from "electron";
import { EXTENSION_MINUTES } from "../contract/shared/extension.ts";
import type { Failure } from "../contract/failures.ts";
import { type TrayIcon, openTray } from "../desktop/tray.ts";
import { messageOf } from "../failures.ts";
import type { Servers } from "../servers/servers.ts";
import type { Preferences } from "../state/preferences.ts";
import type { StateStore } from "../state/state-store.ts";
import type { MainWindow } from "./main-window.ts";

export function openAppTray(
  pictures: string,
  store: StateStore,
  servers: Servers,
  { reveal, go }: MainWindow,
  quit: () => void,
): TrayIcon {
  const state = () => store.state;
  const tray = openTray({
    pictures,
    state,
    open: (destination) => (destination === undefined ? reveal() : go(destination)),
    revert: ({ serverId, receiptId, label }) =>
      void servers
        .call(serverId, "revertMaintenance", {
          params: { id: receiptId },
          body: { how: "delete", author: state().settings.author },
        })
        .then((reply) => {
          if (!reply.ok) showFailure(t("{site}: not brought back", { site: label }), reply.failure);
          go({ screen: "progress", serverId, receiptId });
        }),
    extend: (running) =>
      void servers
        .call(running.serverId, "changeMaintenance", {
          params: { id: running.receiptId },
          body: { minutes: EXTENSION_MINUTES, author: state().settings.author },
        })
        .then((reply) => {
          if (!reply.ok) showFailure(t("{site}: not extended", { site: running.label }), reply.failure);
        }),
    quit,
  });
  store.onPatch(() => tray.refresh());
  return tray;
}

function showFailure(title: string, { message, code }: Failure): void {
  dialog.showErrorBox(title, `${message} (${code})`);
}

/** Says once that the app goes on when its window is closed. */
export function explainTray(preferences: Preferences, log: (line: string) => void): void {
  if (preferences.value.trayExplained) return;
  if (Notification.isSupported())
    new Notification({
      title: t("Backsoon is still running"),
      body: t("It stays in the panel and watches your servers. To quit it, use its icon there."),
    }).show();
  try {
    preferences.update({ trayExplained: true });
  } catch (error) {
    log(`the tray will be explained again: ${messageOf(error)}`);
  }
}
