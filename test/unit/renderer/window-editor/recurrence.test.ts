import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { chooseLanguage } from "../../../../main/language/language.ts";
import {
  WEEKDAYS,
  monthlyChoices,
  noRecurrence,
  recurrenceOf,
  recurrenceWords,
  ruleOf,
  type Recurrence,
} from "../../../../renderer/window-editor/recurrence.ts";

const SUNDAY = "2030-01-06";

afterEach(() => {
  chooseLanguage("en");
});

describe("recurrence rules", () => {
  it.each<[string, Partial<Recurrence>, string | undefined, string]>([
    ["once", {}, undefined, "Once"],
    ["daily", { repeat: "daily" }, "FREQ=DAILY", "Every day"],
    [
      "every other week on two days",
      { repeat: "weekly", every: 2, days: ["SU", "MO"] },
      "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,SU",
      "Every 2 weeks on Monday and Sunday",
    ],
    [
      "a number of times",
      { repeat: "weekly", ends: "count", count: 1 },
      "FREQ=WEEKLY;BYDAY=SU;COUNT=1",
      "Every week on Sunday, 1 time",
    ],
    [
      "until a day",
      { repeat: "daily", ends: "date", lastDay: "2030-12-31" },
      "FREQ=DAILY;UNTIL=20301231",
      "Every day, until 2030-12-31",
    ],
    ["by the day of the month", { repeat: "monthly" }, "FREQ=MONTHLY;BYMONTHDAY=6", "Every month on day 6"],
    [
      "by the weekday of the month",
      { repeat: "monthly", monthlyBy: "weekday" },
      "FREQ=MONTHLY;BYDAY=1SU",
      "Every month on the first Sunday",
    ],
    [
      "by a rule",
      { repeat: "custom", rule: " FREQ=YEARLY;BYWEEKNO=1 " },
      "FREQ=YEARLY;BYWEEKNO=1",
      "By the rule  FREQ=YEARLY;BYWEEKNO=1 ",
    ],
  ])("%s", (_name, change, rule, words) => {
    const recurrence = { ...noRecurrence(SUNDAY), ...change };
    expect(ruleOf(recurrence, SUNDAY)).toBe(rule);
    expect(recurrenceWords(recurrence, SUNDAY)).toBe(words);
  });

  it("is said in German, too", () => {
    chooseLanguage("de");
    const words = (change: Partial<Recurrence>) => recurrenceWords({ ...noRecurrence(SUNDAY), ...change }, SUNDAY);
    expect(words({ repeat: "weekly", every: 2, days: ["MO", "SU"] })).toBe("Alle 2 Wochen am Montag und Sonntag");
    expect(words({ repeat: "monthly", monthlyBy: "weekday" })).toBe("Jeden Monat am ersten Sonntag");
    expect(monthlyChoices("2030-01-31").map(({ label }) => label)).toEqual([
      "Am 31. Tag, in Monaten, die ihn haben",
      "Am letzten Donnerstag",
      "Am letzten Tag",
    ]);
  });

  it("offers what this day of the month can be", () => {
    const labels = (date: string) => monthlyChoices(date).map(({ label }) => label);
    expect(labels("2030-01-06")).toEqual(["On day 6", "On the first Sunday"]);
    expect(labels("2030-01-31")).toEqual([
      "On day 31, in months that have it",
      "On the last Thursday",
      "On the last day",
    ]);
    expect(labels("2028-02-29")).toEqual([
      "On day 29, in months that have it",
      "On the last Tuesday",
      "On the last day",
    ]);
    expect(labels("2030-02-28")).toEqual([
      "On day 28",
      "On the fourth Thursday",
      "On the last Thursday",
      "On the last day",
    ]);
  });

  it.each<[string, Partial<Recurrence>]>([
    ["FREQ=WEEKLY", { repeat: "weekly", days: ["SU"] }],
    ["BYDAY=SU,MO;FREQ=WEEKLY;INTERVAL=1", { repeat: "weekly", days: ["MO", "SU"] }],
    ["FREQ=MONTHLY", { repeat: "monthly", monthlyBy: "day" }],
    ["FREQ=MONTHLY;BYDAY=1SU;COUNT=12", { repeat: "monthly", monthlyBy: "weekday", ends: "count", count: 12 }],
    // On another weekday or day than it starts: no choice says that.
    ["FREQ=MONTHLY;BYDAY=1MO", { repeat: "custom" }],
    ["FREQ=MONTHLY;BYMONTHDAY=7", { repeat: "custom" }],
    ["FREQ=DAILY;BYMONTH=1", { repeat: "custom" }],
    ["FREQ=DAILY;UNTIL=20300201T100000Z", { repeat: "custom" }],
    ["FREQ=YEARLY", { repeat: "custom" }],
    ["nonsense", { repeat: "custom" }],
  ])("understands %s, or leaves it as it is", (rule, expected) => {
    const recurrence = recurrenceOf(rule, SUNDAY);
    expect(recurrence).toMatchObject(expected);
    if (recurrence.repeat === "custom") expect(ruleOf(recurrence, SUNDAY)).toBe(rule);
  });

  it("reads back every choice that it writes", () => {
    const day = fc
      .date({ min: new Date("2020-01-01"), max: new Date("2040-12-31"), noInvalidDate: true })
      .map((date) => date.toISOString().slice(0, 10));
    const days = fc
      .uniqueArray(fc.constantFrom(...WEEKDAYS), { minLength: 1 })
      .map((some) => WEEKDAYS.filter((each) => some.includes(each)));
    const choice = fc.record({
      repeat: fc.constantFrom("daily" as const, "weekly" as const, "monthly" as const),
      every: fc.integer({ min: 1, max: 12 }),
      days,
      ends: fc.constantFrom("never" as const, "count" as const, "date" as const),
      count: fc.integer({ min: 1, max: 50 }),
      lastDay: day,
      which: fc.nat(),
    });
    fc.assert(
      fc.property(choice, day, ({ which, ...given }, date) => {
        const choices = monthlyChoices(date);
        const monthlyBy = choices[which % choices.length]?.value ?? "day";
        const rule = ruleOf({ ...noRecurrence(date), ...given, monthlyBy }, date);
        const read = recurrenceOf(rule, date);
        expect(read.repeat).toBe(given.repeat);
        expect(ruleOf(read, date)).toBe(rule);
      }),
    );
  });
});
