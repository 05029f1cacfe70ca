/**
 * What the person has chosen in the wizard so far, and the maintenance options it stands for. Pure:
 * the time comes as an argument.
 *
 * The draft keeps what was typed even where another choice hides it, so that going back and forth
 * loses nothing.
 */
import type { Condition, MaintenanceOptions, PageContent } from "../../main/contract/agent.ts";

/** A site on a server. */
export interface Place {
  serverId: string;
  site: string;
}

export interface Draft {
  /** The leading site: the one that the steps and their previews show. */
  serverId: string;
  site: string;
  /** Sites that are switched together with it, on any server; every choice holds for them, too. */
  also: Place[];
  reason: string;
  /** Empty: the name that the plan proposes. */
  copycat: string;
  /**
   * Hosts of the original that are left out; everything else is covered, also hosts that are added
   * meanwhile.
   */
  leftOut: string[];
  staffHosts: string;
  response: "page" | "files" | "status";
  title: string;
  text: string;
  contact: string;
  logo: string | null;
  root: string;
  status: number;
  retryAfter: "minutes" | "end";
  retryMinutes: number;
  end: "open" | "at";
  /** Local date and time as the input gives it: `2026-11-23T02:30`. */
  until: string;
  certificates: boolean;
  healthChecks: string;
  webhooks: string;
  addresses: string;
  headerName: string;
  headerValue: string;
  position: "above" | "top";
  /** At once, or at the times of a window, which the wizard keeps beside the draft. */
  when: "now" | "planned";
  restart: "graceful" | "hard";
  /** The agent brings it back by itself if the proof fails. */
  revertIfWrong: boolean;
}

export const CERTIFICATE_PATH = "/.well-known/acme-challenge/*";
export const HEALTH_SUGGESTIONS = ["/healthz", "/health", "/ready", "/livez"] as const;

/** A new draft: what is right for nearly everyone. @param revertIfWrong as the settings have it */
export function newDraft(serverId: string, site: string, revertIfWrong = false): Draft {
  return {
    serverId,
    site,
    also: [],
    reason: "",
    copycat: "",
    leftOut: [],
    staffHosts: "",
    response: "page",
    title: "",
    text: "",
    contact: "",
    logo: null,
    root: "",
    status: 503,
    retryAfter: "minutes",
    retryMinutes: 30,
    end: "open",
    until: "",
    certificates: true,
    healthChecks: "/healthz",
    webhooks: "",
    addresses: "",
    headerName: "",
    headerValue: "",
    position: "above",
    when: "now",
    restart: "graceful",
    revertIfWrong,
  };
}

/** Entries of a text field that takes several, separated by commas, spaces or lines. */
export function entries(text: string): string[] {
  return [...new Set(text.split(/[\s,;]+/).filter((entry) => entry !== ""))];
}

function exceptions(draft: Draft): Condition[] {
  const list: Condition[] = [];
  if (draft.certificates) list.push({ path: [CERTIFICATE_PATH] });
  const health = entries(draft.healthChecks);
  if (health.length > 0) list.push({ path: health });
  const webhooks = entries(draft.webhooks);
  if (webhooks.length > 0) list.push({ path: webhooks });
  const addresses = entries(draft.addresses);
  if (addresses.length > 0) list.push({ from: addresses });
  if (draft.headerName.trim() !== "")
    list.push({
      header: { [draft.headerName.trim().toLowerCase()]: draft.headerValue === "" ? true : draft.headerValue },
    });
  return list;
}

/** The end as ISO 8601 in UTC; `undefined` while it is open or not a date. */
export function endOf(draft: Draft): string | undefined {
  // The end of a window is its own.
  if (draft.when === "planned" || draft.end === "open" || draft.until === "") return undefined;
  const time = new Date(draft.until);
  return Number.isNaN(time.getTime()) ? undefined : time.toISOString();
}

/**
 * The options of the maintenance call. `hosts` are those of the original, to leave some out;
 * `author` is who does it.
 *
 * Every choice holds for every site, with two exceptions: the copycat's name and the staff names
 * are those of one site, and so they are only given to the leading site and its likes on other
 * servers. For another site the name could be taken, and a staff name would lead to two of them.
 * @param site the leading one, or one of those that are switched together with it
 * @param isAlike whether that is the same site as the leading one
 */
