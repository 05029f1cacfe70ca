/**
 * What a person is told when a window is not planned, changed or removed on all of its servers.
 * Pure.
 */
import type { Failure } from "../contract/failures.ts";
import { listOf } from "../language/formats.ts";
import { type PlainMessage, t } from "../language/translate.ts";

export interface Part {
  name: string;
  /** Why it did not go on here. */
  failure: Failure | undefined;
  /** Why it could not be undone here. */
  left: Failure | undefined;
}

/** @param nothing “Nothing was planned on any server.” */
export function failureOf(nothing: PlainMessage, parts: readonly Part[]): Failure {
  const failed = parts.filter((part) => part.failure !== undefined);
  const first = failed[0]?.failure ?? { code: "internal" as const, message: t("No server said why.") };
  if (parts.length === 1 && parts[0]?.left === undefined) return first;
  const why = failed.map(({ name, failure }) => `${name}: ${failure?.message ?? ""}`).join("\n");
  const left = parts.filter((part) => part.left !== undefined);
  if (left.length > 0) {
    const where = left.map(({ name, left: reason }) => `${name}: ${reason?.message ?? ""}`).join("\n");
    return {
      code: "windows.partial",
      message: `${why}\n${t("It could not be reverted on {servers}.", { servers: listOf(left.map(({ name }) => name)) })}\n${where}`,
    };
  }
  return { ...first, message: `${t(nothing)}\n${why}` };
}
