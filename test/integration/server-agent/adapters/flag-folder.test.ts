import { mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { FlagFolder } from "../../../../server-agent/adapters/flag-folder.ts";

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "flags-"))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe("the flags of web servers", () => {
  it("are switched all at once, and the page on disk is the latest", () => {
    const flags = new FlagFolder(folder);
    flags.publish(1, new Map());
    expect(readdirSync(folder)).toEqual([]);
    flags.publish(
      2,
      new Map([
        ["shop", { page: "A" }],
        ["blog", { page: "B", files: new Map([["except/blog/1/path/x", "text"]]) }],
      ]),
    );
    expect(flags.closed().sort()).toEqual(["blog", "shop"]);
    expect(readFileSync(join(folder, "now/pages/shop.html"), "utf8")).toBe("A");
    expect(readFileSync(join(folder, "now/except/blog/1/path/x"), "utf8")).toBe("text");
    flags.publish(3, new Map([["shop", { page: "C" }]]));
    expect(flags.closed()).toEqual(["shop"]);
    expect(readFileSync(join(folder, "now/pages/shop.html"), "utf8")).toBe("C");
    flags.publish(4, new Map());
    expect(flags.closed()).toEqual([]);
  });

  it("are never in between, also where a generation is published again", () => {
    new FlagFolder(folder).publish(7, new Map([["shop", { page: "A" }]]));
    const former = readlinkSync(join(folder, "now"));
    // Another process: the agent after a crash, with another page.
    new FlagFolder(folder).publish(7, new Map([["shop", { page: "B" }]]));
    expect(readlinkSync(join(folder, "now"))).not.toBe(former);
    expect(readFileSync(join(folder, former, "pages/shop.html"), "utf8")).toBe("A");
    expect(readFileSync(join(folder, "now/pages/shop.html"), "utf8")).toBe("B");
  });

  it("are published again where somebody has put another link in their place", () => {
    const flags = new FlagFolder(folder);
    flags.publish(1, new Map());
    flags.publish(2, new Map([["blog", { page: "A" }]]));
    const former = readlinkSync(join(folder, "now"));
    flags.publish(3, new Map([["shop", { page: "A" }]]));
    rmSync(join(folder, "now"));
    symlinkSync(former, join(folder, "now"));
    flags.publish(4, new Map([["shop", { page: "A" }]]));
    expect(flags.closed()).toEqual(["shop"]);
  });

  it("leave two former generations and no more", () => {
    const flags = new FlagFolder(folder);
    for (let generation = 1; generation <= 12; generation++)
      flags.publish(generation, new Map([["shop", { page: String(generation) }]]));
    expect(readdirSync(join(folder, "gen")).sort()).toEqual(["000010", "000011", "000012"]);
    expect(readdirSync(folder).sort()).toEqual(["gen", "now"]);
  });

  it("stay what they were where nothing can be written", () => {
    const flags = new FlagFolder(folder);
    flags.publish(1, new Map([["shop", { page: "A" }]]));
    // A name that no file system takes.
    expect(() => flags.publish(2, new Map([["x".repeat(300), { page: "B" }]]))).toThrow("ENAMETOOLONG");
    expect(flags.closed()).toEqual(["shop"]);
    // Nothing of it is left on a disk that may be full.
    expect(readdirSync(join(folder, "gen"))).toEqual(["000001"]);
  });
});
