/** What a person types about a channel, what is wrong with it, and what is sent of it. */
import type { Channel, ChannelDraft, WebhookFormat } from "../../main/contract/agent.ts";

export interface ChannelForm {
  id: string;
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
export const FORMATS: Readonly<Record<WebhookFormat, { title: string; address: string }>> = {
  json: { title: "JSON (all fields)", address: "https://" },
  text: { title: "Slack, Mattermost, Rocket.Chat", address: "https://hooks.slack.com/services/…" },
  teams: { title: "Microsoft Teams", address: "The address of a Teams workflow" },
  discord: { title: "Discord", address: "https://discord.com/api/webhooks/…" },
  ntfy: { title: "ntfy", address: "https://ntfy.sh/topic" },
  telegram: { title: "Telegram", address: "https://api.telegram.org/bot<token>/sendMessage?chat_id=<number>" },
};

function urlProblem(url: string, isKnown: boolean): string | undefined {
  if (url === "") return isKnown ? undefined : "Enter the address that reminders are posted to.";
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  return parsed !== undefined && /^https?:$/.test(parsed.protocol)
    ? undefined
    : "Enter an address that starts with https:// or http://.";
}

/** By field. @param before the channel that is changed; `undefined` for a new one */
export function problemsOf(
  { id, kind, url, secret, forgetsSecret, program }: ChannelForm,
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
  const short = kind === "webhook" && !forgetsSecret && secret !== "" && secret.length < MIN_SECRET_LENGTH;
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
export function draftOf({ kind, url, format, secret, forgetsSecret, program }: ChannelForm): ChannelDraft {
  return kind === "command"
    ? { kind, program }
    : {
        kind,
        format,
        ...(url.trim() === "" ? {} : { url: url.trim() }),
        ...(forgetsSecret ? { secret: null } : secret === "" ? {} : { secret }),
      };
}
