import { t } from "../../language/translate.ts";

/** By how much an end is moved with one press, wherever that is offered. */
export const EXTENSION_MINUTES = 15;

export function extendLabel(): string {
  return t("Extend {minutes} min", { minutes: EXTENSION_MINUTES });
}
