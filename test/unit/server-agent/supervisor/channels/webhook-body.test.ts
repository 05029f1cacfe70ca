/** Reminders as each service documents them; a title of somebody else calls nobody anywhere. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { WebhookFormat } from "../../../../../server-agent/contract/reminders.ts";
import { reminderMessage, testMessage } from "../../../../../server-agent/supervisor/channels/channel-message.ts";
import { webhookPost, webhookUrlProblem } from "../../../../../server-agent/supervisor/channels/webhook-body.ts";

const ADDRESS = "https://hooks.example.com/a/b?c=d";

function message({ title = "shop is closed", text = "Until 02:30.", kind = "end" as const } = {}) {
  return reminderMessage(
    { id: "r", kind, due: "2030-01-01T00:00:00.000Z", title, text, sites: [], receipts: [], deliveries: [] },
    "web-1",
  );
}
function body(format: WebhookFormat, said = message(), url = ADDRESS) {
  return webhookPost(format, url, said).body;
}

/** What each service documents, of the texts that it counts. */
const LIMITS: [WebhookFormat, (posted: never) => [number, number][]][] = [
  [
    "slack",
    ({ text, blocks: [header, section] }: { text: string; blocks: { text: { text: string } }[] }) => [
      [text.length, 4000],
      [header?.text.text.length ?? 0, 150],
      [section?.text.text.length ?? 0, 3000],
    ],
  ],
  ["mattermost", ({ text }: { text: string }) => [[text.length, 4000]]],
  ["discord", ({ content }: { content: string }) => [[content.length, 2000]]],
  ["telegram", ({ text }: { text: string }) => [[text.length, 4096]]],
  ["ntfy", ({ message }: { message: string }) => [[Buffer.byteLength(message), 4096]]],
  ["teams", (card: object) => [[Buffer.byteLength(JSON.stringify(card)), 28_000]]],
];

it.each(LIMITS)("whatever it says, %s takes its length", (format, lengths) => {
  const long = fc.string({ unit: fc.constantFrom("a", "*", "<", "&", "é", "\u{1f6d1}", "\n"), maxLength: 9000 });
  fc.assert(
    fc.property(long, long, (title, text) => {
      const url = format === "telegram" ? "https://api.telegram.org/bot1:a/sendMessage?chat_id=1" : ADDRESS;
      const posted = body(format, message({ title, text }), url) as never;
      for (const [length, limit] of lengths(posted)) expect(length).toBeLessThanOrEqual(limit);
    }),
    { numRuns: 40 },
  );
});

describe("times", () => {
  const details = {
    what: '"New *disks*" by anna',
    from: "2030-01-06T01:00:00.000Z",
    to: "2030-01-06T03:00:00.000Z",
    zone: "Europe/Berlin",
    notes: ["shop answers <500>."],
  };
  const planned = { ...message(), data: { ...message().data, details } };
  const { to: _to, ...open } = details;
  const openEnded = { ...message(), data: { ...message().data, details: open } };

  it("are written by Slack for each reader", () => {
    expect(body("slack", planned)).toMatchObject({
      blocks: [
        {},
        { type: "section", text: { text: '"New *disks*" by anna\nshop answers &lt;500&gt;.' } },
        {
          type: "context",
          elements: [
            {
              type: "mrkdwn",
              text: "<!date^1893891600^{date_short_pretty}, {time}|2030-01-06 01:00 UTC> to <!date^1893898800^{date_short_pretty}, {time}|2030-01-06 03:00 UTC>",
            },
          ],
        },
      ],
    });
  });
  it("are written by Discord for each reader", () => {
    expect(body("discord", planned)).toMatchObject({
      content:
        '**shop is closed (web-1)**\n"New \\*disks\\*" by anna: <t:1893891600:f> to <t:1893898800:f>. shop answers \\<500\\>.',
    });
    expect(body("discord", openEnded)).toMatchObject({
      content: expect.stringContaining(": since <t:1893891600:f>.") as string,
    });
  });
  it("are written by Teams for each reader", () => {
    const { attachments } = body("teams", planned) as { attachments: [{ content: { body: { text: string }[] } }] };
    expect(attachments[0].content.body[1]?.text).toContain(
      ": {{DATE(2030-01-06T01:00:00Z, SHORT)}} {{TIME(2030-01-06T01:00:00Z)}} to {{DATE(2030-01-06T03:00:00Z, SHORT)}} {{TIME(2030-01-06T03:00:00Z)}}. shop",
    );
  });
});

