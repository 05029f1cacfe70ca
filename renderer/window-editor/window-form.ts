/**
 * What a person fills in to plan a window, and the terms that it stands for. Pure. Fields keep what
 * was typed, also where another choice hides it.
 */
import { t } from "../../main/language/translate.ts";
import { DEFAULT_REMINDERS } from "../../server-agent/core/reminders/default-reminders.ts";
import type { WindowTerms } from "../../main/contract/windows.ts";
import { noRecurrence, recurrenceOf, ruleOf, type Recurrence } from "./recurrence.ts";
import { instantAt } from "./zoned.ts";

export interface WindowForm extends Recurrence {
  title: string;
  /** `2030-01-31`; empty while it is no date. */
  date: string;
  /** `23:00` */
  time: string;
  zone: string;
  /** How its end is given: an exact length, or by the clock on the wall. */
  lasts: "duration" | "end";
  minutes: number;
  endDate: string;
  endTime: string;
  exdates: string[];
  atStart: "start" | "remind";
  atEnd: "reopen" | "reopen-if-healthy" | "stay-closed";
  /** Path that originals are asked for before they are reopened. */
  health: string;
  /** Minutes after the end, after which they are reopened in any case; empty: never. */
  reopenAfter: number | null;
  reminders: string[];
  reason: string;
  /** As it was planned before, for what the fields do not show. */
  before: WindowTerms | undefined;
}

/** Those that can be ticked; others stay as they are. */
export function reminderChoices(): readonly { value: string; label: string }[] {
  return [
    { value: "-P1D", label: t("1 day before") },
    { value: "-PT1H", label: t("1 hour before") },
    { value: "-PT10M", label: t("10 min before") },
    { value: "start", label: t("At the start") },
    { value: "end-PT10M", label: t("10 min before the end") },
    { value: "end", label: t("At the end") },
  ];
}

/**
 * @param tomorrow `2030-01-31`, the day in `zone`
 * @param reminders those that new windows get by the settings
 */
export function newForm(tomorrow: string, zone: string, reminders: readonly string[]): WindowForm {
  return {
    ...noRecurrence(tomorrow),
    title: "",
    date: tomorrow,
    time: "02:00",
    zone,
    lasts: "duration",
    minutes: 60,
    endDate: tomorrow,
    endTime: "03:00",
    exdates: [],
    atStart: "start",
    atEnd: "reopen",
    health: "/",
    reopenAfter: null,
    reminders: [...reminders],
    reason: "",
    before: undefined,
  };
}

/** The form of a window that is there already; `termsOf` gives the same terms again. */
export function formOf(terms: WindowTerms, health = "/"): WindowForm {
  const date = terms.start.slice(0, 10);
  const end = terms.end ?? plusMinutes(terms.start, minutesOf(terms.duration ?? "PT1H"));
  return {
    ...recurrenceOf(terms.rrule, date),
    title: terms.title,
    date,
    time: terms.start.slice(11, 16),
    zone: terms.zone,
    lasts: terms.end === undefined ? "duration" : "end",
    minutes:
      terms.end === undefined
        ? minutesOf(terms.duration ?? "PT1H")
        : Math.max(1, Math.round((wall(terms.end) - wall(terms.start)) / 60_000)),
    endDate: end.slice(0, 10),
    endTime: end.slice(11, 16),
    exdates: terms.exdates ?? [],
    atStart: terms.atStart ?? "start",
    atEnd: terms.atEnd ?? "reopen",
    health,
    reopenAfter: terms.overrun?.reopenAfterMinutes ?? null,
    reminders: terms.reminders ?? DEFAULT_REMINDERS,
    reason: terms.reason ?? "",
    before: terms,
  };
}

