/** Generations of a large document, of which only what differs from an earlier one is stored. */
import { execFileSync } from "node:child_process";
import { appendFile, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Config } from "../../../../server-agent/contract/config.ts";
import { createLog } from "../../../../server-agent/log.ts";
import { StateDirectory } from "../../../../server-agent/store/state-directory.ts";
import { configOf, virtualHostOf } from "../../../support/agent/config.ts";
import { repetitions } from "../../../support/repetitions.ts";

const log = createLog(() => undefined);
const SITES = Array.from({ length: 1_500 }, (_, index) =>
  virtualHostOf(`v${String(index)}`, [`v${String(index)}.test`], {
    rules: [{ handler: { type: "respond", body: "x".repeat(200) } }],
  }),
);
const LARGE = configOf(SITES, { upstreams: { app: { targets: ["http://127.0.0.1:3000"] } } });

async function emptyFolder(): Promise<string> {
  return join(await mkdtemp(join(tmpdir(), "backsoon-large-")), "state");
}

async function open(path: string) {
  const opened = await StateDirectory.open(path, { log });
  if (!opened.ok) throw new Error(opened.reason === "unusable" ? opened.message : opened.reason);
  return opened;
}

function commit(state: StateDirectory, config: Config): number {
  const generation = state.nextGeneration;
  const createdAt = new Date().toISOString();
  state.commit({ generation, createdAt, author: "anna", reason: "test", changes: [], receipts: [], config });
  return generation;
}

function fileOf(path: string, generation: number): string {
  return join(path, "generations", `${String(generation).padStart(6, "0")}.json`);
}

function withCopycat(config: Config, site: number): Config {
  const copycat = virtualHostOf(`copycat-${String(site)}`, [`v${String(site)}.test`]);
  return { ...config, virtualHosts: config.virtualHosts.toSpliced(site, 0, copycat) };
}

it("takes as much room for a switch of one site as the site", async () => {
  const path = await emptyFolder();
  const { state } = await open(path);
  const whole = commit(state, LARGE);
  const switched = withCopycat(LARGE, 700);
  const one = commit(state, switched);
  const back = commit(state, LARGE);
  expect((await stat(fileOf(path, whole))).size).toBeGreaterThan(400_000);
  for (const generation of [one, back]) expect((await stat(fileOf(path, generation))).size).toBeLessThan(1_000);
  expect(await state.config(one)).toEqual(switched);
  state.close();
  const again = await open(path);
  expect(again.found.active?.config).toEqual(LARGE);
  // Another site, told from the same base.
  expect(commit(again.state, withCopycat(again.found.active?.config as Config, 9))).toBe(4);
  expect((await stat(fileOf(path, 4))).size).toBeLessThan(1_000);
  again.state.close();
});

/** One after the other: what a document becomes. */
const change = fc.oneof(
  fc.record({ kind: fc.constant("insert" as const), at: fc.nat({ max: 1_500 }) }),
  fc.record({ kind: fc.constant("remove" as const), at: fc.nat({ max: 1_499 }) }),
  fc.record({ kind: fc.constant("reorder keys" as const), at: fc.nat({ max: 1_499 }) }),
  fc.record({ kind: fc.constant("send anew" as const), at: fc.constant(0) }),
  fc.record({ kind: fc.constant("rest" as const), at: fc.nat({ max: 3 }) }),
  fc.record({ kind: fc.constant("many" as const), at: fc.nat({ max: 1_000 }) }),
  fc.record({ kind: fc.constant("small" as const), at: fc.constant(0) }),
  fc.record({ kind: fc.constant("reopen" as const), at: fc.constant(0) }),
);

function changed(config: Config, { kind, at }: { kind: string; at: number }): Config {
  const { virtualHosts } = config;
  const first = virtualHosts[at] ?? virtualHostOf("other", ["other.test"]);
  switch (kind) {
    case "insert":
      return withCopycat(config, at);
    case "remove":
      return { ...config, virtualHosts: virtualHosts.toSpliced(at, 1) };
    case "reorder keys":
      return {
        ...config,
        virtualHosts: virtualHosts.with(Math.min(at, virtualHosts.length - 2), {
          rules: first.rules,
          hosts: first.hosts,
          id: first.id,
        }),
      };
    case "send anew":
      return JSON.parse(JSON.stringify(config)) as Config;
    case "rest":
      return at === 0
        ? { virtualHosts, listeners: config.listeners }
        : { ...config, trustedProxies: [`10.0.0.${String(at)}`] };
    case "many":
      return { ...config, virtualHosts: virtualHosts.map((each, index) => (index < at ? { ...each } : each)) };
    case "small":
      return configOf(SITES.slice(0, 3));
    default:
      return config;
  }
}

