/** Text of others in a chat: it says what was written, does nothing, and fits. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  fitted,
  markdownEscape,
  mattermostEscape,
  slackEscape,
  utf8Bytes,
  withoutMentions,
} from "../../../../../server-agent/supervisor/channels/chat-text.ts";

const text = fc.string({
  unit: fc.constantFrom("a", "&", "<", ">", "*", "\\", "`", "|", ";", "\u{1f6d1}"),
  maxLength: 60,
});

function unslack(written: string): string {
  return written.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
}
function unmark(written: string): string {
  return written.replaceAll(/\\([\\`*_[\]<>#|~])/g, "$1");
}

describe("an escaped text", () => {
  it.each([
    ["Slack", slackEscape, unslack, /[<>]|&(?!(amp|lt|gt);)/],
    ["Markdown", markdownEscape, unmark, /(?<!\\)(\\\\)*[`*_[\]<>#|~]/],
    ["Mattermost", mattermostEscape, (written: string) => unslack(unmark(written)), /[<>]|(?<!\\)(\\\\)*[`*_[\]#|~]/],
  ])("of %s reads as it was written, and nothing in it acts", (_service, escape, read, acting) => {
    fc.assert(
      fc.property(text, (given) => {
        const written = fitted(given, Infinity, escape);
        expect(read(written)).toBe(given);
        expect(written).not.toMatch(acting);
      }),
    );
  });

  it("is never longer than the limit, is cut between characters, and is whole where it fits", () => {
    fc.assert(
      fc.property(text, fc.integer({ min: 4, max: 80 }), fc.boolean(), (given, max, inBytes) => {
        const measure = inBytes ? utf8Bytes : (part: string) => part.length;
        const written = fitted(given, max, slackEscape, measure);
        const whole = fitted(given, Infinity, slackEscape);
        expect(measure(written)).toBeLessThanOrEqual(max);
        if (measure(whole) <= max) expect(written).toBe(whole);
        else {
          expect(written.endsWith("…")).toBe(true);
          const kept = unslack(written.slice(0, -1));
          expect(given.startsWith(kept)).toBe(true);
          expect(kept.isWellFormed()).toBe(true);
        }
      }),
    );
  });

  it("calls no channel", () => {
    expect(withoutMentions("@here, @Channel @all @everyone @anna a@here.example")).toBe(
      "@\u200bhere, @\u200bChannel @\u200ball @\u200beveryone @anna a@\u200bhere.example",
    );
  });
});
