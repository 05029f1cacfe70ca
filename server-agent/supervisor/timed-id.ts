import { randomInt } from "node:crypto";

/**
 * `20260131-220000-4f9a1c`, for receipts and stages: sorts by time, can be read out, and cannot be
 * met by chance. `at` is ISO 8601.
 */
export function newTimedId(at: string): string {
  return idAt(at, randomInt(0x1000000));
}

/** So many ids of one moment, each another one, in the order in which they sort. */
export function newTimedIds(at: string, count: number): string[] {
  const first = randomInt(0x1000000 - count);
  return Array.from({ length: count }, (_, index) => idAt(at, first + index));
}

function idAt(at: string, number: number): string {
  const [day = "", time = ""] = at.replaceAll(/[-:]/g, "").split("T");
  return `${day}-${time.slice(0, 6)}-${number.toString(16).padStart(6, "0")}`;
}
