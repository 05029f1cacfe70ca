import { addDays, daysBetween } from "../window-editor/zoned.ts";
/**
 * Where occurrences stand in a month or a week, as blocks that never lie over each other. Pure;
 * days and minutes are those of the clock on the wall.
 */

/** `2030-01-31T23:00`, by the clock on the wall of the zone that is shown. */
export interface Spanning {
  key: string;
  from: string;
  /** What ends at midnight does not touch the next day. */
  to: string;
}

/**
 * A part of an occurrence in a column of a day. Positions are fractions of the day; `lane` of
 * `lanes` columns beside each other.
 */
export interface DayBlock {
  key: string;
  day: string;
  top: number;
  height: number;
  lane: number;
  lanes: number;
  /** It begins or ends here, and not on another day. */
  isFirst: boolean;
  isLast: boolean;
}

/** A bar in a row of a week. */
export interface WeekBar {
  key: string;
  /** First column, and how many. */
  column: number;
  span: number;
  lane: number;
  isFirst: boolean;
  isLast: boolean;
}

const DAY_MINUTES = 1440;
/** What is shorter is drawn so long (minutes), so that it can be read and hit. */
const MIN_BLOCK_MINUTES = 30;

/** The days of a week that begins on Monday. */
export function weekOf(date: string): string[] {
  const back = (new Date(`${date}T00:00:00Z`).getUTCDay() + 6) % 7;
  return Array.from({ length: 7 }, (_, index) => addDays(date, index - back));
}

/** The weeks that a month has days in. */
export function monthWeeks(date: string): string[][] {
  const weeks: string[][] = [];
  for (
    let week = weekOf(`${date.slice(0, 7)}-01`);
    (week[0] ?? "").slice(0, 7) <= date.slice(0, 7);
    week = weekOf(addDays(week[6] ?? date, 1))
  )
    weeks.push(week);
  return weeks;
}

/** The last day that a span has a part of. */
export function lastDayOf({ from, to }: Pick<Spanning, "from" | "to">): string {
  return to.endsWith("T00:00") && to > from ? addDays(to.slice(0, 10), -1) : to.slice(0, 10);
}

/**
 * Blocks of a day, side by side where they would lie over each other: as many columns as there are
 * at most at any one time, and each block in the first that is free.
 */
export function dayBlocks(day: string, spans: readonly Spanning[]): DayBlock[] {
  const parts = spans
    .filter((span) => span.from.slice(0, 10) <= day && lastDayOf(span) >= day)
    .map(({ key, from, to }) => {
      const isFirst = from.slice(0, 10) === day;
      const start = isFirst ? minuteOf(from) : 0;
      const isLast = lastDayOf({ from, to }) === day;
      const end = isLast && to.slice(0, 10) === day ? minuteOf(to) : DAY_MINUTES;
      const shown = Math.min(DAY_MINUTES, Math.max(end, start + MIN_BLOCK_MINUTES));
      return { key, start: Math.min(start, shown - MIN_BLOCK_MINUTES), end: shown, isFirst, isLast };
    })
    .sort((a, b) => a.start - b.start || b.end - a.end || a.key.localeCompare(b.key));
  const blocks: DayBlock[] = [];
  let group: (DayBlock & { end: number })[] = [];
  let groupEnd = 0;
  const close = () => {
    const lanes = Math.max(0, ...group.map(({ lane }) => lane)) + 1;
    blocks.push(...group.map(({ end: _end, ...block }) => ({ ...block, lanes })));
    group = [];
  };
  for (const { key, start, end, isFirst, isLast } of parts) {
    if (start >= groupEnd) close();
    const busy = new Set(group.filter((other) => other.end > start).map(({ lane }) => lane));
    let lane = 0;
    while (busy.has(lane)) lane += 1;
    group.push({
      key,
      day,
      top: start / DAY_MINUTES,
      height: (end - start) / DAY_MINUTES,
      lane,
      lanes: 1,
      isFirst,
      isLast,
      end,
    });
    groupEnd = Math.max(groupEnd, end);
  }
  close();
  return blocks;
}

/** Bars of a week in a month, each in the first row that is free for all of its days. */
export function weekBars(week: readonly string[], spans: readonly Spanning[]): WeekBar[] {
  const [monday = "", sunday = ""] = [week[0], week.at(-1)];
  const parts = spans
    .filter((span) => span.from.slice(0, 10) <= sunday && lastDayOf(span) >= monday)
    .map((span) => {
      const first = span.from.slice(0, 10);
      const last = lastDayOf(span);
      const column = Math.max(0, daysBetween(monday, first));
      return {
        ...span,
        column,
        end: Math.min(week.length - 1, daysBetween(monday, last)),
        isFirst: first >= monday,
        isLast: last <= sunday,
      };
    })
    .sort((a, b) => a.column - b.column || b.end - a.end || a.from.localeCompare(b.from) || a.key.localeCompare(b.key));
  /** By lane: the first column that is free. */
  const free: number[] = [];
  return parts.map(({ key, column, end, isFirst, isLast }) => {
    const found = free.findIndex((from) => from <= column);
    const lane = found < 0 ? free.length : found;
    free[lane] = end + 1;
    return { key, column, span: end - column + 1, lane, isFirst, isLast };
  });
}

export function minuteOf(wall: string): number {
  return Number(wall.slice(11, 13)) * 60 + Number(wall.slice(14, 16));
}
