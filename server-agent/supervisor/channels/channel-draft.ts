/** What is stored of a draft, with what stays as it was, and what is shown of that. Pure. */
import { isDeepStrictEqual } from "node:util";
import type { Channel, ChannelDraft } from "../../contract/reminders.ts";
import { done, type Result, refuse } from "../../result.ts";
import type { StoredChannel } from "../../store/stored-channel.ts";
import { webhookUrlProblem } from "./webhook-body.ts";

type Draft<K> = Extract<ChannelDraft, { kind: K }>;

/** @param before the channel that is changed. Refuses with `options.invalid`. */
export function storedChannel(
  id: string,
  draft: ChannelDraft,
  before: StoredChannel | undefined,
  now: string,
): Result<StoredChannel> {
  const server = draft.server ?? before?.server;
  if (draft.kind !== "status-page" && hasOpen(before)) return invalid("/kind", STILL_OPEN);
  const common = { id, createdAt: before?.createdAt ?? now, ...(server === undefined ? {} : { server }) };
  switch (draft.kind) {
    case "command":
      return done({ ...common, kind: "command", program: draft.program });
    case "webhook":
      return webhook(common, draft, before?.kind === "webhook" ? before : undefined);
    case "email":
      return email(common, draft, before?.kind === "email" ? before : undefined);
    case "status-page":
      return statusPage(common, draft, before?.kind === "status-page" ? before : undefined);
  }
}

type Common = Pick<StoredChannel, "id" | "createdAt" | "server">;

function webhook(
  common: Common,
  draft: Draft<"webhook">,
  before: Extract<StoredChannel, { kind: "webhook" }> | undefined,
): Result<StoredChannel> {
  const url = draft.url ?? before?.url;
  if (url === undefined) return invalid("/url", "give the address that reminders are posted to");
  const problem = webhookUrlProblem(draft.format, url);
  if (problem !== undefined) return invalid("/url", problem);
  const secret = draft.secret === undefined ? before?.secret : (draft.secret ?? undefined);
  return done({
    ...common,
    kind: "webhook",
    url,
    format: draft.format,
    ...(secret === undefined ? {} : { secret }),
  });
}

function email(
  common: Common,
  { server: _server, password: given, port, ...draft }: Draft<"email">,
  before: Extract<StoredChannel, { kind: "email" }> | undefined,
): Result<StoredChannel> {
  const { host, security, user } = draft;
  const channel = { ...common, ...draft, port: port ?? (security === "tls" ? 465 : 587) };
  if (user === undefined)
    return given === undefined ? done(channel) : invalid("/user", "a password needs a user name; give both or none");
  // Whoever may change a channel must not learn its password by having it sent elsewhere.
  const isSame =
    before?.host === host && before.port === channel.port && before.security === security && before.user === user;
  const password = given ?? (isSame ? before.password : undefined);
  if (password === undefined)
    return invalid(
      "/password",
      before?.password === undefined
        ? "give the password of the user"
        : "give the password again, as it would go to another server or user",
    );
  if (security === "none" && !isHere(host))
    return invalid("/security", "a password is not sent unencrypted; use `starttls` or `tls`, or leave out the user");
  return done({ ...channel, password });
}

function statusPage(
  common: Common,
  { server: _server, token: given, ...draft }: Draft<"status-page">,
  before: Extract<StoredChannel, { kind: "status-page" }> | undefined,
): Result<StoredChannel> {
  const { service, api, user, page, components } = draft;
  const isKuma = service === "uptime-kuma";
  if (isKuma && api === undefined) return invalid("/api", "give the address of Uptime Kuma");
  if (isKuma !== (user !== undefined))
    return invalid("/user", isKuma ? "give the user that logs in" : "leave it out: the API key is enough");
  // As with passwords.
  const isSame = before?.service === service && before.api === api && before.user === user;
  const token = given ?? (isSame ? before.token : undefined);
  const key = isKuma ? "password" : "API key";
  if (token === undefined)
    return invalid(
      "/token",
      before === undefined ? `give the ${key}` : `give the ${key} again, as it would go elsewhere`,
    );
  if (!isKuma && !/^[\x21-\x7e]*$/.test(token)) return invalid("/token", "paste the API key alone, without blanks");
  if (api !== undefined && new URL(api).protocol === "http:" && !isHere(new URL(api).hostname))
    return invalid("/api", `the ${key} is not sent unencrypted; use https://`);
  if (before !== undefined && hasOpen(before)) {
    if (!(isSame && before.page === page)) return invalid("/page", STILL_OPEN);
    // Those that are left out would stay in maintenance there.
    if (!isDeepStrictEqual(before.components, components)) return invalid("/components", STILL_OPEN);
  }
  return done({ ...common, ...draft, token, opened: before?.opened ?? [] });
}

const STILL_OPEN = "maintenance is open on the page; bring the sites back first, or add another channel";

/** What the agent opened there only this channel can close. */
function hasOpen(channel: StoredChannel | undefined): boolean {
  return channel?.kind === "status-page" && channel.opened.length > 0;
}

/** What is sent there does not leave the machine. */
function isHere(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127\.\d+\.\d+\.\d+$/.test(host);
}

/** Without what is secret. @param trouble why a status page could not be changed */
export function shownChannel(channel: StoredChannel, trouble?: string): Channel {
  const { createdAt: _createdAt, ...known } = channel;
  switch (known.kind) {
    case "command":
      return known;
    case "webhook": {
      const { url, secret, ...rest } = known;
      return { ...rest, origin: new URL(url).origin, hasSecret: secret !== undefined };
    }
    case "email": {
      const { password, ...rest } = known;
      return { ...rest, hasPassword: password !== undefined };
    }
    case "status-page": {
      const { token: _token, opened, ...rest } = known;
      return { ...rest, open: opened.map(({ receipt }) => receipt), ...(trouble === undefined ? {} : { trouble }) };
    }
  }
}

export function invalid(path: string, message: string): ReturnType<typeof refuse> {
  return refuse("options.invalid", `${path}: ${message}`, { problems: [{ path, code: "channel", message }] });
}
