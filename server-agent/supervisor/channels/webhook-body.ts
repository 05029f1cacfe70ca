/** What is posted to a webhook, in the format that the service behind it documents. Pure. */
import type { WebhookFormat } from "../../contract/reminders.ts";
import type { Message } from "./channel-message.ts";
import { fitted, markdownEscape, mattermostEscape, slackEscape, utf8Bytes, withoutMentions } from "./chat-text.ts";

/** Limits of the services, in characters. A header of Slack, a section, and the text beside. */
const MAX_SLACK_HEADER = 150;
const MAX_SLACK_SECTION = 3000;
const MAX_SLACK_TEXT = 4000;
/** Longer ones are split in two. */
const MAX_MATTERMOST_TEXT = 4000;
const MAX_DISCORD_CONTENT = 2000;
const MAX_TELEGRAM_TEXT = 4096;
/** Of the bytes that Teams takes (28 KB), for each of the two texts. */
const MAX_TEAMS_TEXT = 4000;
/** A longer one becomes a file to download (4,096 bytes). */
const MAX_NTFY_BYTES = 4000;
const MAX_NTFY_TITLE = 250;
/** https://discord.com/developers/docs/resources/message#message-object-message-flags */
const SUPPRESS_EMBEDS = 4;

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
      return { url, body: { text: fitted(withoutMentions(text), Infinity, slackEscape) } };
    case "slack":
      return { url, body: slackMessage(title, data.text) };
    case "mattermost":
      return { url, body: { text: mattermostText(title, data.text) } };
    case "discord":
      return discordPost(url, fitted(text, MAX_DISCORD_CONTENT, markdownEscape));
    case "teams":
      return { url, body: teamsMessage(title, data.text) };
    case "ntfy":
      return ntfyPost(url, title, data.text, isUrgent(data.kind));
    case "telegram":
      return telegramPost(url, fitted(text, MAX_TELEGRAM_TEXT));
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
  return kind === "overrun" || kind === "failed" || kind === "missed" || kind === "hook-gone";
}

/**
 * https://api.slack.com/reference/block-kit/blocks: blocks are shown, `text` is what notifications
 * say. Plain text has no mentions and no emoji codes.
 */
function slackMessage(title: string, text: string): unknown {
  const plain = (words: string, max: number) => ({
    type: "plain_text",
    text: fitted(words, max, slackEscape),
    emoji: false,
  });
  return {
    text: fitted(withoutMentions(`${title}\n${text}`), MAX_SLACK_TEXT, slackEscape),
    blocks: [
      { type: "header", text: plain(title, MAX_SLACK_HEADER) },
      // An empty one is refused.
      ...(text === "" ? [] : [{ type: "section", text: plain(text, MAX_SLACK_SECTION) }]),
    ],
  };
}

/** https://developers.mattermost.com/integrate/webhooks/incoming/ */
function mattermostText(title: string, text: string): string {
  const written = (words: string, max: number) => fitted(withoutMentions(words), max, mattermostEscape);
  const half = MAX_MATTERMOST_TEXT / 2 - 100;
  return `**${written(title, half)}**\n${written(text, half)}`;
}

/**
 * https://discord.com/developers/docs/resources/webhook#execute-webhook: without `wait`, what could
 * not be saved is answered as if it was.
 */
function discordPost(url: string, content: string): Post {
  const waiting = new URL(url);
  waiting.searchParams.set("wait", "true");
  return { url: waiting.href, body: { content, allowed_mentions: { parse: [] }, flags: SUPPRESS_EMBEDS } };
}

/** An Adaptive Card, which is what workflows of Teams take. Its texts are Markdown. */
function teamsMessage(title: string, text: string): unknown {
  const block = { type: "TextBlock", wrap: true };
  const written = (words: string) => fitted(words, MAX_TEAMS_TEXT, markdownEscape);
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
            { ...block, text: written(title), weight: "Bolder" },
            { ...block, text: written(text) },
          ],
        },
      },
    ],
  };
}

/** https://docs.ntfy.sh/publish/#publish-as-json: the topic stands in the body. */
function ntfyPost(url: string, title: string, text: string, urgent: boolean): Post {
  const { origin, pathname, search } = new URL(url);
  const topic = topicOf(pathname);
  const base = pathname.replace(/\/+$/, "").slice(0, -topic.length);
  return {
    url: `${origin}${base}${search}`,
    body: {
      topic: decodeURIComponent(topic),
      title: fitted(title, MAX_NTFY_TITLE),
      message: fitted(text, MAX_NTFY_BYTES, undefined, utf8Bytes),
      priority: urgent ? 4 : 3,
    },
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
