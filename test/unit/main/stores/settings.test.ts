import { describe, expect, it } from "vitest";
import { Settings } from "../../../../main/contract/settings.ts";
import { parseDocument } from "../../../../main/stores/document.ts";
import { settingsDocument } from "../../../../main/stores/settings.ts";
import { momentWords, momentsOf } from "../../../../renderer/settings/reminder-moments.ts";

const kept = { appearance: "dark", author: "marta", notifications: false, startAtLogin: true, trayExplained: true };

describe("the settings", () => {
  it("of the version before keep what was chosen, and get what has come since", () => {
    const settings = parseDocument(settingsDocument("marta"), JSON.stringify({ version: 1, content: kept }));
    expect(settings).toEqual({
      ...kept,
      quietHours: null,
      reminders: ["-P1D", "-PT1H", "-PT10M", "start", "end"],
      startAtLoginOffered: false,
      revertIfWrong: false,
      showsRecipe: false,
      language: "system",
    });
    const { defaults } = settingsDocument("marta");
    expect(Settings.parse(defaults)).toEqual(defaults);
  });

  it.each([
    [{ from: "22:00", to: "22:00" }, "cannot start and end at the same time"],
    [{ from: "24:00", to: "07:00" }, "a time like 22:00"],
    [{ from: "7:00", to: "09:00" }, "a time like 22:00"],
  ])("refuse quiet hours like %j", (quietHours, message) => {
    const { defaults } = settingsDocument("marta");
    expect(() => Settings.parse({ ...defaults, quietHours })).toThrow(message);
  });

  it("name the moments of reminders, also those that were written by hand", () => {
    expect(momentsOf(["start", "-P2DT12H"]).map(({ words }) => words)).toEqual([
      "1 day before the start",
      "1 hour before the start",
      "10 minutes before the start",
      "At the start",
      "10 minutes before the end",
      "At the end",
      "2 days 12 hours before the start",
    ]);
    expect(momentWords("whenever")).toBe("whenever");
  });
});
