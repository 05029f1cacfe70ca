/** What is posted to a webhook, in the format that the service behind it documents. Pure. */
import type { WebhookFormat } from "../../contract/reminders.ts";
import type { Message } from "./channel-message.ts";

/** Limits of the services, in characters. */
const MAX_DISCORD_CONTENT = 2000;
const MAX_TELEGRAM_TEXT = 4096;
/** Of the bytes that Teams takes (28 KB), for each of the two texts. */
const MAX_TEAMS_TEXT = 4000;
/** A longer one becomes a file to download (4,096 bytes). */
const MAX_NTFY_MESSAGE = 1000;

interface Post {
  url: string;
  body: unknown;
}

/**
 * @param url the address that was given; where a service wants what it holds in the body instead,
 *   what is left of it
 */
export function webhookPost(format: WebhookFormat, url: string, message: Message): Post {
  const { type, timestamp, data } = message;
  // A test names the server by itself.
  const title = type === "backsoon.test" ? data.title : `${data.title} (${data.server})`;
  const text = `${title}\n${data.text}`;
  switch (format) {
    case "json":
      return { url, body: { type, timestamp, data } };
    case "text":
      return { url, body: { text: escaped(text) } };
    case "discord":
      return { url, body: { content: cut(text, MAX_DISCORD_CONTENT), allowed_mentions: { parse: [] } } };
    case "teams":
      return { url, body: teamsMessage(cut(title, MAX_TEAMS_TEXT), cut(data.text, MAX_TEAMS_TEXT)) };
    case "ntfy":
      return ntfyPost(url, title, cut(data.text, MAX_NTFY_MESSAGE), isUrgent(data.kind));
    case "telegram":
      return telegramPost(url, cut(text, MAX_TELEGRAM_TEXT));
  }
}

/** What a format needs of an address; `undefined` if it is there. */
export function webhookUrlProblem(format: WebhookFormat, url: string): string | undefined {
  const { pathname, searchParams } = new URL(url);
  if (format === "ntfy" && !isTopic(topicOf(pathname)))
    return "end the address with the topic, like https://ntfy.sh/ops";
  if (format !== "telegram") return undefined;
  if (!pathname.endsWith("/sendMessage")) return "use an address like https://api.telegram.org/bot<token>/sendMessage";
  return searchParams.has("chat_id") ? undefined : "add the chat to the address: ?chat_id=<number>";
}

function isUrgent(kind: Message["data"]["kind"]): boolean {
  return kind === "overrun" || kind === "failed" || kind === "missed";
}

/**
 * As Slack asks (https://api.slack.com/reference/surfaces/formatting) and Mattermost takes it;
 * nobody's title calls a whole channel.
 */
function escaped(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll(/@(?=(all|channel|everyone|here)\b)/gi, "@\u200b");
}

/** An Adaptive Card, which is what workflows of Teams take. Its texts are Markdown. */
function teamsMessage(title: string, text: string): unknown {
  const block = { type: "TextBlock", wrap: true };
  return {
    type: "message",
    attachments: [
      {
        contentType: "application/vnd.microsoft.card.adaptive",
        contentUrl: null,
        content: {
          $schema: "http://adaptivecards.io/schemas/adaptive-card.json",
          type: "AdaptiveCard",
          version: "1.2",
          body: [
            { ...block, text: plainMarkdown(title), weight: "Bolder" },
            { ...block, text: plainMarkdown(text) },
          ],
        },
      },
    ],
  };
}

function plainMarkdown(text: string): string {
  return text.replaceAll(/[\\`*_[\]#]/g, "\\$&");
}

/** https://docs.ntfy.sh/publish/#publish-as-json: the topic stands in the body. */
function ntfyPost(url: string, title: string, message: string, urgent: boolean): Post {
  const { origin, pathname, search } = new URL(url);
  const topic = topicOf(pathname);
  const base = pathname.replace(/\/+$/, "").slice(0, -topic.length);
  return {
    url: `${origin}${base}${search}`,
    body: { topic: decodeURIComponent(topic), title, message, priority: urgent ? 4 : 3 },
  };
}

/** https://core.telegram.org/bots/api#sendmessage; without a mode the text is taken as it is. */
function telegramPost(url: string, text: string): Post {
  const { origin, pathname, searchParams } = new URL(url);
  const parameters = Object.fromEntries(searchParams);
  return { url: `${origin}${pathname}`, body: { ...parameters, text, link_preview_options: { is_disabled: true } } };
}

/** Not of the service's rules, which may differ: as far as it can be read from an address. */
function isTopic(encoded: string): boolean {
  try {
    return decodeURIComponent(encoded) !== "";
  } catch {
    return false;
  }
}

function topicOf(pathname: string): string {
  return /([^/]+)\/*$/.exec(pathname)?.[1] ?? "";
}

function cut(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1)}…`;
}
