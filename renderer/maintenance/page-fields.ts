/** The built-in page as fields of a form, and back: its words by language, logo, colour. Pure. */
import type { PageContent, PageLanguage } from "../../main/contract/agent.ts";
import { locale } from "../../main/language/language.ts";
import { PAGE_WORDS } from "../../server-agent/core/maintenance/page-words.ts";

interface Words {
  title: string;
  text: string;
  contact: string;
}

export interface PageFields extends Words {
  /** Of the words above, and for visitors who name none that the page has. */
  language: PageLanguage;
  /** The words in further languages; what is empty is what the page says by itself. */
  translations: (Words & { language: PageLanguage })[];
  logo: string | null;
  /** As it was typed; empty: the page's own. */
  colour: string;
}

const LANGUAGES = Object.keys(PAGE_WORDS) as PageLanguage[];
const DEFAULT_LANGUAGE: PageLanguage = "en";

export function languageName(language: PageLanguage): string {
  return new Intl.DisplayNames([locale()], { type: "language" }).of(language) ?? language;
}

/** Those that have no words yet. */
export function unusedLanguages({ language, translations }: PageFields): PageLanguage[] {
  return LANGUAGES.filter((each) => each !== language && translations.every((other) => other.language !== each));
}

/** `#0a7d5c` of `0A7D5C` or `#0a7`; `undefined` where it is no colour. */
export function colourOf(typed: string): string | undefined {
  const [, digits = ""] = /^#?([0-9a-f]{6}|[0-9a-f]{3})$/i.exec(typed.trim()) ?? [];
  if (digits === "") return undefined;
  return `#${digits.length === 3 ? digits.replaceAll(/./g, "$&$&") : digits}`.toLowerCase();
}

export function fieldsOfPage(page: PageContent | "default" | undefined): PageFields {
  const { logo = null, colour = "", language = DEFAULT_LANGUAGE, languages = {}, ...written } = contentIn(page);
  const own = languages[language];
  return {
    // Words for its own language among the others are those that visitors get.
    ...wordsOf(own === undefined ? written : { contact: written.contact, ...own }),
    language,
    translations: LANGUAGES.filter((each) => each !== language).flatMap((each) => {
      const words = languages[each];
      return words === undefined ? [] : [{ language: each, ...wordsOf(words) }];
    }),
    logo,
    colour,
  };
}

function contentIn(page: PageContent | "default" | undefined): PageContent {
  return typeof page === "object" ? page : {};
}

function wordsOf({ title = "", text = "", contact = "" }: Partial<Record<keyof Words, string | undefined>>): Words {
  return { title, text, contact };
}

export function pageOf(fields: PageFields): PageContent | "default" {
  const { language, translations } = fields;
  const content = {
    ...written(fields),
    logo: fields.logo ?? undefined,
    colour: colourOf(fields.colour),
    language: language === DEFAULT_LANGUAGE ? undefined : language,
    languages:
      translations.length === 0
        ? undefined
        : Object.fromEntries(translations.map((words) => [words.language, written(words)])),
  } satisfies Record<Exclude<keyof PageContent, keyof Words>, unknown>;
  const chosen: PageContent = Object.fromEntries(Object.entries(content).filter(([, value]) => value !== undefined));
  return Object.keys(chosen).length === 0 ? "default" : chosen;
}

function written({ title, text, contact }: Words): Partial<Words> {
  const words = Object.entries({ title, text, contact }).map(([field, value]) => [field, value.trim()] as const);
  return Object.fromEntries(words.filter(([, value]) => value !== ""));
}
