/** Reminders as each service documents them; a title of somebody else calls nobody anywhere. */
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
  it("mentions nobody on Discord, and is cut to what it takes", () => {
    expect(body("discord", message({ title: "@everyone", text: "x".repeat(3000) }))).toEqual({
      content: expect.stringMatching(/^@everyone \(web-1\)\nx{1981}…$/) as string,
      allowed_mentions: { parse: [] },
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
