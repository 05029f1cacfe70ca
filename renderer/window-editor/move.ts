/** What becomes of a window when an occurrence of it is moved or stretched. Pure. */
import type { MaintenanceWindow } from "../../main/contract/agent.ts";
import type { ScheduledOccurrence } from "../../main/contract/schedule.ts";
import type { WindowTerms } from "../../main/contract/windows.ts";
import { addDays, daysBetween, instantAt, wallAt } from "./zoned.ts";
import { monthlyChoices, WEEKDAYS } from "./recurrence.ts";
import { formOf, movedAlong, termsOf } from "./window-form.ts";

/** By the clock on the wall of the zone that is shown, in minutes. */
export interface Shift {
  start: number;
  end: number;
}

export const NO_SHIFT: Shift = { start: 0, end: 0 };
const MIN_DURATION_MS = 15 * 60_000;

export interface Span {
  start: number;
  end: number;
}

/** Where an occurrence stands then. Moved as a whole it keeps its length. */
export function shifted(occurrence: Pick<ScheduledOccurrence, "start" | "end">, shift: Shift, zone: string): Span {
  const before = { start: Date.parse(occurrence.start), end: Date.parse(occurrence.end) };
  const start = shift.start === 0 ? before.start : onTheWall(before.start, shift.start, zone);
  if (shift.start === shift.end) return { start, end: start + before.end - before.start };
  const end = shift.end === 0 ? before.end : onTheWall(before.end, shift.end, zone);
  return { start, end: Math.max(end, start + MIN_DURATION_MS) };
}

function onTheWall(instant: number, minutes: number, zone: string): number {
  const moved = new Date(Date.parse(`${wallAt(instant, zone)}:00Z`) + minutes * 60_000).toISOString().slice(0, 16);
  return instantAt(moved, zone);
}

/** What was planned, without what differs from server to server. */
export function termsOfWindow({
  id: _id,
  revision: _revision,
  createdAt: _createdAt,
  state: _state,
  occurrences: _occurrences,
  sites: _sites,
  operation: _operation,
  author: _author,
  ...terms
}: MaintenanceWindow): WindowTerms {
  return terms;
}

/** This occurrence alone, as a window of its own. */
export function termsForOne(terms: WindowTerms, { start, end }: Span): WindowTerms {
  const { rrule: _rrule, exdates: _exdates, end: _end, duration: _duration, ...rest } = terms;
  return { ...rest, start: wallAt(start, terms.zone), ...lengthOf(terms, { start, end }) };
}

/**
 * All occurrences, by as much as this one moves. `undefined`: the rule says on which days, and
 * would not move along.
 */
export function termsForAll(terms: WindowTerms, before: Span, after: Span): WindowTerms | undefined {
  const [from, to] = [wallAt(before.start, terms.zone), wallAt(after.start, terms.zone)];
  const start = from === to ? terms.start : (movedAlong([terms.start], from, to)[0] ?? terms.start);
  const { end: _end, duration: _duration, ...rest } = terms;
  const length =
    after.end - after.start === before.end - before.start ? keptLength(terms, start) : lengthFrom(terms, start, after);
  const moved: WindowTerms = { ...rest, start, ...length };
  const days = daysBetween(terms.start.slice(0, 10), start.slice(0, 10));
  if (terms.rrule === undefined) return moved;
  const exdates = terms.exdates === undefined ? {} : { exdates: movedAlong(terms.exdates, terms.start, start) };
  if (days === 0) return { ...moved, ...exdates };
  const form = formOf({ ...terms, ...length });
  if (form.repeat === "custom") return undefined;
  const date = start.slice(0, 10);
  const choices = monthlyChoices(date).map(({ value }) => value);
  const rrule = termsOf({
    ...form,
    date,
    days: WEEKDAYS.filter((_, index) => form.days.includes(WEEKDAYS[(((index - days) % 7) + 7) % 7] ?? "MO")),
    monthlyBy: choices.includes(form.monthlyBy)
      ? form.monthlyBy
      : form.monthlyBy === "weekday"
        ? "last-weekday"
        : "day",
    lastDay: form.lastDay === "" ? "" : addDays(form.lastDay, days),
  }).rrule;
  return { ...moved, ...exdates, ...(rrule === undefined ? {} : { rrule }) };
}

function keptLength(
  { start: before, end, duration }: WindowTerms,
  start: string,
): Pick<WindowTerms, "end" | "duration"> {
  if (end === undefined) return duration === undefined ? {} : { duration };
  return { end: movedAlong([end], before, start)[0] ?? end };
}

/** The same kind of length as before: exact, or by the clock on the wall. */
function lengthOf(terms: WindowTerms, { start, end }: Span): Pick<WindowTerms, "end" | "duration"> {
  return terms.end === undefined ? { duration: exact(end - start) } : { end: wallAt(end, terms.zone) };
}

function lengthFrom(
  terms: WindowTerms,
  start: string,
  { start: from, end: to }: Span,
): Pick<WindowTerms, "end" | "duration"> {
  if (terms.end === undefined) return { duration: exact(to - from) };
  return {
    end: (movedAlong([wallAt(to, terms.zone)], wallAt(from, terms.zone), start.slice(0, 16))[0] ?? terms.end).slice(
      0,
      16,
    ),
  };
}

function exact(milliseconds: number): string {
  const minutes = Math.max(1, Math.round(milliseconds / 60_000));
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
  return `PT${hours === 0 ? "" : `${hours}H`}${rest === 0 && hours > 0 ? "" : `${rest}M`}`;
}

/**
 * What a key does to an occurrence that has the focus; in a month by days. `undefined`: nothing.
 */
export function shiftFor(key: string, isStretch: boolean, step: "minutes" | "days"): Shift | undefined {
  const day = 1440;
  const by = {
    ArrowUp: step === "days" ? -7 * day : -15,
    ArrowDown: step === "days" ? 7 * day : 15,
    ArrowLeft: -day,
    ArrowRight: day,
  }[key];
  if (by === undefined) return undefined;
  return isStretch ? { start: 0, end: by } : { start: by, end: by };
}

export function plus(one: Shift, other: Shift): Shift {
  return { start: one.start + other.start, end: one.end + other.end };
}
export function isNothing({ start, end }: Shift): boolean {
  return start === 0 && end === 0;
}
