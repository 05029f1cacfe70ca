/** What is said, and what is not: once, together, and not at night. */
import { describe, expect, it } from "vitest";
import type { Alert } from "../../../../main/reminders/alert.ts";
import { dueOf } from "../../../../main/reminders/due.ts";
import { isQuiet } from "../../../../main/reminders/quiet-hours.ts";
import { type Situation, nextNote } from "../../../../main/reminders/next-note.ts";
import type { Reminded } from "../../../../main/stores/reminded.ts";

const NOW = Date.parse("2026-03-01T12:00:00Z");
const MINUTE = 60_000;
function ago(minutes: number): string {
  return new Date(NOW - minutes * MINUTE).toISOString();
}
const nothing: Reminded = { said: {}, servers: ["web-01"] };

function alert(id: string, change: Partial<Alert> = {}): Alert {
  return {
    id,
    about: `window:web-01:${id}`,
    kind: "ahead",
    due: ago(0),
    title: `${id} goes into maintenance in 10 min`,
    text: "New disks (web-01)",
    urgent: false,
    news: false,
    actions: [],
    targets: [{ serverId: "web-01", sites: [id], receipts: [] }],
    destination: { screen: "schedule" },
    tells: [{ serverId: "web-01", reminderId: id }],
    ...change,
  };
}
function overrun(id: string, change: Partial<Alert> = {}): Alert {
  return alert(id, {
    kind: "overrun",
    title: `${id} is still in maintenance`,
    urgent: true,
    actions: ["bring-back", "extend"],
    targets: [{ serverId: "web-01", sites: [id], receipts: [`r-${id}`] }],
    ...change,
  });
}
function over(id: string, change: Partial<Alert> = {}): Alert {
  return alert(id, { kind: "end", title: `The maintenance of ${id} is over`, news: true, ...change });
}

function say(alerts: Alert[], change: Partial<Situation> = {}) {
  return nextNote({ alerts, reminded: nothing, heard: ["web-01"], now: NOW, quiet: false, wanted: true, ...change });
}

describe("what is due", () => {
  it("is said as it is, with its buttons, and not again, also not by the next start of the app", () => {
    const first = say([overrun("shop")]);
    expect(first.note).toEqual({
      about: "window:web-01:shop",
      alerts: ["shop"],
      title: "shop is still in maintenance",
      body: "New disks (web-01)",
      urgent: true,
      actions: [
        { action: "bring-back", label: "Bring back" },
        { action: "extend", label: "Extend 15 min" },
      ],
    });
    const stored = JSON.parse(JSON.stringify(first.reminded)) as Reminded;
    expect(say([overrun("shop")], { reminded: stored })).toEqual({ note: undefined, told: [], reminded: stored });
    expect(say([overrun("shop"), overrun("blog")], { reminded: stored }).note?.title).toBe(
      "blog is still in maintenance",
    );
  });

  it("was said by a clock that was wrong is said once more at its time", () => {
    const due = ago(0);
    const said = (minutes: number): Reminded => ({
      said: { shop: { at: ago(minutes), late: false, dismissed: false } },
      servers: ["web-01"],
    });
    expect(say([alert("shop", { due })], { reminded: said(4) }).told).toEqual([]);
    expect(say([alert("shop", { due })], { reminded: said(60), now: NOW - MINUTE }).told).toEqual([]);
    const again = say([alert("shop", { due })], { reminded: said(60) });
    expect(again.told).toHaveLength(1);
    expect(say([alert("shop", { due })], { reminded: again.reminded }).told).toEqual([]);
  });

  it("at one moment is one notification; its buttons are what all of it offers, and say how much they do", () => {
    const { note, told } = say([overrun("shop"), overrun("blog", { actions: ["bring-back"] })]);
    expect(note).toMatchObject({
      title: "2 sites are still in maintenance",
      urgent: true,
      actions: [{ action: "bring-back", label: "Bring back 2 sites" }],
    });
    expect(note?.body).toBe("shop is still in maintenance\nblog is still in maintenance");
    expect(told.map(({ id }) => id)).toEqual(["shop", "blog"]);
  });

  it("while nobody was there is told together, in the order of time, what waits for somebody first", () => {
    const { note } = say([
      alert("news", { due: ago(30) }),
      over("blog", { due: ago(200) }),
      overrun("shop", { due: ago(90) }),
    ]);
    expect(note).toMatchObject({
      title: "While you were away: 3 reminders",
      urgent: true,
      actions: [{ action: "bring-back", label: "Bring back" }, { action: "extend" }],
    });
    expect(note?.body.split("\n").map((line) => line.replace(/^[\d:]+ /, ""))).toEqual([
      "shop is still in maintenance",
      "The maintenance of blog is over",
      "news goes into maintenance in 10 min",
    ]);
    expect(note?.body).toMatch(/^\d\d:\d\d: shop/);
  });

  it("is told in a few lines, however much it is", () => {
    const { note, told } = say(Array.from({ length: 300 }, (_, at) => over(`site-${at}`, { due: ago(at + 5) })));
    expect(note?.body.split("\n")).toHaveLength(7);
    expect(note?.body).toMatch(/and 294 more$/);
    expect(told).toHaveLength(300);
  });

  it("of the time before a server was added is no news, but a site that is closed is", () => {
    const { note, reminded } = say([over("shop", { due: ago(60) }), overrun("blog", { due: ago(60) })], {
      reminded: { said: {}, servers: [] },
    });
    expect(note?.alerts).toEqual(["blog"]);
    expect(Object.keys(reminded.said).toSorted()).toEqual(["blog", "shop"]);
    expect(reminded.servers).toEqual(["web-01"]);
  });

  it("is not made up for when notifications were off", () => {
    const { note, reminded } = say([overrun("shop"), alert("blog")], { wanted: false });
    expect(note).toBeUndefined();
    expect(say([overrun("shop"), alert("blog")], { reminded }).note).toBeUndefined();
  });

  it("is remembered within bounds", () => {
    let reminded = nothing;
    for (let at = 0; at < 60; at += 1)
      ({ reminded } = say(
        Array.from({ length: 100 }, (_, each) => alert(`${at}-${each}`)),
        { reminded, now: NOW + at },
      ));
    expect(Object.keys(reminded.said)).toHaveLength(5000);
    expect(Object.keys(say([alert("new")], { reminded, now: NOW + 40 * 24 * 60 * MINUTE }).reminded.said)).toEqual([
      "new",
    ]);
  });
});

