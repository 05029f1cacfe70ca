/**
 * When a site is visited least, as far as the last weeks tell: a pure function of what was counted
 * by the hour.
 */
import { type Instant, wallAt } from "./wall-clock.ts";

/** Requests of one site within one hour of UTC. */
export interface HourCount {
  start: Instant;
  requests: number;
}

export interface LowTrafficTime {
  start: Instant;
  /** So many requests are to be expected until the end. */
  requests: number;
}

const HOUR_MS = 3_600_000;
/** Less than a day tells nothing about hours. */
const MIN_HOURS = 24;
const SEARCHED_HOURS = 7 * 24;
const MAX_SUGGESTIONS = 3;

/**
 * The starts with the least traffic within the coming week, at full hours, best first, each on
 * another day.
 * @param lengthMs how long the maintenance takes
 * @returns `undefined` while too little was counted
 */
export function lowTrafficTimes(
  hours: readonly HourCount[],
  lengthMs: number,
  zone: string,
  now: Instant,
): LowTrafficTime[] | undefined {
  if (hours.length < MIN_HOURS) return undefined;
  const byWeekday = means(hours, (start) => weekdayHour(start, zone));
  const byHour = means(hours, (start) => `${wallAt(start, zone).hour}`);
  const all = hours.reduce((sum, { requests }) => sum + requests, 0) / hours.length;
  const expected = (start: Instant) =>
    byWeekday.get(weekdayHour(start, zone)) ?? byHour.get(`${wallAt(start, zone).hour}`) ?? all;
  const first = (Math.floor(now / HOUR_MS) + 1) * HOUR_MS;
  const starts = Array.from({ length: SEARCHED_HOURS }, (_, index) => first + index * HOUR_MS);
  const times = starts
    .map((start) => ({ start, requests: Math.round(during(start, lengthMs, expected)) }))
    .sort((a, b) => a.requests - b.requests || a.start - b.start);
  const dayOf = ({ start }: LowTrafficTime) => wallAt(start, zone).toPlainDate().toString();
  return times
    .filter((time, index) => times.findIndex((other) => dayOf(other) === dayOf(time)) === index)
    .slice(0, MAX_SUGGESTIONS);
}

function during(start: Instant, lengthMs: number, expected: (hour: Instant) => number): number {
  let sum = 0;
  for (let at = start; at < start + lengthMs; at += HOUR_MS)
    sum += expected(at) * Math.min(1, (start + lengthMs - at) / HOUR_MS);
  return sum;
}

function weekdayHour(start: Instant, zone: string): string {
  const wall = wallAt(start, zone);
  return `${wall.dayOfWeek} ${wall.hour}`;
}

function means(hours: readonly HourCount[], keyOf: (start: Instant) => string): Map<string, number> {
  const sums = new Map<string, { requests: number; hours: number }>();
  for (const { start, requests } of hours) {
    const key = keyOf(start);
    const sum = sums.get(key) ?? { requests: 0, hours: 0 };
    sums.set(key, { requests: sum.requests + requests, hours: sum.hours + 1 });
  }
  return new Map([...sums].map(([key, sum]) => [key, sum.requests / sum.hours]));
}