export function termsOf(form: WindowForm): WindowTerms {
  const { before } = form;
  const rrule = ruleOf(form, form.date);
  const start = keeping(before?.start, `${form.date}T${form.time}`);
  const overrun = overrunOf(form);
  return {
    title: form.title.trim(),
    start,
    zone: form.zone.trim(),
    ...(form.lasts === "end"
      ? { end: keeping(before?.end, `${form.endDate}T${form.endTime}`) }
      : { duration: durationOf(form) }),
    ...(rrule === undefined ? {} : { rrule: sameRule(before?.rrule, form) ?? rrule }),
    ...(form.exdates.length === 0 || rrule === undefined
      ? {}
      : { exdates: movedAlong(form.exdates, before?.start, start) }),
    ...(form.atStart === "start" && before?.atStart === undefined ? {} : { atStart: form.atStart }),
    ...(form.atEnd === "reopen" && before?.atEnd === undefined ? {} : { atEnd: form.atEnd }),
    ...(overrun === undefined ? {} : { overrun }),
    ...(before?.reminders === undefined && isSame(form.reminders, DEFAULT_REMINDERS)
      ? {}
      : { reminders: form.reminders }),
    ...(form.reason.trim() === "" ? {} : { reason: form.reason.trim() }),
  };
}

/** What is missing or wrong, by field. @param now epoch milliseconds */
export function formProblems(form: WindowForm, now: number): Partial<Record<keyof WindowForm, string>> {
  const zoned = isZone(form.zone.trim());
  const start =
    form.date !== "" && form.time !== "" && zoned
      ? instantAt(`${form.date}T${form.time}`, form.zone.trim())
      : undefined;
  const end =
    form.endDate !== "" && form.endTime !== "" && zoned
      ? instantAt(`${form.endDate}T${form.endTime}`, form.zone.trim())
      : undefined;
  const endsAt = start === undefined ? undefined : form.lasts === "end" ? end : start + form.minutes * 60_000;
  return {
    ...(form.title.trim() === ""
      ? { title: t("Describe the work in a few words.") }
      : form.title.trim().length > 200
        ? { title: t("Use {max, number} characters at most.", { max: 200 }) }
        : {}),
    ...(form.date === "" ? { date: t("Enter the day on which it starts.") } : {}),
    ...(form.time === "" ? { time: t("Enter the time at which it starts.") } : {}),
    ...(zoned ? {} : { zone: t("Choose a time zone from the list, like Europe/Berlin or UTC.") }),
    ...(form.repeat === "never" && endsAt !== undefined && endsAt <= now
      ? { date: t("All of it is in the past; choose a later day or time.") }
      : {}),
    ...lengthProblems(form, start, end),
    ...repeatProblems(form),
    ...(form.atEnd === "reopen-if-healthy" && !/^\/\S*$/.test(form.health)
      ? { health: t("Enter a path that starts with /, e.g. /health.") }
      : {}),
    ...(form.reopenAfter !== null &&
    !(Number.isInteger(form.reopenAfter) && form.reopenAfter >= 1 && form.reopenAfter <= 10_080)
      ? { reopenAfter: t("Use whole minutes, from 1 to 10080, or leave it empty.") }
      : {}),
    ...(form.reason.length > 500 ? { reason: t("Use {max, number} characters at most.", { max: 500 }) } : {}),
  };
}

function lengthProblems(
  form: WindowForm,
  start: number | undefined,
  end: number | undefined,
): Partial<Record<keyof WindowForm, string>> {
  if (form.lasts === "duration")
    return Number.isInteger(form.minutes) && form.minutes >= 1 && form.minutes <= 527_040
      ? {}
      : { minutes: t("Use at least one minute, and a year at most.") };
  if (form.endDate === "") return { endDate: t("Enter the day on which it ends.") };
  if (form.endTime === "") return { endTime: t("Enter the time at which it ends.") };
  return start !== undefined && end !== undefined && end <= start ? { endDate: t("It must end after it starts.") } : {};
}

