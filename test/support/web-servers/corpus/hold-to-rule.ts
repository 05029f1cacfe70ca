/**
 * A configuration takes the hook, passes the server's own check with it and is byte for byte the
 * same without it; or the site is refused with file and line. There is no third outcome.
 */
import { expect } from "vitest";
import type { Instance, ReadConfiguration, WebServerAdapter } from "../../../../server-agent/adapters/adapter.ts";
import { writeHookFiles } from "../../../../server-agent/adapters/hook-files.ts";
import type { ServerFolder } from "../../../../tools/driving/web-servers/server-folder.ts";
import type { CorpusCase } from "./read-corpus.ts";

export async function holdToRule<Configuration extends ReadConfiguration>(
  one: CorpusCase,
  adapter: WebServerAdapter<Configuration>,
  instance: Instance,
  folder: Pick<ServerFolder, "snapshot">,
): Promise<void> {
  expect(await adapter.check(instance)).toBeUndefined();
  const before = await folder.snapshot();

  const read = await adapter.read(instance);
  expect(read.problems).toEqual([]);
  const ids = read.sites.map(({ id }) => id);
  expect([...ids].sort()).toEqual([...one.sites].sort());
  const plan = adapter.plan(instance, read, ids, false);
  const refused = new Map(plan.refused.map(({ site, hazards }) => [site, hazards[0]?.code]));
  expect(refused).toEqual(one.refused);
  for (const { file, line } of plan.refused.flatMap(({ hazards }) => hazards)) {
    expect(file).toMatch(/^\//);
    expect(line).toBeGreaterThan(0);
  }

  // After each file, as the server may be started at any moment, and the agent may die at any.
  for (const file of plan.files) {
    expect(writeHookFiles([file])).toMatchObject({ ok: true });
    expect(await adapter.check(instance)).toBeUndefined();
  }
  const hooked = await adapter.read(instance);
  expect(hooked.sites.map(({ id, hosts }) => ({ id, hosts }))).toEqual(
    read.sites.map(({ id, hosts }) => ({ id, hosts })),
  );
  expect(adapter.plan(instance, hooked, plan.sites, false).files).toEqual([]);

  const removal = adapter.plan(instance, hooked, plan.sites, true);
  for (const file of removal.files) {
    expect(writeHookFiles([file])).toMatchObject({ ok: true });
    expect(await adapter.check(instance)).toBeUndefined();
  }
  expect(await folder.snapshot()).toEqual(before);
}
