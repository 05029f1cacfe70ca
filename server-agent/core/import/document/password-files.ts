/** Users of a password file who could log in at the other server, and cannot here. */
import { quote } from "../../wording.ts";
import type { Draft } from "./draft.ts";
import type { Surroundings } from "./surroundings.ts";

/** Those that the agent checks; others are crypt(3), or passwords that are written out. */
const KNOWN_HASH = /^(?:\$2[aby]\$|\$argon2|\$apr1\$|\$1\$|\{SHA\})/;

export function isKnownHash(hash: string): boolean {
  return KNOWN_HASH.test(hash);
}

const MAX_NAMES = 5;

/** What `name:hash` lines say, in their order; comments and empty lines left out. */
export function usersIn(text: string): [name: string, hash: string][] {
  return text.split(/\r?\n/).flatMap((line): [string, string][] => {
    const [name = "", hash = ""] = line.trim().split(":");
    return name === "" || name.startsWith("#") || hash === "" ? [] : [[name, hash]];
  });
}

/** Says so where a file is named, if it can be read here. */
export function reportPasswordFiles(draft: Draft, { textOf }: Surroundings): void {
  for (const { rules } of draft.virtualHosts)
    for (const rule of rules) {
      const { type, file } = rule.auth ?? {};
      const text = type === "basic" && file !== undefined ? textOf(file) : undefined;
      if (file === undefined || text === undefined) continue;
      const locked = usersIn(text).flatMap(([name, hash]) => (isKnownHash(hash) ? [] : [quote(name)]));
      if (locked.length === 0) continue;
      const more = locked.length > MAX_NAMES ? ` and ${String(locked.length - MAX_NAMES)} more` : "";
      const origins = draft.originsOf(rule).filter((entry) => entry.text.includes(file));
      for (const entry of origins)
        entry.changed(
          `${locked.slice(0, MAX_NAMES).join(", ")}${more} cannot log in: set these passwords anew with \`htpasswd -B\``,
        );
    }
}