it("gives every document back as it was, down to the order of keys, in this process and in the next", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 12 }), async (changes) => {
      const path = await emptyFolder();
      let { state } = await open(path);
      let config: Config = LARGE;
      const texts = new Map<number, string>();
      for (const each of changes) {
        if (each.kind === "reopen") {
          state.close();
          const opened = await open(path);
          state = opened.state;
          config = (opened.found.active?.config as Config | undefined) ?? config;
        }
        config = changed(config, each);
        texts.set(commit(state, config), JSON.stringify(config));
      }
      const readAll = async () => {
        for (const [generation, text] of texts) expect(JSON.stringify(await state.config(generation))).toBe(text);
      };
      await readAll();
      state.close();
      const opened = await open(path);
      expect(JSON.stringify(opened.found.active?.config)).toBe([...texts.values()].at(-1));
      state = opened.state;
      await readAll();
      state.close();
    }),
    { numRuns: repetitions(15, 150) },
  );
});

it("keeps the generation from which later ones are told, however old it is", async () => {
  const path = await emptyFolder();
  const { state } = await open(path);
  commit(state, LARGE);
  for (let round = 0; round < 110; round++) {
    commit(state, withCopycat(LARGE, round));
    commit(state, LARGE);
  }
  state.prune([]);
  const names = await readdir(join(path, "generations"));
  expect(names).toHaveLength(201);
  expect(names[0]).toBe("000001.json");
  expect(await state.config(22)).toEqual(withCopycat(LARGE, 10));
  state.close();
  expect((await open(path)).found.active?.config).toEqual(LARGE);
});

describe("a base that is damaged or lost", () => {
  async function folderWithBase() {
    const path = await emptyFolder();
    const { state } = await open(path);
    commit(state, configOf(SITES.slice(0, 2)));
    commit(state, LARGE);
    for (const site of [5, 6, 7]) commit(state, withCopycat(LARGE, site));
    state.close();
    return path;
  }

  const names = async (path: string) => (await readdir(join(path, "generations"))).sort();

  it("keeps the agent from starting, names its own file, and restored has everything back", async () => {
    const path = await folderWithBase();
    const base = await readFile(fileOf(path, 2));
    await appendFile(fileOf(path, 2), " ");
    const before = await names(path);
    expect(await StateDirectory.open(path, { log })).toMatchObject({
      ok: false,
      message: expect.stringMatching(
        /latest generation \(5\) cannot be read without generation 2, which is damaged; .*Restore \S+000002\.json from/,
      ) as string,
    });
    expect(await names(path)).toEqual(before);
    await writeFile(fileOf(path, 2), base);
    const { state, found } = await open(path);
    expect(found.active?.config).toEqual(withCopycat(LARGE, 7));
    state.close();
  });

  it("is given up by one command, and those told from it are left for whoever finds it", async () => {
    const path = await folderWithBase();
    const base = await readFile(fileOf(path, 2));
    await rm(fileOf(path, 2));
    const refused = await StateDirectory.open(path, { log });
    const [, command = ""] = /give it up: (touch \S+)$/.exec("message" in refused ? refused.message : "") ?? [];
    execFileSync("sh", ["-c", command]);
    const { state, found } = await open(path);
    expect(found.active?.record.generation).toBe(1);
    expect(state.problems.join()).toMatch(/Generation 2 is damaged or lost and was set aside/);
    expect(commit(state, LARGE)).toBe(6);
    state.close();
    await rm(`${fileOf(path, 2)}.corrupt`);
    await writeFile(fileOf(path, 2), base);
    const again = await open(path);
    expect(again.found.active?.record.generation).toBe(6);
    expect(await again.state.config(5)).toEqual(withCopycat(LARGE, 7));
    again.state.close();
  });
});
