import { setTimeout as delay } from "node:timers/promises";
import { expect } from "vitest";
import { makeFolder, startAgent } from "../../../tools/driving/agent.ts";
import { comparable, FaultyAgent } from "../agent/faulty-agent.ts";
import { repetitions, SEED } from "../repetitions.ts";
import { seededRandom } from "../seeded-random.ts";
import { agreedState, type Cells, startBench } from "./bench.ts";
import { fill, onSmallDisk } from "./small-disk.ts";

const MAX_DELAY_MS = 30;

export const state: Cells<"state"> = {
  async killed() {
    const random = seededRandom(SEED);
    console.log(`kill -9 in the middle of a change: seed ${String(SEED)}`);
    const folder = await makeFolder();
    let agent = await startAgent({ folder });
    for (let round = 0; round < repetitions(4, 20); round++) {
      const isClosed = await agreedState(agent);
      const [{ id } = { id: "" }] = (await agent.call("listMaintenance")).maintenance;
      const change = isClosed
        ? agent.tryCall("revertMaintenance", { params: { id } })
        : agent.tryCall("startMaintenance", { body: { site: "shop" } });
      const reply = change.catch(() => undefined);
      await delay(random.next() * MAX_DELAY_MS);
      await agent.kill("SIGKILL");
      agent = await startAgent({ folder });
      const isNowClosed = await agreedState(agent);
      if ((await reply)?.ok === true) expect(isNowClosed).toBe(!isClosed);
    }
    await agent.close();
  },

  async fullDisk() {
    await using bench = await startBench({ wrapper: onSmallDisk });
    const { agent } = bench;
    bench.visitNews();
    const makeRoom = await fill(agent);
    expect(await agent.tryCall("startMaintenance", { body: { site: "shop" } })).toMatchObject({
      ok: false,
      error: { code: "store.failed" },
    });
    expect(await agreedState(agent)).toBe(false);
    expect((await agent.call("getAgent")).problems).toHaveLength(1);
    await makeRoom();
    await bench.switchTwice();
    expect((await agent.call("getAgent")).problems).toBeUndefined();
    await bench.check();
  },

  async descriptors() {
    const agent = await FaultyAgent.start();
    try {
      const { maintenance } = agent.supervisor.services;
      const close = () => maintenance.start({ site: "shop" }, { kind: "none" }, 0);
      const before = comparable(agent.supervisor);
      agent.disk.fail({ code: "EMFILE", from: 0, count: Infinity });
      expect(await close()).toMatchObject({ ok: false, refusal: { code: "store.failed" } });
      agent.disk.heal();
      expect(comparable(agent.supervisor)).toEqual(before);
      expect(await agent.reloaded()).toEqual(before);
      expect(await close()).toMatchObject({ ok: true });
      expect(await agent.reloaded()).toEqual(comparable(agent.supervisor));
    } finally {
      await agent.close();
    }
  },
};
