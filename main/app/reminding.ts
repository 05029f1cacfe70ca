/** Reminding with what this desktop has: who is told here, and how. */
import os from "node:os";
import type { Destination } from "../contract/desktop.ts";
import { desktopNotifications } from "../reminders/desktop-notifications.ts";
import { electronNotifications } from "../reminders/electron-notifications.ts";
import { firstOf } from "../reminders/notifications.ts";
import { Reminding } from "../reminders/reminding.ts";
import type { Servers } from "../servers/servers.ts";
import type { StateStore } from "../state/state-store.ts";
import type { OpenDocument } from "../stores/document.ts";
import type { Reminded } from "../stores/reminded.ts";

export function openReminding(
  document: OpenDocument<Reminded>,
  servers: Servers,
  store: StateStore,
  go: (destination: Destination) => void,
  log: (line: string) => void,
): Reminding {
  const electronOnly = electronNotifications();
  return new Reminding({
    store,
    document,
    servers,
    notifications: process.platform === "linux" ? firstOf([desktopNotifications(log), electronOnly]) : electronOnly,
    go,
    desktop: `desktop:${os.userInfo().username}@${os.hostname()}`.slice(0, 200),
    log,
  });
}
