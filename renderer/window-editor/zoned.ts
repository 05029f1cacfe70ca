/** Wall-clock times of zones and instants. Pure. */
import { fromAbsolute, parseDateTime, toCalendarDateTime, toZoned } from "@internationalized/date";

/**
 * Epoch milliseconds at which the clock on the wall shows this (`2030-01-31T23:00`). As the agents
 * do: a time that is left out moves on, of one that comes twice the first is meant.
 */
export function instantAt(wall: string, zone: string): number {
  return toZoned(parseDateTime(wall), zone, "compatible").toDate().getTime();
}

/** `2030-01-31T23:00` */
export function wallAt(instant: number, zone: string): string {
  return toCalendarDateTime(fromAbsolute(instant, zone)).toString().slice(0, 16);
}

/** `Europe/Berlin` */
export function localZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}

/** Whether both zones show the same at these instants. */
export function showSame(one: string, other: string, instants: readonly number[]): boolean {
  return one === other || instants.every((instant) => wallAt(instant, one) === wallAt(instant, other));
}

export function addDays(date: string, days: number): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}

export function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / 86_400_000);
}
