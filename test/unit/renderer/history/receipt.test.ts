import { describe, expect, it } from "vitest";
import type { Proof } from "../../../../server-agent/contract/proof.ts";
import { receiptMarkdown } from "../../../../renderer/history/receipt-markdown.ts";
import { lookWords, proofWords, timelineOf } from "../../../../renderer/history/timeline.ts";
import type { PublicAnswer, PublicProof } from "../../../../main/contract/maintenance.ts";
import { NO_LOOKS, withLook } from "../../../../main/contract/shared/public-proof.ts";
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

function look(minute: number, kind: PublicAnswer["kind"], state: PublicProof["state"] = "in-maintenance"): PublicProof {
  const words = `nginx ${String(minute)} answered`;
  const answers = [{ url: "https://shop.example.com/", kind, words }];
  return { observedAt: at(minute), state, generation: 2, answers, left: 0, given: null };
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
    expect(timelineOf(receipt, NO_LOOKS).map(({ at: when, title, tone }) => [when, title, tone])).toEqual([
      [at(1), "Went into maintenance", "maintenance"],
      [at(2), "Proof after the switch", "plain"],
      [at(9), "Brought back", "live"],
      [at(10), "Proof after the way back", "failed"],
    ]);
    expect(timelineOf({ ...receipt, until: at(5) }, NO_LOOKS).map(({ title }) => title)).toContain("Announced end");
  });

  it("tells what was changed while it ran, and by whom", () => {
    const edits = [{ at: at(4), author: "ben", generation: 4, fields: ["page" as const], reason: "one more hour" }];
    const changed = timelineOf({ ...receipt, edits }, NO_LOOKS).find(({ title }) => title === "Changed");
    expect(changed).toMatchObject({ at: at(4), detail: "page · by ben · one more hour · generation 4" });
  });

  it("keeps the proof at the start beside a later one", () => {
    const again = { ...receipt, firstProof: proof(2, ["right"]), proof: proof(5, ["wrong"]) };
    expect(timelineOf(again, NO_LOOKS).map(({ title, tone }) => `${title}: ${tone}`)).toEqual([
      "Went into maintenance: maintenance",
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
    const text = receiptMarkdown(receipt, NO_LOOKS, "shop.example.com", "web-01");
    expect(text).toContain("# Maintenance of shop.example.com\n");
    expect(text).toContain(String.raw`- Reason: New \*shelves\*`);
    expect(text).toContain(String.raw`- Title: Back \| soon`);
    expect(text).toContain("- Let through: path /healthz");
    expect(text).toContain("- After the switch: 2 answers as planned, 1 not asked");
    expect(text).toContain("  - 1 × wild answered instead of shop-copycat.");
    expect(text).toContain("The configuration is byte for byte what it was before.");
  });

  it("tells what this computer saw while it was closed and afterwards, and where it did not look", () => {
    const looks = [look(2, "other"), look(3, "other"), look(5, "page"), look(6, "page"), look(9, "other", "reverted")];
    const kept = looks.reduce(withLook, NO_LOOKS);
    // What each address gets counts, not who of several gave it.
    expect(kept).toEqual({ first: looks[0], changed: looks[2], back: looks[4] });
    expect(withLook(kept, look(7, "page"))).toBe(kept);
    expect(looks.map(lookWords)).toEqual([
      "1 of 1 address wrong: nginx 2 answered",
      "1 of 1 address wrong: nginx 3 answered",
      "1 address as planned",
      "1 address as planned",
      "1 address as planned",
    ]);
    expect(lookWords({ ...look(1, "page"), answers: [] })).toBe("no address could be asked");
    expect(lookWords(look(1, "unseen"))).toBe("not seen from this computer: nginx 1 answered");

    const moments = timelineOf(receipt, kept).filter(({ title }) => title === "Looked at from this computer");
    expect(moments.map(({ at: when, tone }) => [when, tone])).toEqual([
      [at(2), "failed"],
      [at(5), "plain"],
      [at(9), "plain"],
    ]);
    const text = receiptMarkdown(receipt, kept, "shop.example.com", "web-01");
    expect(text).toContain("- From this computer, while it was closed: 1 of 1 address wrong: nginx 2 answered");
    expect(text).toContain("  - https://shop.example.com/: nginx 2 answered");
    expect(text).toContain("- From this computer, later: 1 address as planned");
    const unlooked = receiptMarkdown(receipt, { ...kept, back: null }, "shop.example.com", "web-01");
    expect(unlooked).toContain("- From this computer, after the way back: Not looked at from this computer.");
  });
});
