import { describe, expect, it } from "vitest";
import { createLog } from "../../../../../server-agent/log.ts";
import { SYSTEM_CLOCK } from "../../../../../server-agent/supervisor/clock.ts";
import { EventBus } from "../../../../../server-agent/supervisor/event-bus.ts";
import { Passes } from "../../../../../server-agent/supervisor/passes/passes.ts";
import { WriteQueue } from "../../../../../server-agent/supervisor/switch/write-queue.ts";

/** Passes over a web folder that can be made full. Tells who gets in, by workers and by files. */
function passesOnDisk() {
  const told = { workers: [] as string[], files: [] as string[] };
  const folder = { isFull: false };
  const passes = new Passes(
    {
      state: { save: () => undefined, forget: () => true },
      queue: new WriteQueue(),
      pool: {
        usePasses: (usable) => {
          told.workers = usable.map(({ id }) => id);
          return Promise.resolve();
        },
      },
      beside: {
        usePasses: (usable) => {
          if (folder.isFull) throw new Error("ENOSPC");
          told.files = usable.map(({ id }) => id);
        },
      },
      maintenance: { change: () => Promise.reject(new Error("nothing is closed")) },
      receipts: { openFor: () => undefined },
      switch: {
        active: {
          generation: 1,
          compileMs: 0,
          config: {
            listeners: [],
            virtualHosts: [{ id: "shop", hosts: ["shop.example"], rules: [{ handler: { type: "respond" } }] }],
          },
        },
      },
      listeners: () => [],
      events: new EventBus(),
      clock: SYSTEM_CLOCK,
      log: createLog(() => undefined),
    },
    [],
  );
  const make = () =>
    passes.create({ name: "Anna", site: "shop", until: new Date(Date.now() + 3_600_000).toISOString() });
  return { passes, told, folder, make };
}

describe("passes over a web folder that cannot be written", () => {
  it("are revoked on the workers, and every call says so until the files are right", async () => {
    const { passes, told, folder, make } = passesOnDisk();
    const made = await make();
    const id = made.ok ? made.value.id : "";
    expect(told).toEqual({ workers: [id], files: [id] });
    folder.isFull = true;
    for (const time of ["first", "second"]) {
      const refused = await passes.revoke(id);
      expect(refused, time).toMatchObject({ ok: false, refusal: { code: "store.failed" } });
      expect(told, time).toEqual({ workers: [], files: [id] });
    }
    folder.isFull = false;
    expect(await passes.revoke(id)).toMatchObject({ ok: true, value: { id } });
    expect(told).toEqual({ workers: [], files: [] });
  });

  it("are not made", async () => {
    const { passes, told, folder, make } = passesOnDisk();
    folder.isFull = true;
    expect(await make()).toMatchObject({ ok: false, refusal: { code: "store.failed" } });
    expect(told).toEqual({ workers: [], files: [] });
    expect(passes.list()).toEqual([]);
  });
});