describe("quiet hours", () => {
  it("hold back everything but a site that is closed after its end; what is still true is said once when they are over", () => {
    const night = say([alert("soon"), over("blog"), overrun("shop")], { quiet: true });
    expect(night.note?.alerts).toEqual(["shop"]);
    expect(
      say([alert("soon"), over("blog"), overrun("shop")], { quiet: true, reminded: night.reminded }).note,
    ).toBeUndefined();
    const later = NOW + 400 * MINUTE;
    // What was coming has come.
    const morning = say([over("blog"), overrun("shop")], { reminded: night.reminded, now: later });
    expect(morning.note).toMatchObject({ alerts: ["blog"], title: "The maintenance of blog is over" });
    expect(say([over("blog"), overrun("shop")], { reminded: morning.reminded, now: later }).note).toBeUndefined();
  });

  const night = { from: "22:00", to: "07:00" };
  it.each([
    ["2026-03-01T20:59:59Z", "Europe/Berlin", false],
    ["2026-03-01T21:00:00Z", "Europe/Berlin", true],
    ["2026-03-02T00:30:00Z", "Europe/Berlin", true],
    ["2026-03-02T05:59:59Z", "Europe/Berlin", true],
    ["2026-03-02T06:00:00Z", "Europe/Berlin", false],
    // The night of 29 March is an hour shorter: 07:00 is 05:00 UTC.
    ["2026-03-29T04:59:59Z", "Europe/Berlin", true],
    ["2026-03-29T05:00:00Z", "Europe/Berlin", false],
    // That of 25 October is an hour longer: it begins at 20:00 UTC and ends at 06:00 UTC.
    ["2026-10-24T20:00:00Z", "Europe/Berlin", true],
    ["2026-10-25T05:59:59Z", "Europe/Berlin", true],
    ["2026-10-25T06:00:00Z", "Europe/Berlin", false],
    ["2026-06-01T16:14:59Z", "Asia/Kathmandu", false],
    ["2026-06-01T16:15:00Z", "Asia/Kathmandu", true],
    // Half an hour of summer time.
    ["2026-04-04T19:59:59Z", "Australia/Lord_Howe", true],
    ["2026-04-04T20:30:00Z", "Australia/Lord_Howe", false],
  ])("across midnight, at %s in %s: %s", (at, zone, quiet) => {
    expect(isQuiet(night, Date.parse(at), zone)).toBe(quiet);
  });

  it.each([
    ["2026-03-01T11:59:59Z", false],
    ["2026-03-01T12:00:00Z", true],
    ["2026-03-01T13:59:59Z", true],
    ["2026-03-01T14:00:00Z", false],
  ])("within a day, at %s: %s", (at, quiet) => {
    expect(isQuiet({ from: "12:00", to: "14:00" }, Date.parse(at), "UTC")).toBe(quiet);
    expect(isQuiet(null, Date.parse(at), "UTC")).toBe(false);
  });
});

describe("the window shows", () => {
  const shown = (alerts: Alert[], reminded = nothing, now = NOW) => dueOf(alerts, reminded, now).map(({ id }) => id);

  it("what waits for somebody, the most urgent first, until it is dismissed", () => {
    const waiting = alert("start", { kind: "start", actions: ["start"], due: ago(1) });
    expect(shown([waiting, overrun("shop", { due: ago(9) })])).toEqual(["shop", "start"]);
    expect(shown([waiting], { ...nothing, said: { start: { at: ago(0), late: false, dismissed: true } } })).toEqual([]);
    expect(shown([alert("running", { kind: "start" }), alert("lost", { kind: "lost" })])).toEqual([]);
  });

  it("a coming start in the hour before it", () => {
    const coming = (start: string) =>
      alert("soon", { targets: [{ serverId: "web-01", sites: ["shop"], receipts: [], window: "w", start }] });
    expect(shown([coming(ago(-61))])).toEqual([]);
    expect(shown([coming(ago(-60))])).toEqual(["soon"]);
  });

  it("what happened while nobody was told, for a day; a prototype's key is nothing that was said", () => {
    const told = (late: boolean): Reminded => ({ ...nothing, said: { blog: { at: ago(0), late, dismissed: false } } });
    expect(shown([over("blog")], told(true))).toEqual(["blog"]);
    expect(shown([over("blog")], told(false))).toEqual([]);
    expect(shown([over("blog")], told(true), NOW + 24 * 60 * MINUTE)).toEqual([]);
    expect(shown([over("constructor")])).toEqual([]);
  });
});
