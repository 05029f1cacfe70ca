/**
 * How the first packet travels: `ProxyCommand`, the address family and the address of this
 * computer. What decides about the way and cannot be followed is refused: ssh would connect to
 * somewhere else, or not at all.
 */
import { isIP } from "node:net";
import type { Setting, Settings, Target } from "./ssh-config-evaluate.ts";
import { ConfigFault, printable } from "./ssh-config-lines.ts";
import { expandTokens } from "./ssh-config-tokens.ts";
import { type Reading, firstOf, isNone, jumpSetting, readJumps, readWord, readYesNo } from "./ssh-config-values.ts";

/** How a host is reached that stands at the beginning of a route. */
export interface Way {
  /** For the person's shell, with its tokens expanded; `undefined`: TCP. */
  proxyCommand?: string;
  /** `undefined`: both. */
  family?: 4 | 6;
  /** IP address of this computer to connect from. */
  localAddress?: string;
}

/** Throws a `ConfigFault` at a line that decides about the way and cannot be followed. */
export function readWay(target: Target, reading: Reading): Way {
  const { settings } = reading;
  refuseWhatLeadsElsewhere(settings);
  if (readJumps(target, reading).length > 0) return {};
  const proxyCommand = readProxyCommand(target, reading);
  if (proxyCommand !== undefined) return { proxyCommand };
  const bound = firstOf(settings, "BindInterface");
  if (bound !== undefined && !isNone(bound.words[0]))
    throw fault(bound, "BindInterface is not supported; write the address of the interface in BindAddress");
  const family = readFamily(settings);
  const localAddress = readLocalAddress(settings);
  return {
    ...(family === undefined ? {} : { family }),
    ...(localAddress === undefined ? {} : { localAddress }),
  };
}

function refuseWhatLeadsElsewhere(settings: Settings): void {
  const refusal = firstOf(settings, "RefuseConnection");
  if (refusal !== undefined) throw fault(refusal, `RefuseConnection says “${printable(refusal.rest)}”`);
  const canonical = firstOf(settings, "CanonicalizeHostname");
  const domains = firstOf(settings, "CanonicalDomains");
  const isOn = ["yes", "true", "always"].includes(canonical?.words[0]?.toLowerCase() ?? "");
  if (canonical === undefined || !isOn || domains === undefined || isNone(domains.words[0])) return;
  // As for ssh, a name with more dots is complete, and so is an address.
  const maxDots = Number(readWord(settings, "CanonicalizeMaxDots") ?? 1);
  if (settings.hostName.split(".").length - 1 <= maxDots && isIP(settings.hostName) === 0)
    throw fault(
      canonical,
      `CanonicalizeHostname would look for “${printable(settings.hostName)}” in other domains, which is not supported; write the full name in HostName`,
    );
}

function readProxyCommand(target: Target, { settings, tokens }: Reading): string | undefined {
  const setting = jumpSetting(settings);
  if (target.jumps !== undefined || setting?.keyword !== "proxycommand" || isNone(setting.rest)) return undefined;
  if (readYesNo(settings, "ProxyUseFdpass"))
    throw fault(firstOf(settings, "ProxyUseFdpass") ?? setting, "ProxyUseFdpass is not supported");
  const { h, n, p, r } = tokens;
  // A name may come from a list of servers that somebody sent; the shell must find nothing in it.
  for (const [token, value] of Object.entries({ h, n, r }))
    if (value !== undefined && setting.rest.includes(`%${token}`) && !isHarmless(value))
      throw fault(setting, `“${printable(value)}” has characters that mean something to the shell of ProxyCommand`);
  const expansion = expandTokens(setting.rest, { h, n, p, r });
  if (!expansion.ok) throw fault(setting, `ProxyCommand: ${expansion.message}`);
  return expansion.text;
}

/** What ssh (`valid_hostname` and `valid_ruser` in ssh.c) lets into a command. */
function isHarmless(value: string): boolean {
  return !/^-|['"`$\\;&<>|(){}\p{Cc}]|\s-?/u.test(value);
}

function readFamily(settings: Settings): Way["family"] {
  const setting = firstOf(settings, "AddressFamily");
  const value = readWord(settings, "AddressFamily")?.toLowerCase();
  if (setting === undefined || value === "any") return undefined;
  if (value === "inet") return 4;
  if (value === "inet6") return 6;
  throw fault(setting, `AddressFamily is “any”, “inet” or “inet6”, not “${printable(setting.rest)}”`);
}

function readLocalAddress(settings: Settings): string | undefined {
  const setting = firstOf(settings, "BindAddress");
  const address = readWord(settings, "BindAddress");
  if (setting === undefined || address === undefined || isNone(address)) return undefined;
  if (isIP(address) === 0)
    throw fault(setting, `BindAddress has to be an IP address for this app, not “${printable(setting.rest)}”`);
  return address;
}

function fault({ file, line }: Setting, what: string): ConfigFault {
  return new ConfigFault(file, line, what);
}
