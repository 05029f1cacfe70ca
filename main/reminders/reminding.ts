/** Watches the state for alerts, notifies once, and carries out the answers. */
import { t, type PlainMessage } from "../language/translate.ts";
import { failed, messageOf } from "../failures.ts";
import type { AppState } from "../contract/state.ts";
import type { Destination } from "../contract/desktop.ts";
import type { DueReminder, ReminderAction } from "../contract/reminders.ts";
import type { Result } from "../contract/failures.ts";
import type { ServerState } from "../contract/servers.ts";
import type { Servers } from "../servers/servers.ts";
import type { StateStore } from "../state/state-store.ts";
import type { OpenDocument } from "../stores/document.ts";
import type { Reminded } from "../stores/reminded.ts";
import { actOn } from "./actions.ts";
import type { Alert, Note } from "./alert.ts";
import { alertsOf } from "./alerts.ts";
import { dueOf } from "./due.ts";
import type { Answer, Notifications } from "./notifications.ts";
import { isQuiet } from "./quiet-hours.ts";
import { nextNote } from "./next-note.ts";

export interface RemindingParts {
  store: StateStore;
  document: OpenDocument<Reminded>;
  servers: Pick<Servers, "call">;
  notifications: Notifications;
  go: (destination: Destination) => void;
  /** Who is told here, as the agents record it: `desktop:anna@laptop`. */
  desktop: string;
  log: (line: string) => void;
}

/** Time goes by without an event, too. */
const CHECK_INTERVAL_MS = 10_000;

/** Who has not looked for so long has slept. */
const ASLEEP_MS = 3 * CHECK_INTERVAL_MS;

/** Servers that say the same at the same moment do so within this time. */
const GATHER_MS = 1000;

/**
 * After a start or after sleep, the servers are asked first what has happened; one that does not
 * answer for so long does not hold the others back.
 */
const ASK_AROUND_MS = 20_000;

const NOT_DONE: Record<ReminderAction, PlainMessage> = {
  start: "Not started",
  extend: "Not extended",
  "bring-back": "Not brought back",
};

/** Says what is due, once, and does what people answer. */
export class Reminding {
  readonly #parts: RemindingParts;
  readonly #shown = new Map<string, Note>();
  readonly #looking: NodeJS.Timeout;
  #gathering: NodeJS.Timeout | undefined;
  #awakeAt = Date.now();
  #lookedAt = Date.now();
  readonly #stopListening: () => void;

