/** Visits by the hour, over restarts. */
import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { seal } from "../../../../../server-agent/store/sealed-text.ts";
import { makeFolder, startAgent, type TestAgent } from "../../../../../tools/driving/agent.ts";

const HOUR = 3_600_000;
function hourStart(hoursAgo: number) {
  return new Date((Math.floor(Date.now() / HOUR) - hoursAgo) * HOUR).toISOString();
}
async function hoursOf(agent: TestAgent, site = "shop") {
  return (await agent.call("getTraffic", { query: { site } })).hours;
}
async function sumOf(agent: TestAgent, site?: string) {
  return (await hoursOf(agent, site)).reduce((sum, { requests }) => sum + requests, 0);
}

it("are counted by site, those of the maintenance page too, kept over a restart, and begun anew from a damaged file", async () => {
  const folder = await makeFolder();
  await mkdir(join(folder, "state/traffic"), { recursive: true });
  // The hour that may begin while this runs counts, too.
  const full = Array.from({ length: 25 }, (_, index) => ({ start: hourStart(23 - index), minutes: 60, requests: {} }));
  const hours = [
    { start: hourStart(40), minutes: 60, requests: { shop: 7 } },
    { start: hourStart(39), minutes: 20, requests: { shop: 1000 } },
    ...full,
  ];
  await writeFile(join(folder, "state/traffic/hours.json"), seal({ id: "hours", hours }));
  {
    await using agent = await startAgent({ folder });
    // An hour in which the agent was hardly there tells nothing.
    expect(await sumOf(agent)).toBe(7);
    for (let visit = 0; visit < 5; visit += 1) await agent.visit();
    await agent.call("startMaintenance", { body: { site: "shop" } });
    for (let visit = 0; visit < 3; visit += 1) await agent.visit();
    await agent.visit({ host: "elsewhere.example.com" });
    await expect.poll(() => sumOf(agent)).toBe(15);
    expect(await sumOf(agent, "default")).toBe(1);
    expect(await sumOf(agent, "toString")).toBe(0);
    await agent.kill("SIGTERM");
  }
  {
    await using agent = await startAgent({ folder });
    expect(await sumOf(agent)).toBe(15);
    await agent.visit();
    await expect.poll(() => sumOf(agent)).toBe(16);
    expect((await hoursOf(agent)).map(({ start }) => start)).toEqual(
      (await hoursOf(agent)).map(({ start }) => start).toSorted(),
    );
    await agent.kill("SIGTERM");
  }
  await writeFile(join(folder, "state/traffic/hours.json"), "torn");
  await using agent = await startAgent({ folder });
  expect(await hoursOf(agent)).toEqual([]);
  expect(await readdir(join(folder, "state/traffic"))).toEqual(["hours.json.corrupt"]);
});
