/** In which language a visitor gets the built-in page. */
import type { MaintenanceHandler } from "../../contract/handler.ts";
import { PAGE_LANGUAGES, type PageLanguage } from "../../contract/page-language.ts";

/** More preferences tell nothing new. */
const MAX_RANGES = 20;

/** The one for whoever names none that the page has. */
export function defaultLanguage({ page }: Pick<MaintenanceHandler, "page">): PageLanguage {
  return (typeof page === "object" ? page.language : undefined) ?? "en";
}

/**
 * Where the operator has written words, only the languages that they are in: nobody gets a page
 * half in one language and half in another.
 */
export function languagesOf({ page }: Pick<MaintenanceHandler, "page">): readonly PageLanguage[] {
  if (typeof page !== "object") return PAGE_LANGUAGES;
  const { title, text, languages = {} } = page;
  if (title === undefined && text === undefined) return PAGE_LANGUAGES;
  const own = defaultLanguage({ page });
  return PAGE_LANGUAGES.filter((language) => language === own || languages[language] !== undefined);
}

/**
 * The language that the visitor's `Accept-Language` likes best (RFC 9110, 12.5.4) of those that the
 * page has: `de-AT` is served with `de` (lookup, RFC 4647, 3.4). Of those liked alike, the first.
 */
export function chooseLanguage(
  accept: string | undefined,
  available: readonly PageLanguage[],
  otherwise: PageLanguage,
): PageLanguage {
  if (accept === undefined || accept === "") return otherwise;
  const ranges = accept
    .split(",", MAX_RANGES)
    .map(parseRange)
    .filter(({ weight }) => weight >= 0);
  const unwanted = new Set(ranges.filter(({ weight }) => weight === 0).map(({ language }) => language));
  for (const { language, weight } of ranges.toSorted((one, other) => other.weight - one.weight)) {
    if (weight === 0) break;
    const found =
      language === "*"
        ? [otherwise, ...available].find((candidate) => !unwanted.has(candidate))
        : available.find((candidate) => candidate === language);
    if (found !== undefined) return found;
  }
  return otherwise;
}

interface Range {
  /** Primary subtag in lower case, or `*`. */
  language: string;
  /** Below 0: malformed. */
  weight: number;
}

function parseRange(text: string): Range {
  const [, language = "", weight = "1"] =
    /^\s*(\*|[a-z]{1,8})(?:-[a-z0-9-]{0,70})?\s*(?:;\s*q\s*=\s*([01](?:\.\d{0,3})?)\s*)?$/i.exec(text) ?? [];
  const value = Number(weight);
  return { language: language.toLowerCase(), weight: language === "" || value > 1 ? -1 : value };
}
