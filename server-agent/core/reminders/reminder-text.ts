/** The words of reminders: for a notification's two lines, and for chat. */
import type { ReminderDetails } from "../../contract/reminders.ts";
import { spanText, type Times } from "./span-text.ts";

/** What a reminder is about. */
export interface About {
  /** Of the window, or the reason of a maintenance by hand. */
  title: string;
  from: string;
  /** `undefined`: open end. */
  to: string | undefined;
  zone: string;
  /** Who closed it by hand. */
  author?: string;
}

/** What it says of it. */
export type News =
  | { what: "ahead"; inMs: number }
  | { what: "waits" }
  | { what: "started"; lateBySeconds: number | undefined; why: string | undefined }
  | { what: "end-ahead"; inMs: number; stays: boolean }
  | { what: "ended"; why: string | undefined }
  | { what: "overrun"; afterMs: number; why: string | undefined }
  | { what: "missed"; why: string | undefined; others: number }
  | { what: "failed"; why: string | undefined }
  | { what: "reverted"; why: string }
  | { what: "not-reverted"; why: string }
  | { what: "hook-gone"; why: string }
  /** `endsInMs`: of the present one; undefined: there is none yet. */
  | { what: "certificate"; endsInMs: number | undefined; why: string }
  | { what: "open-ended"; forMs: number };

/** Sites that are named one by one. */
const MAX_NAMED_SITES = 3;

/**
 * @param sites their ids
 * @param nameOf what people call the site of an id
 * @returns a line, and what there is besides
 */
export function reminderWords(
  sites: readonly string[],
  about: About,
  news: News,
  nameOf: (site: string) => string = (site) => site,
): { title: string; text: string; details: ReminderDetails } {
  const one = sites.length === 1;
  const called = sites.map(nameOf);
  const names =
    sites.length > MAX_NAMED_SITES
      ? `${sites.length} sites`
      : sites.length > 1
        ? `${called.slice(0, -1).join(", ")} and ${called.at(-1) ?? ""}`
        : called.join("");
  const why = "why" in news && news.why !== undefined ? [sentence(news.why, sites, nameOf)] : [];
  const { title, from, to, zone, author } = about;
  const details: ReminderDetails = {
    what: title === "" ? "" : `"${title}"${author === undefined ? "" : ` by ${author}`}`,
    from,
    ...(to === undefined ? {} : { to }),
    zone,
    notes: [...lateness(news), ...why, ...others(news)],
  };
  return { title: titleOf(news, names, one), text: detailsText(details), details };
}

/**
 * What there is besides the title, with its times as the reader sees them: by default as the clocks
 * of its zone show them.
 */
export function detailsText(
  { what, notes, from, to, zone }: ReminderDetails,
  written: (times: Times) => string = (times) => spanText(times, zone),
): string {
  const times = written({ from, to });
  const begin = what === "" ? `${times[0]?.toUpperCase() ?? ""}${times.slice(1)}` : `${what}: ${times}`;
  return [`${begin}.`, ...notes].join(" ");
}

/** Names of hosts and sites have no capitals. */
function sentence(text: string, sites: readonly string[], nameOf: (site: string) => string): string {
  const [first = ""] = /^\S+/.exec(text) ?? [];
  const begun = sites.includes(first)
    ? `${nameOf(first)}${text.slice(first.length)}`
    : /^[a-z]+$/.test(first)
      ? `${text[0]?.toUpperCase() ?? ""}${text.slice(1)}`
      : text;
  return /[.!?…]$/.test(begun) ? begun : `${begun}.`;
}

function titleOf(news: News, names: string, one: boolean): string {
  switch (news.what) {
    case "ahead":
      return `${names} ${one ? "goes" : "go"} into maintenance in ${hoursAndMinutes(news.inMs)}`;
    case "waits":
      return `Time to start the maintenance of ${names}`;
    case "started":
      return `${names} ${one ? "is" : "are"} in maintenance`;
    case "end-ahead":
      return news.stays
        ? `The maintenance of ${names} is planned to end in ${hoursAndMinutes(news.inMs)}`
        : `${names} ${one ? "comes" : "come"} back in ${hoursAndMinutes(news.inMs)}`;
    case "ended":
      return `The maintenance of ${names} is over`;
    case "overrun":
      return news.afterMs < 60_000
        ? `${names} ${one ? "is" : "are"} still in maintenance at the planned end`
        : `${names} ${one ? "is" : "are"} still in maintenance, ${hoursAndMinutes(news.afterMs)} after the end`;
    case "missed":
      return `The maintenance of ${names} was missed`;
    case "failed":
      return `The maintenance of ${names} could not be started`;
    case "reverted":
      return `${names} ${one ? "was" : "were"} brought back automatically: not closed as planned`;
    case "not-reverted":
      return `${names} ${one ? "is" : "are"} not closed as planned, and could not be brought back`;
    case "hook-gone":
      return `The maintenance of ${names} will not start`;
    case "certificate":
      if (news.endsInMs === undefined) return `No certificate for ${names} yet: ordering it failed`;
      return news.endsInMs > 0
        ? `The certificate of ${names} could not be renewed; it expires in ${hoursAndMinutes(news.endsInMs)}`
        : `The certificate of ${names} has expired and could not be renewed`;
    case "open-ended":
      return `${names} ${one ? "has" : "have"} been in maintenance for ${hoursAndMinutes(news.forMs)}, with no end time`;
  }
}

function others(news: News): string[] {
  if (news.what !== "missed" || news.others === 0) return [];
  return [`${news.others} earlier ${news.others === 1 ? "one was" : "ones were"} missed, too.`];
}

function lateness(news: News): string[] {
  if (news.what !== "started" || news.lateBySeconds === undefined) return [];
  return [
    `It started ${news.lateBySeconds < 60 ? `${news.lateBySeconds} s` : hoursAndMinutes(news.lateBySeconds * 1000)} late.`,
  ];
}

/** `10 min`, `4 h`, `1 h 30 min`, `2 days`. */
export function hoursAndMinutes(ms: number): string {
  const minutes = Math.max(1, Math.round(ms / 60_000));
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours >= 48) return `${Math.floor(hours / 24)} days`;
  return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
}
