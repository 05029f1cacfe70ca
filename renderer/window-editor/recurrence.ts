/**
 * Recurrence rules (RFC 5545) as people choose them, and as text. What does not fit stays text.
 * Pure.
 */
import { locale } from "../../main/language/language.ts";
import { t } from "../../main/language/translate.ts";

export const WEEKDAYS = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"] as const;
export type Weekday = (typeof WEEKDAYS)[number];

/** `Monday` */
export function weekdayName(day: Weekday): string {
  // The first of January 2024 was a Monday.
  const date = new Date(Date.UTC(2024, 0, 1 + WEEKDAYS.indexOf(day)));
  return new Intl.DateTimeFormat(locale(), { weekday: "long", timeZone: "UTC" }).format(date);
}

/** `weekday`: the same week of the month, like the second Sunday. */
export type MonthlyBy = "day" | "weekday" | "last-weekday" | "last-day";

export interface Recurrence {
  repeat: "never" | "daily" | "weekly" | "monthly" | "custom";
  every: number;
  days: Weekday[];
  monthlyBy: MonthlyBy;
  ends: "never" | "count" | "date";
  count: number;
  /** `2030-12-31`, the last day on which it may start. */
  lastDay: string;
  /** The text of a rule that is none of the others. */
  rule: string;
}

/** What is chosen at first for a window that starts on this day. */
export function noRecurrence(date: string): Recurrence {
  return {
    repeat: "never",
    every: 1,
    days: [weekdayOf(date)],
    monthlyBy: "day",
    ends: "never",
    count: 10,
    lastDay: "",
    rule: "",
  };
}

/** @param date the first day, `2030-01-31` */
export function ruleOf(recurrence: Recurrence, date: string): string | undefined {
  const { repeat, every, days, monthlyBy, ends, count, lastDay, rule } = recurrence;
  if (repeat === "never") return undefined;
  if (repeat === "custom") return rule.trim() === "" ? undefined : rule.trim();
  const parts = [
    `FREQ=${repeat.toUpperCase()}`,
    ...(every === 1 ? [] : [`INTERVAL=${every}`]),
    ...(repeat === "weekly" ? [`BYDAY=${WEEKDAYS.filter((day) => days.includes(day)).join(",")}`] : []),
    ...(repeat === "monthly" ? [monthlyPart(monthlyBy, date)] : []),
    ...(ends === "count" ? [`COUNT=${count}`] : ends === "date" ? [`UNTIL=${lastDay.replaceAll("-", "")}`] : []),
  ];
  return parts.join(";");
}

/** The choice that a rule stands for, where there is one. */
export function recurrenceOf(rule: string | undefined, date: string): Recurrence {
  const none = noRecurrence(date);
  if (rule === undefined) return none;
  const parts = new Map(rule.split(";").map((part) => part.split("=", 2) as [string, string]));
  const until = /^(\d{4})(\d{2})(\d{2})$/.exec(parts.get("UNTIL") ?? "");
  const base: Recurrence = {
    ...none,
    repeat: ({ DAILY: "daily", WEEKLY: "weekly", MONTHLY: "monthly" } as const)[parts.get("FREQ") ?? ""] ?? "custom",
    every: Number(parts.get("INTERVAL") ?? 1),
    days: WEEKDAYS.filter((day) => (parts.get("BYDAY") ?? none.days.join(",")).split(",").includes(day)),
    ends: parts.has("COUNT") ? "count" : until === null ? "never" : "date",
    count: Number(parts.get("COUNT") ?? none.count),
    lastDay: until === null ? "" : until.slice(1).join("-"),
  };
  const choices = (["day", "weekday", "last-weekday", "last-day"] as const).map((monthlyBy) => ({
    ...base,
    monthlyBy,
  }));
  // Only what comes out as the same rule again is that choice.
  return choices.find((choice) => sameRule(ruleOf(choice, date), rule, date)) ?? { ...none, repeat: "custom", rule };
}

/** Rules that differ in the order of their parts, or leave out what the first day says. */
function sameRule(one: string | undefined, other: string, date: string): boolean {
  return one !== undefined && normal(one, date) === normal(other, date);
}

