/** The language of the app: the one of the system, or the one chosen in the settings. */

/** English is what the code says itself; each other language has a catalogue. */
export const LANGUAGES = ["en", "de"] as const;
export type Language = (typeof LANGUAGES)[number];

/** For dates, numbers and lists. British English: the day before the month, 24 hours. */
const LOCALES: Record<Language, string> = { en: "en-GB", de: "de-DE" };

let chosen: Language | undefined;

/** The language of the app for a system with these languages (BCP 47), the preferred first. */
export function languageFor(systemLanguages: readonly string[]): Language {
  const tags = systemLanguages.map((tag) => tag.split("-")[0]?.toLowerCase());
  return LANGUAGES.find((known) => known === tags.find((tag) => LANGUAGES.some((one) => one === tag))) ?? "en";
}

/** Before anything is said: what was said before stays in the language it was said in. */
export function chooseLanguage(language: Language): void {
  chosen = language;
}

/** @throws where a sentence is made before the language is chosen, as a constant of a module is. */
export function currentLanguage(): Language {
  if (chosen === undefined) throw new Error("a sentence was made before the language of the app was chosen");
  return chosen;
}

/** BCP 47, for `Intl`. */
export function locale(): string {
  return LOCALES[currentLanguage()];
}
