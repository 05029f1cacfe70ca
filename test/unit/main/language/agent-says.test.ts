import { afterEach, expect, it } from "vitest";
import { agentSays } from "../../../../main/language/agent-says.ts";
import { chooseLanguage } from "../../../../main/language/language.ts";
import { type News, reminderWords } from "../../../../server-agent/core/reminders/reminder-text.ts";

afterEach(() => {
  chooseLanguage("en");
});

const about = { title: "New disks", from: "2030-01-06T02:00:00Z", to: undefined, zone: "UTC" };
const news: News[] = [
  { what: "ahead", inMs: 3_600_000 },
  { what: "waits" },
  { what: "started", lateBySeconds: undefined, why: undefined },
  { what: "end-ahead", inMs: 600_000, stays: true },
  { what: "end-ahead", inMs: 600_000, stays: false },
  { what: "ended", why: undefined },
  { what: "overrun", afterMs: 0, why: undefined },
  { what: "overrun", afterMs: 600_000, why: undefined },
  { what: "missed", why: undefined, others: 0 },
  { what: "failed", why: undefined },
  { what: "reverted", why: "" },
  { what: "not-reverted", why: "" },
  { what: "hook-gone", why: "" },
  { what: "open-ended", forMs: 14_400_000 },
];

it.each(news)("says the title of a reminder in German: $what", (each) => {
  for (const sites of [["shop.example.com"], ["shop.example.com", "blog.example.com"], ["a", "b", "c", "d"]]) {
    const { title } = reminderWords(sites, about, each);
    expect(agentSays(title)).toBe(title);
    chooseLanguage("de");
    expect(agentSays(title)).not.toBe(title);
    expect(agentSays(title)).not.toMatch(/\b(maintenance|and|sites|the)\b/);
    chooseLanguage("en");
  }
});

it("quotes what it does not know", () => {
  chooseLanguage("de");
  expect(agentSays("nginx: [emerg] bind() failed (98)")).toBe("nginx: [emerg] bind() failed (98)");
});

it("has days in the dative only where a word wants that", () => {
  chooseLanguage("de");
  expect(agentSays("shop goes into maintenance in 2 days")).toBe("shop geht in 2 Tagen in Wartung");
  expect(agentSays("shop is still in maintenance, 2 days after the end")).toBe(
    "shop ist 2 Tage nach dem Ende noch in Wartung",
  );
});
