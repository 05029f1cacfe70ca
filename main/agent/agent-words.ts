/** Cleans the texts in what an agent sends, before anybody reads them. */
import { plainText } from "../text/plain-text.ts";

/** Of a text that somebody reads: a reason, a title, a warning. */
const MAX_TEXT_LENGTH = 4000;
/**
 * Documents are handed on as they are, because they are written back (`sites` of a window are
 * options); nothing of `metrics` but numbers is shown.
 */
const AS_IT_IS = new Set(["config", "before", "after", "operations", "inverse", "options", "metrics", "sites"]);

/**
 * Makes every text in what an agent said one that can be read (`plainText`), in place. What it gets
 * was parsed just now and is nobody else's; its depth is bounded.
 */
export function tidy<T>(said: T): T {
  if (typeof said !== "object" || said === null) return said;
  const values = said as Record<string, unknown>;
  for (const key of Object.keys(values)) {
    const value = values[key];
    if (typeof value === "string") {
      const plain = plainText(value, MAX_TEXT_LENGTH);
      if (plain !== value) values[key] = plain;
    } else if (!AS_IT_IS.has(key)) tidy(value);
  }
  return said;
}