  constructor(parts: RemindingParts) {
    this.#parts = parts;
    this.#looking = setInterval(() => this.look(), CHECK_INTERVAL_MS);
    this.#stopListening = parts.store.onPatch(({ part }) => {
      if (part === "server" || part === "server-removed" || part === "seen-from-here" || part === "settings")
        this.#gathering ??= setTimeout(() => this.look(), GATHER_MS);
    });
  }

  /** After sleep: what came due meanwhile is said together, once the servers have told. */
  wake(): void {
    this.#awakeAt = Date.now();
  }

  close(): void {
    clearInterval(this.#looking);
    clearTimeout(this.#gathering);
    this.#stopListening();
    this.#parts.notifications.close();
  }

  look(): void {
    clearTimeout(this.#gathering);
    this.#gathering = undefined;
    const { store, document } = this.#parts;
    const { state } = store;
    const now = Date.now();
    // The system does not always say that it slept, or says so after the timers have run.
    if (Math.abs(now - this.#lookedAt) > ASLEEP_MS) this.wake();
    this.#lookedAt = now;
    if (this.#stillAsking(state, now)) return;
    const alerts = alertsOf(state, now);
    const { settings } = state;
    const heard = state.servers.filter(({ snapshot }) => snapshot !== null).map(({ profile }) => profile.id);
    const { note, told, reminded } = nextNote({
      alerts,
      reminded: document.value,
      heard,
      now,
      quiet: isQuiet(settings.quietHours, now),
      wanted: settings.notifications,
    });
    // What cannot be remembered is not said: it would be said again and again.
    if (reminded !== document.value && !this.#remember(reminded)) return;
    this.#withdraw(alerts);
    if (note !== undefined) void this.#show(note, told);
    this.#publish(dueOf(alerts, reminded, now));
  }

  /** Does what a reminder offers, on all servers that say it by now. */
  async act(id: string, action: ReminderAction): Promise<Result<null>> {
    const { store, servers } = this.#parts;
    const alert = alertsOf(store.state, Date.now()).find((each) => each.id === id);
    if (alert?.actions.includes(action) !== true)
      return failed(
        "reminder.over",
        t("This is no longer due: someone has already acted on it, or it has happened by itself."),
      );
    return actOn(servers, action, alert.targets, store.state.settings.author);
  }

  /** Takes it out of the window, for good. What is over is out of it anyway. */
  dismiss(id: string): void {
    const { document, store } = this.#parts;
    if (!store.state.due.some((each) => each.id === id)) return;
    const at = new Date().toISOString();
    document.save({ ...document.value, said: { ...document.value.said, [id]: { at, late: false, dismissed: true } } });
    this.look();
  }

  #stillAsking({ servers }: AppState, now: number): boolean {
    // A connection from before the sleep tells what was, until it is heard of again.
    const isAsked = ({ connection }: ServerState) =>
      connection.state === "connecting" ||
      (connection.state === "connected" && Date.parse(connection.observedAt) < this.#awakeAt);
    return now - this.#awakeAt < ASK_AROUND_MS && servers.some(isAsked);
  }

  #remember(reminded: Reminded): boolean {
    try {
      this.#parts.document.save(reminded);
      return true;
    } catch (error) {
      this.#parts.log(`reminders wait, because what was said cannot be stored: ${messageOf(error)}`);
      return false;
    }
  }

  #publish(due: DueReminder[]): void {
    const { store } = this.#parts;
    if (JSON.stringify(due) !== JSON.stringify(store.state.due)) store.set("due", due);
  }

  /** What is over needs no notification any more. */
  #withdraw(alerts: readonly Alert[]): void {
    const present = new Set(alerts.map(({ id }) => id));
    for (const [about, note] of this.#shown)
      if (!note.alerts.some((id) => present.has(id))) {
        this.#shown.delete(about);
        this.#parts.notifications.withdraw(about);
      }
  }

  async #show(note: Note, told: readonly Alert[]): Promise<void> {
    const { notifications, log } = this.#parts;
    this.#shown.set(note.about, note);
    const refused = await notifications.show(note, (answer) => void this.#answer(note, answer));
    if (refused !== undefined) log(`no notification: ${refused}`);
    await this.#noteDelivery(told, refused);
  }

  /** The agents keep who was told; that this is not recorded holds nothing back. */
  async #noteDelivery(told: readonly Alert[], refused: string | undefined): Promise<void> {
    const { servers, desktop, log } = this.#parts;
    const body = { to: desktop, ok: refused === undefined, ...(refused === undefined ? {} : { why: refused }) };
    for (const { serverId, reminderId } of told.flatMap(({ tells }) => tells)) {
      const reply = await servers.call(serverId, "noteDelivery", { params: { id: reminderId }, body });
      if (!reply.ok) log(`not recorded that a reminder was shown: ${reply.failure.message}`);
    }
  }

  async #answer(note: Note, answer: Answer): Promise<void> {
    const { store, go, notifications, servers } = this.#parts;
    this.#shown.delete(note.about);
    const alerts = alertsOf(store.state, Date.now()).filter(({ id }) => note.alerts.includes(id));
    const [first] = alerts;
    if (answer === "open" || first === undefined) {
      notifications.withdraw(note.about);
      go(alerts.length === 1 && first !== undefined ? first.destination : { screen: "overview" });
      return;
    }
    const targets = alerts.filter(({ actions }) => actions.includes(answer)).flatMap((alert) => alert.targets);
    const reply = await actOn(servers, answer, targets, store.state.settings.author);
    if (reply.ok) {
      notifications.withdraw(note.about);
      return;
    }
    const failure: Note = {
      about: note.about,
      alerts: [],
      title: t(NOT_DONE[answer]),
      body: reply.failure.message,
      urgent: note.urgent,
      actions: [],
    };
    await notifications.show(failure, () => go(first.destination));
  }
}
