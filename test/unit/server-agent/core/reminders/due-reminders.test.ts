import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Occurrence } from "../../../../../server-agent/contract/windows.ts";
import type { Reminder } from "../../../../../server-agent/contract/reminders.ts";
import { remindersAt } from "../../../../../server-agent/core/reminders/due-reminders.ts";
import type { RemindedWindow, Upcoming } from "../../../../../server-agent/core/reminders/window-reminders.ts";
import { someReceipt } from "../../../../support/desktop/desktop-fixtures.ts";

const HOUR = 3_600_000;
const MINUTE = 60_000;
const START = Date.UTC(2030, 0, 6, 1);
const END = START + 2 * HOUR;
function iso(instant: number) {
  return new Date(instant).toISOString();
}

function windowOf(change: Partial<RemindedWindow> = {}): RemindedWindow {
  return {
    id: "w-1",
    title: "New disks",
    sites: [{ site: "shop" }],
    start: "2030-01-06T02:00",
    duration: "PT2H",
    zone: "Europe/Berlin",
    createdAt: iso(START - 30 * 24 * HOUR),
    seenTo: iso(START - 30 * 24 * HOUR),
    records: [],
    ...change,
  };
}
const span = { start: START, end: END };
function planned(change: Partial<RemindedWindow> = {}): Upcoming {
  return { window: windowOf(change), spans: [span] };
}
function recorded(record: Partial<Occurrence>, change: Partial<RemindedWindow> = {}): Upcoming {
  return {
    window: windowOf({
      records: [
        {
          window: "w-1",
          start: iso(START),
          end: iso(END),
          state: "running",
          startedAt: iso(START),
          receipts: ["r-1"],
          ...record,
        },
      ],
      ...change,
    }),
    spans: [],
  };
}
function nameOf(site: string) {
  return `${site}.example.com`;
}
function said(upcoming: Upcoming, now: number, made: string[] = []) {
  return remindersAt(now, { upcoming: [upcoming] }, { since: 0, isMade: (id) => made.includes(id), nameOf }).due;
}

describe("what is said of a window", () => {
  it.each<[string, Upcoming, number, Pick<Reminder, "kind" | "title" | "text">]>([
    [
      "before its start",
      planned(),
      START - 10 * MINUTE,
      {
        kind: "ahead",
        title: "shop.example.com goes into maintenance in 10 min",
        text: '"New disks": Sun, Jan 6, 02:00 to 04:00 CET.',
      },
    ],
    [
      "before its start, late",
      planned(),
      START - 4 * MINUTE,
      { kind: "ahead", title: "shop.example.com goes into maintenance in 4 min", text: expect.any(String) as string },
    ],
    [
      "a day before, of several sites",
      planned({ sites: [{ site: "shop" }, { site: "blog" }] }),
      START - 24 * HOUR,
      {
        kind: "ahead",
        title: "shop.example.com and blog.example.com go into maintenance in 24 h",
        text: expect.any(String) as string,
      },
    ],
    [
      "at its start, where somebody has to start it",
      planned({ atStart: "remind" }),
      START,
      {
        kind: "start",
        title: "Time to start the maintenance of shop.example.com",
        text: expect.any(String) as string,
      },
    ],
    [
      "when it has started",
      recorded({}),
      START + 1000,
      { kind: "start", title: "shop.example.com is in maintenance", text: expect.stringMatching(/CET\.$/) as string },
    ],
    [
      "when it has started late",
      recorded({ startedAt: iso(START + HOUR), lateBySeconds: 3600 }),
      START + HOUR,
      {
        kind: "start",
        title: "shop.example.com is in maintenance",
        text: expect.stringContaining("It started 1 h late.") as string,
      },
    ],
    [
      "before its end",
      recorded({}, { reminders: ["end-PT15M"] }),
      END - 15 * MINUTE,
      { kind: "end-ahead", title: "shop.example.com comes back in 15 min", text: expect.any(String) as string },
    ],
    [
      "before its end, where it stays closed",
      recorded({}, { reminders: ["end-PT15M"], atEnd: "stay-closed" }),
      END - 15 * MINUTE,
      {
        kind: "end-ahead",
        title: "The maintenance of shop.example.com is planned to end in 15 min",
        text: expect.any(String) as string,
      },
    ],
    [
      "when it is over",
      recorded({ state: "ended", endedAt: iso(END) }),
      END,
      { kind: "end", title: "The maintenance of shop.example.com is over", text: expect.any(String) as string },
    ],
    [
      "when it is not",
      recorded({ state: "overrun", why: "shop answers 500" }),
      END + 30 * MINUTE,
      {
        kind: "overrun",
        title: "shop.example.com is still in maintenance, 30 min after the end",
        text: expect.stringMatching(/CET\. shop.example.com answers 500\.$/) as string,
      },
    ],
    [
      "when it was missed",
      recorded({ state: "missed", startedAt: undefined, endedAt: iso(END + HOUR), why: "the agent was not running" }),
      END + HOUR,
      {
        kind: "missed",
        title: "The maintenance of shop.example.com was missed",
        text: expect.stringContaining("The agent was not running.") as string,
      },
    ],
  ])("%s", (_when, upcoming, now, expected) => {
    expect(said(upcoming, now)).toMatchObject([
      {
        ...expected,
        sites: ["shop", "blog"].slice(0, upcoming.window.sites.length),
        occurrence: { id: "w-1", start: iso(START) },
        deliveries: [],
      },
    ]);
  });

  it("only of the last one that was missed in an absence, with how many there were, and of none that is old", () => {
    const day = 24 * HOUR;
    const nights = Array.from({ length: 20 }, (_, index): Occurrence => {
      const start = START - index * day;
      const found = iso(END + HOUR);
      return {
        window: "w-1",
        start: iso(start),
        end: iso(start + HOUR),
        state: "missed",
        endedAt: found,
        receipts: [],
      };
    });
    const absent: Upcoming = { window: windowOf({ records: nights }), spans: [] };
    const since = (now: number) =>
      remindersAt(now, { upcoming: [absent] }, { since: now - 7 * day, isMade: () => false, nameOf }).due;
    expect(since(END + HOUR)).toMatchObject([
      {
        kind: "missed",
        occurrence: { start: iso(START) },
        text: expect.stringContaining("19 earlier ones were missed, too.") as string,
      },
    ]);
    expect(since(END + 9 * day)).toEqual([]);
  });

  it("nothing of a skipped occurrence, nothing that was not asked for, nothing from before it was planned", () => {
    expect(said(recorded({ state: "skipped" }), START)).toEqual([]);
    expect(said(planned({ reminders: [] }), START - MINUTE)).toEqual([]);
    expect(said(recorded({ state: "ended", endedAt: iso(END) }, { reminders: ["start"] }), END)).toEqual([]);
    expect(said(planned({ createdAt: iso(START - 5 * MINUTE) }), START - 4 * MINUTE)).toEqual([]);
  });

  it("that its end comes, again when the end was moved", () => {
    const reminders = ["end-PT10M"];
    const [first] = said(recorded({}, { reminders }), END - 10 * MINUTE);
    const moved = recorded({ end: iso(END + HOUR) }, { reminders });
    expect(said(moved, END - 5 * MINUTE, [first?.id ?? ""])).toEqual([]);
    expect(said(moved, END + 50 * MINUTE, [first?.id ?? ""])).toHaveLength(1);
  });

  it("that it is over and still closed, as often as was asked for, once each time", () => {
    const upcoming = recorded({ state: "overrun" }, { overrun: { remindEveryMinutes: 20 } });
    const made: string[] = [];
    const times: number[] = [];
    for (let now = END - HOUR; now < END + 2 * HOUR; now += MINUTE)
      for (const { id } of said(upcoming, now, made)) {
        made.push(id);
        times.push((now - END) / MINUTE);
      }
    expect(times).toEqual([0, 20, 40, 60, 80, 100]);
  });
});

