/** The dialogs of the schedule; one is open at a time. */
import type { MaintenanceWindow } from "../../../main/contract/agent.ts";
import type { CalendarEntry } from "../../../main/contract/calendar.ts";
import type { ScheduledOccurrence } from "../../../main/contract/schedule.ts";
import type { SeenWindow } from "../../../main/contract/windows.ts";
import type { Span } from "../../window-editor/move.ts";

export type ScheduleDialog =
  | { kind: "plan"; begin: { date: string; time?: string | undefined } }
  | { kind: "change"; window: MaintenanceWindow; seen: SeenWindow[] }
  | { kind: "move"; occurrence: ScheduledOccurrence; window: MaintenanceWindow; span: Span }
  | { kind: "skip" | "remove"; occurrence: ScheduledOccurrence }
  | { kind: "finish"; occurrence: ScheduledOccurrence }
  | { kind: "import"; file: string; entries: CalendarEntry[] };
