/**
 * What is missing or wrong in the draft of the wizard, by field, and the step that has the field.
 * What has no problem here has the form that the contract asks for: only the plan can still refuse
 * it, and says at which option. Pure: the time comes as an argument.
 */
import { t } from "../../main/language/translate.ts";
import type { Problem } from "../../main/contract/agent.ts";
import { endOf, entries, exceptionsOf, type Draft, type Step } from "./draft.ts";
import { colourOf } from "./page-fields.ts";
import { passNamesProblem } from "./pass-terms.ts";

export type DraftProblems = Partial<Record<keyof Draft, string>>;

const STEP_OF_FIELD: Record<keyof Draft, Step> = {
  serverId: "site",
  site: "site",
  also: "site",
  reason: "site",
  copycat: "copycat",
  leftOut: "domains",
  staffHosts: "domains",
  response: "response",
  title: "response",
  text: "response",
  contact: "response",
  logo: "response",
  colour: "response",
  language: "response",
  translations: "response",
  root: "response",
  sent: "response",
  status: "response",
  retryAfter: "response",
  retryMinutes: "response",
  certificates: "exceptions",
  healthChecks: "exceptions",
  webhooks: "exceptions",
  addresses: "exceptions",
  headerName: "exceptions",
  headerValue: "exceptions",
  passes: "exceptions",
  passNames: "exceptions",
  passHours: "exceptions",
  otherExceptions: "exceptions",
  position: "order",
  when: "restart",
  restart: "restart",
  revertIfWrong: "restart",
  end: "restart",
  until: "restart",
};

/** @param steps those that are shown: without its own step, a staff name is one who gets in */
export function stepOfField(field: keyof Draft, steps: readonly Step[]): Step {
  const step = STEP_OF_FIELD[field];
  return field === "staffHosts" && !steps.includes(step) ? "exceptions" : step;
}

/** As many as an agent takes in one go. */
const MAX_SITES_PER_SERVER = 100;
/** A year. */
const MAX_RETRY_MINUTES = 525_600;

/**
 * Empty when all is in order. `hosts` are those of the original, `now` in epoch milliseconds.
 */
export function draftProblems(draft: Draft, hosts: readonly string[], now: number): DraftProblems {
  return {
    ...siteProblems(draft),
    ...(draft.copycat === "" || /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/.test(draft.copycat.trim())
      ? {}
      : { copycat: t("Use letters, digits, dot, dash or underscore, and start with a letter or digit.") }),
    ...(hosts.length > 0 && hosts.every((host) => draft.leftOut.includes(host))
      ? { leftOut: t("Choose at least one domain; otherwise nobody would see the maintenance page.") }
      : {}),
    ...responseProblems(draft),
    ...pathProblem("healthChecks", draft.healthChecks),
    ...pathProblem("webhooks", draft.webhooks),
    ...addressProblem(draft.addresses),
    ...headerProblem(draft),
    ...passProblem(draft),
    ...endProblems(draft, now),
  };
}

