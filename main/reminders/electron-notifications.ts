/** Notifications of Electron: everywhere, on Linux where no daemon answers on D-Bus. */
import { Notification } from "electron";
import type { Note } from "./alert.ts";
import type { Notifications } from "./notifications.ts";

/**
 * On Linux the body of a notification is markup, with links and pictures (Desktop Notifications
 * Specification, "Markup").
 */
function literally(text: string): string {
  return process.platform === "linux"
    ? text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;")
    : text;
}

/**
 * Notifications as Electron shows them: with actions on macOS only; elsewhere a click opens the
 * app.
 */
export function electronNotifications(): Notifications {
  const shown = new Map<string, Notification>();
  const withdraw = (about: string): void => {
    shown.get(about)?.close();
    shown.delete(about);
  };
  return {
    show({ about, title, body, urgent, actions }: Note, answered) {
      if (!Notification.isSupported()) return Promise.resolve("this computer shows no notifications");
      withdraw(about);
      const notification = new Notification({
        title,
        body: literally(body),
        urgency: urgent ? "critical" : "normal",
        timeoutType: urgent ? "never" : "default",
        ...(process.platform === "darwin"
          ? { actions: actions.map(({ label }) => ({ type: "button", text: label }) as const) }
          : {}),
      });
      shown.set(about, notification);
      notification.on("click", () => answered("open"));
      notification.on("action", (_event, index) => {
        const pressed = actions[index];
        if (pressed !== undefined) answered(pressed.action);
      });
      notification.on("close", () => {
        if (shown.get(about) === notification) shown.delete(about);
      });
      notification.show();
      return Promise.resolve(undefined);
    },
    withdraw,
    close: () => [...shown.keys()].forEach(withdraw),
  };
}
