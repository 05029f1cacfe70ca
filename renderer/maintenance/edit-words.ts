import type { MaintenanceEdit } from "../../main/contract/agent.ts";
import { clock } from "../../main/contract/shared/clock.ts";

const NAMES: Record<MaintenanceEdit["fields"][number], string> = {
  until: "end",
  page: "page",
  root: "page",
  status: "status",
  retryAfter: "Retry-After",
  exceptions: "exceptions",
};

/** `end now 02:30`, `no end`, `page and exceptions`. */
export function editWords({ fields, until }: MaintenanceEdit, now: number): string {
  const end = until === undefined ? "no end" : `end now ${clock(until, now)}`;
  const others = new Set(fields.filter((field) => field !== "until").map((field) => NAMES[field]));
  return [...(fields.includes("until") ? [end] : []), ...others].join(", ");
}
