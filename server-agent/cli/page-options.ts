/** The options of the command line for the built-in page. */
import type { PageContent } from "../contract/handler.ts";
import { PAGE_LANGUAGES, type PageLanguage } from "../contract/page-language.ts";
import { UsageError } from "./usage-error.ts";

const one = { type: "string" } as const;
const many = { type: "string", multiple: true } as const;

export const PAGE_OPTIONS = {
  title: one,
  text: one,
  contact: one,
  colour: one,
  language: one,
  "title-in": many,
  "text-in": many,
} as const;

interface Values {
  title?: string | undefined;
  text?: string | undefined;
  contact?: string | undefined;
  colour?: string | undefined;
  language?: string | undefined;
  "title-in"?: string[] | undefined;
  "text-in"?: string[] | undefined;
}

/** Only what was given. @throws {UsageError} */
export function pageWords(values: Values): PageContent {
  const { title, text, contact, colour, language } = values;
  const languages: NonNullable<PageContent["languages"]> = {};
  for (const field of ["title", "text"] as const)
    for (const [tag, words] of (values[`${field}-in`] ?? []).map(wordsIn))
      languages[tag] = { ...languages[tag], [field]: words };
  return {
    ...(title === undefined ? {} : { title }),
    ...(text === undefined ? {} : { text }),
    ...(contact === undefined ? {} : { contact }),
    ...(colour === undefined ? {} : { colour }),
    ...(language === undefined ? {} : { language: languageOf(language) }),
    ...(Object.keys(languages).length === 0 ? {} : { languages }),
  };
}

function wordsIn(given: string): [PageLanguage, string] {
  const at = given.indexOf("=");
  if (at < 0) throw new UsageError(`use LANG=TEXT, like de=Gleich zurück, not \`${given}\``);
  return [languageOf(given.slice(0, at)), given.slice(at + 1)];
}

function languageOf(tag: string): PageLanguage {
  const found = PAGE_LANGUAGES.find((language) => language === tag);
  if (found === undefined) throw new UsageError(`${tag}: the page supports only ${PAGE_LANGUAGES.join(", ")}`);
  return found;
}
