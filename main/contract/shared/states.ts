/** What the state of an observed record means. Pure; for the page and the main process. */
import type { Receipt } from "../../../server-agent/contract/maintenance.ts";
import type { FleetOperationState } from "../fleet.ts";
import type { ScheduledPlace } from "../schedule.ts";

/** The maintenance that the receipt tells of is on. */
export function isOpen({ state }: Pick<Receipt, "state">): boolean {
  return state === "in-maintenance";
}

/** An occurrence of a window has begun and not ended, also where its end has passed. */
export function isRunning({ state }: Pick<ScheduledPlace, "state">): boolean {
  return state === "running" || state === "overrun";
}

/** A switch of several servers is under way. */
export function isInProgress({ phase }: Pick<FleetOperationState, "phase">): boolean {
  return phase === "staging" || phase === "committing" || phase === "undoing";
}
