/**
 * Recurrence rules as text (RFC 5545, 3.3.10): what each part may say, which parts exclude each
 * other, and the same rule in the words that the library understands as the RFC means them. Pure.
 */
import { listOf, quote } from "../wording.ts";

/** Names and values of a rule in upper case, in their order: the RFC knows no case here. */
export function rulePartsOf(rrule: string): [name: string, value: string][] {
  return rrule
    .toUpperCase()
    .split(";")
    .map((part) => {
      const at = part.indexOf("=");
      return at < 0 ? [part, ""] : [part.slice(0, at), part.slice(at + 1)];
    });
}

export function ruleTextOf(parts: readonly (readonly [name: string, value: string])[]): string {
  return parts.map(([name, value]) => `${name}=${value}`).join(";");
}

const WEEKDAYS = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"];
/** Where a rule has one of these, its days do not follow from the weekday of the start. */
const DAYS = ["BYDAY", "BYMONTHDAY", "BYYEARDAY"];
const MAX_COUNT = 999_999;

/** Whether it has parts that the library joins where the RFC means the days that are in all. */
function isFiltered(rule: ReadonlyMap<string, string>): boolean {
  const both = (one: string, others: string[]) => rule.has(one) && others.some((other) => rule.has(other));
  return (
    rule.get("FREQ") === "YEARLY" &&
    (both("BYYEARDAY", ["BYDAY", "BYWEEKNO"]) || both("BYWEEKNO", ["BYMONTHDAY", "BYYEARDAY"]))
  );
}

/**
 * The rule for the library. A week of the year means the weekday of `first`, where nothing else
 * says which days; and days that several parts have to agree on are found day by day.
 */
export function libraryRule(rrule: string, first: Temporal.PlainDateTime): string {
  const parts = rulePartsOf(rrule);
  const rule = new Map(parts);
  if (isFiltered(rule)) return ruleTextOf(parts.map(([name, value]) => [name, name === "FREQ" ? "DAILY" : value]));
  if (rule.has("BYWEEKNO") && !DAYS.some((name) => rule.has(name)))
    parts.push(["BYDAY", WEEKDAYS[first.dayOfWeek - 1] ?? ""]);
  return ruleTextOf(parts);
}

const TAKEN = [
  "FREQ",
  "INTERVAL",
  "COUNT",
  "UNTIL",
  "BYDAY",
  "BYMONTHDAY",
  "BYYEARDAY",
  "BYWEEKNO",
  "BYMONTH",
  "BYSETPOS",
  "WKST",
];
const FREQUENCIES = ["DAILY", "WEEKLY", "MONTHLY", "YEARLY"];

interface Range {
  from: number;
  to: number;
  /** Counted from the end with a minus. */
  isSigned?: boolean;
}

const RANGES: Readonly<Record<string, Range>> = {
  INTERVAL: { from: 1, to: MAX_COUNT },
  COUNT: { from: 1, to: MAX_COUNT },
  BYMONTH: { from: 1, to: 12 },
  BYMONTHDAY: { from: 1, to: 31, isSigned: true },
  BYYEARDAY: { from: 1, to: 366, isSigned: true },
  BYWEEKNO: { from: 1, to: 53, isSigned: true },
  BYSETPOS: { from: 1, to: 366, isSigned: true },
};
const SINGLE = new Set(["INTERVAL", "COUNT", "WKST", "FREQ", "UNTIL"]);

/** What is wrong with the rule by itself, for a person; `undefined` where nothing is. */
export function ruleFault(rrule: string): string | undefined {
  const parts = rulePartsOf(rrule);
  const rule = new Map(parts);
  const unknown = parts.find(([name]) => !TAKEN.includes(name));
  if (unknown !== undefined) return `${quote(unknown[0])} is not taken here; a rule may have ${TAKEN.join(", ")}`;
  if (rule.size < parts.length || parts.some(([, value]) => value === "" || value.includes("=")))
    return "write each part once, as NAME=VALUE, with semicolons between them";
  const frequency = rule.get("FREQ");
  if (frequency === undefined || !FREQUENCIES.includes(frequency))
    return `FREQ must be ${listOf(FREQUENCIES)}${frequency === undefined ? "" : `, and not ${quote(frequency)}`}`;
  for (const [name, value] of parts) {
    const fault = valueFault(name, value);
    if (fault !== undefined) return fault;
  }
  return combinationFault(rule);
}

