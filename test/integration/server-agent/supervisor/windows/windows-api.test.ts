/** What a person can do to windows, and what is refused. */
import { describe, expect, it } from "vitest";
import type { WindowDraft } from "../../../../../server-agent/contract/windows.ts";
import { startAgent, type TestAgent } from "../../../../../tools/driving/agent.ts";
import { stage } from "../../../../support/agent/fleet.ts";
import { draft, untilOccurrence, wallClockIn } from "../../../../support/agent/windows.ts";

function later(fields: Partial<WindowDraft> = {}) {
  return draft({ start: wallClockIn(3600), duration: "PT1H", ...fields });
}
async function statesOf(agent: TestAgent, id: string) {
  return (await agent.call("getWindow", { params: { id } })).occurrences.map(({ state }) => state);
}

describe("a draft", () => {
  it.each<[string, Record<string, unknown>]>([
    ["/zone", { zone: "Europe/Bern" }],
    ["/zone", { zone: "+01:00" }],
    ["/start", { start: "2030-02-30T10:00" }],
    ["/start", { start: "tomorrow" }],
    ["/start", { start: "2020-01-01T10:00" }],
    ["/end", { duration: undefined }],
    ["/end", { duration: undefined, end: "2020-01-01T10:00" }],
    ["/duration", { end: "2031-01-01T10:00" }],
    ["/duration", { duration: "two hours" }],
    ["/duration", { duration: "P1M" }],
    ["/duration", { duration: "-PT1H" }],
    ["/duration", { duration: "P3000D" }],
    ["/rrule", { rrule: "FREQ=HOURLY" }],
    ["/rrule", { rrule: "FREQ=DAILY;BYSECOND=1" }],
    ["/rrule", { rrule: "FREQ=DAILY;COUNT=0" }],
    ["/rrule", { rrule: "FREQ=DAILY;INTERVAL=0" }],
    ["/rrule", { rrule: "FREQ=DAILY;UNTIL=2030" }],
    ["/rrule", { rrule: "FREQ=WEEKLY;BYDAY=XX" }],
    ["/rrule", { rrule: "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30" }],
    ["/rrule", { rrule: "DTSTART:20300101T000000\nRRULE:FREQ=DAILY" }],
    ["/sites/0/site", { sites: [{ site: "shopp" }] }],
    ["/sites/1/site", { sites: [{ site: "shop" }, { site: "shop" }] }],
    ["/sites/0/hosts/0", { sites: [{ site: "shop", hosts: ["other.example.com"] }] }],
    ["/sites/0/until", { sites: [{ site: "shop", until: "2030-01-01T10:00:00Z" }] }],
    ["/atEnd", { atEnd: "explode" }],
    ["/extra", { extra: 1 }],
  ])("with a wrong %s is refused, and says so: %j", async (path, fields) => {
    await using agent = await startAgent();
    const reply = await agent.tryCall("createWindow", { body: { ...later(), ...fields } });
    expect(reply).toMatchObject({ ok: false, error: { code: "options.invalid", details: { problems: [{ path }] } } });
    expect(await agent.call("listWindows")).toEqual({ windows: [] });
  });

  it("is planned without planning it: occurrences, what the clocks do, and overlaps", async () => {
    await using agent = await startAgent();
    const weekly = { start: "2030-03-24T02:30", zone: "Europe/Berlin", rrule: "FREQ=WEEKLY;COUNT=2", duration: "PT1H" };
    const other = await agent.call("createWindow", {
      body: draft({ ...weekly, rrule: "FREQ=YEARLY;COUNT=1", duration: "PT3H", title: "Other" }),
    });
    const plan = await agent.call("planWindow", { body: draft(weekly) });
    expect(plan.occurrences).toEqual([
      {
        start: "2030-03-24T01:30:00.000Z",
        end: "2030-03-24T02:30:00.000Z",
        startsAt: "2030-03-24T02:30",
        endsAt: "2030-03-24T03:30",
      },
      {
        start: "2030-03-31T01:30:00.000Z",
        end: "2030-03-31T02:30:00.000Z",
        startsAt: "2030-03-31T03:30",
        endsAt: "2030-03-31T04:30",
        note: expect.stringContaining("2030-03-31T02:30 does not exist in Europe/Berlin") as string,
      },
    ]);
    expect(plan.overlaps).toMatchObject([
      {
        site: "shop",
        window: other.id,
        title: "Other",
        message: expect.stringContaining("2030-03-24T04:30") as string,
      },
    ]);
    expect((await agent.call("listWindows")).windows).toHaveLength(1);
  });
});

