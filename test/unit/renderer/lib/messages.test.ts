import { describe, expect, it } from "vitest";
import { FAILURE_CODES } from "../../../../main/contract/failures.ts";
import { messageFor } from "../../../../renderer/lib/messages.ts";

describe("messages for failures", () => {
  it.each(FAILURE_CODES)("says what %s is and what to do next", (code) => {
    const { title, next, action } = messageFor(code);
    for (const text of [title, next, action]) expect(text.trim()).not.toBe("");
    expect(`${title} ${next} ${action}`).not.toMatch(/successful|deactivat|please|error occurred/i);
    expect(title).not.toMatch(/[.!]$/);
    expect(next).toMatch(/\.$/);
  });
});
