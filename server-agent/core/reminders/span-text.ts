/** Times in words: as the clocks of a zone show them, with the zone's abbreviation. */

/** From when to when; without `to` the end is open. */
export interface Times {
  /** ISO 8601. */
  from: string;
  to?: string | undefined;
}

/**
 * `Sun, Jan 6, 02:00 to 04:00 CET`.
 * @param zone IANA name; `undefined`: that of this computer, whose owner need not be told its name
 */
export function spanText({ from, to }: Times, zone?: string): string {
  const [day, start, offset] = wall(from, zone);
  if (to === undefined) return `since ${day}, ${start}${offset}`;
  const [lastDay, end, lastOffset] = wall(to, zone);
  const changes = offset !== lastOffset;
  return `${day}, ${start}${changes ? offset : ""} to ${lastDay === day ? "" : `${lastDay}, `}${end}${lastOffset}`;
}

function wall(iso: string, zone: string | undefined): [day: string, time: string, zone: string] {
  const at = new Date(iso);
  const timeZone = zone === undefined ? {} : { timeZone: zone };
  const day = new Intl.DateTimeFormat("en-US", { ...timeZone, weekday: "short", month: "short", day: "numeric" });
  const time = new Intl.DateTimeFormat("en-GB", { ...timeZone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  return [day.format(at), time.format(at), zone === undefined ? "" : ` ${abbreviation(at, zone)}`];
}

/**
 * English has its own abbreviations in each part of the world: `CET` in Britain, `EST` in America.
 * Where none has one, it is the offset: `GMT+5:30`.
 */
const ENGLISH = ["en-US", "en-GB", "en-AU", "en-IN", "en-ZA"];

function abbreviation(at: Date, zone: string): string {
  const names = ENGLISH.map(
    (locale) =>
      new Intl.DateTimeFormat(locale, { timeZone: zone, timeZoneName: "short" })
        .formatToParts(at)
        .find(({ type }) => type === "timeZoneName")?.value ?? zone,
  );
  return names.find((name) => !/[+\-−]/.test(name)) ?? names[0] ?? zone;
}
