/** Turns `server_name` into hosts as a virtual host has them. */
import { parseHostPattern } from "../routing/host-pattern.ts";
import { quote } from "../wording.ts";

export interface Named {
  /** In the order of the configuration. */
  readonly hosts: readonly string[];
  /** Names that no host of a virtual host can stand for, with the reason. */
  readonly unusable: readonly string[];
}

/** @param hostname What `$hostname` stands for. */
export function hostsOf(names: readonly string[], hostname: string): Named {
  const hosts = new Set<string>();
  const unusable: string[] = [];
  for (const name of names.map((text) => (text === "$hostname" ? hostname : text))) {
    // The usual names of a block that answers for the names that nobody lists.
    if (name === "" || name === "_") continue;
    const made = hostOf(name);
    for (const host of made) {
      const parsed = parseHostPattern(host);
      if (parsed.ok) hosts.add(host);
      else unusable.push(`The name ${quote(name)} is left out: ${parsed.message}.`);
    }
  }
  return { hosts: [...hosts], unusable };
}

function hostOf(name: string): string[] {
  if (name.startsWith("~")) return [name];
  const lower = name.toLowerCase();
  if (lower.startsWith(".")) return [lower.slice(1), `*${lower}`];
  if (lower.endsWith(".*")) return [`~^${lower.slice(0, -2).replace(/[.+?^${}()|[\]\\]/g, "\\$&")}\\..+$`];
  return [lower];
}
