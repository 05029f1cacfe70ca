/** Dates and numbers in the language of the app. */
import { locale } from "./language.ts";

const dates = new Map<string, Intl.DateTimeFormat>();
const numbers = new Map<string, Intl.NumberFormat>();

/** Made once for each language: making one takes long. */
export function dateFormat(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${locale()} ${JSON.stringify(options)}`;
  let format = dates.get(key);
  if (format === undefined) dates.set(key, (format = new Intl.DateTimeFormat(locale(), options)));
  return format;
}

/** With as many decimals, and with thousands apart. */
export function decimal(value: number, digits = 0): string {
  const key = `${locale()} ${String(digits)}`;
  let format = numbers.get(key);
  if (format === undefined) {
    const options = { minimumFractionDigits: digits, maximumFractionDigits: digits };
    numbers.set(key, (format = new Intl.NumberFormat(locale(), options)));
  }
  return format.format(value);
}

/** `a, b and c`. */
export function listOf(words: readonly string[], type: "conjunction" | "disjunction" = "conjunction"): string {
  return new Intl.ListFormat(locale(), { type }).format(words);
}
