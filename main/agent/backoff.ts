/**
 * Milliseconds to wait before the next attempt: doubles from a half second to `longestMs`, then
 * spread over the upper half, so that many sessions that broke together do not come back together.
 *
 * @param attempt number of attempts that failed in a row, from 1.
 * @param random in [0, 1).
 */
export function backoffMs(attempt: number, random: number, longestMs: number): number {
  const full = Math.min(longestMs, 500 * 2 ** Math.min(attempt - 1, 20));
  return Math.round(full * (0.5 + random / 2));
}
