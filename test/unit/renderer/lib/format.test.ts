import { describe, expect, it } from "vitest";
import { visibleText } from "../../../../server-agent/core/visible-text.ts";
import { age, bytes, duration, milliseconds, until } from "../../../../renderer/lib/format.ts";

const NOW = Date.parse("2026-11-23T01:00:00Z");
function later(seconds: number) {
  return new Date(NOW + seconds * 1000).toISOString();
}

describe("what people read", () => {
  it.each([
    [0, "0 s"],
    [59, "59 s"],
    [60, "1 min"],
    [47 * 60 + 59, "47 min"],
    [3 * 3600 + 5 * 60, "3 h 05 min"],
    [14 * 86_400, "14 days"],
  ])("says %i seconds as %s", (seconds, words) => {
    expect(duration(seconds * 1000)).toBe(words);
  });

  it("says how long it is until the end, and how long the end is over", () => {
    expect(until(later(47 * 60), NOW)).toMatch(/^until \d\d:\d\d \(in 47 min\)$/);
    expect(until(later(-300), NOW)).toMatch(/^until .*\(5 min overdue\)$/);
  });

  it("counts an age in minutes and seconds", () => {
    expect(age(later(-842), NOW)).toBe("14:02");
    expect(age(later(-3723), NOW)).toBe("1:02:03");
    expect(age(later(10), NOW)).toBe("0:00");
  });

  it.each([
    [999, "999 B"],
    [1000, "1.0 kB"],
    [67_108_864, "67 MB"],
    [999_600, "1.0 MB"],
  ])("says %i bytes as %s", (value, words) => {
    expect(bytes(value)).toBe(words);
  });

  it("keeps a tenth of small milliseconds", () => {
    expect([milliseconds(3.14), milliseconds(102.4)]).toEqual(["3.1 ms", "102 ms"]);
  });

  it("says of a time that nobody measured that it was not", () => {
    expect(milliseconds(undefined)).toBe("not measured");
  });
});

describe("words of others", () => {
  it("cannot turn or hide the sentence around them", () => {
    expect(visibleText("marta\u202E\u0007")).toBe("marta\uFFFD\uFFFD");
    expect(visibleText("Zürich, שלום 🚧")).toBe("Zürich, שלום 🚧");
  });
});
