/** Windows as iCalendar files. */
import { z } from "zod";
import type { WindowDraft } from "../../server-agent/contract/windows.ts";
import { command } from "./command.ts";
import { nothing } from "./fields.ts";
import { WindowPlace } from "./windows.ts";

/** A window as it stands in a calendar file. */
export interface CalendarEntry {
  /** Line of the file where it begins. */
  line: number;
  draft: Omit<WindowDraft, "sites">;
  /** Empty where the file does not come from this app: the person chooses. */
  sites: WindowDraft["sites"];
  /** Names of the servers that it was planned on. */
  servers: string[];
  /** What could not be taken over, or was understood in a certain way. */
  notes: string[];
}

/** Both ask for a file; `null` when the person cancelled. */
export const CALENDAR_COMMANDS = {
  "calendar.export": command(
    z.strictObject({ windows: z.array(WindowPlace).min(1, "There are no windows to export.").max(10_000) }),
  ).returns<{ file: string } | null>(),
  /** What could be planned of it. */
  "calendar.import": command(nothing).returns<{ file: string; entries: CalendarEntry[] } | null>(),
};
