/** The moments of which a window can remind, as people choose them. */

/** In the order of time. */
const OFFERED = ["-P1D", "-PT1H", "-PT10M", "start", "end-PT10M", "end"];

const UNITS = { D: "day", H: "hour", M: "minute" } as const;

/** `1 hour before the start`; the text itself where it is none of these. */
export function momentWords(moment: string): string {
  if (moment === "start") return "At the start";
  if (moment === "end") return "At the end";
  const side = moment.startsWith("end") ? "end" : "start";
  const parts = [...moment.matchAll(/(\d+)([DHM])/g)].map(([, number = "", unit]) => {
    const word = UNITS[unit as keyof typeof UNITS];
    return `${number} ${word}${number === "1" ? "" : "s"}`;
  });
  return parts.length === 0 ? moment : `${parts.join(" ")} before the ${side}`;
}

/** Those that are offered, and those that were chosen besides. */
export function momentsOf(chosen: readonly string[]): { moment: string; words: string }[] {
  return [...OFFERED, ...chosen.filter((moment) => !OFFERED.includes(moment))].map((moment) => ({
    moment,
    words: momentWords(moment),
  }));
}
