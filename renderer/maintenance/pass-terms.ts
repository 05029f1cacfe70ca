/** Whom staff passes are for, and how long they last. Pure. */
import { t } from "../../main/language/translate.ts";

/** Hours, as a choice has them. */
export type PassHours = "1" | "4" | "24" | "168";

export interface PassTerms {
  names: readonly string[];
  hours: PassHours;
}

const HOUR_MS = 3_600_000;
/** As long as an agent takes. */
export const MAX_PASS_NAME_LENGTH = 100;
/** More are made afterwards. */
const MAX_NEW_PASSES = 50;

export function passLives(): { value: PassHours; label: string }[] {
  return [
    { value: "1", label: t("1 hour") },
    { value: "4", label: t("4 hours") },
    { value: "24", label: t("1 day") },
    { value: "168", label: t("1 week") },
  ];
}

/** Names separated by commas or lines: people have more than one word. */
export function passNames(typed: string): string[] {
  return [...new Set(typed.split(/[,;\n]+/).map((name) => name.trim()))].filter((name) => name !== "");
}

/** What is wrong with names, `undefined` where nothing is. */
export function passNamesProblem(typed: string): string | undefined {
  const names = passNames(typed);
  if (names.length > MAX_NEW_PASSES)
    return t("Name {max} people at most; more passes can be made once the site is closed.", { max: MAX_NEW_PASSES });
  return names.some(({ length }) => length > MAX_PASS_NAME_LENGTH)
    ? t("A name has {max} characters at most.", { max: MAX_PASS_NAME_LENGTH })
    : undefined;
}

/** ISO 8601. @param now epoch milliseconds */
export function endOfPass({ hours }: PassTerms, now: number): string {
  return new Date(now + Number(hours) * HOUR_MS).toISOString();
}
