import { expect, test } from "vitest";
import { endsOf, headingOf, rangeOf, turned } from "../../../../renderer/schedule/time-range.ts";

test("a month is shown in whole weeks, a week from Monday, a list around its day", () => {
  expect(endsOf("month", "2030-05-15")).toEqual(["2030-04-29", "2030-06-02"]);
  expect(endsOf("week", "2030-05-15")).toEqual(["2030-05-13", "2030-05-19"]);
  expect(endsOf("list", "2030-05-15")).toEqual(["2030-04-15", "2030-08-13"]);
});

test("a range ends at the midnight after its last day, also where the clocks are changed", () => {
  expect(rangeOf("week", "2030-03-31", "Europe/Berlin")).toEqual({
    from: "2030-03-24T23:00:00.000Z",
    to: "2030-03-31T22:00:00.000Z",
  });
});

test("turning goes by what is shown, and a month never skips a short one", () => {
  expect(turned("month", "2030-01-31", 1)).toBe("2030-02-01");
  expect(turned("month", "2030-01-31", -1)).toBe("2029-12-01");
  expect(turned("week", "2030-01-31", 1)).toBe("2030-02-07");
  expect(turned("list", "2030-01-31", -1)).toBe("2030-01-01");
});

test("the heading names the month, or the first and the last day", () => {
  expect(headingOf("month", "2030-05-15")).toContain("2030");
  expect(headingOf("week", "2030-05-15")).toMatch(/13.* – .*19.*2030/);
});