describe("a hook that is gone", () => {
  const why = "shop cannot be closed: nginx does not ask the agent. Prepare it again.";

  it("is looked for when the window is planned, an hour and ten minutes before, and said each time", () => {
    const made: string[] = [];
    const said: unknown[] = [];
    const upcoming = planned({ reminders: [] });
    for (let now: number | undefined = Date.parse(upcoming.window.createdAt); now !== undefined && now < START;) {
      const { due, next } = remindersAt(
        now,
        { upcoming: [upcoming], obstacle: () => why },
        { since: 0, isMade: (id) => made.includes(id) },
      );
      said.push(
        ...due.map(({ kind, title, text, due: at }) => [kind, title, text.endsWith(why), START - Date.parse(at)]),
      );
      made.push(...due.map(({ id }) => id));
      now = next;
    }
    const words = ["hook-gone", "The maintenance of shop will not start", true];
    expect(said).toEqual([30 * 24 * HOUR, HOUR, 10 * MINUTE].map((before) => [...words, before]));
    expect(new Set(made).size).toBe(3);
  });

  it("is not looked for where it was said, or before its time, or after the start", () => {
    const checks: number[] = [];
    const look = (now: number, upcoming: Upcoming, made = false) =>
      remindersAt(
        now,
        {
          upcoming: [upcoming],
          obstacle: (_window, _span, check) => {
            checks.push(check);
            return undefined;
          },
        },
        { since: 0, isMade: () => made },
      );
    look(START - 5 * MINUTE, planned());
    look(START - 5 * MINUTE, planned(), true);
    look(START, planned());
    // Planned half an hour before, and the next night of a window that has begun.
    look(START - 20 * MINUTE, planned({ createdAt: iso(START - 30 * MINUTE) }));
    look(START - 2 * HOUR, { ...recorded({ state: "ended" }), spans: [span] });
    expect(checks).toEqual([START - 10 * MINUTE, START - 30 * MINUTE]);
  });
});

