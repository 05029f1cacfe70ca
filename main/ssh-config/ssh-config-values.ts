/**
 * The values of settings in the form that a connection needs. Every value that counts is checked
 * here; ssh checks also those that do not count.
 */
import type { Setting, Settings, Target } from "./ssh-config-evaluate.ts";
import { ConfigFault, printable } from "./ssh-config-lines.ts";
import { type LocalAccount, type Tokens, expandPath, expandTokens } from "./ssh-config-tokens.ts";
import { type Hop, jumpsOfCommand, parseJumps, parsePort } from "./ssh-hop.ts";

/** What the value readers need of the host that they are for; `warnings` grows. */
export interface Reading {
  settings: Settings;
  account: LocalAccount;
  tokens: Tokens;
  warnings: string[];
}

const YES_NO: Readonly<Record<string, boolean>> = { yes: true, true: true, no: false, false: false };

/** The line that counts. */
export function firstOf({ values }: Settings, name: string): Setting | undefined {
  return values.get(name.toLowerCase())?.[0];
}

function faultAt({ file, line }: Setting, what: string) {
  return new ConfigFault(file, line, what);
}

export function isNone(value: string | undefined): boolean {
  return value?.toLowerCase() === "none";
}

function wordOf(setting: Setting, name: string): string {
  const [word = "", ...more] = setting.words;
  if (more.length > 0) throw faultAt(setting, `${name} takes one value; put it in quotes if it has spaces`);
  return word;
}

/** The value of a setting that takes one word. */
export function readWord(settings: Settings, name: string): string | undefined {
  const setting = firstOf(settings, name);
  return setting && wordOf(setting, name);
}

export function readPort(settings: Settings): number | undefined {
  const setting = firstOf(settings, "Port");
  if (setting === undefined) return undefined;
  const port = parsePort(wordOf(setting, "Port"));
  if (port === undefined) throw faultAt(setting, `Port is a number from 1 to 65535, not “${printable(setting.rest)}”`);
  return port;
}

export function readYesNo(settings: Settings, name: string): boolean {
  const setting = firstOf(settings, name);
  if (setting === undefined) return false;
  const word = wordOf(setting, name).toLowerCase();
  const value = Object.hasOwn(YES_NO, word) ? YES_NO[word] : undefined;
  if (value === undefined) throw faultAt(setting, `${name} is “yes” or “no”, not “${printable(setting.rest)}”`);
  return value;
}

/** Absolute paths; one that cannot be expanded is left out with a warning. */
function pathsOf(
  setting: Setting,
  name: string,
  words: readonly string[],
  { account, tokens, warnings }: Reading,
): string[] {
  return words.flatMap((word) => {
    const expansion = expandPath(word, account.home, tokens, account.env);
    if (!expansion.ok)
      warnings.push(
        `${name} “${printable(word)}” is left out: ${expansion.message} (${setting.file} line ${setting.line}).`,
      );
    return expansion.ok ? [expansion.text] : [];
  });
}

/**
 * All files of the `IdentityFile` lines; `undefined` when there is no such line, which is something
 * else than `none`.
 */
export function readIdentityFiles(reading: Reading): string[] | undefined {
  return reading.settings.values.get("identityfile")?.flatMap((setting) => {
    const word = wordOf(setting, "IdentityFile");
    return isNone(word) ? [] : pathsOf(setting, "IdentityFile", [word], reading);
  });
}

/** All files of the `CertificateFile` lines. */
export function readCertificateFiles(reading: Reading): string[] {
  return (reading.settings.values.get("certificatefile") ?? []).flatMap((setting) => {
    const word = wordOf(setting, "CertificateFile");
    return isNone(word) ? [] : pathsOf(setting, "CertificateFile", [word], reading);
  });
}

/**
 * The files of `UserKnownHostsFile` or `GlobalKnownHostsFile`; `undefined` when the setting is
 * absent.
 */
export function readKnownHostsFiles(name: string, reading: Reading): string[] | undefined {
  const setting = firstOf(reading.settings, name);
  if (setting === undefined) return undefined;
  return isNone(setting.words[0]) ? [] : pathsOf(setting, name, setting.words, reading);
}

/**
 * Path of the agent's socket, `none`, or `undefined` when the environment names no agent. An agent
 * that cannot be found out is none: another one would offer other keys.
 */
export function readIdentityAgent(reading: Reading): string | undefined {
  const { settings, account } = reading;
  const variable = (name: string) => {
    const value = Object.hasOwn(account.env, name) ? account.env[name] : undefined;
    return value === "" ? undefined : value;
  };
  const setting = firstOf(settings, "IdentityAgent");
  if (setting === undefined) return variable("SSH_AUTH_SOCK");
  const word = wordOf(setting, "IdentityAgent");
  if (isNone(word)) return "none";
  if (word === "SSH_AUTH_SOCK") return variable(word);
  if (/^\$(?!\{)/.test(word)) return variable(word.slice(1));
  return pathsOf(setting, "IdentityAgent", [word], reading)[0] ?? "none";
}

/** The line that decides about the way to the host. */
export function jumpSetting(settings: Settings): Setting | undefined {
  const jump = firstOf(settings, "ProxyJump");
  const command = firstOf(settings, "ProxyCommand");
  // `evaluate` lets both through only where `ProxyJump none` comes first.
  return command ?? jump;
}

/** The jump hosts in the order of travel. */
export function readJumps(target: Target, { settings, tokens }: Reading): Hop[] {
  if (target.jumps !== undefined) return [...target.jumps];
  const setting = jumpSetting(settings);
  if (setting === undefined) return [];
  const { keyword, words, rest } = setting;
  const value = keyword === "proxyjump" ? (words[0] ?? "") : rest;
  // Any other command than one that only jumps is for `readWay`.
  const jumps = isNone(value) ? [] : keyword === "proxyjump" ? parseJumps(value) : (jumpsOfCommand(value) ?? []);
  if (jumps === undefined)
    throw faultAt(setting, `ProxyJump is a list like “user@host:22,other”, not “${printable(rest)}”`);
  const expand = (text: string): string => {
    const { h, n, p, r } = tokens;
    const expansion = expandTokens(text, { h, n, p, r });
    if (!expansion.ok) throw faultAt(setting, `the jump host “${printable(text)}”: ${expansion.message}`);
    return expansion.text;
  };
  return jumps.map((hop) => ({
    ...hop,
    host: expand(hop.host),
    ...(hop.user === undefined ? {} : { user: expand(hop.user) }),
  }));
}
