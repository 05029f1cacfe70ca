import { describe, expect, it } from "vitest";
import { newDraft, passTermsOf } from "../../../../renderer/maintenance/draft.ts";
import { endOfPass, passNames, passNamesProblem } from "../../../../renderer/maintenance/pass-terms.ts";

describe("whom passes are made for", () => {
  it("are names with commas between, each once", () => {
    expect(passNames(" Anna Bell,Ben;\nAnna Bell , ")).toEqual(["Anna Bell", "Ben"]);
    const draft = { ...newDraft("web-01", "shop"), passNames: "Anna" };
    expect(passTermsOf(draft)).toEqual({ names: [], hours: "4" });
    expect(passTermsOf({ ...draft, passes: true }).names).toEqual(["Anna"]);
  });

  it("are refused where an agent would refuse them", () => {
    expect(passNamesProblem("Anna, Ben")).toBeUndefined();
    expect(passNamesProblem("x".repeat(101))).toMatch(/100 characters/);
    expect(passNamesProblem(Array.from({ length: 51 }, (_, index) => `n${index}`).join())).toMatch(/50 people/);
  });

  it("get in for as long as was chosen", () => {
    expect(endOfPass({ names: [], hours: "4" }, Date.parse("2026-11-23T01:00:00Z"))).toBe("2026-11-23T05:00:00.000Z");
  });
});
