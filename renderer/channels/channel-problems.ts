/** What is wrong with what a person typed about a channel, by field. */
import { t } from "../../main/language/translate.ts";
import type { Channel } from "../../main/contract/agent.ts";
import { type ChannelForm, keepsPassword, keepsToken, partsOf, takesSecret } from "./channel-form.ts";
import { isStatusPage } from "./channel-services.ts";

export type Problems = Partial<Record<keyof ChannelForm, string>>;

const MIN_SECRET_LENGTH = 8;

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
      program: /^[A-Za-z0-9][\w.-]{0,99}$/.test(program) ? undefined : t("Enter the name of a file, without folders."),
    };
  if (service === "email") return mailProblems(form, before);
  if (isStatusPage(service)) return pageProblems(form, before);
  const isShort = takesSecret(service, before) && !forgetsSecret && secret !== "" && secret.length < MIN_SECRET_LENGTH;
  return {
    url: urlProblem(url.trim(), before?.kind === "webhook"),
    secret: isShort ? t("A secret needs at least {count} characters.", { count: MIN_SECRET_LENGTH }) : undefined,
  };
}

function nameProblem(id: string, taken: readonly string[]): string | undefined {
  if (!/^[A-Za-z0-9][A-Za-z0-9-]{0,49}$/.test(id)) return t("Use letters, digits and hyphens.");
  return taken.includes(id)
    ? t("A channel with this name already exists: change that one, or use another name.")
    : undefined;
}

function urlProblem(url: string, isKnown: boolean): string | undefined {
  if (url === "") return isKnown ? undefined : t("Enter the address that reminders are posted to.");
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  return parsed !== undefined && /^https?:$/.test(parsed.protocol)
    ? undefined
    : t("Enter an address that starts with https:// or http://.");
}

function mailProblems(form: ChannelForm, before: Channel | undefined): Record<string, string | undefined> {
  const { host, port, user, password, from } = form;
  const to = partsOf(form.to);
  const wrong = to.find((address) => !isAddress(address));
  return {
    host: /^[A-Za-z0-9.:-]{1,253}$/.test(host.trim())
      ? undefined
      : t("Enter the name of the mail server, like smtp.example.com."),
    port: port.trim() === "" || isPort(port.trim()) ? undefined : t("Enter a number from 1 to 65535, or nothing."),
    user: user.trim() === "" && password !== "" ? t("Enter the user the password belongs to.") : undefined,
    password:
      user.trim() !== "" && password === "" && !keepsPassword(form, before)
        ? before?.kind === "email" && before.hasPassword
          ? t("Enter the password again: it would go to another server or user.")
          : t("Enter the password of this user.")
        : undefined,
    from: isAddress(from.trim()) ? undefined : t("Enter an address like backsoon@example.com."),
    to:
      to.length === 0
        ? t("Enter whom to write to.")
        : wrong === undefined
          ? undefined
          : t("“{text}” is no address. Use commas between several.", { text: wrong }),
  };
}

function pageProblems(form: ChannelForm, before: Channel | undefined): Record<string, string | undefined> {
  const { service, api, user, page, components, token } = form;
  const isKuma = service === "uptime-kuma";
  const isId = (id: string) => /^[A-Za-z0-9_-]{1,100}$/.test(id);
  const wrong = partsOf(components).find((id) => !isId(id));
  return {
    ...(isKuma
      ? {
          api: urlProblem(api.trim(), false),
          user: user.trim() === "" ? t("Enter the user that logs in.") : undefined,
        }
      : {}),
    page: isId(page.trim())
      ? undefined
      : isKuma
        ? t("Enter the slug of the status page, letters and digits.")
        : t("Enter the id of the page, letters and digits."),
    components: wrong === undefined ? undefined : t("“{text}” is no id. Use commas between several.", { text: wrong }),
    token:
      token.trim() === "" && !keepsToken(form, before)
        ? isKuma
          ? t("Enter the password of this user.")
          : t("Enter an API key of the page.")
        : undefined,
  };
}

function isAddress(text: string): boolean {
  return /^[^\s@<>()[\],;:\\"]+@[^\s@<>()[\],;:\\"]+$/.test(text);
}

function isPort(text: string): boolean {
  return /^\d{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= 65_535;
}
