/**
 * A limit for others must not be spent by this process standing still: a virtual machine that is
 * frozen, a signal, a swapping disk. When it goes on, its timers are due before it has read what
 * the others have answered long since.
 */

const STEPS = 4;

/**
 * Calls `act` when this process has run for so long (ms), in steps: one that takes twice its time
 * or more is begun anew, a few times at most. Returns what calls it off.
 */
export function afterRunning(ms: number, act: () => void): () => void {
  const stepMs = ms / STEPS;
  let steps = STEPS;
  let pauses = STEPS;
  let timer: NodeJS.Timeout;
  const begin = (): void => {
    const begunAt = performance.now();
    timer = setTimeout(() => {
      const hasStoodStill = performance.now() - begunAt > 2 * stepMs;
      if (hasStoodStill && pauses > 0) pauses--;
      else steps--;
      if (steps > 0) begin();
      else act();
    }, stepMs);
  };
  begin();
  return () => clearTimeout(timer);
}
