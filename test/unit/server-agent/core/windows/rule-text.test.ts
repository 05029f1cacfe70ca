/**
 * Recurrence rules by RFC 5545, 3.3.10: what is refused, and which days the rest means, by the
 * table of that section, day by day.
 */
import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { checkWindow } from "../../../../../server-agent/core/windows/check-window.ts";
import { Calendar } from "../../../../../server-agent/core/windows/occurrences.ts";
import { ruleFault } from "../../../../../server-agent/core/windows/rule-text.ts";
import { repetitions } from "../../../../support/repetitions.ts";

vi.setConfig({ testTimeout: 120_000 });

const DRAFT = { title: "x", sites: [{ site: "shop" }], start: "2027-01-07T02:00", duration: "PT1H", zone: "UTC" };

describe("a rule is refused", () => {
  it.each([
    ["FREQ=DAILY;BYMONTH=13", /BYMONTH must be numbers from 1 to 12/],
    ["FREQ=WEEKLY;BYMONTH=13;BYDAY=MO", /BYMONTH/],
    ["FREQ=DAILY;BYMONTH=0", /BYMONTH/],
    ["FREQ=DAILY;BYMONTH=-1", /BYMONTH/],
    ["FREQ=DAILY;BYMONTH=1,13", /BYMONTH/],
    ["FREQ=DAILY;BYMONTH=6,", /BYMONTH/],
    ["FREQ=MONTHLY;BYMONTHDAY=32", /BYMONTHDAY must be numbers from 1 to 31 or -1 to -31/],
    ["FREQ=MONTHLY;BYMONTHDAY=-32", /BYMONTHDAY/],
    ["FREQ=MONTHLY;BYMONTHDAY=0", /BYMONTHDAY/],
    ["FREQ=MONTHLY;BYMONTHDAY=abc", /BYMONTHDAY/],
    ["FREQ=MONTHLY;BYMONTHDAY=1.5", /BYMONTHDAY/],
    ["FREQ=MONTHLY;BYMONTHDAY= 5", /BYMONTHDAY/],
    ["FREQ=YEARLY;BYWEEKNO=99", /BYWEEKNO must be numbers from 1 to 53/],
    ["FREQ=YEARLY;BYYEARDAY=0", /BYYEARDAY/],
    ["FREQ=YEARLY;BYYEARDAY=367", /BYYEARDAY/],
    ["FREQ=DAILY;COUNT=x", /COUNT must be a number from 1/],
    ["FREQ=DAILY;COUNT=-1", /COUNT/],
    ["FREQ=DAILY;COUNT=0", /COUNT/],
    ["FREQ=DAILY;COUNT=1,2", /COUNT/],
    ["FREQ=DAILY;INTERVAL=x", /INTERVAL/],
    ["FREQ=DAILY;INTERVAL=1e3", /INTERVAL/],
    ["FREQ=DAILY;INTERVAL=0", /INTERVAL/],
    ["FREQ=MONTHLY;BYDAY=MO;BYSETPOS=x", /BYSETPOS/],
    ["FREQ=MONTHLY;BYDAY=MO;BYSETPOS=367", /BYSETPOS/],
    ["FREQ=MONTHLY;BYDAY=0MO", /BYDAY must be weekdays/],
    ["FREQ=MONTHLY;BYDAY=54MO", /BYDAY/],
    ["FREQ=WEEKLY;BYDAY=MO,,TU", /BYDAY/],
    ["FREQ=WEEKLY;BYDAY=MONDAY", /BYDAY/],
    ["FREQ=WEEKLY;WKST=XX", /WKST/],
    ["FREQ=WEEKLY;WKST=1MO", /WKST/],
    ["FREQ=HOURLY", /FREQ must be/],
    ["FREQ=DAILY;BYHOUR=2", /BYHOUR/],
    ["FREQ=DAILY;COUNT=3;COUNT=4", /once/],
    ["FREQ=DAILY;", /not taken|once/],
    ["FREQ=DAILY;COUNT=3;UNTIL=20300101", /not both/],
    ["FREQ=MONTHLY;BYWEEKNO=20", /BYWEEKNO is for FREQ=YEARLY only/],
    ["FREQ=WEEKLY;BYMONTHDAY=1", /BYMONTHDAY is for/],
    ["FREQ=DAILY;BYYEARDAY=1", /BYYEARDAY is for/],
    ["FREQ=MONTHLY;BYYEARDAY=1", /BYYEARDAY is for/],
    ["FREQ=WEEKLY;BYDAY=1MO", /MONTHLY or YEARLY only/],
    ["FREQ=DAILY;BYDAY=-1MO", /MONTHLY or YEARLY only/],
    ["FREQ=YEARLY;BYWEEKNO=20;BYDAY=1MO", /no numbers/],
    ["FREQ=YEARLY;BYMONTHDAY=13;BYDAY=1FR", /no numbers/],
    ["FREQ=DAILY;BYSETPOS=1", /BYSETPOS chooses/],
    ["FREQ=YEARLY;INTERVAL=2;BYYEARDAY=61;BYDAY=TH", /every year/],
    ["freq=daily;bymonth=13", /BYMONTH/],
  ])("%s", (rrule, why) => {
    expect(checkWindow({ ...DRAFT, rrule })).toEqual([
      { path: "/rrule", code: "window.rule", message: expect.stringMatching(why) as string },
    ]);
  });
});

