/** What a person types about a channel, what is wrong with it, and what is sent of it. */
import type { Channel, ChannelDraft, WebhookFormat } from "../../main/contract/agent.ts";

/** What is chosen first: it decides on the fields. */
export type Service = WebhookFormat | "email" | "command" | "statuspage" | "instatus";

type Security = Extract<Channel, { kind: "email" }>["security"];

export interface ChannelForm {
  id: string;
  service: Service;
  /** What messages call the server. */
  server: string;
  /** Empty for a known webhook: as it is. */
  url: string;
  secret: string;
  forgetsSecret: boolean;
  program: string;
  host: string;
  /** Empty: as usual for the security. */
  port: string;
  security: Security;
  user: string;
  /** Empty for a known login: as it is. */
  password: string;
  from: string;
  /** Addresses, with commas between them. */
  to: string;
  /** Of a status page: its id, those of components and sites, with commas between them. */
  page: string;
  components: string;
  sites: string;
  /** Empty for a known page: as it is. */
  token: string;
}

export type Problems = Partial<Record<keyof ChannelForm, string>>;

const MIN_SECRET_LENGTH = 8;

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
  command: { title: "A program on the server", address: "", hint: "Runs with the reminder as JSON on its input." },
};

export const SECURITIES: readonly { value: Security; label: string }[] = [
  { value: "starttls", label: "STARTTLS (port 587)" },
  { value: "tls", label: "TLS (port 465)" },
  { value: "none", label: "None" },
];

/** @param server the name of the server in the app */
export function formOf(before: Channel | undefined, server: string): ChannelForm {
  const mail = before?.kind === "email" ? before : undefined;
  const status = before?.kind === "status-page" ? before : undefined;
  return {
    id: before?.id ?? "",
    service: serviceOf(before),
    server: before === undefined ? server : (before.server ?? ""),
    url: "",
    secret: "",
    forgetsSecret: false,
    program: before?.kind === "command" ? before.program : "",
    host: mail?.host ?? "",
    port: mail === undefined || mail.port === usualPort(mail.security) ? "" : String(mail.port),
    security: mail?.security ?? "starttls",
    user: mail?.user ?? "",
    password: "",
    from: mail?.from ?? "",
    to: mail?.to.join(", ") ?? "",
    page: status?.page ?? "",
    components: status?.components.join(", ") ?? "",
    sites: status?.sites.join(", ") ?? "",
    token: "",
  };
}

function serviceOf(channel: Channel | undefined): Service {
  if (channel === undefined) return "slack";
  return channel.kind === "webhook" ? channel.format : channel.kind === "status-page" ? channel.service : channel.kind;
}

export function isStatusPage(service: Service): service is "statuspage" | "instatus" {
  return service === "statuspage" || service === "instatus";
}

/** Those whose receiver may be a program of one's own, which can check a signature. */
const SIGNED: readonly Service[] = ["json", "text"];

/** Whether a secret is asked for; one that was given before can always be removed. */
export function takesSecret(service: Service, before: Channel | undefined): boolean {
  return SIGNED.includes(service) || (before?.kind === "webhook" && before.hasSecret);
}

/** By field. @param before the channel that is changed; `undefined` for a new one */
export function problemsOf(form: ChannelForm, before: Channel | undefined, taken: readonly string[]): Problems {
  const id = before === undefined ? nameProblem(form.id, taken) : undefined;
  const found = Object.entries({ id, ...ofKind(form, before) });
  return Object.fromEntries(found.filter(([, problem]) => problem !== undefined));
}

/** What the agent refused, by field. */
export function refusedFields(problems: readonly { path: string; message: string }[], form: ChannelForm): Problems {
  const known = problems.flatMap(({ path, message }) => {
    const field = path.split("/")[1] ?? "";
    return field in form ? [[field, `${message[0]?.toUpperCase() ?? ""}${message.slice(1)}.`]] : [];
  });
  return Object.fromEntries(known) as Problems;
}

function ofKind(form: ChannelForm, before: Channel | undefined): Record<string, string | undefined> {
  const { service, url, secret, forgetsSecret, program } = form;
  if (service === "command")
    return {
      program: /^[A-Za-z0-9][\w.-]{0,99}$/.test(program) ? undefined : "Enter the name of a file, without folders.",
    };
  if (service === "email") return mailProblems(form, before);
  if (isStatusPage(service)) return pageProblems(form, before);
  const isShort = takesSecret(service, before) && !forgetsSecret && secret !== "" && secret.length < MIN_SECRET_LENGTH;
  return {
    url: urlProblem(url.trim(), before?.kind === "webhook"),
    secret: isShort ? `A secret needs at least ${MIN_SECRET_LENGTH} characters.` : undefined,
  };
}

