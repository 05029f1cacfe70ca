/** When a site is closed next by a window. Pure. */
import { t } from "../../main/language/translate.ts";
import type { MaintenanceWindow } from "../../main/contract/agent.ts";
import type { ServerState } from "../../main/contract/servers.ts";
import { clock } from "../../main/contract/shared/clock.ts";
import { isRunning } from "../../main/contract/shared/states.ts";
import { duration } from "./format.ts";

export interface NextWindow {
  window: MaintenanceWindow;
  start: string;
  end: string;
}

// A server's windows are replaced as a whole when one of them changes, so their identity says
// whether this is still right.
const known = new WeakMap<readonly MaintenanceWindow[], Map<string, NextWindow>>();

/**
 * By site: the window that is ahead and starts first. As the server has said: its calendar is not
 * computed again.
 */
export function nextWindows({ snapshot }: Pick<ServerState, "snapshot">): ReadonlyMap<string, NextWindow> {
  const windows = snapshot?.windows ?? NONE;
  const before = known.get(windows);
  if (before !== undefined) return before;
  const next = new Map<string, NextWindow>();
  for (const window of windows)
    for (const { state, start, end } of window.occurrences)
      if (state === "planned") {
        for (const { site } of window.sites) {
          const first = next.get(site);
          if (first === undefined || start < first.start) next.set(site, { window, start, end });
        }
      }
  known.set(windows, next);
  return next;
}

const NONE: readonly MaintenanceWindow[] = [];

/** `Sun, 24 Nov 03:00 · in 4 h 10 min`, or that it waits for somebody. */
export function nextWords({ window, start }: NextWindow, now: number): string {
  const left = Date.parse(start) - now;
  const at = clock(start, now);
  if (left > 0) return t("{at} · in {time}", { at, time: duration(left) });
  return window.atStart === "remind" ? t("{at} · action needed", { at }) : at;
}

/** What runs by a window on a server, and the next time of each that is ahead, soonest first. */
export function plannedOn({ snapshot }: Pick<ServerState, "snapshot">): { running: NextWindow[]; next: NextWindow[] } {
  const all = (snapshot?.windows ?? NONE).flatMap((window) =>
    window.occurrences.map(({ state, start, end }) => ({ window, state, start, end })),
  );
  const running = all.filter(isRunning);
  const next = all.filter(({ state }) => state === "planned").sort((a, b) => a.start.localeCompare(b.start));
  return { running, next };
}
