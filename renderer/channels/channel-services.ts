/** What a channel can be, as it is chosen. */
import { t } from "../../main/language/translate.ts";
import type { Channel, WebhookFormat } from "../../main/contract/agent.ts";

/** What is chosen first: it decides on the fields. */
export type Service = WebhookFormat | "email" | "command" | "statuspage" | "instatus" | "uptime-kuma";

export type Security = Extract<Channel, { kind: "email" }>["security"];

/** In the order of the list, with what the address looks like. */
export function services(): Readonly<Record<Service, { title: string; address: string; hint: string }>> {
  return {
    slack: {
      title: "Slack",
      address: "https://hooks.slack.com/services/…",
      hint: t("In Slack: your app, Incoming Webhooks, Add New Webhook."),
    },
    teams: {
      title: "Microsoft Teams",
      address: "https://….environment.api.powerplatform.com/…",
      hint: t("In Teams: Workflows, “Send webhook alerts to a channel”. Connectors of Office 365 are retired."),
    },
    email: { title: t("E-mail"), address: "", hint: t("Through your mail server or your provider's.") },
    discord: {
      title: "Discord",
      address: "https://discord.com/api/webhooks/…",
      hint: t("In Discord: the channel's settings, Integrations, Webhooks."),
    },
    mattermost: {
      title: "Mattermost",
      address: "https://chat.example.com/hooks/…",
      hint: t("In Mattermost: Integrations, Incoming Webhooks."),
    },
    ntfy: {
      title: "ntfy",
      address: "https://ntfy.sh/topic",
      hint: t("The address ends with the topic. A protected one needs ?auth= at its end."),
    },
    telegram: {
      title: "Telegram",
      address: "https://api.telegram.org/bot<token>/sendMessage?chat_id=<number>",
      hint: t("@BotFather gives the token. Add the bot to the chat."),
    },
    text: {
      title: t("Other chat (text)"),
      address: "https://",
      hint: t("Posts {body}, as Rocket.Chat takes it.", { body: '{"text": "…"}' }),
    },
    json: { title: t("Your own service (JSON)"), address: "https://", hint: t("Posts all fields of a reminder.") },
    statuspage: {
      title: "Statuspage (Atlassian)",
      address: "",
      hint: t("Opens a maintenance on your status page once the site was seen to be closed, and closes it again."),
    },
    instatus: {
      title: "Instatus",
      address: "",
      hint: t("Opens a maintenance on your status page once the site was seen to be closed, and closes it again."),
    },
    "uptime-kuma": {
      title: "Uptime Kuma",
      address: "https://status.example.com",
      hint: t("Opens a maintenance on your status page once the site was seen to be closed, and ends it again."),
    },
    command: {
      title: t("A program on the server"),
      address: "",
      hint: t("Runs with the reminder as JSON on its input."),
    },
  };
}

export function securities(): { value: Security; label: string }[] {
  return [
    { value: "starttls", label: t("STARTTLS (port 587)") },
    { value: "tls", label: t("TLS (port 465)") },
    { value: "none", label: t("None") },
  ];
}

export function isStatusPage(service: Service): service is "statuspage" | "instatus" | "uptime-kuma" {
  return service === "statuspage" || service === "instatus" || service === "uptime-kuma";
}
