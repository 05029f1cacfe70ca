/**
 * What a person is told when a window is not planned, changed or removed on all of its servers.
 * Pure.
 */
import type { Failure } from "../contract/failures.ts";

export interface Part {
  name: string;
  /** Why it did not go on here. */
  failure: Failure | undefined;
  /** Why it could not be undone here. */
  left: Failure | undefined;
}

/** @param nothing “Nothing was planned” */
export function failureOf(nothing: string, parts: readonly Part[]): Failure {
  const failed = parts.filter((part) => part.failure !== undefined);
  const first = failed[0]?.failure ?? { code: "internal" as const, message: "No server said why." };
  if (parts.length === 1 && parts[0]?.left === undefined) return first;
  const why = failed.map(({ name, failure }) => `${name}: ${failure?.message ?? ""}`).join("\n");
  const left = parts.filter((part) => part.left !== undefined);
  if (left.length > 0) {
    const where = left.map(({ name, left: reason }) => `${name}: ${reason?.message ?? ""}`).join("\n");
    return {
      code: "windows.partial",
      message: `${why}\nIt could not be reverted on ${listed(left.map(({ name }) => name))}.\n${where}`,
    };
  }
  return { ...first, message: `${nothing} on any server.\n${why}` };
}

/** `web-1, web-2 and web-3` */
function listed(names: readonly string[]): string {
  return names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names.at(-1) ?? ""}`;
}
