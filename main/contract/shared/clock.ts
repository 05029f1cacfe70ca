/** Times of day as this computer's clock shows them. Pure: the present comes as an argument. */

const TIME = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const DAY = new Intl.DateTimeFormat(undefined, { weekday: "short", day: "numeric", month: "short" });

/**
 * `02:30`, with the day when it is another one: `Tue, 24 Nov 02:30`.
 * @param now epoch milliseconds
 */
export function clock(iso: string, now: number): string {
  const time = new Date(iso);
  return isSameDay(time, new Date(now)) ? TIME.format(time) : dayAndTime(time);
}

/** `today 23:00`, `tomorrow 02:00`, `Sun, 29 Nov 02:00`. @param now epoch milliseconds */
export function clockOfDay(iso: string, now: number): string {
  const time = new Date(iso);
  const tomorrow = new Date(now);
  tomorrow.setDate(tomorrow.getDate() + 1);
  if (isSameDay(time, new Date(now))) return `today ${TIME.format(time)}`;
  return isSameDay(time, tomorrow) ? `tomorrow ${TIME.format(time)}` : dayAndTime(time);
}

function dayAndTime(time: Date): string {
  return `${DAY.format(time)} ${TIME.format(time)}`;
}

function isSameDay(one: Date, other: Date): boolean {
  return one.toDateString() === other.toDateString();
}
