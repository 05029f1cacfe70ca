import { UsageError } from "./usage-error.ts";

/** What is no number would travel as null, and an empty text as 0. @throws {UsageError} */
export function wholeNumber(option: string, text: string, alternative = ""): number {
  if (!/^\d+$/.test(text)) throw new UsageError(`${option} must be a whole number${alternative}, not \`${text}\``);
  return Number(text);
}

/** @throws {UsageError} */
export function onlySite(positionals: readonly string[]): string {
  const [site, ...more] = positionals;
  if (site === undefined || more.length > 0) throw new UsageError("name one SITE (the id of its virtual host)");
  return site;
}
