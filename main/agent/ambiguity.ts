/** Refuses data that has two entries of one name, which no keyed list could show. */
import { pointerOf } from "../../server-agent/core/json-pointer.ts";

/** What is listed by a name of its own, wherever it stands in what an agent says. */
const NAMES: Readonly<Record<string, string>> = {
  virtualHosts: "id",
  listeners: "name",
  workers: "id",
  generations: "generation",
  maintenance: "id",
  stages: "id",
  windows: "id",
  reminders: "id",
  passes: "id",
  changed: "id",
  webServers: "id",
  sites: "id",
  requests: "id",
};

/**
 * Two things of one name in what an agent says, in words; `undefined` when there are none. No agent
 * says such a thing, and a page that lists things by their names could not show it.
 *
 * @param value of a bounded depth
 */
export function ambiguityIn(value: unknown, path: readonly (string | number)[] = []): string | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  for (const [key, member] of Object.entries(value)) {
    const found =
      (Array.isArray(member) ? twiceIn(key, member, path) : undefined) ?? ambiguityIn(member, [...path, key]);
    if (found !== undefined) return found;
  }
  return undefined;
}

function twiceIn(key: string, members: readonly unknown[], path: readonly (string | number)[]): string | undefined {
  const naming = Object.hasOwn(NAMES, key) ? NAMES[key] : undefined;
  if (naming === undefined) return undefined;
  const seen = new Set<unknown>();
  for (const member of members) {
    if (typeof member !== "object" || member === null) continue;
    const name: unknown = Object.entries(member).find(([field]) => field === naming)?.[1];
    if (name !== undefined && seen.has(name))
      return `${pointerOf([...path, key])} has ${JSON.stringify(name).slice(0, 100)} twice`;
    seen.add(name);
  }
  return undefined;
}
