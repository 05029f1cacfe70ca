/** When a window that says nothing of reminders has them: before its start, at it, at its end. */
export const DEFAULT_REMINDERS = ["-P1D", "-PT1H", "-PT10M", "start", "end"];
