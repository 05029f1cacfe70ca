/** Whether the user wants to be left alone now. Pure. */
import type { QuietHours } from "../contract/settings.ts";

function minutesOf(clock: string): number {
  return Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3, 5));
}

/**
 * Whether these hours hold now. They are read off the clock on the wall, so that a night with a
 * change of the clocks is an hour shorter or longer and ends when the clock says so.
 * @param now milliseconds since the epoch
 * @param zone IANA time zone; the one of this computer when it is left out
 */
export function isQuiet(hours: QuietHours | null, now: number, zone?: string): boolean {
  if (hours === null) return false;
  const wall = new Intl.DateTimeFormat("en-GB", {
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
    timeZone: zone,
  }).format(now);
  const [at, from, to] = [minutesOf(wall), minutesOf(hours.from), minutesOf(hours.to)];
  return from <= to ? at >= from && at < to : at >= from || at < to;
}
