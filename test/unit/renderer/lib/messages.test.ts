import { describe, expect, it } from "vitest";
import { FAILURE_CODES } from "../../../../main/contract/failures.ts";
import { MESSAGES } from "../../../../renderer/lib/messages.ts";

describe("messages for failures", () => {
  it.each(FAILURE_CODES)("says what %s is and what to do next", (code) => {
    const { title, next, action } = MESSAGES[code];
    for (const text of [title, next, action]) expect(text.trim()).not.toBe("");
    expect(`${title} ${next} ${action}`).not.toMatch(/successful|deactivat|please|error occurred/i);
    expect(title).not.toMatch(/[.!]$/);
    expect(next).toMatch(/\.$/);
  });

  it("has none for a code that does not exist", () => {
    expect(Object.keys(MESSAGES).sort()).toEqual([...FAILURE_CODES].sort());
  });
});
