/**
 * What is to be otherwise in a maintenance that runs, as a form, and the change that it stands for:
 * only what differs is sent. Pure: the time comes as an argument.
 */
import type { Condition, MaintenanceChange, Receipt } from "../../../main/contract/agent.ts";
import { colourProblem } from "../draft-problems.ts";
import { fieldsOfPage, pageOf, type PageFields } from "../page-fields.ts";

export interface ChangeForm extends PageFields {
  end: "open" | "at";
  /** Local date and time as the input gives it: `2026-11-23T02:30`. */
  until: string;
  /** Those that stay. */
  exceptions: Condition[];
  /** Paths and addresses that are let in from now on, separated by spaces. */
  added: string;
  reason: string;
}

export function formOf({ until, options: { page, exceptions = [] } }: Receipt): ChangeForm {
  const end = until === undefined ? "open" : "at";
  return { ...fieldsOfPage(page), end, until: localOf(until), exceptions, added: "", reason: "" };
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

/** Only what differs; empty when nothing does. */
export function changeOf(form: ChangeForm, receipt: Receipt): MaintenanceChange {
  const before = formOf(receipt);
  const page = pageOf(form);
  const hasOtherPage = JSON.stringify(page) !== JSON.stringify(pageOf(before));
  const hasOtherEnd = form.end !== before.end || (form.end === "at" && form.until !== before.until);
  const exceptions = [...form.exceptions, ...addedOf(form.added)];
  const hasOtherExceptions = form.exceptions.length !== before.exceptions.length || form.added.trim() !== "";
  return {
    ...(hasOtherEnd ? { until: form.end === "open" ? null : new Date(form.until).toISOString() } : {}),
    ...(hasOtherPage ? { page } : {}),
    ...(hasOtherExceptions ? { exceptions } : {}),
  };
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
    ...(form.end === "open" && isByWindow ? { until: "A window ends this maintenance, so it has an end." } : {}),
    ...(form.end === "at" && Number.isNaN(endMs) ? { until: "Enter a date and time, or choose no end." } : {}),
    ...(form.end === "at" && endMs <= now ? { until: "This time has passed. Choose a later one, or no end." } : {}),
    ...(wrong === undefined ? {} : { added: `“${wrong}” is neither a path, like /healthz, nor an address.` }),
  };
}

/** Who is let in by an exception, in a few words. */
export function exceptionWords(exception: Condition): string {
  const [[key, value] = ["", undefined], ...more] = Object.entries(exception) as [string, unknown][];
  const list = Array.isArray(value) ? value.join(", ") : value;
  if (more.length === 0 && key === "pass") return "staff passes";
  if (more.length === 0 && typeof list === "string") {
    if (key === "path") return list;
    if (key === "from") return `from ${list}`;
  }
  return JSON.stringify(exception);
}
