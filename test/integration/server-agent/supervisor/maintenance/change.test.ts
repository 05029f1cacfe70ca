/**
 * A maintenance is changed while it runs, on a real agent: what visitors get from the reply on,
 * what the receipt says, and that undoing is exact all the same.
 */
import { describe, expect, it } from "vitest";
import { runAgentVerb, startAgent } from "../../../../../tools/driving/agent.ts";

const SHOP = { site: "shop", author: "anna", page: { title: "Back at noon" } };

describe("the change of a maintenance", () => {
  it("is what visitors get from the reply on; the receipt goes on, and the undo is exact", async () => {
    await using agent = await startAgent();
    await using events = await agent.events();
    const before = (await agent.call("getConfig")).config;
    const { id } = await agent.call("startMaintenance", { body: SHOP });
    await agent.visit();
    const until = new Date(Date.now() + 3_600_000).toISOString();
    const changed = await agent.call("changeMaintenance", {
      params: { id },
      body: {
        until,
        page: { title: "Back at one" },
        exceptions: [{ path: "/healthz" }],
        author: "ben",
        reason: "disks",
      },
      ifMatch: 2,
    });
    const page = await agent.visit({ headers: { Accept: "text/html" } });
    expect(page).toMatchObject({ status: 503 });
    expect(page.text).toContain("Back at one");
    expect((await agent.visit({ path: "/healthz" })).text).toBe("live");
    expect(changed).toMatchObject({
      id,
      state: "in-maintenance",
      generation: 2,
      author: "anna",
      until,
      counts: { refused: 1 },
      edits: [{ author: "ben", generation: 3, reason: "disks", fields: ["until", "page", "exceptions"], until }],
    });
    const told = await events.until((line) => line.type === "maintenance" && line.receipt.proof?.generation === 3);
    const cells = told.type === "maintenance" ? told.receipt.proof?.cells : [];
    expect(cells?.filter(({ outcome }) => outcome === "wrong")).toEqual([]);
    const history = (await agent.call("listGenerations")).generations[0];
    expect(history).toMatchObject({
      author: "ben",
      reason: `shop ends at ${until}, page and exceptions of shop changed`,
    });

    const { revert } = await agent.call("revertMaintenance", { params: { id } });
    expect(revert).toMatchObject({ generation: 4, exact: true });
    expect(JSON.stringify((await agent.call("getConfig")).config)).toBe(JSON.stringify(before));
  });

  it("survives the end of the agent", async () => {
    const first = await startAgent();
    const { folder } = first;
    const { id } = await first.call("startMaintenance", { body: SHOP });
    const { until } = await first.call("changeMaintenance", { params: { id }, body: { minutes: 15 } });
    await first.kill("SIGKILL");
    await first.ended;
    await using agent = await startAgent({ folder });
    expect(await agent.call("getMaintenance", { params: { id } })).toMatchObject({ until, edits: [{ until }] });
  });

  it("is refused as a whole, with the field, and changes nothing", async () => {
    await using agent = await startAgent();
    const { id } = await agent.call("startMaintenance", { body: SHOP });
    const change = (body: object, ifMatch?: number) =>
      agent.tryCall("changeMaintenance", { params: { id }, body, ...(ifMatch === undefined ? {} : { ifMatch }) });
    expect(await change({ minutes: 15 }, 1)).toMatchObject({ ok: false, error: { code: "config.stale" } });
    expect(await change({ minutes: 5, root: "/srv/nope" })).toMatchObject({
      ok: false,
      error: { code: "options.invalid", details: { problems: [{ path: "/root" }] } },
    });
    expect(await change({ exceptions: [{ listener: "nope" }] })).toMatchObject({
      ok: false,
      error: { code: "options.invalid", details: { problems: [{ path: "/exceptions/0/listener" }] } },
    });
    const plan = await agent.call("planChange", { params: { id }, body: { minutes: 15 } });
    expect(plan.changes).toMatchObject([{ path: "/virtualHosts/0/rules/0/handler/until" }]);
    expect((await agent.call("getConfig")).generation).toBe(2);
    await agent.call("revertMaintenance", { params: { id } });
    expect(await change({ minutes: 15 })).toMatchObject({ ok: false, error: { code: "maintenance.reverted" } });
  });

  it("moves the end of the window that has started it", async () => {
    await using agent = await startAgent();
    const soon = new Date(Date.now() + 3_600_000).toISOString().slice(0, 19);
    const window = await agent.call("createWindow", {
      body: { title: "Disks", sites: [{ site: "shop" }], start: soon, zone: "UTC", duration: "PT1H" },
    });
    const started = await agent.call("startWindow", { params: { id: window.id }, body: {} });
    const [id = ""] = started.occurrences.find(({ state }) => state === "running")?.receipts ?? [];
    const { until = "" } = await agent.call("getMaintenance", { params: { id } });
    const later = new Date(Date.parse(until) + 15 * 60_000).toISOString();
    const changed = await agent.call("changeMaintenance", { params: { id }, body: { minutes: 15, author: "ben" } });
    expect(changed).toMatchObject({ until: later, edits: [{ author: "ben", fields: ["until"], until: later }] });
    expect((await agent.call("getWindow", { params: { id: window.id } })).occurrences[0]).toMatchObject({ end: later });
    for (const body of [{ until: null }, { minutes: 15, page: "default" as const }])
      expect(await agent.tryCall("changeMaintenance", { params: { id }, body })).toMatchObject({
        ok: false,
        error: { code: "options.invalid", details: { window: window.id, problems: [{ path: "/until" }] } },
      });
  });

  it("from the command line: extend and change, as JSON too, with exit codes", async () => {
    await using agent = await startAgent();
    await agent.call("startMaintenance", { body: { ...SHOP, exceptions: [{ path: "/healthz" }] } });
    const run = (...args: string[]) => runAgentVerb(["maintenance", ...args, "--socket", agent.socketPath]);
    expect(await run("extend", "shop", "+30m")).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^shop stays in maintenance until /) as string,
    });
    const changed = await run("change", "shop", "--text", "One more hour", "--let-in", "10.0.0.0/8", "--json");
    expect(JSON.parse(changed.stdout)).toMatchObject({
      options: {
        page: { title: "Back at noon", text: "One more hour" },
        exceptions: [{ path: "/healthz" }, { from: ["10.0.0.0/8"] }],
      },
    });
    expect(await run("extend", "shop", "none")).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("with no end time") as string,
    });
    expect(await run("extend", "default", "+30m")).toMatchObject({ code: 1 });
    expect(await run("extend", "shop", "soon")).toMatchObject({ code: 2 });
    expect(await run("change", "shop")).toMatchObject({ code: 2 });
  });
});
