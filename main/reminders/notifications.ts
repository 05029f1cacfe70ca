/** What reminding needs of a desktop that can notify. */
import type { ReminderAction } from "../contract/reminders.ts";
import type { Note } from "./alert.ts";

/** What a person did with a note. `open`: a click on the note itself. */
export type Answer = ReminderAction | "open";

export interface Notifications {
  /**
   * Shows a note; one with the same `about` takes the place of the one before.
   * @param answered called once, when the person presses something
   * @returns `undefined` once the system has it, or why it could not be shown
   */
  show(note: Note, answered: (answer: Answer) => void): Promise<string | undefined>;
  /** Takes a note away that is over. */
  withdraw(about: string): void;
  close(): void;
}

/**
 * The first that can show a note shows it; a desktop may have none of its own, and get one later.
 */
export function firstOf(ways: readonly Notifications[]): Notifications {
  return {
    async show(note, answered) {
      let why = "this computer shows no notifications";
      for (const way of ways) {
        const refused = await way.show(note, answered);
        if (refused === undefined) return undefined;
        why = refused;
      }
      return why;
    },
    withdraw: (about) => ways.forEach((way) => way.withdraw(about)),
    close: () => ways.forEach((way) => way.close()),
  };
}
