/** Staff passes in the web folder, from which Apache reads them. */
import { mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { FlagFolder } from "../../../../../server-agent/adapters/flag-folder.ts";
import { createLog } from "../../../../../server-agent/log.ts";
import { webServerAdapters } from "../../../../../server-agent/supervisor/web-servers/all-adapters.ts";
import { BesideWebServers } from "../../../../../server-agent/supervisor/web-servers/beside-web-servers.ts";
import { FoundServers } from "../../../../../server-agent/supervisor/web-servers/found-servers.ts";

const AT = Date.parse("2030-01-31T12:00:00Z");

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "passes-"));
  vi.useFakeTimers({ toFake: ["Date", "setTimeout", "clearTimeout"], now: AT });
});
afterEach(() => {
  vi.useRealTimers();
  rmSync(folder, { recursive: true, force: true });
});

describe("a pass that has ended", () => {
  it("is taken from the folder as soon as that can be written again", async () => {
    const beside = new BesideWebServers({
      flags: new FlagFolder(folder),
      found: new FoundServers(webServerAdapters(folder)),
      token: "t0ken",
      passes: [{ id: "anna", site: "shop", endMs: AT + 60_000, key: "00" }],
      log: createLog(() => undefined),
    });
    await beside.publish({
      generation: 1,
      compileMs: 0,
      config: {
        listeners: [],
        virtualHosts: [
          {
            id: "shop-copycat",
            copycatOf: "shop",
            hosts: ["shop.example"],
            when: { not: { any: [{ pass: true }] } },
            rules: [{ handler: { type: "maintenance", page: "default" } }],
          },
          { id: "shop", hosts: ["shop.example"], rules: [{ handler: { type: "foreign", server: "apache" } }] },
        ],
      },
    });
    const except = () => readdirSync(join(folder, "now/except/shop"));
    expect(except()).toContain("passes");

    const generations = join(folder, "gen");
    renameSync(generations, join(folder, "away"));
    writeFileSync(generations, "");
    vi.advanceTimersByTime(62_000);
    rmSync(generations);
    renameSync(join(folder, "away"), generations);
    expect(except()).toContain("passes");
    vi.advanceTimersByTime(5000);
    expect(except()).not.toContain("passes");
    beside.close();
  });
});
