/** What is wrong with a draft beyond its form, each with the field and the way out. */
import type { Problem } from "../../contract/errors.ts";
import type { WindowDraft } from "../../contract/windows.ts";
import { quote } from "../wording.ts";
import { Calendar, exactLength, ruleOf } from "./occurrences.ts";
import { ruleFault } from "./rule-text.ts";
import { instantOf } from "./wall-clock.ts";

const MAX_DURATION_MS = 366 * 86_400_000;

export function checkWindow(draft: WindowDraft): Problem[] {
  const problems = [...checkSites(draft), ...checkTimes(draft)];
  return problems.length > 0 ? problems : checkRule(draft);
}

function checkSites({ sites }: WindowDraft): Problem[] {
  return sites.flatMap(({ site }, index): Problem[] =>
    sites.findIndex((other) => other.site === site) === index
      ? []
      : [
          {
            path: `/sites/${index}/site`,
            code: "window.site-twice",
            message: `${quote(site)} is in the list already; name each site once`,
          },
        ],
  );
}

function checkTimes({ start, end, duration, zone, exdates = [] }: WindowDraft): Problem[] {
  const problems: Problem[] = [];
  if (!isZone(zone))
    problems.push({
      path: "/zone",
      code: "window.zone",
      message: `${quote(zone)} is no time zone; use an IANA name like Europe/Berlin or UTC`,
    });
  for (const [path, text] of [
    ["/start", start],
    ["/end", end],
    ...exdates.map((text, index) => [`/exdates/${index}`, text] as const),
  ] as const)
    if (text !== undefined && !isDate(text))
      problems.push({ path, code: "window.date", message: `${quote(text)} is no date of the calendar` });
  if (end !== undefined && duration !== undefined)
    problems.push({ path: "/duration", code: "window.end", message: "give `end` or `duration`, and not both" });
  if (end === undefined && duration === undefined)
    problems.push({ path: "/end", code: "window.end", message: "give `end`, or a `duration` like PT2H" });
  if (problems.length > 0) return problems;
  const field = end === undefined ? "/duration" : "/end";
  // By the clock on the wall: where the clocks swallow the window, it keeps this length.
  const length = end === undefined ? lengthOf(duration ?? "") : wallLengthOf(start, end);
  if (length === undefined)
    problems.push({
      path: field,
      code: "window.duration",
      message: `${quote(duration ?? "")} is no length in days, hours, minutes or seconds; use one like PT2H or P1DT30M`,
    });
  else if (length <= 0)
    problems.push({ path: field, code: "window.end", message: "the window must end after it starts" });
  else if (length > MAX_DURATION_MS)
    problems.push({ path: field, code: "window.end", message: "a window may last a year at most" });
  return problems;
}

function checkRule(draft: WindowDraft): Problem[] {
  const { rrule, zone, start } = draft;
  const problem = (message: string): Problem[] => [{ path: "/rrule", code: "window.rule", message }];
  if (rrule !== undefined) {
    const fault = ruleFault(rrule);
    if (fault !== undefined) return problem(fault);
    try {
      ruleOf(rrule, Temporal.PlainDateTime.from(start), zone);
    } catch (failure) {
      return problem(failure instanceof Error ? failure.message : String(failure));
    }
  }
  const calendar = new Calendar(draft);
  if (calendar.next(instantOf(Temporal.PlainDateTime.from(start), zone) - 1) !== undefined) return [];
  return [
    {
      path: rrule === undefined ? "/exdates" : "/rrule",
      code: "window.never",
      message: "with these dates the window never takes place",
    },
  ];
}

function isZone(zone: string): boolean {
  // A number is an offset, which no rule of a government changes; people mean places.
  if (!/^[A-Za-z]/.test(zone)) return false;
  try {
    Temporal.PlainDateTime.from("2000-01-01T00:00").toZonedDateTime(zone);
    return true;
  } catch {
    return false;
  }
}

function isDate(text: string): boolean {
  try {
    Temporal.PlainDateTime.from(text, { overflow: "reject" });
    return true;
  } catch {
    return false;
  }
}

function wallLengthOf(start: string, end: string): number {
  return Temporal.PlainDateTime.from(start).until(Temporal.PlainDateTime.from(end)).total({ unit: "millisecond" });
}

function lengthOf(duration: string): number | undefined {
  try {
    return exactLength(duration);
  } catch {
    return undefined;
  }
}
