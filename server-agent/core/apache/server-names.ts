/** Turns `ServerName` and `ServerAlias` into hosts as a virtual host has them. */
import { parseHostPattern } from "../routing/host-pattern.ts";
import { quote } from "../wording.ts";
import type { Placed } from "./configuration.ts";

export interface Named {
  /** As written, in the order of the configuration. */
  readonly names: readonly string[];
  readonly hosts: readonly string[];
  /** Names that no host of a virtual host can stand for, with the reason. */
  readonly unusable: readonly string[];
}

export function namesIn(body: readonly Placed[]): string[] {
  const own = body.filter(({ directive }) => directive.name === "servername").slice(-1);
  const aliases = body.filter(({ directive }) => directive.name === "serveralias");
  return [...own.flatMap(({ args }) => args.slice(0, 1)), ...aliases.flatMap(({ args }) => args)];
}

export function hostsOf(names: readonly string[]): Named {
  const hosts = new Set<string>();
  const unusable: string[] = [];
  for (const name of names) {
    const bare = name
      .replace(/^https?:\/\//i, "")
      .replace(/:\d+$/, "")
      .toLowerCase();
    // It stands for the names that nobody lists.
    if (bare === "*" || bare === "_default_" || bare === "") continue;
    const parsed = parseHostPattern(hostOf(bare));
    if (parsed.ok) hosts.add(hostOf(bare));
    else unusable.push(`The name ${quote(name)} is left out: ${parsed.message}.`);
  }
  return { names, hosts: [...hosts], unusable };
}

/** Of Apache's wildcards only one in front, before a dot, is one of a host's. */
function hostOf(name: string): string {
  if (!/[*?]/.test(name.replace(/^\*\./, ""))) return name;
  const body = name
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  return `~^${body}$`;
}