/** What the plan refuses, at the fields that it comes from, in words without code marks. */
export function refusedFields(problems: readonly Problem[], draft: Draft): DraftProblems {
  return Object.fromEntries(
    problems.flatMap(({ path, message }) => {
      const field = fieldOfOption(path, draft);
      return field === undefined ? [] : [[field, message.replaceAll(/`([^`]*)`/g, "“$1”")]];
    }),
  );
}

/** The field that an option (a JSON Pointer like `/internalHosts/0`) comes from. */
export function fieldOfOption(path: string, draft: Draft): keyof Draft | undefined {
  const [, option, index] = path.split("/");
  switch (option) {
    case "copycat":
    case "root":
    case "status":
    case "until":
    case "position":
    case "reason":
    case "site":
      return option;
    case "hosts":
      return "leftOut";
    case "internalHosts":
      return "staffHosts";
    case "retryAfter":
      return "retryMinutes";
    case "page":
      return pageField(index);
    case "exceptions":
      return exceptionsOf(draft)[Number(index)]?.field;
    default:
      return undefined;
  }
}

function pageField(part: string | undefined): keyof Draft {
  switch (part) {
    case "text":
    case "contact":
    case "logo":
    case "colour":
    case "language":
      return part;
    case "languages":
      return "translations";
    default:
      return "title";
  }
}

function siteProblems(draft: Draft): DraftProblems {
  const { serverId, site, also } = draft;
  if (site === "") return { site: t("Choose the site that goes into maintenance.") };
  const onOne = Map.groupBy([{ serverId, site }, ...also], (place) => place.serverId);
  return [...onOne.values()].some(({ length }) => length > MAX_SITES_PER_SERVER)
    ? {
        also: t("One server switches {max} sites at a time; leave some out and switch them afterwards.", {
          max: MAX_SITES_PER_SERVER,
        }),
      }
    : {};
}

function responseProblems({ response, colour, root, status, retryAfter, retryMinutes }: Draft): DraftProblems {
  return {
    ...(response === "page" ? colourProblem({ colour }) : {}),
    ...(response === "files" && !root.startsWith("/")
      ? { root: t("Enter the folder or file on the server as an absolute path, e.g. /srv/backsoon/pages/shop.") }
      : {}),
    ...(response === "status" && !(Number.isInteger(status) && status >= 400 && status <= 599)
      ? { status: t("Use a status from 400 to 599; 503 is the right one for maintenance.") }
      : {}),
    ...(retryAfter === "minutes" &&
    !(Number.isInteger(retryMinutes) && retryMinutes > 0 && retryMinutes <= MAX_RETRY_MINUTES)
      ? { retryMinutes: t("Use whole minutes, from 1 to a year.") }
      : {}),
  };
}

export function colourProblem({ colour }: Pick<Draft, "colour">): { colour?: string } {
  return colour.trim() === "" || colourOf(colour) !== undefined
    ? {}
    : { colour: t("Use a colour like {example}.", { example: "#0a7d5c" }) };
}

/** The end of a window is its own. */
function endProblems(draft: Draft, now: number): DraftProblems {
  if (draft.when === "planned") return {};
  const end = endOf(draft);
  if (draft.end === "at" && end === undefined)
    return { until: t("Enter the date and time of the end, or no end time.") };
  if (end !== undefined && Date.parse(end) <= now)
    return { until: t("This time has passed. Choose a later one, or no end time.") };
  if (draft.retryAfter === "end" && end === undefined)
    return { end: t("Visitors are told to come back at the end, so choose an end time.") };
  return {};
}

function headerProblem({ headerName, headerValue }: Draft): DraftProblems {
  if (headerName.trim() === "" && headerValue !== "")
    return { headerName: t("Name the header that carries this value.") };
  return /^[!#$%&'*+.^_`|~0-9A-Za-z-]*$/.test(headerName.trim())
    ? {}
    : { headerName: t("A header name has letters, digits and dashes only.") };
}

function passProblem({ passes, passNames }: Draft): DraftProblems {
  const problem = passes ? passNamesProblem(passNames) : undefined;
  return problem === undefined ? {} : { passNames: problem };
}

/** Only what is certainly no address; the plan reads them in full. */
function addressProblem(text: string): DraftProblems {
  const wrong = entries(text).find((entry) => !/^(?=.*[.:])[\da-f.:]+(\/\d{1,3})?$/i.test(entry));
  return wrong === undefined
    ? {}
    : { addresses: t("“{entry}” is not an address or range, e.g. 10.0.0.0/8 or 2001:db8::/32", { entry: wrong }) };
}

function pathProblem(field: "healthChecks" | "webhooks", text: string): DraftProblems {
  const wrong = entries(text).find((entry) => !entry.startsWith("/"));
  return wrong === undefined
    ? {}
    : { [field]: t("“{entry}” is not a path: start it with /, e.g. /{entry}", { entry: wrong }) };
}
