/**
 * What is to be otherwise in one or several maintenances that run, as a form, and the change that
 * it stands for in each: only what was changed in the form is sent. Pure: the time comes as an
 * argument.
 */
import type { Condition, MaintenanceChange, Receipt } from "../../../main/contract/agent.ts";
import { t } from "../../../main/language/translate.ts";
import { colourProblem } from "../draft-problems.ts";
import { fieldsOfPage, pageOf, type PageFields } from "../page-fields.ts";

export interface ChangeForm extends PageFields {
  /** `kept`: several have different ends, and each keeps its own. */
  end: "open" | "at" | "kept";
  /** Local date and time as the input gives it: `2026-11-23T02:30`. */
  until: string;
  /** Those that stay. */
  exceptions: Condition[];
  /** Paths and addresses that are let in from now on, separated by spaces. */
  added: string;
  reason: string;
}

/** What all of them have; what differs is as if nobody had chosen it. */
export function formOf(receipts: readonly Receipt[]): ChangeForm {
  const contents = receipts.map(contentOf);
  const [first = NOTHING, ...others] = contents;
  const shared = (Object.keys(first) as (keyof Content)[]).filter((field) =>
    others.every((other) => isSame(other[field], first[field])),
  );
  return {
    ...NOTHING,
    ...Object.fromEntries(shared.map((field) => [field, first[field]])),
    ...(shared.includes("until") ? {} : { end: "kept" }),
    exceptions: first.exceptions.filter((each) => others.every((other) => has(other.exceptions, each))),
    added: "",
    reason: "",
  };
}

type Content = Omit<ChangeForm, "added" | "reason">;
const NOTHING: Content = { ...fieldsOfPage(undefined), end: "kept", until: "", exceptions: [] };

function contentOf({ until, options: { page, exceptions = [] } }: Receipt): Content {
  return { ...fieldsOfPage(page), end: until === undefined ? "open" : "at", until: localOf(until), exceptions };
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

function has(exceptions: readonly Condition[], exception: Condition): boolean {
  return exceptions.some((each) => isSame(each, exception));
}

/** Whether visitors get the built-in page, whose words can be changed here. */
export function hasWords({ options: { page, root, status } }: Receipt): boolean {
  return root === undefined && (page !== undefined || status === undefined);
}

/** The end so much later: than the one chosen or, if that has passed or there is none, than now. */
export function laterBy({ end, until }: Pick<ChangeForm, "end" | "until">, minutes: number, now: number): string {
  const chosen = end === "at" ? Date.parse(until) : Number.NaN;
  const base = Number.isNaN(chosen) ? now : Math.max(chosen, now);
  return localOf(new Date(base + minutes * 60_000).toISOString());
}

function localOf(iso: string | undefined): string {
  if (iso === undefined) return "";
  const time = new Date(iso);
  return new Date(time.getTime() - time.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

/**
 * Only what differs from the form as it was opened; empty when nothing does. What was not the same
 * in all stays as this one has it.
 */
export function changeOf(form: ChangeForm, opened: ChangeForm, receipt: Receipt): MaintenanceChange {
  const { page: present, exceptions = [] } = receipt.options;
  const own = fieldsOfPage(present);
  const chosen = (Object.keys(own) as (keyof PageFields)[]).filter((field) => !isSame(form[field], opened[field]));
  const page = pageOf({ ...own, ...Object.fromEntries(chosen.map((field) => [field, form[field]])) });
  const hasOtherEnd = form.end !== opened.end || (form.end === "at" && form.until !== opened.until);
  const removed = opened.exceptions.filter((each) => !has(form.exceptions, each));
  const hasOtherExceptions = removed.length > 0 || form.added.trim() !== "";
  return {
    ...(hasOtherEnd ? { until: form.end === "at" ? new Date(form.until).toISOString() : null } : {}),
    ...(isSame(page, pageOf(own)) ? {} : { page }),
    ...(hasOtherExceptions
      ? { exceptions: [...exceptions.filter((each) => !has(removed, each)), ...addedOf(form.added)] }
      : {}),
  };
}

/** As it is sent: the end of a window is moved by itself. Empty when nothing is to be changed. */
export function partsOf(change: MaintenanceChange, { window }: Receipt, reason: string): MaintenanceChange[] {
  const { until, ...others } = change;
  const parts = window !== undefined && until !== undefined ? [others, { until }] : [change];
  return parts
    .filter((part) => Object.keys(part).length > 0)
    .map((part) => (reason.trim() === "" ? part : { ...part, reason: reason.trim() }));
}

function addedOf(text: string): Condition[] {
  const entries = [...new Set(text.split(/[\s,;]+/).filter((entry) => entry !== ""))];
  const paths = entries.filter((entry) => entry.startsWith("/"));
  const addresses = entries.filter((entry) => !entry.startsWith("/"));
  return [...(paths.length === 0 ? [] : [{ path: paths }]), ...(addresses.length === 0 ? [] : [{ from: addresses }])];
}

/** What is wrong, by field. @param isByWindow a window ends it, so that it has an end */
export function problemsOf(
  form: ChangeForm,
  now: number,
  isByWindow: boolean,
): Partial<Record<"until" | "added" | "colour", string>> {
  const endMs = Date.parse(form.until);
  const wrong = form.added
    .split(/[\s,;]+/)
    .find((entry) => entry !== "" && !entry.startsWith("/") && !/^(?=.*[.:])[\da-f.:]+(\/\d{1,3})?$/i.test(entry));
  return {
    ...colourProblem(form),
    ...(form.end === "open" && isByWindow ? { until: t("A window ends this maintenance, so it has an end.") } : {}),
    ...(form.end === "at" && Number.isNaN(endMs) ? { until: t("Enter a date and time, or choose no end.") } : {}),
    ...(form.end === "at" && endMs <= now ? { until: t("This time has passed. Choose a later one, or no end.") } : {}),
    ...(wrong === undefined
      ? {}
      : { added: t("“{entry}” is neither a path, like /healthz, nor an address.", { entry: wrong }) }),
  };
}

/** Who is let in by an exception, in a few words. */
export function exceptionWords(exception: Condition): string {
  const [[key, value] = ["", undefined], ...more] = Object.entries(exception) as [string, unknown][];
  const list = Array.isArray(value) ? value.join(", ") : value;
  if (more.length === 0 && key === "pass") return t("staff passes");
  if (more.length === 0 && typeof list === "string") {
    if (key === "path") return list;
    if (key === "from") return t("from {addresses}", { addresses: list });
  }
  return JSON.stringify(exception);
}
