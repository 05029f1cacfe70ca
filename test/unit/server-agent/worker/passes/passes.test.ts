import { describe, expect, it } from "vitest";
import { Passes, withoutPass } from "../../../../../server-agent/worker/passes/passes.ts";
import { signPass } from "../../../../../server-agent/worker/passes/token.ts";

const NOW = Date.parse("2026-11-23T00:30:00Z");
const KEY = { id: "20261123-003000-0000aa", site: "shop", endMs: NOW + 60_000, key: "ab".repeat(32) };
const COOKIE = `backsoon-pass=${signPass(KEY)}`;

describe("the passes of a worker", () => {
  const passes = new Passes(() => undefined);
  passes.replace([KEY]);

  it("are found among other cookies, also behind others of the name", () => {
    expect(passes.isHeld(COOKIE, "shop", NOW)).toBe(true);
    expect(passes.isHeld(`a=b; backsoon-pass=nothing; ${COOKIE}`, "shop", NOW)).toBe(true);
    expect(passes.isHeld(undefined, "shop", NOW)).toBe(false);
    expect(passes.isHeld(`x${COOKIE}`, "shop", NOW)).toBe(false);
    expect(passes.isHeld(COOKIE, "blog", NOW)).toBe(false);
    expect(passes.isHeld(COOKIE, "shop", NOW + 60_000)).toBe(false);
  });

  it("look at a few cookies of the name only", () => {
    expect(passes.isHeld(`${"backsoon-pass=x; ".repeat(5000)}${COOKIE}`, "shop", NOW)).toBe(false);
  });

  it("let nobody in once they are replaced", () => {
    const revoked = new Passes(() => undefined);
    revoked.replace([KEY]);
    revoked.replace([]);
    expect(revoked.isHeld(COOKIE, "shop", NOW)).toBe(false);
    expect(revoked.open(signPass(KEY), "shop", NOW)).toBeUndefined();
  });

  it("are taken out of what goes on to an application", () => {
    expect(withoutPass(`a=b; ${COOKIE}; c=d`)).toBe("a=b; c=d");
    expect(withoutPass(COOKIE)).toBeUndefined();
  });
});