function nameProblem(id: string, taken: readonly string[]): string | undefined {
  if (!/^[A-Za-z0-9][A-Za-z0-9-]{0,49}$/.test(id)) return "Use letters, digits and hyphens.";
  return taken.includes(id)
    ? "A channel with this name already exists: change that one, or use another name."
    : undefined;
}

function urlProblem(url: string, isKnown: boolean): string | undefined {
  if (url === "") return isKnown ? undefined : "Enter the address that reminders are posted to.";
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  return parsed !== undefined && /^https?:$/.test(parsed.protocol)
    ? undefined
    : "Enter an address that starts with https:// or http://.";
}

function mailProblems(form: ChannelForm, before: Channel | undefined): Record<string, string | undefined> {
  const { host, port, user, password, from } = form;
  const to = partsOf(form.to);
  const wrong = to.find((address) => !isAddress(address));
  return {
    host: /^[A-Za-z0-9.:-]{1,253}$/.test(host.trim())
      ? undefined
      : "Enter the name of the mail server, like smtp.example.com.",
    port: port.trim() === "" || isPort(port.trim()) ? undefined : "Enter a number from 1 to 65535, or nothing.",
    user: user.trim() === "" && password !== "" ? "Enter the user the password belongs to." : undefined,
    password:
      user.trim() !== "" && password === "" && !keepsPassword(form, before)
        ? before?.kind === "email" && before.hasPassword
          ? "Enter the password again: it would go to another server or user."
          : "Enter the password of this user."
        : undefined,
    from: isAddress(from.trim()) ? undefined : "Enter an address like backsoon@example.com.",
    to:
      to.length === 0
        ? "Enter whom to write to."
        : wrong === undefined
          ? undefined
          : `“${wrong}” is no address. Use commas between several.`,
  };
}

function pageProblems(
  { service, page, components, token }: ChannelForm,
  before: Channel | undefined,
): Record<string, string | undefined> {
  const isId = (id: string) => /^[A-Za-z0-9_-]{1,100}$/.test(id);
  const wrong = partsOf(components).find((id) => !isId(id));
  const keeps = before?.kind === "status-page" && before.service === service;
  return {
    page: isId(page.trim()) ? undefined : "Enter the id of the page, letters and digits.",
    components: wrong === undefined ? undefined : `“${wrong}” is no id. Use commas between several.`,
    token: token.trim() === "" && !keeps ? "Enter an API key of the page." : undefined,
  };
}

/** The agent keeps a password only for the same login. */
export function keepsPassword(form: ChannelForm, before: Channel | undefined): boolean {
  const { host, security, user } = form;
  return (
    before?.kind === "email" &&
    before.hasPassword &&
    before.host === host.trim() &&
    before.port === (portOf(form) ?? usualPort(security)) &&
    before.security === security &&
    before.user === user.trim()
  );
}

function isAddress(text: string): boolean {
  return /^[^\s@<>()[\],;:\\"]+@[^\s@<>()[\],;:\\"]+$/.test(text);
}

function isPort(text: string): boolean {
  return /^\d{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= 65_535;
}

function usualPort(security: Security): number {
  return security === "tls" ? 465 : 587;
}

function portOf({ port }: ChannelForm): number | undefined {
  return port.trim() === "" ? undefined : Number(port.trim());
}

function partsOf(text: string): string[] {
  return text.split(/[\s,;]+/).filter((part) => part !== "");
}

/** What was left empty is left out: it stays as it is. */
export function draftOf(form: ChannelForm, before: Channel | undefined): ChannelDraft {
  const { service, url, secret, forgetsSecret, program, host, security, user, password, from, to } = form;
  const called = form.server.trim();
  const common = called === "" || called === before?.server ? {} : { server: called };
  if (service === "command") return { ...common, kind: "command", program };
  if (service === "email") {
    const port = portOf(form);
    return {
      ...common,
      kind: "email",
      host: host.trim(),
      ...(port === undefined ? {} : { port }),
      security,
      ...(user.trim() === "" ? {} : { user: user.trim() }),
      ...(password === "" ? {} : { password }),
      from: from.trim(),
      to: partsOf(to),
    };
  }
  if (isStatusPage(service))
    return {
      ...common,
      kind: "status-page",
      service,
      ...(before?.kind === "status-page" && before.service === service && before.api !== undefined
        ? { api: before.api }
        : {}),
      page: form.page.trim(),
      components: partsOf(form.components),
      sites: partsOf(form.sites),
      ...(form.token.trim() === "" ? {} : { token: form.token.trim() }),
    };
  return {
    ...common,
    kind: "webhook",
    format: service,
    ...(url.trim() === "" ? {} : { url: url.trim() }),
    ...(!takesSecret(service, before) || (secret === "" && !forgetsSecret)
      ? {}
      : { secret: forgetsSecret ? null : secret }),
  };
}
