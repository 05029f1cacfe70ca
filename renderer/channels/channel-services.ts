/** What a channel can be, as it is chosen. */
import type { Channel, WebhookFormat } from "../../main/contract/agent.ts";

/** What is chosen first: it decides on the fields. */
export type Service = WebhookFormat | "email" | "command" | "statuspage" | "instatus" | "uptime-kuma";

export type Security = Extract<Channel, { kind: "email" }>["security"];

/** In the order of the list, with what the address looks like. */
export const SERVICES: Readonly<Record<Service, { title: string; address: string; hint: string }>> = {
  slack: {
    title: "Slack",
    address: "https://hooks.slack.com/services/…",
    hint: "In Slack: your app, Incoming Webhooks, Add New Webhook.",
  },
  teams: {
    title: "Microsoft Teams",
    address: "https://….environment.api.powerplatform.com/…",
    hint: "In Teams: Workflows, “Send webhook alerts to a channel”. Connectors of Office 365 are retired.",
  },
  email: { title: "E-mail", address: "", hint: "Through your mail server or your provider's." },
  discord: {
    title: "Discord",
    address: "https://discord.com/api/webhooks/…",
    hint: "In Discord: the channel's settings, Integrations, Webhooks.",
  },
  mattermost: {
    title: "Mattermost",
    address: "https://chat.example.com/hooks/…",
    hint: "In Mattermost: Integrations, Incoming Webhooks.",
  },
  ntfy: {
    title: "ntfy",
    address: "https://ntfy.sh/topic",
    hint: "The address ends with the topic. A protected one needs ?auth= at its end.",
  },
  telegram: {
    title: "Telegram",
    address: "https://api.telegram.org/bot<token>/sendMessage?chat_id=<number>",
    hint: "@BotFather gives the token. Add the bot to the chat.",
  },
  text: { title: "Other chat (text)", address: "https://", hint: 'Posts {"text": "…"}, as Rocket.Chat takes it.' },
  json: { title: "Your own service (JSON)", address: "https://", hint: "Posts all fields of a reminder." },
  statuspage: {
    title: "Statuspage (Atlassian)",
    address: "",
    hint: "Opens a maintenance on your status page once the site was seen to be closed, and closes it again.",
  },
  instatus: {
    title: "Instatus",
    address: "",
    hint: "Opens a maintenance on your status page once the site was seen to be closed, and closes it again.",
  },
  "uptime-kuma": {
    title: "Uptime Kuma",
    address: "https://status.example.com",
    hint: "Opens a maintenance on your status page once the site was seen to be closed, and ends it again.",
  },
  command: { title: "A program on the server", address: "", hint: "Runs with the reminder as JSON on its input." },
};

export const SECURITIES: readonly { value: Security; label: string }[] = [
  { value: "starttls", label: "STARTTLS (port 587)" },
  { value: "tls", label: "TLS (port 465)" },
  { value: "none", label: "None" },
];

export function isStatusPage(service: Service): service is "statuspage" | "instatus" | "uptime-kuma" {
  return service === "statuspage" || service === "instatus" || service === "uptime-kuma";
}
