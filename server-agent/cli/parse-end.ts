import type { MaintenanceChange } from "../contract/maintenance-change.ts";
import { parseUntil } from "./parse-until.ts";
import { UsageError } from "./usage-error.ts";

const STEP = /^([+-])(?:(\d{1,3})h)?(?:(\d{1,5})m(?:in)?)?$/;
const CLOCK = /^([01]?\d|2[0-3]):([0-5]\d)$/;

/**
 * Another end: `+30m` or `-1h30m` from the planned one, `23:30` by this machine's clock (the next
 * time it shows that), `none`, or what `--until` takes. @throws {UsageError}
 */
export function parseEnd(text: string, now: Date): Pick<MaintenanceChange, "until" | "minutes"> {
  if (text === "none") return { until: null };
  const [, sign, hours = "0", minutes = "0"] = STEP.exec(text) ?? [];
  if (sign !== undefined) {
    const size = Number(hours) * 60 + Number(minutes);
    if (size === 0) throw new UsageError(`${text}: use a step like +30m, -15m or +1h30m`);
    return { minutes: sign === "-" ? -size : size };
  }
  const [, hour, minute] = CLOCK.exec(text) ?? [];
  if (hour !== undefined) {
    const next = new Date(now);
    next.setHours(Number(hour), Number(minute), 0, 0);
    if (next <= now) next.setDate(next.getDate() + 1);
    return { until: next.toISOString() };
  }
  return { until: parseUntil(text, now) };
}
