/** What is posted to a webhook, in the format that the service behind it documents. Pure. */
import type { WebhookFormat } from "../../contract/reminders.ts";
import { detailsText } from "../../core/reminders/reminder-text.ts";
import type { Times } from "../../core/reminders/span-text.ts";
import { isUrgent, type Message } from "./channel-message.ts";
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
/** What a service's own way to write two times takes at most. */
const MAX_TIMES_LENGTH = 200;
/** https://discord.com/developers/docs/resources/message#message-object-message-flags */
const SUPPRESS_EMBEDS = 4;

type Data = Message["data"];

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
      return { url, body: slackMessage(title, data) };
    case "mattermost":
      return { url, body: { text: mattermostText(title, data.text) } };
    case "discord":
      return discordPost(url, title, data);
    case "teams":
      return { url, body: teamsMessage(title, data) };
    case "ntfy":
      return ntfyPost(url, title, data.text, isUrgent(data));
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

/** The text, escaped, with its times as the service itself writes them for each reader. */
function localText({ text, details }: Data, max: number, times: (times: Times) => string): string {
  if (details === undefined) return fitted(text, max, markdownEscape);
  const { what, notes } = details;
  const room = Math.floor((max - MAX_TIMES_LENGTH) / (notes.length + 1)) - 1;
  const written = (words: string) => fitted(words, room, markdownEscape);
  return detailsText({ ...details, what: written(what), notes: notes.map(written) }, times);
}

/**
 * https://api.slack.com/reference/block-kit/blocks: blocks are shown, `text` is what notifications
 * say. What people wrote is plain text, without mentions, emoji codes and signs of Slack's own.
 */
function slackMessage(title: string, data: Data): unknown {
  const plain = (words: string, max: number) => ({
    type: "plain_text",
    text: fitted(words, max, slackEscape),
    emoji: false,
  });
  const { details } = data;
  const words =
    details === undefined ? data.text : [details.what, ...details.notes].filter((part) => part !== "").join("\n");
  return {
    text: fitted(withoutMentions(`${title}\n${data.text}`), MAX_SLACK_TEXT, slackEscape),
    blocks: [
      { type: "header", text: plain(title, MAX_SLACK_HEADER) },
      // An empty one is refused.
      ...(words === "" ? [] : [{ type: "section", text: plain(words, MAX_SLACK_SECTION) }]),
      ...(details === undefined
        ? []
        : [{ type: "context", elements: [{ type: "mrkdwn", text: slackTimes(details) }] }]),
    ],
  };
}

/**
 * https://api.slack.com/reference/surfaces/formatting#date-formatting. What stands behind the bar is
 * for clients that do not know it.
 */
function slackTimes({ from, to }: Times): string {
  return between(from, to, (iso) => {
    const [day = "", time = ""] = iso.split("T");
    return `<!date^${secondsOf(iso)}^{date_short_pretty}, {time}|${day} ${time.slice(0, 5)} UTC>`;
  });
}

/** https://discord.com/developers/docs/reference#message-formatting-formats */
function discordTimes({ from, to }: Times): string {
  return between(from, to, (iso) => `<t:${secondsOf(iso)}:f>`);
}

/** https://learn.microsoft.com/adaptive-cards/authoring-cards/text-features: without fractions. */
function teamsTimes({ from, to }: Times): string {
  return between(from, to, (iso) => {
    const plain = iso.replace(/\.\d+/, "");
    return `{{DATE(${plain}, SHORT)}} {{TIME(${plain})}}`;
  });
}

function between(from: string, to: string | undefined, written: (iso: string) => string): string {
  const utc = (iso: string) => written(new Date(iso).toISOString());
  return to === undefined ? `since ${utc(from)}` : `${utc(from)} to ${utc(to)}`;
}

function secondsOf(iso: string): number {
  return Math.floor(Date.parse(iso) / 1000);
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
function discordPost(url: string, title: string, data: Data): Post {
  const half = MAX_DISCORD_CONTENT / 2 - 10;
  const content = `**${fitted(title, half, markdownEscape)}**\n${localText(data, half, discordTimes)}`;
  const waiting = new URL(url);
  waiting.searchParams.set("wait", "true");
  return { url: waiting.href, body: { content, allowed_mentions: { parse: [] }, flags: SUPPRESS_EMBEDS } };
}

/** An Adaptive Card, which is what workflows of Teams take. Its texts are Markdown. */
function teamsMessage(title: string, data: Data): unknown {
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
            { ...block, text: fitted(title, MAX_TEAMS_TEXT, markdownEscape), weight: "Bolder" },
            { ...block, text: localText(data, MAX_TEAMS_TEXT, teamsTimes) },
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
