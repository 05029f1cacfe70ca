import { UsageError } from "./usage-error.ts";

const DURATION = /^(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m(?:in)?)?$/;

/**
 * `--until`: a time with zone (`2030-01-31T23:00Z`, `2026-02-01T00:00:00+01:00`) or a duration from
 * now (`45m`, `2h`, `1h30m`, `1d`). Returns ISO 8601 in UTC. @throws {UsageError} also for a time
 * that is over
 */
export function parseUntil(text: string, now: Date): string {
  const found = DURATION.exec(text);
  if (found !== null && text !== "") {
    const [, days = "0", hours = "0", minutes = "0"] = found;
    return new Date(
      now.getTime() + ((Number(days) * 24 + Number(hours)) * 60 + Number(minutes)) * 60_000,
    ).toISOString();
  }
  const time = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/.test(text)
    ? Date.parse(text)
    : Number.NaN;
  if (Number.isNaN(time))
    throw new UsageError(
      `--until ${text}: use a time with a time zone, like 2030-01-31T23:00Z, or a duration like 45m, 2h or 1h30m`,
    );
  if (time <= now.getTime())
    throw new UsageError(`--until ${text} is in the past: use a later time, or a duration like 45m`);
  return new Date(time).toISOString();
}
