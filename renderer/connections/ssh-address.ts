/** What a person types to say where a server is, and the login it stands for. Pure. */
import { t } from "../../main/language/translate.ts";
import { locale } from "../../main/language/language.ts";
import type { SshTarget } from "../../main/contract/servers.ts";

/** As it was typed; empty where nothing was. */
export interface SshDraft {
  /**
   * `host`, `user@host`, `user@host:port`, `ssh://user@host:port`, or a host of `~/.ssh/config`.
   */
  address: string;
  port: string;
  user: string;
  identityFile: string;
  jump: string;
}

export type SshProblems = Partial<Record<keyof SshDraft, string>>;

export interface Address {
  host: string;
  user?: string;
  port?: number;
}

export const NO_ADDRESS: SshDraft = { address: "", port: "", user: "", identityFile: "", jump: "" };

/** What one would type for a login. */
export function draftOf({ host, port, user, identityFile, jump }: SshTarget): SshDraft {
  return {
    address: host,
    port: port?.toString() ?? "",
    user: user ?? "",
    identityFile: identityFile ?? "",
    jump: jump ?? "",
  };
}

const EXAMPLES = ["web-01.example.com", "deploy@web-01", "deploy@203.0.113.7:2222"];

function examples(): string {
  return new Intl.ListFormat(locale(), { type: "disjunction" }).format(EXAMPLES);
}

function portProblem(): string {
  return t("A port is a number from 1 to 65535; 22 is the usual one.");
}

function userProblem(): string {
  return t("A user name has no spaces, none of : / and no @ at its beginning.");
}

/**
 * Reads an address; a text when it is none, with the way out. An IPv6 address with a port stands in
 * brackets: `[2001:db8::7]:2222`.
 */
export function parseAddress(typed: string): Address | string {
  const text = typed
    .trim()
    .replace(/^ssh\s+/, "")
    .replace(/^ssh:\/\/([^/]*)\/?$/i, "$1");
  if (text === "") return t("Enter the address of the server, e.g. {examples}.", { examples: examples() });
  if (/\s/.test(text))
    return t("An address has no spaces; options have their own fields below. Write e.g. {examples}.", {
      examples: examples(),
    });
  const at = text.lastIndexOf("@");
  const user = at < 0 ? undefined : text.slice(0, at);
  const place = text.slice(at + 1);
  if (user !== undefined && !isUser(user)) return user === "" ? t("Enter the user name before @.") : userProblem();
  const [, bracketed, bracketPort] = /^\[([^[\]]*)\](?::(.*))?$/.exec(place) ?? [];
  // More than one colon is an IPv6 address without a port.
  const [, name = place, namePort] = /^([^:]*):([^:]*)$/.exec(place) ?? [];
  const host = bracketed ?? name;
  const portText = bracketPort ?? namePort;
  if (place.includes("/")) return notAHost(place);
  if (!/^[^\s\-@/[\]][^\s@/[\]]{0,254}$/.test(host))
    return host === "" ? t("The host is missing. Write e.g. {examples}.", { examples: examples() }) : notAHost(host);
  const port = portText === undefined ? undefined : portOf(portText);
  if (portText !== undefined && port === undefined) return portProblem();
  return { host, ...(user === undefined ? {} : { user }), ...(port === undefined ? {} : { port }) };
}

/**
 * The login that a draft stands for, or what is wrong with it by field. What the address says goes
 * without saying again in the other fields.
 */
export function targetOf(
  draft: SshDraft,
): { target: SshTarget; problems?: undefined } | { target?: undefined; problems: SshProblems } {
  const address = parseAddress(draft.address);
  if (typeof address === "string") return { problems: { address } };
  const user = draft.user.trim();
  const port = draft.port.trim();
  const identityFile = draft.identityFile.trim();
  const jump = draft.jump.trim();
  const problems: SshProblems = {
    ...(user === "" || isUser(user) ? {} : { user: userProblem() }),
    ...(user === "" || address.user === undefined || address.user === user
      ? {}
      : { user: t("The address names {user} already; leave one of the two out.", { user: address.user }) }),
    ...(port === "" || portOf(port) !== undefined ? {} : { port: portProblem() }),
    ...(port === "" || address.port === undefined || address.port === portOf(port)
      ? {}
      : {
          port: t("The address names port {port} already; leave one of the two out.", { port: String(address.port) }),
        }),
    ...(identityFile === "" || identityFile.startsWith("/")
      ? {}
      : { identityFile: t("Enter the absolute path of the private key, or choose the file.") }),
  };
  if (Object.keys(problems).length > 0) return { problems };
  const chosenUser = address.user ?? (user === "" ? undefined : user);
  const chosenPort = address.port ?? portOf(port);
  return {
    target: {
      host: address.host,
      ...(chosenUser === undefined ? {} : { user: chosenUser }),
      ...(chosenPort === undefined ? {} : { port: chosenPort }),
      ...(identityFile === "" ? {} : { identityFile }),
      ...(jump === "" ? {} : { jump }),
    },
  };
}

function notAHost(text: string): string {
  return t("“{text}” is not a host. Write e.g. {examples}.", { text, examples: examples() });
}

function isUser(text: string): boolean {
  return /^[^\s\-@:/][^\s:/]{0,254}$/.test(text);
}

function portOf(text: string): number | undefined {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  return port >= 1 && port <= 65_535 ? port : undefined;
}
