/** Notifications with buttons on Linux (Desktop Notifications Specification, over D-Bus). */
import { type Message, Variant } from "@jellybrick/dbus-next";
import { messageOf } from "../failures.ts";
import type { Note } from "./alert.ts";
import type { Answer, Notifications } from "./notifications.ts";
import { type Call, SessionBus } from "./session-bus.ts";

const NAME = "org.freedesktop.Notifications";
const PATH = "/org/freedesktop/Notifications";
const RULE = `type='signal',sender='${NAME}',path='${PATH}',interface='${NAME}'`;

/** The key of the action that a click on the notification itself means. */
const CLICK = "default";
/** Urgency levels, and "until somebody closes it". */
const [NORMAL, CRITICAL] = [1, 2];
const [AS_USUAL, NEVER] = [-1, 0];

interface Shown {
  id: number;
  answered: (answer: Answer) => void;
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

/**
 * Notifications with buttons, by the Desktop Notifications Specification 1.2 over D-Bus: Electron's
 * own have none on Linux. Where nobody serves that name, or without buttons, nothing is shown and
 * the reason is returned.
 */
export function desktopNotifications(log: (line: string) => void): Notifications {
  const shown = new Map<string, Shown>();

  const heard = ({ path, interface: from, member, body }: Message): void => {
    if (path !== PATH || from !== NAME) return;
    const [id, what] = body;
    const [about, note] = [...shown].find(([, each]) => each.id === id) ?? [];
    if (about === undefined || note === undefined) return;
    if (member === "NotificationClosed") shown.delete(about);
    if (member === "ActionInvoked" && typeof what === "string") {
      // Not every daemon closes what was answered; until it is withdrawn, a second press says
      // nothing new.
      shown.set(about, { id: note.id, answered: () => undefined });
      note.answered(what === CLICK ? "open" : (what as Answer));
    }
  };
  const bus = new SessionBus(RULE, heard, log);
  const call = (member: string, signature = "", body: unknown[] = []): Promise<unknown[]> =>
    bus.call({ destination: NAME, path: PATH, interface: NAME, member, signature, body } satisfies Call);

  const notify = async (
    { about, title, body, urgent, actions }: Note,
    answered: (answer: Answer) => void,
  ): Promise<string | undefined> => {
    const [able] = await call("GetCapabilities");
    if (!Array.isArray(able) || !able.includes("actions")) return "the desktop's notifications have no buttons";
    const hints = {
      urgency: new Variant("y", urgent ? CRITICAL : NORMAL),
      "desktop-entry": new Variant("s", "backsoon"),
    };
    const [id] = await call("Notify", "susssasa{sv}i", [
      "Backsoon",
      shown.get(about)?.id ?? 0,
      "backsoon",
      title,
      able.includes("body-markup") ? escaped(body) : body,
      [...actions.flatMap(({ action, label }) => [action, label]), "open", "Open", CLICK, "Open"],
      hints,
      urgent ? NEVER : AS_USUAL,
    ]);
    if (typeof id !== "number") return "the desktop's notifications gave no id";
    shown.set(about, { id, answered });
    return undefined;
  };
  return {
    show: (note, answered) => notify(note, answered).catch(messageOf),
    withdraw(about) {
      const note = shown.get(about);
      if (note === undefined) return;
      shown.delete(about);
      call("CloseNotification", "u", [note.id]).catch((error: unknown) =>
        log(`a notification that is over stays: ${messageOf(error)}`),
      );
    },
    close: () => bus.close(),
  };
}
