/** Apart from the handlers, as workers need no schema. */

/** Languages of the built-in page, as tags (BCP 47). */
export const PAGE_LANGUAGES = ["en", "de", "fr", "es", "pt", "ja", "zh"] as const;
export type PageLanguage = (typeof PAGE_LANGUAGES)[number];
