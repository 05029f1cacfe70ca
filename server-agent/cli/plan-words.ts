import type { Plan } from "../contract/maintenance.ts";
import { count } from "./count.ts";

export function describePlan({ steps, warnings, changes }: Plan): string {
  return [
    ...steps.map(({ title, detail }, index) => `${index + 1}. ${title}: ${detail}`),
    ...warnings.map(describeWarning),
    `${count(changes.length, "change")} planned; nothing was changed`,
    "",
  ].join("\n");
}

/** With the option that helps, where there is one. */
export function describeWarning({ code, message }: Plan["warnings"][number]): string {
  return `warning: ${message}${code === "acme-not-excepted" ? " Add --except-path '/.well-known/acme-challenge/*'." : ""}`;
}
