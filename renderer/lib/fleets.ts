import type { ServerProfile } from "../../main/contract/servers.ts";

/** The fleets there are, each once, by name. */
export function fleetsOf(profiles: readonly Pick<ServerProfile, "fleet">[]): string[] {
  return [...new Set(profiles.flatMap(({ fleet }) => fleet ?? []))].sort((a, b) => a.localeCompare(b));
}