function normal(rule: string, date: string): string {
  const parts = rule.split(";").filter((part) => part !== "INTERVAL=1");
  const has = (name: string) => parts.some((part) => part.startsWith(`${name}=`));
  if (parts.includes("FREQ=WEEKLY") && !has("BYDAY")) parts.push(`BYDAY=${weekdayOf(date)}`);
  if (parts.includes("FREQ=MONTHLY") && !has("BYDAY") && !has("BYMONTHDAY")) parts.push(`BYMONTHDAY=${dayOf(date)}`);
  const days = parts.map((part) =>
    part.startsWith("BYDAY=") ? `BYDAY=${part.slice(6).split(",").sort().join(",")}` : part,
  );
  return days.sort().join(";");
}

/** The ways in which a day of the month can come again, with words. */
export function monthlyChoices(date: string): { value: MonthlyBy; label: string }[] {
  const isLastWeek = dayOf(date) + 7 > lengthOfMonth(date);
  const isLastDay = dayOf(date) === lengthOfMonth(date);
  const choices: MonthlyBy[] = [
    "day",
    ...(weekOf(date) < 5 ? ["weekday" as const] : []),
    ...(isLastWeek ? ["last-weekday" as const] : []),
    ...(isLastDay ? ["last-day" as const] : []),
  ];
  return choices.map((value) => {
    const words = monthlyWords(value, date);
    return { value, label: `${words.charAt(0).toLocaleUpperCase(locale())}${words.slice(1)}` };
  });
}

/** `on day 5`, `on the second Sunday` */
function monthlyWords(by: MonthlyBy, date: string): string {
  const day = dayOf(date);
  const weekday = weekdayName(weekdayOf(date));
  switch (by) {
    case "day":
      return day > 28 ? t("on day {day}, in months that have it", { day }) : t("on day {day}", { day });
    case "weekday":
      return t(
        "{week, plural, =1 {on the first {weekday}} =2 {on the second {weekday}} =3 {on the third {weekday}} other {on the fourth {weekday}}}",
        { week: weekOf(date), weekday },
      );
    case "last-weekday":
      return t("on the last {weekday}", { weekday });
    case "last-day":
      return t("on the last day");
  }
}

/** `Every 2 weeks on Sunday and Monday, 10 times` */
export function recurrenceWords(recurrence: Recurrence, date: string): string {
  const { repeat, ends, count, lastDay, rule } = recurrence;
  if (repeat === "never") return t("Once");
  if (repeat === "custom") return t("By the rule {rule}", { rule });
  const often = oftenWords(repeat, recurrence, date);
  if (ends === "never") return often;
  return ends === "count"
    ? t("{often}, {count, plural, one {# time} other {# times}}", { often, count })
    : t("{often}, until {day}", { often, day: lastDay });
}

function oftenWords(
  repeat: "daily" | "weekly" | "monthly",
  { every, days, monthlyBy }: Recurrence,
  date: string,
): string {
  switch (repeat) {
    case "daily":
      return t("{every, plural, one {Every day} other {Every # days}}", { every });
    case "weekly": {
      const chosen = WEEKDAYS.filter((day) => days.includes(day)).map(weekdayName);
      return t("{every, plural, one {Every week on {days}} other {Every # weeks on {days}}}", {
        every,
        days: new Intl.ListFormat(locale()).format(chosen),
      });
    }
    case "monthly":
      return t("{every, plural, one {Every month {on}} other {Every # months {on}}}", {
        every,
        on: monthlyWords(monthlyBy, date),
      });
  }
}

function monthlyPart(by: MonthlyBy, date: string): string {
  switch (by) {
    case "day":
      return `BYMONTHDAY=${dayOf(date)}`;
    case "last-day":
      return "BYMONTHDAY=-1";
    case "weekday":
      return `BYDAY=${weekOf(date)}${weekdayOf(date)}`;
    case "last-weekday":
      return `BYDAY=-1${weekdayOf(date)}`;
  }
}

function weekdayOf(date: string): Weekday {
  const day = new Date(`${date}T00:00:00Z`).getUTCDay();
  return WEEKDAYS[(day + 6) % 7] ?? "MO";
}

function dayOf(date: string): number {
  return Number(date.slice(8, 10));
}
function weekOf(date: string): number {
  return Math.ceil(dayOf(date) / 7);
}
function lengthOfMonth(date: string): number {
  return new Date(Date.UTC(Number(date.slice(0, 4)), Number(date.slice(5, 7)), 0)).getUTCDate();
}
