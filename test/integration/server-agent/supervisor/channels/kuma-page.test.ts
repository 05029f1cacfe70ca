/** Uptime Kuma over a real Socket.IO server that has its events. */
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Server } from "socket.io";
import { expect, it } from "vitest";
import { kumaPage } from "../../../../../server-agent/supervisor/channels/kuma-page.ts";
import type { StatusPage } from "../../../../../server-agent/supervisor/channels/status-page-calls.ts";
import { someReceipt } from "../../../../support/desktop/desktop-fixtures.ts";

type Ack = (answer: object) => void;

/** As server/socket-handlers of Uptime Kuma answer; its page has the id 7, its monitors 1 and 2. */
async function startKuma() {
  const events: unknown[][] = [];
  const server = createServer();
  const kuma = new Server(server, { transports: ["websocket"] });
  let refusesPages = false;
  kuma.on("connection", (socket) => {
    socket.on("login", ({ username, password, token }: Record<string, string>, ack: Ack) => {
      if (username === "anna") ack({ tokenRequired: true });
      else if (username !== "backsoon" || password !== "hunter 2" || token !== "")
        ack({ ok: false, msg: "Incorrect username or password." });
      else {
        ack({ ok: true, token: "jwt" });
        socket.emit("monitorList", { 1: { id: 1 }, 2: { id: 2 } });
        socket.emit("statusPageList", { 7: { id: 7, slug: "main" } });
      }
    });
    const on = (event: string, answer: () => object) =>
      socket.on(event, (...values: unknown[]) => {
        events.push([event, ...values.slice(0, -1)]);
        (values.at(-1) as Ack)(answer());
      });
    on("addMaintenance", () => ({ ok: true, maintenanceID: 42 }));
    on("addMonitorMaintenance", () => ({ ok: true }));
    on("addMaintenanceStatusPage", () => (refusesPages ? { ok: false, msg: "no such page" } : { ok: true }));
    on("deleteMaintenance", () => ({ ok: true }));
    on("pauseMaintenance", () => (events.length > 8 ? { ok: false, msg: "Maintenance not found" } : { ok: true }));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    events,
    api: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    refusePages: () => (refusesPages = true),
    [Symbol.asyncDispose]: () => kuma.close(),
  };
}

it("opens and closes a maintenance, and says what is wrong", async () => {
  await using kuma = await startKuma();
  const of = (change: Partial<StatusPage> = {}, signal = new AbortController().signal) =>
    kumaPage(
      {
        id: "status",
        createdAt: "2030-01-01T00:00:00.000Z",
        kind: "status-page",
        service: "uptime-kuma",
        api: kuma.api,
        user: "backsoon",
        token: "hunter 2",
        page: "main",
        components: ["1", "2"],
        sites: [],
        opened: [],
        ...change,
      },
      signal,
    );
  expect(await of().check()).toBe(undefined);
  expect(await of({ page: "other" }).check()).toEqual({ why: "there is no status page other; correct `page`" });
  expect(await of({ components: ["3"] }).check()).toEqual({ why: "there is no monitor 3; correct `components`" });
  expect(await of({ token: "wrong" }).check()).toEqual({
    why: "Uptime Kuma refused login: Incorrect username or password.",
  });
  expect((await of({ user: "anna" }).check())?.why).toMatch(/two-factor/);
  expect((await of({ api: "http://127.0.0.1:1" }).check())?.why).toMatch(/^no connection to Uptime Kuma: /);
  expect(kuma.events).toEqual([]);

  expect(await of().open(someReceipt({ reason: "New disks" }), "shop.example.com")).toEqual({ id: "42" });
  expect(kuma.events).toMatchObject([
    ["addMaintenance", { title: "Maintenance of shop.example.com", description: "New disks", strategy: "manual" }],
    ["addMonitorMaintenance", 42, [{ id: 1 }, { id: 2 }]],
    ["addMaintenanceStatusPage", 42, [{ id: 7 }]],
  ]);
  expect(await of().close("42")).toBe(undefined);
  expect(kuma.events[3]).toEqual(["pauseMaintenance", 42]);

  // Half of one is taken back; one that is gone there is closed.
  kuma.refusePages();
  expect(await of().open(someReceipt(), "shop.example.com")).toEqual({
    why: "Uptime Kuma refused addMaintenanceStatusPage: no such page",
  });
  expect(kuma.events[7]).toEqual(["deleteMaintenance", 42]);
  expect(await of().close("43")).toBe(undefined);
  expect(await of({}, AbortSignal.abort()).close("43")).toMatchObject({ why: expect.any(String) as string });
});