it("the edges of every range are taken, in any case", () => {
  for (const rrule of [
    "FREQ=DAILY;BYMONTH=1,12;INTERVAL=999999;COUNT=1",
    "FREQ=MONTHLY;BYMONTHDAY=31,-31,+1",
    "FREQ=YEARLY;BYYEARDAY=366,-366",
    "FREQ=YEARLY;BYWEEKNO=53,-53",
    "FREQ=YEARLY;BYDAY=53MO,-53TU,SU",
    "FREQ=MONTHLY;BYDAY=MO,TU;BYSETPOS=-1",
    "freq=weekly;byday=mo;wkst=su",
  ])
    expect(ruleFault(rrule)).toBeUndefined();
});

it("a week of the year means the weekday of the start, and days that two parts name are in both", () => {
  const days = (rrule: string) =>
    new Calendar({ ...DRAFT, rrule })
      .during(Date.UTC(2027), Number.MAX_SAFE_INTEGER, 3)
      .map(({ start }) => new Date(start).toISOString().slice(0, 10));
  // The start is a Thursday.
  expect(days("FREQ=YEARLY;BYWEEKNO=20")).toEqual(["2027-05-20", "2028-05-18", "2029-05-17"]);
  expect(days("FREQ=YEARLY;BYYEARDAY=61;BYDAY=TH")).toEqual(["2034-03-02", "2040-03-01", "2045-03-02"]);
  expect(days("FREQ=YEARLY;BYWEEKNO=20;BYMONTHDAY=15;COUNT=2")).toEqual(["2028-05-15", "2029-05-15"]);
});

describe("days of a rule", () => {
  const numbers = (from: number, to: number) =>
    fc.uniqueArray(
      fc.integer({ min: -to, max: to }).filter((n) => n !== 0 && (from < 0 || n > 0)),
      { minLength: 1, maxLength: 3 },
    );
  const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined, freq: 1 });
  const part = (name: string, values: readonly (string | number)[] | undefined) =>
    values === undefined ? [] : [`${name}=${values.join(",")}`];
  const rule = fc
    .record({
      freq: fc.constantFrom("YEARLY", "YEARLY", "MONTHLY", "WEEKLY", "DAILY"),
      month: maybe(numbers(1, 12)),
      week: maybe(numbers(-1, 53)),
      yearDay: maybe(numbers(-1, 366)),
      monthDay: maybe(numbers(-1, 31)),
      day: maybe(
        fc.uniqueArray(fc.constantFrom("MO", "TU", "FR", "SU", "1MO", "-1SU", "2TH"), { minLength: 1, maxLength: 3 }),
      ),
    })
    .map(({ freq, month, week, yearDay, monthDay, day }) =>
      [
        `FREQ=${freq}`,
        ...part("BYMONTH", month),
        ...part("BYWEEKNO", week),
        ...part("BYYEARDAY", yearDay),
        ...part("BYMONTHDAY", monthDay),
        ...part("BYDAY", day),
      ].join(";"),
    )
    .filter((rrule) => ruleFault(rrule) === undefined);

  it("are those of the RFC's table", () => {
    fc.assert(
      fc.property(rule, fc.integer({ min: 0, max: 700 }), (rrule, after) => {
        const first = Temporal.PlainDate.from("2027-01-01").add({ days: after });
        const expected: string[] = [];
        for (let day = first; day.year < 2033; day = day.add({ days: 1 }))
          if (isMeant(day, rrule, first)) expected.push(day.toString());
        const calendar = new Calendar({ ...DRAFT, start: `${first.toString()}T02:00`, rrule });
        const found = calendar.during(Date.UTC(2026), Date.UTC(2033), 200);
        expect(found.map(({ start }) => new Date(start).toISOString().slice(0, 10))).toEqual(expected.slice(0, 200));
      }),
      { numRuns: repetitions(150, 600) },
    );
  });
});

const WEEKDAYS = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"];

function isMeant(day: Temporal.PlainDate, rrule: string, first: Temporal.PlainDate): boolean {
  const rule = new Map(rrule.split(";").map((each) => each.split("=") as [string, string]));
  const has = (name: string, index: number, length: number) => {
    const values = rule.get(name)?.split(",").map(Number);
    return values === undefined || values.includes(index) || values.includes(index - length - 1);
  };
  const freq = rule.get("FREQ");
  const days = ["BYDAY", "BYMONTHDAY", "BYYEARDAY"].some((name) => rule.has(name));
  const isYearly = freq === "YEARLY";
  const weeks = Temporal.PlainDate.from({ year: day.yearOfWeek ?? 0, month: 12, day: 28 }).weekOfYear ?? 0;
  const implied =
    freq === "DAILY" || days
      ? true
      : freq === "WEEKLY" || rule.has("BYWEEKNO")
        ? day.dayOfWeek === first.dayOfWeek
        : day.day === first.day && (!isYearly || rule.has("BYMONTH") || day.month === first.month);
  const [index, length] =
    isYearly && !rule.has("BYMONTH") ? [day.dayOfYear, day.daysInYear] : [day.day, day.daysInMonth];
  const isWeekday = (rule.get("BYDAY")?.split(",") ?? [undefined]).some((text) => {
    if (text === undefined) return true;
    const number = Number(text.slice(0, -2) || "0");
    const nth = number > 0 ? Math.ceil(index / 7) : -Math.ceil((length - index + 1) / 7);
    return text.slice(-2) === WEEKDAYS[day.dayOfWeek - 1] && (number === 0 || nth === number);
  });
  return (
    implied &&
    isWeekday &&
    has("BYMONTH", day.month, 12) &&
    has("BYWEEKNO", day.weekOfYear ?? 0, weeks) &&
    has("BYYEARDAY", day.dayOfYear, day.daysInYear) &&
    has("BYMONTHDAY", day.day, day.daysInMonth)
  );
}
