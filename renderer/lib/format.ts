/**
 * Times, sizes and counts as people read them. Pure: the present comes as an argument, epoch
 * milliseconds.
 */
import { clock } from "../../main/contract/shared/clock.ts";
import { dateFormat, decimal } from "../../main/language/formats.ts";
import { t } from "../../main/language/translate.ts";

export function count(value: number): string {
  return decimal(value);
}

export function clockWithSeconds(iso: string): string {
  const options = { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" } as const;
  return dateFormat(options).format(new Date(iso));
}

/** `12 s`, `47 min`, `3 h 05 min`, `14 days`. */
export function duration(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return `${hours} h ${String(minutes % 60).padStart(2, "0")} min`;
  return t("{days, plural, one {# day} other {# days}}", { days: Math.floor(hours / 24) });
}

/** `until 02:30 (in 47 min)`, or `until 02:30 (5 min overdue)`. */
export function until(iso: string, now: number): string {
  const left = Date.parse(iso) - now;
  const end = clock(iso, now);
  return left >= 0
    ? t("until {end} (in {time})", { end, time: duration(left) })
    : t("until {end} ({time} overdue)", { end, time: duration(-left) });
}

/** `14:02`, minutes and seconds. */
export function age(iso: string, now: number): string {
  const seconds = Math.max(0, Math.floor((now - Date.parse(iso)) / 1000));
  const minutes = Math.floor(seconds / 60);
  return minutes >= 60
    ? `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, "0")}:${String(seconds % 60).padStart(2, "0")}`
    : `${minutes}:${String(seconds % 60).padStart(2, "0")}`;
}

/** `412 MB`; powers of 1,000 as disks count. */
export function bytes(value: number): string {
  if (value < 1000) return `${value} B`;
  const units = ["kB", "MB", "GB", "TB"];
  let size = value;
  let unit = -1;
  do {
    size /= 1000;
    unit += 1;
  } while (size >= 999.5 && unit < units.length - 1);
  return `${decimal(size, size < 10 ? 1 : 0)} ${units[unit] ?? ""}`;
}

/** @param value `undefined` where it is not known */
export function milliseconds(value: number | undefined): string {
  if (value === undefined) return t("not measured");
  return `${decimal(value, value < 10 ? 1 : 0)} ms`;
}
