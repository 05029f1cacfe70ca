import { describe, expect, it } from "vitest";
import { Reminder } from "../../../../../server-agent/contract/reminders.ts";
import type { FailedCertificate } from "../../../../../server-agent/core/reminders/certificate-reminders.ts";
import { remindersAt } from "../../../../../server-agent/core/reminders/due-reminders.ts";

const DAY_MS = 86_400_000;
const START = Date.parse("2030-01-01T00:00:00Z");
const WANTED = { directory: "https://ca.test/dir", names: ["shop.test"] };
const HELD = { ...WANTED, ends: START + 30 * DAY_MS, renewAt: START };

function failedAt(site: string, held: FailedCertificate["held"]): FailedCertificate {
  const message = "shop.test: connection refused (port 80 of the name must lead to this agent)";
  return { site, held, failed: { wanted: WANTED, since: START, at: START, attempts: 1, retryAt: START, message } };
}

/** What is said as time goes by, an hour at a time. */
function saidOf(failed: readonly FailedCertificate[], days: number): Reminder[] {
  const made = new Map<string, Reminder>();
  for (let now = START; now <= START + days * DAY_MS; now += DAY_MS / 24) {
    const telling = { since: now - 7 * DAY_MS, isMade: (id: string) => made.has(id) };
    for (const reminder of remindersAt(now, { certificates: failed }, telling).due) made.set(reminder.id, reminder);
  }
  return [...made.values()];
}

describe("a certificate that could not be renewed", () => {
  it("is said at once, and again as its end comes near", () => {
    const said = saidOf([failedAt("shop", HELD)], 40);
    expect(said.map(({ title }) => title)).toEqual([
      "The certificate of shop could not be renewed; it expires in 30 days",
      "The certificate of shop could not be renewed; it expires in 15 days",
      "The certificate of shop could not be renewed; it expires in 7 days",
      "The certificate of shop has expired and could not be renewed",
    ]);
    expect(said[0]).toMatchObject({ kind: "certificate", sites: ["shop"], receipts: [] });
    expect(said[0]?.text).toBe(
      "Since Tue, Jan 1, 00:00 UTC. shop.test: connection refused (port 80 of the name must lead to this agent).",
    );
  });

  it("is said of each site by itself, with ids that files can have", () => {
    const said = saidOf([failedAt("shop.eu", undefined), failedAt("shop_eu", undefined)], 8);
    expect(said).toHaveLength(6);
    for (const reminder of said) {
      expect(Reminder.safeParse(reminder).success).toBe(true);
      expect(reminder.id).toMatch(/^20300101-000000-[0-9a-f]{6}-certificate-\d+$/);
    }
  });
});
