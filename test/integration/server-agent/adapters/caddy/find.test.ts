/** Which Caddys run on this machine, what is read of them, and when they are reloaded. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { caddyAdapter } from "../../../../../server-agent/adapters/caddy/caddy-adapter.ts";
import { findCaddies } from "../../../../../server-agent/adapters/caddy/find-caddies.ts";
import { HAS_CADDY, OPTIONS, TLS, caddyFolder, startCaddy } from "../../../../support/web-servers/caddy.ts";

const CADDYFILE = `{
${OPTIONS}}
{$NAME:a.example} {
	bind 127.0.0.1
	${TLS}
	respond "a"
}
`;
const adapter = caddyAdapter({ webFolder: "/web", token: "t" });

describe.runIf(HAS_CADDY)("Caddys that run", () => {
  it("are all found, each with its own configuration, arguments and environment", async () => {
    await using one = await caddyFolder({ Caddyfile: CADDYFILE });
    await using two = await caddyFolder({ "caddy.conf": CADDYFILE });
    await using first = await startCaddy(one, { environment: { NAME: "b.example" } });
    const named = join(two.etc, "caddy.conf");
    await using second = await startCaddy(two, { args: ["--adapter=caddyfile", "--config=caddy.conf"] });
    const { instances } = await findCaddies();
    expect(instances.find(({ pid }) => pid === first.pid)).toMatchObject({ kind: "caddy", configuration: one.main });
    expect(instances.find(({ pid }) => pid === second.pid)).toMatchObject({ configuration: named });
    expect(new Set(instances.map(({ id }) => id)).size).toBe(instances.length);
    const [a, b] = [await adapter.read(first.instance), await adapter.read(second.instance)];
    expect([a, b].map(({ problems, sites }) => [problems, sites.map(({ id }) => id)])).toEqual([
      [[], ["b.example"]],
      [[], ["a.example"]],
    ]);
    const [certificate] = a.sites[0]?.certificates ?? [];
    expect(Date.parse(certificate?.expiresAt ?? "")).toBeGreaterThan(Date.now());
    expect(await adapter.check(second.instance)).toBeUndefined();
    expect(await adapter.reload(second.instance)).toBeUndefined();
  });

  it.each([
    ["with --resume", ["--resume", "--config", "Caddyfile"], /--resume/],
    ["with JSON", ["--config", "caddy.json"], /no Caddyfile/],
    ["without a file", [], /only in its admin endpoint/],
  ])("%s are told, and refused", async (_what, args, problem) => {
    await using folder = await caddyFolder(args.length === 0 ? {} : { Caddyfile: CADDYFILE });
    const instance = { ...NOT_RUNNING, args, cwd: folder.etc, configuration: folder.main };
    const read = await adapter.read(instance);
    expect(read.problems).toEqual([expect.stringMatching(problem)]);
    const { files, refused } = adapter.plan(instance, read, ["a.example"], false);
    expect(files).toEqual([]);
    expect(refused).toMatchObject([
      { site: "a.example", hazards: [{ code: "unreadable", file: folder.main, line: 1, refuses: true }] },
    ]);
  });

  it("say what is wrong with their configuration on disk, or that another one runs", async () => {
    await using folder = await caddyFolder({ Caddyfile: CADDYFILE });
    await using caddy = await startCaddy(folder);
    await writeFile(folder.main, folder.filled(CADDYFILE).replace('"a"', '"b"'));
    const other = await adapter.read(caddy.instance);
    expect(other.problems).toEqual([expect.stringMatching(/runs with a configuration that differs/)]);
    await writeFile(folder.main, folder.filled(CADDYFILE).replace("respond", "answer"));
    const read = await adapter.read(caddy.instance);
    expect(read.problems).toEqual([expect.stringMatching(/does not accept.*unrecognized directive: answer/)]);
    expect(await adapter.check(caddy.instance)).toMatch(/Caddyfile:\d+.*unrecognized directive: answer/);
  });

  it("are reloaded only while they run, and only by their own admin endpoint", async () => {
    await using one = await caddyFolder({ Caddyfile: CADDYFILE });
    await using two = await caddyFolder({ Caddyfile: CADDYFILE });
    const first = await startCaddy(one);
    await using second = await startCaddy(two);
    await writeFile(one.main, two.filled(CADDYFILE));
    expect(await adapter.reload(first.instance)).toMatch(/does not listen on 127\.0\.0\.1:\d+/);
    await writeFile(one.main, one.filled(CADDYFILE));
    expect(await adapter.reload(first.instance)).toBeUndefined();
    await first[Symbol.asyncDispose]();
    expect(await adapter.reload(first.instance)).toMatch(/has ended/);
    expect(await adapter.reload(second.instance)).toBeUndefined();
    expect(await adapter.reload({ ...first.instance, pid: process.pid })).toMatch(/no Caddy any more/);
  });
});

const NOT_RUNNING = { id: "caddy", kind: "caddy", version: "2.6.2", pid: 0, program: "caddy", user: "root" } as const;
