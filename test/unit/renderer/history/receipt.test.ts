import { describe, expect, it } from "vitest";
import type { Proof } from "../../../../server-agent/contract/proof.ts";
import { receiptMarkdown } from "../../../../renderer/history/receipt-markdown.ts";
import { proofWords, timelineOf } from "../../../../renderer/history/timeline.ts";
import { at, someReceipt } from "../../../support/desktop/desktop-fixtures.ts";

function proof(minute: number, outcomes: readonly ("right" | "wrong" | "skipped")[]): Proof {
  return {
    generation: 2,
    observedAt: at(minute),
    durationMs: 4,
    cells: outcomes.map((outcome) => ({
      host: "shop.example.com",
      listener: "http",
      path: "/",
      probe: "page",
      outcome,
      expected: "503 by shop-copycat",
      observed: outcome === "wrong" ? "200 by wild" : "503 by shop-copycat",
      message: outcome === "wrong" ? "wild answered instead of shop-copycat." : "",
    })),
  };
}

const receipt = someReceipt({
  state: "reverted",
  startedAt: at(1),
  reason: "New *shelves*",
  until: at(30),
  proof: proof(2, ["right", "right", "skipped"]),
  options: { site: "shop", page: { title: "Back | soon" }, exceptions: [{ path: ["/healthz"] }] },
  revert: {
    how: "delete",
    generation: 3,
    at: at(9),
    author: "jo",
    switchMs: 2,
    exact: true,
    proof: proof(10, ["wrong", "right"]),
  },
});

describe("a receipt", () => {
  it("tells what happened in order of time, with the proof of either switch", () => {
    expect(timelineOf(receipt).map(({ at: when, title, tone }) => [when, title, tone])).toEqual([
      [at(1), "Put in maintenance", "maintenance"],
      [at(2), "Proof after the switch", "plain"],
      [at(9), "Brought back", "live"],
      [at(10), "Proof after the way back", "failed"],
    ]);
    expect(timelineOf({ ...receipt, until: at(5) }).map(({ title }) => title)).toContain("Announced end");
  });

  it("tells what was changed while it ran, and by whom", () => {
    const edits = [{ at: at(4), author: "ben", generation: 4, fields: ["page" as const], reason: "one more hour" }];
    const changed = timelineOf({ ...receipt, edits }).find(({ title }) => title === "Changed");
    expect(changed).toMatchObject({ at: at(4), detail: "page · by ben · one more hour · generation 4" });
  });

  it("keeps the proof at the start beside a later one", () => {
    const again = { ...receipt, firstProof: proof(2, ["right"]), proof: proof(5, ["wrong"]) };
    expect(timelineOf(again).map(({ title, tone }) => `${title}: ${tone}`)).toEqual([
      "Put in maintenance: maintenance",
      "Proof after the switch: plain",
      "Checked again: failed",
      "Brought back: live",
      "Proof after the way back: failed",
    ]);
  });

  it("says how many answers were as planned", () => {
    expect(proofWords(proof(2, ["right"]))).toBe("1 answer as planned");
    expect(proofWords(proof(2, ["wrong", "right", "skipped"]))).toBe("1 of 2 answers wrong, 1 not asked");
  });

  it("is Markdown in which words of others are words", () => {
    const text = receiptMarkdown(receipt, "shop.example.com", "web-01");
    expect(text).toContain("# Maintenance of shop.example.com\n");
    expect(text).toContain(String.raw`- Reason: New \*shelves\*`);
    expect(text).toContain(String.raw`- Title: Back \| soon`);
    expect(text).toContain("- Let through: path /healthz");
    expect(text).toContain("- After the switch: 2 answers as planned, 1 not asked");
    expect(text).toContain("  - 1 × wild answered instead of shop-copycat.");
    expect(text).toContain("The configuration is byte for byte what it was before.");
  });
});
