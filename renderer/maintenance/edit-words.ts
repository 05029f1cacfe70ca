import { t } from "../../main/language/translate.ts";
import type { MaintenanceEdit } from "../../main/contract/agent.ts";
import { clock } from "../../main/contract/shared/clock.ts";

function nameOf(field: MaintenanceEdit["fields"][number]): string {
  switch (field) {
    case "until":
      return t("end");
    case "page":
    case "root":
      return t("page");
    case "status":
      return t("status");
    case "retryAfter":
      return "Retry-After";
    case "exceptions":
      return t("exceptions");
  }
}

/** `end now 02:30`, `no end`, `page and exceptions`. */
export function editWords({ fields, until }: MaintenanceEdit, now: number): string {
  const end = until === undefined ? t("no end") : t("end now {time}", { time: clock(until, now) });
  const others = new Set(fields.filter((field) => field !== "until").map(nameOf));
  return [...(fields.includes("until") ? [end] : []), ...others].join(", ");
}