function valueFault(name: string, value: string): string | undefined {
  const range = RANGES[name];
  const items = SINGLE.has(name) ? [value] : value.split(",");
  if (name === "WKST" && !WEEKDAYS.includes(value)) return `WKST must be a weekday (${WEEKDAYS.join(", ")})`;
  if (name === "BYDAY" && !items.every(isWeekday))
    return `BYDAY must be weekdays (${WEEKDAYS.join(", ")}), each with a number from 1 to 53 or -1 to -53 before it or none`;
  if (range === undefined || items.every((item) => isWithin(item, range))) return undefined;
  const { from, to, isSigned = false } = range;
  return `${name} must be ${SINGLE.has(name) ? "a number" : "numbers"} from ${from} to ${to}${isSigned ? ` or -${from} to -${to}` : ""}`;
}

function isWithin(item: string, { from, to, isSigned = false }: Range): boolean {
  const [, sign = "", digits] = /^([+-]?)(\d{1,6})$/.exec(item) ?? [];
  return digits !== undefined && (isSigned || sign === "") && Number(digits) >= from && Number(digits) <= to;
}

function isWeekday(item: string): boolean {
  const [, number, day = ""] = /^([+-]?\d+)?([A-Z]{2})$/.exec(item) ?? [];
  return WEEKDAYS.includes(day) && (number === undefined || isWithin(number, { from: 1, to: 53, isSigned: true }));
}

/** What the RFC forbids ("MUST NOT"), and what nothing could be meant by. */
function combinationFault(rule: ReadonlyMap<string, string>): string | undefined {
  const frequency = rule.get("FREQ") ?? "";
  const isNumbered = /\d/.test(rule.get("BYDAY") ?? "");
  const only = (name: string, ...allowed: string[]) =>
    rule.has(name) && !allowed.includes(frequency) ? `${name} is for FREQ=${allowed.join(" or ")} only` : undefined;
  const refused: (string | undefined)[] = [
    rule.has("COUNT") && rule.has("UNTIL") ? "give COUNT or UNTIL, and not both" : undefined,
    only("BYMONTHDAY", "DAILY", "MONTHLY", "YEARLY"),
    only("BYYEARDAY", "YEARLY"),
    only("BYWEEKNO", "YEARLY"),
    isNumbered && frequency !== "MONTHLY" && frequency !== "YEARLY"
      ? "BYDAY has numbers before its weekdays for FREQ=MONTHLY or YEARLY only"
      : undefined,
    isNumbered && ["BYWEEKNO", "BYYEARDAY"].some((name) => rule.has(name))
      ? "with BYWEEKNO or BYYEARDAY, BYDAY has no numbers before its weekdays"
      : undefined,
    isNumbered && frequency === "YEARLY" && rule.has("BYMONTHDAY") && !rule.has("BYMONTH")
      ? "with BYMONTHDAY and without BYMONTH, BYDAY has no numbers before its weekdays"
      : undefined,
    rule.has("BYSETPOS") && ![...rule.keys()].some((name) => name.startsWith("BY") && name !== "BYSETPOS")
      ? "BYSETPOS chooses among the days of another part; add BYDAY, for example"
      : undefined,
    isFiltered(rule) && (rule.has("BYSETPOS") || Number(rule.get("INTERVAL") ?? "1") !== 1)
      ? "BYYEARDAY and BYWEEKNO together with other days are taken for every year, without BYSETPOS"
      : undefined,
  ];
  return refused.find((fault) => fault !== undefined);
}
