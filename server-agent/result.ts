/**
 * Expected outcomes are values: what was done, or why it was refused. Only programming faults are
 * thrown.
 */
import type { AdminError, ErrorCode } from "./contract/errors.ts";

export interface Refusal {
  code: ErrorCode;
  /** For a person; names the field and the way out. */
  message: string;
  details: AdminError["details"];
}

export type Result<T> = { ok: true; value: T } | { ok: false; refusal: Refusal };

export function done<T>(value: T): { ok: true; value: T } {
  return { ok: true, value };
}

export function refuse(
  code: ErrorCode,
  message: string,
  details: AdminError["details"] = {},
): { ok: false; refusal: Refusal } {
  return { ok: false, refusal: { code, message, details } };
}