describe("what is said of a maintenance by hand", () => {
  const of = (change: Parameters<typeof someReceipt>[0], now: number) =>
    remindersAt(
      now,
      { receipts: [someReceipt({ startedAt: iso(START), ...change })] },
      { since: 0, isMade: () => false, nameOf },
    );

  it("that it has no end, every four hours", () => {
    expect(of({}, START + HOUR)).toEqual({ due: [], next: START + 4 * HOUR });
    expect(of({}, START + 9 * HOUR)).toMatchObject({
      due: [
        {
          kind: "open-ended",
          title: "shop.example.com has been in maintenance for 8 h, with no end time",
          text: '"database" by marta: since Sun, Jan 6, 01:00 UTC.',
          receipts: ["r-1"],
        },
      ],
      next: START + 12 * HOUR,
    });
  });

  it("that its end is over", () => {
    expect(of({ until: iso(END) }, END - 1)).toEqual({ due: [], next: END });
    expect(of({ until: iso(END) }, END)).toMatchObject({
      due: [{ kind: "overrun", title: "shop.example.com is still in maintenance at the planned end" }],
      next: END + 15 * MINUTE,
    });
  });

  it.each([
    ["reverted", "shop.example.com was brought back automatically: not closed as planned"],
    ["not-reverted", "shop.example.com is not closed as planned, and could not be brought back"],
  ] as const)("what the agent did after its proof: %s", (outcome, title) => {
    const afterProof = { outcome, at: iso(START + MINUTE), why: "the proof failed: wild answered" };
    const state = outcome === "reverted" ? ("reverted" as const) : ("in-maintenance" as const);
    const { due } = of({ state, until: iso(END), afterProof }, START + MINUTE);
    expect(due).toMatchObject([{ id: `r-1-${outcome}`, kind: "failed", title, receipts: ["r-1"] }]);
    expect(due[0]?.text).toContain("The proof failed: wild answered.");
    expect(of({ state, until: iso(END), afterProof: { ...afterProof, outcome: "kept" } }, START + MINUTE).due).toEqual(
      [],
    );
  });

  it("nothing that the window says which holds it", () => {
    const receipt = someReceipt({ startedAt: iso(START), until: iso(END) });
    expect(
      remindersAt(
        END + MINUTE,
        { upcoming: [recorded({ state: "overrun" })], receipts: [receipt] },
        { since: 0, isMade: () => false, nameOf },
      ).due,
    ).toMatchObject([{ occurrence: { id: "w-1" } }]);
  });
});

describe("over time, whenever it is looked", () => {
  const offsets = fc.uniqueArray(
    fc.constantFrom("-P1D", "-PT2H", "-PT1H", "-PT10M", "start", "end", "end-PT10M", "end-PT1H"),
    { maxLength: 8 },
  );

  it("each is said once, none before its time, and of those that would say the same only the last", () => {
    fc.assert(
      fc.property(
        offsets,
        fc.array(fc.integer({ min: 1, max: 600 }), { minLength: 5, maxLength: 60 }),
        (reminders, steps) => {
          const made = new Map<string, Reminder>();
          let now = START - 26 * HOUR;
          for (const step of steps) {
            now += step * MINUTE;
            const upcoming =
              now < START
                ? planned({ reminders })
                : now < END
                  ? recorded({}, { reminders })
                  : recorded({ state: "ended", endedAt: iso(END) }, { reminders });
            const { due, next } = remindersAt(
              now,
              { upcoming: [upcoming] },
              { since: 0, isMade: (id) => made.has(id), nameOf },
            );
            expect(due.length).toBeLessThanOrEqual(2);
            for (const reminder of due) {
              expect(Date.parse(reminder.due)).toBeLessThanOrEqual(now);
              expect(made.has(reminder.id)).toBe(false);
              made.set(reminder.id, reminder);
            }
            expect(next ?? Infinity).toBeGreaterThan(now);
          }
          const kinds = [...made.values()].map(({ kind }) => kind);
          expect(kinds.filter((kind) => kind === "start").length).toBeLessThanOrEqual(1);
          expect(kinds.filter((kind) => kind === "end").length).toBe(now >= END && reminders.includes("end") ? 1 : 0);
        },
      ),
    );
  });

  it("who always looks at the instant that was told misses none", () => {
    fc.assert(
      fc.property(offsets, (reminders) => {
        const made: Reminder[] = [];
        let now: number | undefined = START - 26 * HOUR;
        while (now !== undefined && now < START) {
          const { due, next } = remindersAt(
            now,
            { upcoming: [planned({ reminders })] },
            { since: 0, isMade: (id) => made.some((reminder) => reminder.id === id), nameOf },
          );
          made.push(...due);
          now = next;
        }
        const expected = { "-P1D": 24 * 60, "-PT2H": 120, "-PT1H": 60, "-PT10M": 10 } as const;
        const wanted = Object.entries(expected).flatMap(([text, minutes]) =>
          (reminders as string[]).includes(text) ? [START - minutes * MINUTE] : [],
        );
        expect(made.map(({ due }) => Date.parse(due))).toEqual(wanted);
      }),
    );
  });
});
