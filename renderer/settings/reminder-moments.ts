/** The moments of which a window can remind, as people choose them. */

/** In the order of time. */
import { t } from "../../main/language/translate.ts";

const OFFERED = ["-P1D", "-PT1H", "-PT10M", "start", "end-PT10M", "end"];

/** `1 hour before the start`; the text itself where it is none of these. */
export function momentWords(moment: string): string {
  if (moment === "start") return t("At the start");
  if (moment === "end") return t("At the end");
  const parts = [...moment.matchAll(/(\d+)([DHM])/g)].map(([, number, unit]) => spanWords(Number(number), unit ?? ""));
  if (parts.length === 0) return moment;
  const time = parts.join(" ");
  return moment.startsWith("end") ? t("{time} before the end", { time }) : t("{time} before the start", { time });
}

function spanWords(count: number, unit: string): string {
  if (unit === "D") return t("{count, plural, one {# day} other {# days}}", { count });
  return unit === "H"
    ? t("{count, plural, one {# hour} other {# hours}}", { count })
    : t("{count, plural, one {# minute} other {# minutes}}", { count });
}

/** Those that are offered, and those that were chosen besides. */
export function momentsOf(chosen: readonly string[]): { moment: string; words: string }[] {
  return [...OFFERED, ...chosen.filter((moment) => !OFFERED.includes(moment))].map((moment) => ({
    moment,
    words: momentWords(moment),
  }));
}