export function optionsOf(
  draft: Draft,
  hosts: readonly string[],
  author: string,
  site: string = draft.site,
  isAlike: boolean = site === draft.site,
): MaintenanceOptions {
  const until = endOf(draft);
  const copycat = isAlike ? draft.copycat.trim() : "";
  const covered = hosts.filter((host) => !draft.leftOut.includes(host));
  const staff = isAlike ? entries(draft.staffHosts) : [];
  const fields = {
    title: draft.title.trim(),
    text: draft.text.trim(),
    contact: draft.contact.trim(),
    logo: draft.logo ?? "",
  } satisfies Record<keyof PageContent, string>;
  const words: PageContent = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== ""));
  const response: Pick<MaintenanceOptions, "page" | "root" | "status"> =
    draft.response === "files"
      ? { root: draft.root }
      : draft.response === "status"
        ? { status: draft.status }
        : { page: Object.keys(words).length === 0 ? "default" : words };
  const list = exceptions(draft);
  return {
    site,
    ...(copycat === "" ? {} : { copycat }),
    ...(covered.length === hosts.length ? {} : { hosts: covered }),
    ...response,
    ...(draft.retryAfter === "minutes"
      ? { retryAfter: draft.retryMinutes * 60 }
      : until !== undefined
        ? { retryAfter: "end" as const }
        : {}),
    ...(until === undefined ? {} : { until }),
    ...(list.length === 0 ? {} : { exceptions: list }),
    ...(staff.length === 0 ? {} : { internalHosts: staff }),
    ...(draft.revertIfWrong ? { revertIfWrong: true } : {}),
    ...(draft.position === "above" ? {} : { position: draft.position }),
    ...(draft.reason.trim() === "" ? {} : { reason: draft.reason.trim() }),
    author,
  };
}

export const STEPS = ["site", "copycat", "domains", "response", "exceptions", "order", "restart"] as const;
export type Step = (typeof STEPS)[number];

/**
 * What is missing or wrong in a step, by field; empty when one may go on. `hosts` are those of the
 * original, `now` in epoch milliseconds.
 */
export function problemsOf(
  step: Step,
  draft: Draft,
  hosts: readonly string[],
  now: number,
): Partial<Record<keyof Draft, string>> {
  switch (step) {
    case "site":
      return draft.site === "" ? { site: "Choose the site that goes into maintenance." } : tooMany(draft);
    case "copycat":
      return draft.copycat === "" || /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/.test(draft.copycat.trim())
        ? {}
        : { copycat: "Use letters, digits, dot, dash or underscore, and start with a letter or digit." };
    case "domains":
      return hosts.length > 0 && hosts.every((host) => draft.leftOut.includes(host))
        ? { leftOut: "Choose at least one domain; otherwise nobody would see the maintenance page." }
        : {};
    case "response":
      return {
        ...(draft.response === "files" && !draft.root.startsWith("/")
          ? { root: "Enter the folder or file on the server as an absolute path, e.g. /srv/backsoon/pages/shop." }
          : {}),
        ...(draft.response === "status" &&
        !(Number.isInteger(draft.status) && draft.status >= 400 && draft.status <= 599)
          ? { status: "Use a status from 400 to 599; 503 is the right one for maintenance." }
          : {}),
        ...(draft.retryAfter === "minutes" &&
        !(Number.isInteger(draft.retryMinutes) && draft.retryMinutes > 0 && draft.retryMinutes <= 525_600)
          ? { retryMinutes: "Use whole minutes, at least 1." }
          : {}),
        ...endProblems(draft, now),
      };
    case "exceptions":
      return {
        ...pathProblem("healthChecks", draft.healthChecks),
        ...pathProblem("webhooks", draft.webhooks),
        ...addressProblem(draft.addresses),
        ...(draft.headerName.trim() === "" && draft.headerValue !== ""
          ? { headerName: "Name the header that carries this value." }
          : {}),
        ...(/^[!#$%&'*+.^_`|~0-9A-Za-z-]*$/.test(draft.headerName.trim())
          ? {}
          : { headerName: "A header name has letters, digits and dashes only." }),
      };
    case "order":
      return {};
    case "restart":
      return endProblems(draft, now);
  }
}

/** As many as an agent takes in one go. */
const MAX_SITES_PER_SERVER = 100;

function tooMany({ serverId, site, also }: Draft): Partial<Record<keyof Draft, string>> {
  const onOne = Map.groupBy([{ serverId, site }, ...also], (place) => place.serverId);
  return [...onOne.values()].some(({ length }) => length > MAX_SITES_PER_SERVER)
    ? {
        also: `One server switches ${MAX_SITES_PER_SERVER} sites at a time; leave some out and switch them afterwards.`,
      }
    : {};
}

function endProblems(draft: Draft, now: number): Partial<Record<keyof Draft, string>> {
  if (draft.when === "planned") return {};
  const end = endOf(draft);
  if (draft.end === "at" && end === undefined)
    return { until: "Enter the date and time of the expected end, or choose an open end." };
  if (end !== undefined && Date.parse(end) <= now)
    return { until: "This time is in the past; choose a later one, or an open end." };
  if (draft.retryAfter === "end" && end === undefined)
    return { retryAfter: "Counting down to the end needs an end time." };
  return {};
}

/** Only what is certainly no address; the plan reads them in full. */
function addressProblem(text: string): Partial<Record<keyof Draft, string>> {
  const wrong = entries(text).find((entry) => !/^(?=.*[.:])[\da-f.:]+(\/\d{1,3})?$/i.test(entry));
  return wrong === undefined
    ? {}
    : { addresses: `“${wrong}” is not an address or range, e.g. 10.0.0.0/8 or 2001:db8::/32` };
}

function pathProblem(field: "healthChecks" | "webhooks", text: string): Partial<Record<keyof Draft, string>> {
  const wrong = entries(text).find((entry) => !entry.startsWith("/"));
  return wrong === undefined ? {} : { [field]: `“${wrong}” is not a path: start it with /, e.g. /${wrong}` };
}
