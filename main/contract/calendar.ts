/** Windows as iCalendar files. */
import { z } from "zod";
import type { WindowDraft } from "../../server-agent/contract/windows.ts";
import { command } from "./command.ts";
import { nothing } from "./fields.ts";
import { WindowPlace } from "./windows.ts";

/** A window read from a calendar file. */
export interface CalendarEntry {
  /** Line of the file where it starts. */
  line: number;
  draft: Omit<WindowDraft, "sites">;
  /** Empty if the file is not from this app: the user chooses. */
  sites: WindowDraft["sites"];
  /** Names of the servers that it was planned on. */
  servers: string[];
  /** What could not be imported, or how it was interpreted. */
  notes: string[];
  /** Nothing of it is ahead: it cannot be planned. */
  isPast: boolean;
}

/** Both ask for a file; `null` if cancelled. */
export const CALENDAR_COMMANDS = {
  "calendar.export": command(
    z.strictObject({ windows: z.array(WindowPlace).min(1, "There are no windows to export.").max(10_000) }),
  ).returns<{ file: string } | null>(),
  /** Reads the windows that could be planned. */
  "calendar.import": command(nothing).returns<{ file: string; entries: CalendarEntry[] } | null>(),
};