describe("a window", () => {
  it("is changed and removed by whoever knows its revision", async () => {
    await using agent = await startAgent();
    const { id } = await agent.call("createWindow", { body: later() });
    const params = { id };
    expect(await agent.tryCall("changeWindow", { params, body: later() })).toMatchObject({
      ok: false,
      error: { code: "if-match.required" },
    });
    expect(
      await agent.call("changeWindow", { params, body: later({ title: "Newer disks" }), ifMatch: 1 }),
    ).toMatchObject({
      revision: 2,
      title: "Newer disks",
    });
    const stale = { ok: false, error: { code: "window.stale", details: { window: id } } };
    expect(await agent.tryCall("changeWindow", { params, body: later(), ifMatch: 1 })).toMatchObject(stale);
    expect(await agent.tryCall("removeWindow", { params, ifMatch: 1 })).toMatchObject(stale);
    await agent.call("removeWindow", { params, ifMatch: 2 });
    expect(await agent.tryCall("getWindow", { params })).toMatchObject({ ok: false, error: { code: "not-found" } });
  });

  it("has its logo in its own reply, and not in what everybody is told", async () => {
    await using agent = await startAgent();
    await using events = await agent.events();
    const logo = `data:image/png;base64,${"A".repeat(100_000)}`;
    const { id } = await agent.call("createWindow", {
      body: later({ sites: [{ site: "shop", page: { title: "Back soon", logo } }] }),
    });
    const told = await events.until((line) => line.type === "windows");
    await using again = await agent.events();
    const snapshot = await again.until((line) => line.type === "snapshot");
    for (const light of [
      told.type === "windows" ? told.changed : [],
      snapshot.type === "snapshot" ? snapshot.windows : [],
    ])
      expect(light).toMatchObject([{ id, sites: [{ site: "shop", page: { title: "Back soon" } }] }]);
    expect(JSON.stringify([told, snapshot]).length).toBeLessThan(50_000);
    expect(await agent.call("getWindow", { params: { id } })).toMatchObject({ sites: [{ page: { logo } }] });
  });

  it("leaves out the occurrence that is skipped", async () => {
    await using agent = await startAgent();
    const { id, occurrences } = await agent.call("createWindow", { body: later({ rrule: "FREQ=DAILY" }) });
    const [first] = occurrences;
    const { occurrences: after } = await agent.call("skipWindow", {
      params: { id },
      body: { start: first?.start ?? "", author: "ben" },
    });
    expect(after).toMatchObject([
      { state: "planned" },
      { state: "skipped", start: first?.start, why: "skipped by ben" },
    ]);
    expect(Date.parse(after[0]?.start ?? "") - Date.parse(first?.start ?? "")).toBe(86_400_000);
    expect(await agent.tryCall("skipWindow", { params: { id }, body: { start: first?.start ?? "" } })).toMatchObject({
      ok: false,
      error: { code: "window.state" },
    });
  });

  it("that is moved has what was skipped of it moved along", async () => {
    await using agent = await startAgent();
    const series = { start: "2090-03-19T02:30", zone: "Europe/Berlin", rrule: "FREQ=WEEKLY", duration: "PT1H" };
    const { id } = await agent.call("createWindow", { body: draft(series) });
    const params = { id };
    const statesAt = async () =>
      (await agent.call("getWindow", { params })).occurrences.map(({ start, state }) => [start, state]);
    // The clocks go forward that night: 02:30 is taken for 03:30.
    const gap = "2090-03-26T01:30:00.000Z";
    await agent.call("skipWindow", { params, body: { start: "2090-03-19T01:30:00.000Z" } });
    await agent.call("skipWindow", { params, body: { start: gap } });
    await agent.call("changeWindow", { params, ifMatch: 1, body: draft({ ...series, start: "2090-03-19T04:00" }) });
    const moved = [
      ["2090-04-02T02:00:00.000Z", "planned"],
      ["2090-03-26T02:00:00.000Z", "skipped"],
      ["2090-03-19T03:00:00.000Z", "skipped"],
    ];
    expect(await statesAt()).toEqual(moved);
    await agent.call("changeWindow", { params, ifMatch: 2, body: draft(series) });
    expect(await statesAt()).toEqual([
      ["2090-04-02T00:30:00.000Z", "planned"],
      [gap, "skipped"],
      ["2090-03-19T01:30:00.000Z", "skipped"],
    ]);
  });

  it("is started before its time, extended, and ended by hand; its page follows", async () => {
    await using agent = await startAgent();
    const { id } = await agent.call("createWindow", { body: later({ sites: [{ site: "shop", retryAfter: "end" }] }) });
    const params = { id };
    expect(await agent.tryCall("endWindow", { params, body: {} })).toMatchObject({
      ok: false,
      error: { code: "window.state" },
    });
    const next = (await agent.call("getWindow", { params })).occurrences[0]?.start ?? "";
    const other = new Date(Date.parse(next) + 60_000).toISOString();
    const refused = await agent.tryCall("startWindow", { params, body: { start: other } });
    expect(refused).toMatchObject({
      ok: false,
      error: { code: "window.state", message: expect.stringContaining(next) as string },
    });
    const started = await agent.call("startWindow", { params, body: { start: next, author: "ben" } });
    expect(started).toMatchObject({ state: "running", occurrences: [{ state: "running" }] });
    const retryAfter = async () => Number((await agent.visit()).headers["retry-after"]);
    expect(Math.abs((await retryAfter()) - 3600)).toBeLessThan(10);
    await agent.call("extendWindow", { params, body: { minutes: 30 } });
    expect(Math.abs((await retryAfter()) - 5400)).toBeLessThan(10);
    await agent.call("extendWindow", { params, body: { until: new Date(Date.now() + 600_000).toISOString() } });
    expect(Math.abs((await retryAfter()) - 600)).toBeLessThan(10);
    for (const body of [{}, { minutes: 1, until: "2031-01-01T00:00:00Z" }, { until: "2020-01-01T00:00:00Z" }])
      expect(await agent.tryCall("extendWindow", { params, body })).toMatchObject({
        ok: false,
        error: { code: "options.invalid" },
      });
    expect(await agent.tryCall("removeWindow", { params })).toMatchObject({
      ok: false,
      error: { code: "window.state" },
    });
    expect(await agent.call("endWindow", { params, body: { author: "ben" } })).toMatchObject({
      state: "over",
      occurrences: [{ state: "ended" }],
    });
    expect((await agent.visit()).status).toBe(200);
    expect((await agent.call("listMaintenance")).maintenance).toMatchObject([
      { author: "ben", revert: { author: "ben", exact: true } },
    ]);
  });

  it("stays closed over its end where that was planned, and is ended by the site's being brought back", async () => {
    await using agent = await startAgent();
    const { id } = await agent.call("createWindow", {
      body: draft({ start: wallClockIn(0), duration: "PT2S", atEnd: "stay-closed" }),
    });
    const { occurrence } = await untilOccurrence(agent, id, "overrun");
    expect((await agent.visit()).status).toBe(503);
    await agent.call("revertMaintenance", { params: { id: occurrence.receipts[0] ?? "" } });
    expect((await untilOccurrence(agent, id, "ended")).occurrence.why).toBe("its sites were brought back before");
  });

  it("waits while a stage is held, and starts when it is let go of", async () => {
    await using agent = await startAgent();
    const held = await stage(agent, [{ kind: "maintenance", options: { site: "default" } }], { leaseSeconds: 60 });
    const { id } = await agent.call("createWindow", { body: draft({ start: wallClockIn(0), duration: "PT1H" }) });
    // Tried again after a second each time, and not without a pause.
    const began = Date.now();
    await agent.logged(/windows wait(.|\n)*windows wait(.|\n)*windows wait/);
    expect(agent.log().split("windows wait").length - 2).toBeLessThanOrEqual((Date.now() - began) / 900 + 1);
    expect(await statesOf(agent, id)).not.toContain("running");
    await agent.call("abortStage", { params: { id: held.id } });
    await untilOccurrence(agent, id, "running");
  });
});