function repeatProblems(form: WindowForm): Partial<Record<keyof WindowForm, string>> {
  if (form.repeat === "never") return {};
  if (form.repeat === "custom")
    return form.rule.trim() === "" ? { rule: t("Write a rule, like FREQ=MONTHLY;BYDAY=1SU.") } : {};
  return {
    ...(Number.isInteger(form.every) && form.every >= 1 && form.every <= 999
      ? {}
      : { every: t("Use a whole number from 1 to {max}.", { max: 999 }) }),
    ...(form.repeat === "weekly" && form.days.length === 0 ? { days: t("Choose at least one day.") } : {}),
    ...(form.ends === "count" && !(Number.isInteger(form.count) && form.count >= 1 && form.count <= 9999)
      ? { count: t("Use a whole number from 1 to {max}.", { max: 9999 }) }
      : {}),
    ...(form.ends === "date" && form.lastDay === "" ? { lastDay: t("Enter the last day.") } : {}),
    ...(form.ends === "date" && form.lastDay !== "" && form.lastDay < form.date
      ? { lastDay: t("The last day is before the first.") }
      : {}),
  };
}

/** The same length in other words stays as it was written. */
function durationOf({ minutes, before }: WindowForm): string {
  if (before?.duration !== undefined && minutesOf(before.duration) === minutes) return before.duration;
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
  return `PT${hours === 0 ? "" : `${hours}H`}${rest === 0 && hours > 0 ? "" : `${rest}M`}`;
}

function overrunOf({ before, reopenAfter, atEnd }: WindowForm): WindowTerms["overrun"] {
  const { reopenAfterMinutes: _former, ...rest } = before?.overrun ?? {};
  const overrun = {
    ...rest,
    ...(reopenAfter === null || atEnd !== "reopen-if-healthy" ? {} : { reopenAfterMinutes: reopenAfter }),
  };
  return Object.keys(overrun).length === 0 ? undefined : overrun;
}

/** A rule that is only written in another way stays as it was written. */
function sameRule(previous: string | undefined, form: WindowForm): string | undefined {
  if (previous === undefined || form.repeat === "custom") return undefined;
  return ruleOf(recurrenceOf(previous, form.date), form.date) === ruleOf(form, form.date) ? previous : undefined;
}

/** What is left out of a series that moves as a whole stays left out. */
export function movedAlong(exdates: readonly string[], from: string | undefined, to: string): string[] {
  if (from === undefined || from === to) return [...exdates];
  const by = wall(to) - wall(from);
  return exdates.map((text) => new Date(wall(text) + by).toISOString().slice(0, text.length));
}

/** How long it takes, in minutes; not positive while that is not filled in. */
export function minutesOfForm({ lasts, minutes, date, time, endDate, endTime }: WindowForm): number {
  if (lasts === "duration") return Number.isFinite(minutes) ? Math.round(minutes) : 0;
  return date === "" || time === "" || endDate === "" || endTime === ""
    ? 0
    : (wall(`${endDate}T${endTime}`) - wall(`${date}T${time}`)) / 60_000;
}

/** Whole minutes of an ISO 8601 duration of days, hours, minutes and seconds. */
export function minutesOf(duration: string): number {
  const found = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/.exec(duration);
  const [days, hours, minutes, seconds] = [1, 2, 3, 4].map((index) => Number(found?.[index] ?? 0));
  return Math.max(1, Math.round((days ?? 0) * 1440 + (hours ?? 0) * 60 + (minutes ?? 0) + (seconds ?? 0) / 60));
}

/** Seconds are not shown; they stay where the minute does. */
function keeping(previous: string | undefined, text: string): string {
  return previous?.startsWith(text) === true ? previous : text;
}

function wall(text: string): number {
  return Date.parse(`${text.length === 16 ? `${text}:00` : text}Z`);
}
function plusMinutes(text: string, minutes: number): string {
  return new Date(wall(text) + minutes * 60_000).toISOString().slice(0, 16);
}
function isSame(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((value) => other.includes(value));
}

export function isZone(zone: string): boolean {
  if (!/^[A-Za-z]/.test(zone)) return false;
  try {
    new Intl.DateTimeFormat("en", { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}
