/**
 * What the person has chosen in the wizard so far, and the maintenance options it stands for. Pure:
 * the time comes as an argument.
 *
 * The draft keeps what was typed even where another choice hides it, so that going back and forth
 * loses nothing.
 */
import { currentLanguage } from "../../main/language/language.ts";
import { CERTIFICATE_PATH, HEALTH_CHECK_PATH } from "../../server-agent/core/usual-exceptions.ts";
import type { Condition, MaintenanceOptions } from "../../main/contract/agent.ts";
import { fieldsOfPage, pageOf, type PageFields } from "./page-fields.ts";
import { passNames, type PassHours, type PassTerms } from "./pass-terms.ts";

/** A site on a server. */
export interface Place {
  serverId: string;
  site: string;
}

export interface Draft extends PageFields {
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
  root: string;
  /**
   * The page was sent: its folders by server, and the one that `root` is. `name` is what it is
   * called on this computer, empty for one that was sent earlier. `elsewhere`: another server that
   * is connected has it.
   */
  sent: { name: string; root: string; roots: Record<string, string>; elsewhere: boolean } | null;
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
  /** People with a staff pass of the site. */
  passes: boolean;
  /** Those who get one at the switch, separated by commas, and for how long. */
  passNames: string;
  passHours: PassHours;
  /** Of an earlier maintenance, such as no field can have. */
  otherExceptions: Condition[];
  position: "above" | "top";
  /** At once, or at the times of a window, which the wizard keeps beside the draft. */
  when: "now" | "planned";
  restart: "graceful" | "hard";
  /** The agent brings it back by itself if the proof fails. */
  revertIfWrong: boolean;
}

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
    ...fieldsOfPage("default"),
    // Whoever writes it writes in their own.
    language: currentLanguage(),
    root: "",
    sent: null,
    status: 503,
    retryAfter: "minutes",
    retryMinutes: 30,
    end: "open",
    until: "",
    certificates: true,
    healthChecks: HEALTH_CHECK_PATH,
    webhooks: "",
    addresses: "",
    headerName: "",
    headerValue: "",
    passes: false,
    passNames: "",
    passHours: "4",
    otherExceptions: [],
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

/** The exceptions in the order in which they are sent, each with the field that it comes from. */
export function exceptionsOf(
  draft: Pick<
    Draft,
    | "certificates"
    | "healthChecks"
    | "webhooks"
    | "addresses"
    | "headerName"
    | "headerValue"
    | "passes"
    | "otherExceptions"
  >,
): { field: keyof Draft; condition: Condition }[] {
  const list: { field: keyof Draft; condition: Condition }[] = [];
  if (draft.certificates) list.push({ field: "certificates", condition: { path: [CERTIFICATE_PATH] } });
  for (const field of ["healthChecks", "webhooks"] as const) {
    const path = entries(draft[field]);
    if (path.length > 0) list.push({ field, condition: { path } });
  }
  const from = entries(draft.addresses);
  if (from.length > 0) list.push({ field: "addresses", condition: { from } });
  const header = draft.headerName.trim().toLowerCase();
  if (header !== "")
    list.push({
      field: "headerName",
      condition: { header: { [header]: draft.headerValue === "" ? true : draft.headerValue } },
    });
  if (draft.passes) list.push({ field: "passes", condition: { pass: true } });
  return [...list, ...draft.otherExceptions.map((condition) => ({ field: "otherExceptions" as const, condition }))];
}

/** The passes to make once the site is closed; no names where nobody gets one. */
export function passTermsOf({ passes, passNames: typed, passHours }: Draft): PassTerms {
  return { names: passes ? passNames(typed) : [], hours: passHours };
}

/** The staff names in the form that browsers send (IDNA, as the URL standard has it). */
export function staffHostsOf({ staffHosts }: Pick<Draft, "staffHosts">): string[] {
  return entries(staffHosts).map((name) => {
    // eslint-disable-next-line no-control-regex -- all of ASCII is meant
    if (/^[\x00-\x7f]*$/.test(name) || !URL.canParse(`http://${name}`)) return name;
    const { hostname, pathname, port } = new URL(`http://${name}`);
    return pathname === "/" && port === "" ? hostname : name;
  });
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
 * @param serverId where it is
 */
export function optionsOf(
  draft: Draft,
  hosts: readonly string[],
  author: string,
  site: string = draft.site,
  isAlike: boolean = site === draft.site,
  serverId: string = draft.serverId,
): MaintenanceOptions {
  const until = endOf(draft);
  const copycat = isAlike ? draft.copycat.trim() : "";
  const covered = hosts.filter((host) => !draft.leftOut.includes(host));
  const staff = isAlike ? staffHostsOf(draft) : [];
  const response: Pick<MaintenanceOptions, "page" | "root" | "status"> =
    draft.response === "files"
      ? { root: (draft.sent?.root === draft.root ? draft.sent.roots[serverId] : undefined) ?? draft.root }
      : draft.response === "status"
        ? { status: draft.status }
        : { page: pageOf(draft) };
  const list = exceptionsOf(draft).map(({ condition }) => condition);
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

/** The steps of the recipe, in its order. */
export const STEPS = ["site", "copycat", "domains", "response", "exceptions", "order", "restart"] as const;
export type Step = (typeof STEPS)[number];
