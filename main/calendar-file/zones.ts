/** Time zones of calendar files that are read: which IANA zone a name means. */
import { plainText } from "../text/plain-text.ts";
import { type Component, LineFault, type Property } from "./content-lines.ts";
import { clocksOf, isContradicted, sameClocks } from "./zone-clocks.ts";
import { WINDOWS_ZONES } from "./windows-zones.ts";
import { t } from "../language/translate.ts";

/** No zone's name is longer, wherever a program puts it. */
const MAX_NAME_LENGTH = 200;
const WINDOWS = new Map(Object.entries(WINDOWS_ZONES).map(([name, zone]) => [name.toLowerCase(), zone]));
/** Those that CLDR takes for a whole region come before others. */
const BY_RANK = [...new Set([...Object.values(WINDOWS_ZONES), ...Intl.supportedValuesOf("timeZone")])];

interface Found {
  zone: string;
  /** By a place that it speaks of, or by its clocks: others may have the same. */
  isGuess: boolean;
}

/**
 * Programs name zones in many ways: by IANA, with a path before it or none, as Windows does, or by
 * words of their own, of which the file may say what they mean (`X-LIC-LOCATION`), or which clocks
 * they have (VTIMEZONE).
 */
export class FileZones {
  readonly #components = new Map<string, Component>();
  readonly #known = new Map<string, Found | undefined>();
  readonly #at: number;
  readonly #byRank: readonly string[];

  /**
   * @param at ms since 1970: what clocks did before does not matter
   * @param localZone of this computer, the first among zones with the same clocks
   */
  constructor(calendars: readonly Component[], at: number, localZone: string) {
    this.#at = at;
    this.#byRank = [localZone, ...BY_RANK];
    for (const component of calendars.flatMap(({ components }) => components)) {
      const tzid = component.properties.find(({ name }) => name === "tzid")?.text;
      if (component.name === "VTIMEZONE" && tzid !== undefined) this.#components.set(tzid, component);
    }
  }

  /** @returns `undefined` where it has none (RFC 5545: a floating time). @throws {LineFault} */
  of(property: Property): string | undefined {
    if (/z$/i.test(property.text)) return "UTC";
    const tzid = property.parameters.tzid?.trim();
    if (tzid === undefined) return undefined;
    const found = this.#find(tzid, property);
    if (found !== undefined) return found.zone;
    const name = JSON.stringify(plainText(tzid, 60));
    throw new LineFault(
      property.line,
      this.#components.has(tzid)
        ? t(
            "the time zone {name} is not known, and no zone has the clocks that the file gives it; use an IANA name like Europe/Berlin",
            { name },
          )
        : t("the time zone {name} is not known; use an IANA name like Europe/Berlin", { name }),
    );
  }

  /** For a person, where the zone is not named but found. */
  noteOf(property: Property): string | undefined {
    const tzid = property.parameters.tzid?.trim();
    const found = tzid === undefined ? undefined : this.#find(tzid, property);
    if (tzid === undefined || found?.isGuess !== true) return undefined;
    return t("Its time zone, {name}, is taken as {zone}.", {
      name: JSON.stringify(plainText(tzid, 60)),
      zone: found.zone,
    });
  }

  #find(tzid: string, { text }: Property): Found | undefined {
    if (tzid.length > MAX_NAME_LENGTH) return undefined;
    const year = Math.max(new Date(this.#at).getUTCFullYear(), Number(/^\d{4}/.exec(text)?.[0] ?? 0));
    const key = `${year} ${tzid}`;
    if (!this.#known.has(key)) this.#known.set(key, this.#search(tzid, Date.UTC(year)));
    return this.#known.get(key);
  }

  #search(tzid: string, from: number): Found | undefined {
    const component = this.#components.get(tzid);
    const clocks = component === undefined ? undefined : clocksOf(component, from);
    const parts = tzid.split("/");
    const named = [
      // A name without a place, like EST, is what the file says that it is.
      !tzid.includes("/") && clocks !== undefined && isZone(tzid) && isContradicted(tzid, clocks) ? undefined : tzid,
      WINDOWS.get(tzid.toLowerCase()),
      component?.properties.find(({ name }) => name === "x-lic-location")?.text,
      ...(parts.length > 1 ? [parts.slice(-3).join("/"), parts.slice(-2).join("/")] : []),
      /^\/|:\/\//.test(tzid) ? parts.at(-1) : undefined,
      tzid.toUpperCase() === "Z" ? "UTC" : undefined,
    ].find((name) => name !== undefined && isZone(name));
    if (named !== undefined) return { zone: idOf(named), isGuess: false };
    const same = clocks === undefined ? [] : this.#byRank.filter((zone) => isZone(zone) && sameClocks(zone, clocks));
    const guess =
      clocks === undefined ? byPlace(tzid, from) : (same.find((zone) => tzid.includes(placeOf(zone))) ?? same[0]);
    return guess === undefined ? undefined : { zone: guess, isGuess: true };
  }
}

/** As Windows shows its zones: `(UTC+01:00) Amsterdam, Berlin`, `(GMT-05:00) Eastern Time`. */
function byPlace(tzid: string, from: number): string | undefined {
  const [, offset, words] = /^\((?:UTC|GMT)([+-]\d\d:\d\d)?\)\s*(.+)$/.exec(tzid) ?? [];
  if (words === undefined) return undefined;
  const places = words.split(/,\s*/);
  const region = WINDOWS.get(words.toLowerCase().replace(/ time( \(.*\))?$/, " standard time"));
  const candidates = [
    ...(region === undefined ? [] : [region]),
    ...BY_RANK.filter((zone) => places.includes(placeOf(zone))),
  ];
  const days = [Date.UTC(new Date(from).getUTCFullYear(), 0), Date.UTC(new Date(from).getUTCFullYear(), 6)];
  return candidates.find((zone) =>
    days.some((day) => isZone(zone) && inZone(day, zone).offset === (offset ?? "+00:00")),
  );
}

/** As the agent takes it: places, and no offsets. */
function isZone(name: string): boolean {
  if (!/^[A-Za-z]/.test(name)) return false;
  try {
    return inZone(0, name).timeZoneId !== "";
  } catch {
    return false;
  }
}

function idOf(name: string): string {
  return inZone(0, name).timeZoneId;
}

function inZone(at: number, zone: string): Temporal.ZonedDateTime {
  return Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone);
}

function placeOf(zone: string): string {
  return (zone.split("/").at(-1) ?? zone).replaceAll("_", " ");
}
