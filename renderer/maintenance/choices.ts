/**
 * The choices of the wizard that can be used again: what visitors see, and who gets in. From
 * options that were sent before, or from a copycat that was kept, back to what a person chose.
 * Pure.
 */
import type { Condition, MaintenanceOptions, VirtualHost } from "../../main/contract/agent.ts";
import type { PresetOptions } from "../../main/contract/maintenance.ts";
import { CERTIFICATE_PATH } from "../../server-agent/core/usual-exceptions.ts";
import { newDraft, optionsOf, type Draft } from "./draft.ts";
import { fieldsOfPage } from "./page-fields.ts";

const FIELDS = [
  "response",
  "title",
  "text",
  "contact",
  "logo",
  "colour",
  "language",
  "translations",
  "root",
  "status",
  "retryAfter",
  "retryMinutes",
  "certificates",
  "healthChecks",
  "webhooks",
  "addresses",
  "headerName",
  "headerValue",
  "passes",
  "otherExceptions",
  "staffHosts",
] as const;

export type Choices = Pick<Draft, (typeof FIELDS)[number]>;

/** Those that a new draft begins with. */
export function defaultChoices(): Choices {
  return choicesIn(newDraft("", ""));
}

/** What they would be after somebody had chosen these options. */
export function choicesOf(options: PresetOptions): Choices {
  const { page, root, status, retryAfter, exceptions = [], internalHosts = [] } = options;
  const choices: Choices = {
    ...defaultChoices(),
    response: root !== undefined ? "files" : page === undefined && status !== undefined ? "status" : "page",
    ...fieldsOfPage(page),
    root: root ?? "",
    ...(status === undefined ? {} : { status }),
    ...(retryAfter === "end" ? { retryAfter } : {}),
    ...(typeof retryAfter === "number" ? { retryMinutes: Math.max(1, Math.round(retryAfter / 60)) } : {}),
    certificates: false,
    healthChecks: "",
    staffHosts: internalHosts.join(" "),
  };
  takeExceptions(choices, exceptions);
  return choices;
}

/** The options to keep of a draft. @param hosts of its site */
export function presetOptionsOf(draft: Draft, hosts: readonly string[]): PresetOptions {
  const { page, root, status, retryAfter, exceptions, internalHosts } = optionsOf(draft, hosts, "");
  return {
    ...(page === undefined ? {} : { page }),
    ...(root === undefined ? {} : { root }),
    ...(status === undefined ? {} : { status }),
    ...(retryAfter === undefined ? {} : { retryAfter }),
    ...(exceptions === undefined ? {} : { exceptions }),
    ...(internalHosts === undefined ? {} : { internalHosts }),
  };
}

/** What a copycat that was left below its original answers, and for whom it does not. */
export function optionsOfCopycat({ rules, when }: VirtualHost): PresetOptions {
  const handler = rules[0]?.handler;
  if (handler?.type !== "maintenance") return {};
  const { type: _type, until: _until, retryAfter, ...response } = handler;
  return {
    ...response,
    ...(typeof retryAfter === "number" ? { retryAfter } : {}),
    exceptions: (when?.not?.any ?? []).filter((condition) => !isOfStaffName(condition)),
  };
}

/** Where the plan lets a staff name through that a pattern of the copycat matches, too. */
function isOfStaffName({ header }: Condition): boolean {
  return typeof header?.Host === "string" && header.Host.startsWith("~(?i)^");
}

/** Each into the field that it would have been typed in, or with those that have none. */
function takeExceptions(choices: Choices, exceptions: readonly Condition[]): void {
  const pathLists: string[][] = [];
  for (const exception of exceptions) {
    const [key, ...others] = Object.keys(exception);
    const paths = listed(exception.path);
    const [field, ...more] = Object.entries(exception.header ?? {});
    if (others.length > 0) choices.otherExceptions.push(exception);
    else if (key === "path" && paths.every((path) => path === CERTIFICATE_PATH)) choices.certificates = true;
    else if (key === "path" && paths.every(isTypable)) pathLists.push(paths);
    else if (exception.pass === true) choices.passes = true;
    else if (key === "from") choices.addresses = joined(choices.addresses, listed(exception.from));
    else if (field !== undefined && more.length === 0 && choices.headerName === "" && isOneValue(field[1])) {
      choices.headerName = field[0];
      choices.headerValue = field[1] === true ? "" : field[1];
    } else choices.otherExceptions.push(exception);
  }
  const [first = [], ...others] = pathLists;
  // Two lists are health checks and webhooks, in the order in which they are sent.
  const hasHealth = others.length > 0 || first.some((path) => /health|ready|live|ping|status/i.test(path));
  choices.healthChecks = hasHealth ? first.join(" ") : "";
  choices.webhooks = (hasHealth ? others.flat() : first).join(" ");
}

function isOneValue(value: true | string | string[]): value is true | string {
  return value === true || (typeof value === "string" && value !== "");
}

/** It stays one entry of a field that takes several. */
function isTypable(path: string): boolean {
  return !/[\s,;]/.test(path);
}

function joined(text: string, more: readonly string[]): string {
  return [text, ...more].filter((part) => part !== "").join(" ");
}

function listed(value: string | string[] | undefined): string[] {
  return value === undefined ? [] : typeof value === "string" ? [value] : value;
}

/** Those of a draft. */
export function choicesIn(draft: Draft): Choices {
  return Object.fromEntries(FIELDS.map((field) => [field, draft[field]])) as Choices;
}

/**
 * Options of a maintenance without what is of its occasion: its end has passed, so that nobody can
 * be told to come back then.
 */
export function keptOptions(options: MaintenanceOptions): PresetOptions {
  const { page, root, status, retryAfter, exceptions, internalHosts } = options;
  return { page, root, status, exceptions, internalHosts, ...(typeof retryAfter === "number" ? { retryAfter } : {}) };
}
