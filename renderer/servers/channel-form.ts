/** What a person types about a channel, what is wrong with it, and what is sent of it. */
import type { Channel, ChannelDraft, WebhookFormat } from "../../main/contract/agent.ts";

export interface ChannelForm {
  id: string;
  /** What messages call the server. */
  server: string;
  kind: Channel["kind"];
  /** Empty for a known webhook: as it is. */
  url: string;
  format: WebhookFormat;
  secret: string;
  forgetsSecret: boolean;
  program: string;
}

const MIN_SECRET_LENGTH = 8;

/** What is behind the address, in the order of the list, with what the address looks like. */
export const FORMATS: Readonly<Record<WebhookFormat, { title: string; address: string; hint?: string }>> = {
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
};

/** Those whose receiver may be a program of one's own, which can check a signature. */
const SIGNED: readonly WebhookFormat[] = ["json", "text"];

/** Whether a secret is asked for; one that was given before can always be removed. */
export function takesSecret(format: WebhookFormat, before: Channel | undefined): boolean {
  return SIGNED.includes(format) || (before?.kind === "webhook" && before.hasSecret);
}

function urlProblem(url: string, isKnown: boolean): string | undefined {
  if (url === "") return isKnown ? undefined : "Enter the address that reminders are posted to.";
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  return parsed !== undefined && /^https?:$/.test(parsed.protocol)
    ? undefined
    : "Enter an address that starts with https:// or http://.";
}

/** By field. @param before the channel that is changed; `undefined` for a new one */
export function problemsOf(
  { id, kind, url, format, secret, forgetsSecret, program }: ChannelForm,
  before: Channel | undefined,
  taken: readonly string[],
): { id?: string; url?: string; secret?: string; program?: string } {
  const name =
    before !== undefined
      ? undefined
      : !/^[A-Za-z0-9][A-Za-z0-9-]{0,49}$/.test(id)
        ? "Use letters, digits and hyphens."
        : taken.includes(id)
          ? "A channel with this name already exists: change that one, or use another name."
          : undefined;
  const address = kind === "webhook" ? urlProblem(url.trim(), before?.kind === "webhook") : undefined;
  const short =
    kind === "webhook" &&
    takesSecret(format, before) &&
    !forgetsSecret &&
    secret !== "" &&
    secret.length < MIN_SECRET_LENGTH;
  const file =
    kind === "command" && !/^[A-Za-z0-9][\w.-]{0,99}$/.test(program)
      ? "Enter the name of a file, without folders."
      : undefined;
  return {
    ...(name === undefined ? {} : { id: name }),
    ...(address === undefined ? {} : { url: address }),
    ...(short ? { secret: `A secret needs at least ${MIN_SECRET_LENGTH} characters.` } : {}),
    ...(file === undefined ? {} : { program: file }),
  };
}

/** What was left empty is left out: it stays as it is. */
export function draftOf(
  { server, kind, url, format, secret, forgetsSecret, program }: ChannelForm,
  before: Channel | undefined,
): ChannelDraft {
  const called = server.trim();
  const common = called === "" || called === before?.server ? {} : { server: called };
  return kind === "command"
    ? { ...common, kind, program }
    : {
        ...common,
        kind,
        format,
        ...(url.trim() === "" ? {} : { url: url.trim() }),
        ...(!takesSecret(format, before) || (secret === "" && !forgetsSecret)
          ? {}
          : { secret: forgetsSecret ? null : secret }),
      };
}
