import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DEFAULT_REMINDERS } from "../../../../server-agent/core/reminders/default-reminders.ts";
import { WindowTerms } from "../../../../main/contract/windows.ts";
import {
  formOf,
  formProblems,
  minutesOf,
  newForm,
  termsOf,
  type WindowForm,
} from "../../../../renderer/window-editor/window-form.ts";

const NOW = Date.parse("2030-01-01T12:00:00Z");
function form(change: Partial<WindowForm> = {}): WindowForm {
  return {
    ...newForm("2030-01-06", "Europe/Berlin", DEFAULT_REMINDERS),
    title: "New disks",
    ...change,
  };
}

describe("the form of a window", () => {
  it("plans an hour of tomorrow's night by itself, and nothing more than that", () => {
    expect(termsOf(form())).toEqual({
      title: "New disks",
      start: "2030-01-06T02:00",
      zone: "Europe/Berlin",
      duration: "PT1H",
    });
    expect(formProblems(form(), NOW)).toEqual({});
  });

  it.each<[string, Partial<WindowForm>, Partial<WindowTerms>]>([
    ["an end by the clock", { lasts: "end", endDate: "2030-01-07", endTime: "01:30" }, { end: "2030-01-07T01:30" }],
    ["minutes", { minutes: 45 }, { duration: "PT45M" }],
    ["hours and minutes", { minutes: 150 }, { duration: "PT2H30M" }],
    ["a recurrence", { repeat: "weekly", days: ["SU"] }, { rrule: "FREQ=WEEKLY;BYDAY=SU" }],
    ["somebody who starts it", { atStart: "remind" }, { atStart: "remind" }],
    [
      "a probe at the end",
      { atEnd: "reopen-if-healthy", reopenAfter: 60 },
      { atEnd: "reopen-if-healthy", overrun: { reopenAfterMinutes: 60 } },
    ],
    ["other reminders", { reminders: ["start"] }, { reminders: ["start"] }],
    ["a reason", { reason: " the old ones are full " }, { reason: "the old ones are full" }],
  ])("has %s", (_name, change, expected) => {
    const terms = termsOf(form(change));
    expect(terms).toMatchObject(expected);
    expect(terms.end === undefined).not.toBe(terms.duration === undefined);
    expect(WindowTerms.safeParse(terms).success).toBe(true);
  });

  it.each<[keyof WindowForm, Partial<WindowForm>]>([
    ["title", { title: "  " }],
    ["title", { title: "x".repeat(201) }],
    ["date", { date: "" }],
    ["date", { date: "2029-12-31" }],
    ["time", { time: "" }],
    ["zone", { zone: "Europe/Atlantis" }],
    ["zone", { zone: "+02:00" }],
    ["minutes", { minutes: 0 }],
    ["minutes", { minutes: 1.5 }],
    ["endDate", { lasts: "end", endTime: "02:00" }],
    ["endDate", { lasts: "end", endDate: "" }],
    ["endTime", { lasts: "end", endTime: "" }],
    ["every", { repeat: "daily", every: 0 }],
    ["days", { repeat: "weekly", days: [] }],
    ["count", { repeat: "daily", ends: "count", count: 0 }],
    ["lastDay", { repeat: "daily", ends: "date" }],
    ["lastDay", { repeat: "daily", ends: "date", lastDay: "2030-01-05" }],
    ["rule", { repeat: "custom", rule: " " }],
    ["health", { atEnd: "reopen-if-healthy", health: "health" }],
    ["reopenAfter", { reopenAfter: 0 }],
    ["reason", { reason: "x".repeat(501) }],
  ])("names %s where it is wrong: %j", (field, change) => {
    expect(Object.keys(formProblems(form(change), NOW))).toEqual([field]);
  });

  it("sees an end that the clocks leave no time for", () => {
    // 02:30 does not exist in Berlin on that night: it is 03:30.
    expect(
      formProblems(
        form({ date: "2030-03-31", time: "02:30", lasts: "end", endDate: "2030-03-31", endTime: "03:15" }),
        NOW,
      ),
    ).toHaveProperty("endDate");
  });

  it("gives back what was planned, word by word", () => {
    const wall = fc
      .date({ min: new Date("2020-01-01"), max: new Date("2040-01-01"), noInvalidDate: true })
      .chain((date) => fc.constantFrom(16, 19).map((length) => date.toISOString().slice(0, length)));
    const terms = fc
      .record(
        {
          title: fc.constantFrom("New disks", "Kernel"),
          start: wall,
          zone: fc.constantFrom("UTC", "Europe/Berlin", "Asia/Kathmandu"),
          length: fc.constantFrom("PT2H", "PT90M", "P1D", "P1DT30M", "PT90S", "end"),
          rrule: fc.constantFrom(
            "FREQ=DAILY",
            "FREQ=WEEKLY",
            "FREQ=MONTHLY;BYDAY=-1FR",
            "INTERVAL=1;FREQ=DAILY;COUNT=3",
            "FREQ=YEARLY;BYMONTH=2",
          ),
          exdates: fc.array(wall, { minLength: 1, maxLength: 3 }),
          atStart: fc.constantFrom("start" as const, "remind" as const),
          atEnd: fc.constantFrom("reopen" as const, "stay-closed" as const, "reopen-if-healthy" as const),
          overrun: fc.record({ remindEveryMinutes: fc.integer({ min: 1, max: 1440 }) }),
          reminders: fc.constantFrom(DEFAULT_REMINDERS, ["start"], ["-P2DT3H", "end"]),
          reason: fc.constant("the old ones are full"),
        },
        { requiredKeys: ["title", "start", "zone", "length"] },
      )
      .map(({ length, exdates, ...rest }) => ({
        ...rest,
        // Of a window that takes place once nothing can be left out.
        ...(exdates === undefined || rest.rrule === undefined ? {} : { exdates }),
        ...(length === "end"
          ? { end: new Date(Date.parse(`${rest.start.slice(0, 16)}Z`) + 5_400_000).toISOString().slice(0, 16) }
          : { duration: length }),
      }));
    fc.assert(
      fc.property(terms, (given) => {
        expect(termsOf(formOf(given))).toEqual(given);
      }),
    );
  });

  it("takes what is left out along when a series moves as a whole", () => {
    const before = {
      title: "Kernel",
      start: "2030-01-06T02:00",
      zone: "UTC",
      duration: "PT1H",
      rrule: "FREQ=DAILY",
      exdates: ["2030-01-08T02:00", "2030-01-31T02:00:00"],
    };
    expect(termsOf({ ...formOf(before), date: "2030-01-07", time: "03:15" }).exdates).toEqual([
      "2030-01-09T03:15",
      "2030-02-01T03:15:00",
    ]);
    expect(termsOf({ ...formOf(before), repeat: "never" })).not.toHaveProperty("exdates");
  });

  it.each([
    ["PT2H", 120],
    ["P1DT30M", 1470],
    ["PT90S", 2],
    ["PT5S", 1],
  ])("counts the minutes of %s", (text, minutes) => expect(minutesOf(text)).toBe(minutes));
});
