/** The words of reminders: for a notification's two lines, and for chat. */
import { isoOf, wallText } from "../windows/wall-clock.ts";

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
  | { what: "open-ended"; forMs: number };

/** Sites that are named one by one. */
const MAX_NAMED_SITES = 3;

/** @returns a line, and what there is besides */
export function reminderWords(sites: readonly string[], about: About, news: News): { title: string; text: string } {
  const one = sites.length === 1;
  const names =
    sites.length > MAX_NAMED_SITES
      ? `${sites.length} sites`
      : sites.length > 1
        ? `${sites.slice(0, -1).join(", ")} and ${sites.at(-1) ?? ""}`
        : sites.join("");
  const notes = "why" in news && news.why !== undefined ? [sentence(news.why)] : [];
  return {
    title: titleOf(news, names, one),
    text: [spanWords(about), ...lateness(news), ...notes, ...others(news)].join(" "),
  };
}

function sentence(text: string): string {
  return /[.!?…]$/.test(text) ? text : `${text}.`;
}

function titleOf(news: News, names: string, one: boolean): string {
  switch (news.what) {
    case "ahead":
      return `${names} ${one ? "goes" : "go"} into maintenance in ${hoursAndMinutes(news.inMs)}`;
    case "waits":
      return `The maintenance of ${names} waits for you to start it`;
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
      return `${names} ${one ? "was" : "were"} brought back by the agent itself: not closed as planned`;
    case "not-reverted":
      return `${names} ${one ? "is" : "are"} not closed as planned, and could not be brought back`;
    case "hook-gone":
      return `The maintenance of ${names} would not start`;
    case "open-ended":
      return `${names} ${one ? "has" : "have"} been in maintenance for ${hoursAndMinutes(news.forMs)}, without an end`;
  }
}

/** `"New disks": 2030-01-06 02:00 to 04:00 Europe/Berlin (01:00 to 03:00 UTC).` */
function spanWords({ title, from, to, zone, author }: About): string {
  const what = title === "" ? "" : `"${title}"${author === undefined ? "" : ` by ${author}`}: `;
  const local = `${between(from, to, zone)} ${zone}`;
  return zone === "UTC" ? `${what}${local}.` : `${what}${local} (${between(from, to, "UTC", true)} UTC).`;
}

function between(from: string, to: string | undefined, zone: string, short = false): string {
  const [day = "", time = ""] = wall(from, zone);
  const start = short ? time : `${day} ${time}`;
  if (to === undefined) return `since ${start}`;
  const [lastDay = "", end = ""] = wall(to, zone);
  return `${start} to ${lastDay === day ? end : `${lastDay} ${end}`}`;
}

/** Without a calendar where none is needed: an agent without windows has none in memory. */
function wall(iso: string, zone: string): string[] {
  return (zone === "UTC" ? isoOf(Date.parse(iso)).slice(0, 16) : wallText(Date.parse(iso), zone)).split("T");
}

function others(news: News): string[] {
  if (news.what !== "missed" || news.others === 0) return [];
  return [`${news.others} before it ${news.others === 1 ? "was" : "were"} missed, too.`];
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
