/**
 * When it is looked whether the web servers of a window's sites would ask the agent: early enough
 * to put a hook in again. What is found is said whatever reminders the window has.
 */
import type { Instant, Span } from "../windows/wall-clock.ts";
import type { PlannedWindow } from "../windows/window-plan.ts";

export interface CheckedWindow extends Pick<PlannedWindow, "id" | "records" | "sites"> {
  createdAt: string;
}

/** Why the sites of a window could not be closed, as it was seen at this check; a sentence. */
export type ObstacleSeen = (window: CheckedWindow, span: Span, check: Instant) => string | undefined;

const MINUTE_MS = 60_000;
const CHECKS_BEFORE_MS = [60 * MINUTE_MS, 10 * MINUTE_MS];

/** When it was planned, an hour and ten minutes before its start. */
export function hookChecks({ createdAt, records }: CheckedWindow, { start }: Span): Instant[] {
  const planned = Date.parse(createdAt);
  const before = CHECKS_BEFORE_MS.map((ms) => start - ms).filter((check) => check > planned);
  return records.length === 0 ? [planned, ...before] : before;
}
