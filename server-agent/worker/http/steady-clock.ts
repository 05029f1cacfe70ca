/**
 * Time for limits of connections. It goes on evenly, however the computer's clock is set: if that
 * jumped by an hour, everybody would seem to have been silent for an hour.
 */

/** Milliseconds since the epoch, as the clock was set when this process started. */
export function steadyNow(): number {
  return performance.timeOrigin + performance.now();
}