describe("a reminder", () => {
  it("is whole as JSON", () => {
    expect(body("json")).toMatchObject({
      type: "backsoon.reminder",
      data: { server: "web-1", title: "shop is closed" },
    });
  });
  it("is text for Slack and its like, with nothing in it that they read as theirs", () => {
    expect(body("text", message({ title: "<!channel> & @here" }))).toEqual({
      text: "&lt;!channel&gt; &amp; @\u200bhere (web-1)\nUntil 02:30.",
    });
  });
  it("is a header and a section for Slack, of plain text", () => {
    expect(body("slack", message({ title: "<!channel> & *shop* :tada: @here" }))).toEqual({
      text: "&lt;!channel&gt; &amp; *shop* :tada: @\u200bhere (web-1)\nUntil 02:30.",
      blocks: [
        {
          type: "header",
          text: { type: "plain_text", text: "&lt;!channel&gt; &amp; *shop* :tada: @here (web-1)", emoji: false },
        },
        { type: "section", text: { type: "plain_text", text: "Until 02:30.", emoji: false } },
      ],
    });
    expect(body("slack", message({ text: "" }))).toMatchObject({ blocks: [{ type: "header" }] });
  });
  it("is Markdown for Mattermost, in which neither Slack's signs nor its own act", () => {
    expect(body("mattermost", message({ title: "<!all> [shop](https://evil.example) @channel" }))).toEqual({
      text: `**&lt;!all&gt; \\[shop\\](https://evil.example) @\u200bchannel (web-1)**\nUntil 02:30.`,
    });
  });
  it("mentions nobody on Discord, is cut to what it takes, and told of when it was not saved", () => {
    const post = webhookPost(
      "discord",
      `${ADDRESS}&thread_id=7`,
      message({ title: "@everyone *", text: "x".repeat(3000) }),
    );
    expect(post).toEqual({
      url: `${ADDRESS}&thread_id=7&wait=true`,
      body: {
        content: expect.stringMatching(/^\*\*@everyone \\\* \(web-1\)\*\*\nx{989}…$/) as string,
        allowed_mentions: { parse: [] },
        flags: 4,
      },
    });
  });
  it("is an Adaptive Card for Teams, whose Markdown stays what was written", () => {
    expect(body("teams", message({ title: "[shop](https://evil.example) *now*" }))).toMatchObject({
      type: "message",
      attachments: [
        {
          contentType: "application/vnd.microsoft.card.adaptive",
          content: {
            type: "AdaptiveCard",
            body: [
              { type: "TextBlock", text: String.raw`\[shop\](https://evil.example) \*now\* (web-1)` },
              { type: "TextBlock", text: "Until 02:30." },
            ],
          },
        },
      ],
    });
  });
  it.each([
    ["https://ntfy.sh/ops", "https://ntfy.sh/", "ops"],
    ["https://push.example.com/ntfy/my%20topic/?auth=x", "https://push.example.com/ntfy/?auth=x", "my topic"],
  ])("goes to ntfy at %s by its topic", (given, url, topic) => {
    expect(webhookPost("ntfy", given, message())).toEqual({
      url,
      body: { topic, title: "shop is closed (web-1)", message: "Until 02:30.", priority: 3 },
    });
    expect(body("ntfy", message({ kind: "overrun" as "end" }), given)).toMatchObject({ priority: 4 });
  });
  it("goes to the chat of Telegram that its address names, as plain text", () => {
    const given = "https://api.telegram.org/bot1:a/sendMessage?chat_id=-100&message_thread_id=7";
    expect(webhookPost("telegram", given, message({ title: "<b>_shop_" }))).toEqual({
      url: "https://api.telegram.org/bot1:a/sendMessage",
      body: {
        chat_id: "-100",
        message_thread_id: "7",
        text: "<b>_shop_ (web-1)\nUntil 02:30.",
        link_preview_options: { is_disabled: true },
      },
    });
  });
  it("names the server once in a test", () => {
    expect(body("text", testMessage("ops", "web-1", "2030-01-01T00:00:00.000Z"))).toEqual({
      text: "Reminders of web-1 arrive here\nA test of the channel ops.",
    });
  });
});

it.each<[WebhookFormat, string, string | undefined]>([
  ["json", "https://example.com", undefined],
  ["ntfy", "https://ntfy.sh/", "topic"],
  ["ntfy", "https://ntfy.sh/ops%zz", "topic"],
  ["ntfy", "https://ntfy.sh/ops", undefined],
  ["telegram", "https://api.telegram.org/bot1:a/sendMessage", "chat_id"],
  ["telegram", "https://api.telegram.org/bot1:a?chat_id=1", "sendMessage"],
  ["telegram", "https://api.telegram.org/bot1:a/sendMessage?chat_id=1", undefined],
])("%s at %s lacks %s", (format, url, part) => {
  const problem = webhookUrlProblem(format, url);
  if (part === undefined) expect(problem).toBeUndefined();
  else expect(problem).toContain(part);
});
