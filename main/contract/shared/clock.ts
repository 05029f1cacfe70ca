/** Times of day as this computer's clock shows them. Pure: the present comes as an argument. */

import { dateFormat } from "../../language/formats.ts";
import { t } from "../../language/translate.ts";

/**
 * `02:30`, with the day when it is another one: `Tue, 24 Nov 02:30`.
 * @param now epoch milliseconds
 */
export function clock(iso: string, now: number): string {
  const time = new Date(iso);
  return isSameDay(time, new Date(now)) ? timeOf(time) : dayAndTime(time);
}

/** `today 23:00`, `tomorrow 02:00`, `Sun, 29 Nov 02:00`. @param now epoch milliseconds */
export function clockOfDay(iso: string, now: number): string {
  const time = new Date(iso);
  return isSameDay(time, new Date(now)) ? t("today {time}", { time: timeOf(time) }) : clockAhead(iso, now);
}

/** `23:00`, `tomorrow 02:00`, `Sun, 29 Nov 02:00`. @param now epoch milliseconds */
export function clockAhead(iso: string, now: number): string {
  const time = new Date(iso);
  const tomorrow = new Date(now);
  tomorrow.setDate(tomorrow.getDate() + 1);
  return isSameDay(time, tomorrow) ? t("tomorrow {time}", { time: timeOf(time) }) : clock(iso, now);
}

function timeOf(time: Date): string {
  return dateFormat({ hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(time);
}

function dayAndTime(time: Date): string {
  return `${dateFormat({ weekday: "short", day: "numeric", month: "short" }).format(time)} ${timeOf(time)}`;
}

function isSameDay(one: Date, other: Date): boolean {
  return one.toDateString() === other.toDateString();
}
