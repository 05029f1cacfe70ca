/** Times in words, in the zone of a window. */
import { expect, it } from "vitest";
import { spanText } from "../../../../../server-agent/core/reminders/span-text.ts";

it.each([
  ["Europe/Berlin", "2030-01-06T01:00:00Z", "2030-01-06T03:00:00Z", "Sun, Jan 6, 02:00 to 04:00 CET"],
  ["America/New_York", "2030-07-06T04:30:00Z", "2030-07-07T05:00:00Z", "Sat, Jul 6, 00:30 to Sun, Jul 7, 01:00 EDT"],
  ["Asia/Kolkata", "2030-01-06T01:00:00Z", undefined, "since Sun, Jan 6, 06:30 IST"],
  ["Asia/Tokyo", "2030-01-06T01:00:00Z", undefined, "since Sun, Jan 6, 10:00 GMT+9"],
  ["UTC", "2030-01-06T01:00:00Z", "2030-01-06T03:00:00Z", "Sun, Jan 6, 01:00 to 03:00 UTC"],
  ["Europe/Berlin", "2030-03-31T00:30:00Z", "2030-03-31T01:30:00Z", "Sun, Mar 31, 01:30 CET to 03:30 CEST"],
])("in %s, %s to %s is %s", (zone, from, to, words) => {
  expect(spanText({ from, to }, zone)).toBe(words);
});

it("on this computer needs no zone", () => {
  expect(spanText({ from: "2030-01-06T12:00:00Z" })).toMatch(/^since \w+, Jan \d, \d\d:\d\d$/);
});
