/** The languages that people can choose, each in its own words. */
import type { Language } from "./language.ts";
import { t } from "./translate.ts";

export const LANGUAGE_CHOICES: readonly (readonly [Language | "system", () => string])[] = [
  ["system", () => t("As the system")],
  ["en", () => "English"],
  ["de", () => "Deutsch"],
];
