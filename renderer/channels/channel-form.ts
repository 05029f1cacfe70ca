/** What a person types about a channel, and what is sent of it. */
import type { Channel, ChannelDraft } from "../../main/contract/agent.ts";
import { isStatusPage, type Security, type Service } from "./channel-services.ts";

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
  /** Of Uptime Kuma, which also has a user. */
  api: string;
  /** Of a status page: its id, those of components and sites, with commas between them. */
  page: string;
  components: string;
  sites: string;
  /** Empty for a known page: as it is. */
  token: string;
}

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
    user: mail?.user ?? status?.user ?? "",
    password: "",
    from: mail?.from ?? "",
    to: mail?.to.join(", ") ?? "",
    api: status?.service === "uptime-kuma" ? (status.api ?? "") : "",
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

/** Those whose receiver may be a program of one's own, which can check a signature. */
const SIGNED: readonly Service[] = ["json", "text"];

/** Whether a secret is asked for; one that was given before can always be removed. */
export function takesSecret(service: Service, before: Channel | undefined): boolean {
  return SIGNED.includes(service) || (before?.kind === "webhook" && before.hasSecret);
}

/** The agent keeps a key only for the same place. */
export function keepsToken({ service, api, user }: ChannelForm, before: Channel | undefined): boolean {
  if (before?.kind !== "status-page" || before.service !== service) return false;
  return service !== "uptime-kuma" || (before.api === api.trim() && before.user === user.trim());
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

function usualPort(security: Security): number {
  return security === "tls" ? 465 : 587;
}

function portOf({ port }: ChannelForm): number | undefined {
  return port.trim() === "" ? undefined : Number(port.trim());
}

export function partsOf(text: string): string[] {
  return text.split(/[\s,;]+/).filter((part) => part !== "");
}

/** Of another API than the service's own only what was given over the agent's. */
function placeOf({ service, api, user }: ChannelForm, before: Channel | undefined): { api?: string; user?: string } {
  if (service === "uptime-kuma") return { api: api.trim(), user: user.trim() };
  return before?.kind === "status-page" && before.service === service && before.api !== undefined
    ? { api: before.api }
    : {};
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
      ...placeOf(form, before),
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
