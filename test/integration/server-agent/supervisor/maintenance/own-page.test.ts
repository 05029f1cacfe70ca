/** An own page: refused where visitors would not get it, proved to be the one that is served. */
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { startAgent } from "../../../../../tools/driving/agent.ts";
import { draft, untilOccurrence, wallClockIn } from "../../../../support/agent/windows.ts";

it("that is not there, empty or no page is refused by plan, start, stage and window, which name the field", async () => {
  await using agent = await startAgent();
  const folder = (name: string) => join(agent.folder, name);
  await mkdir(folder("bare"));
  await mkdir(folder("empty"));
  await writeFile(folder("empty/index.html"), "");
  await mkdir(folder("folder/index.html"), { recursive: true });
  const cases: [string, string][] = [
    [folder("nowhere"), "root.missing"],
    [folder("bare"), "root.missing"],
    [folder("empty"), "root.empty"],
    [folder("folder"), "root.kind"],
    ["/etc/passwd", "root.kind"],
    ["/etc/passwd/page", "root.missing"],
    ["/dev/null", "root.kind"],
  ];
  for (const [root, code] of cases) {
    const options = { site: "shop", root };
    const refused = { code: "options.invalid", details: { problems: [{ path: "/root", code }] } };
    expect(await agent.tryCall("planMaintenance", { body: options }), root).toMatchObject({
      ok: false,
      error: refused,
    });
    expect(await agent.tryCall("startMaintenance", { body: options }), root).toMatchObject({
      ok: false,
      error: refused,
    });
    const operation = { id: "operation-1", title: "both", servers: 1 };
    const body = { operation, changes: [{ kind: "maintenance" as const, options }] };
    expect(await agent.tryCall("stage", { body }), root).toMatchObject({
      error: { code: "options.invalid", details: { problems: [{ path: "/changes/0/options/root", code }] } },
    });
    const window = {
      title: "night",
      start: "2999-01-01T00:00",
      end: "2999-01-01T01:00",
      zone: "UTC",
      sites: [options],
    };
    expect(await agent.tryCall("planWindow", { body: window }), root).toMatchObject({
      error: { code: "options.invalid", details: { problems: [{ path: "/sites/0/root", code }] } },
    });
  }
  expect((await agent.visit()).text).toBe("live");
});

it("that is replaced by the built-in one is found by the proof", async () => {
  await using agent = await startAgent();
  const root = join(agent.folder, "page");
  await mkdir(root);
  await writeFile(join(root, "index.html"), "<h1>Our own page</h1>");
  const { id } = await agent.call("startMaintenance", { body: { site: "shop", root, until: "2999-01-01T00:00:00Z" } });
  const wrong = async () =>
    (await agent.call("proveMaintenance", { params: { id } })).cells.filter(({ outcome }) => outcome === "wrong");
  expect(await wrong()).toEqual([]);
  await rm(root, { recursive: true });
  await expect
    .poll(async () => (await wrong()).map(({ probe }) => probe), { timeout: 10_000 })
    .toEqual(["page", "post"]);
  expect((await wrong())[0]?.message).toBe(`The built-in page instead of the one in ${root}.`);
});

it("that has gone since its window was planned does not keep the site open: it is closed, and the proof says how", async () => {
  await using agent = await startAgent();
  const root = join(agent.folder, "page");
  await mkdir(root);
  await writeFile(join(root, "index.html"), "<h1>Our own page</h1>");
  const sites = [{ site: "shop", root }];
  const { id } = await agent.call("createWindow", {
    body: draft({ start: wallClockIn(3600), duration: "PT1H", sites }),
  });
  await rm(root, { recursive: true });
  await agent.call("startWindow", { params: { id } });
  const { occurrence } = await untilOccurrence(agent, id, "running");
  expect((await agent.visit()).status).toBe(503);
  const receipt = { params: { id: occurrence.receipts[0] ?? "" } };
  await expect
    .poll(async () => (await agent.call("getMaintenance", receipt)).proof?.cells.map(({ message }) => message))
    .toContain(`The built-in page instead of the one in ${root}.`);
});
