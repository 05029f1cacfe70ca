import { Notification } from "electron";
import { type Alert, alertsOf } from "./alerts.ts";
import type { AppState, Destination } from "./ipc-contract.ts";

const LOOK_MS = 10_000;

/** On Linux the body of a notification is markup, with links and pictures (Desktop Notifications Specification, "Markup"). */
const literally = (text: string): string =>
  process.platform === "linux" ? text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;") : text;

/** Shows every alert once as a notification of the system, if the settings allow it. A click leads to what it is about. */
export const startNotifier = (state: () => AppState, go: (destination: Destination) => void): { close(): void } => {
  const shown = new Set<string>();
  const show = ({ id, title, body, destination }: Alert): void => {
    if (shown.has(id)) return;
    shown.add(id);
    const notification = new Notification({ title, body: literally(body) });
    notification.on("click", () => go(destination));
    notification.show();
  };
  const looking = setInterval(() => {
    if (state().settings.notifications && Notification.isSupported()) alertsOf(state(), Date.now()).forEach(show);
  }, LOOK_MS);
  return { close: () => clearInterval(looking) };
};
