/** Turns by weight: `[3, 1]` makes 0, 0, 1, 0, and not 0, 0, 0, 1 (nginx's smooth round robin). */

/** @returns Positions in one round; empty where no weight is above 0. */
export function turnsOf(weights: readonly number[]): number[] {
  const divisor = weights.reduce(greatestCommonDivisor, 0);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const credits = weights.map(() => 0);
  const length = divisor === 0 ? 0 : total / divisor;
  return Array.from({ length }, () => {
    let best = 0;
    for (const [index, weight] of weights.entries()) {
      credits[index] = (credits[index] ?? 0) + weight;
      if ((credits[index] ?? 0) > (credits[best] ?? 0)) best = index;
    }
    credits[best] = (credits[best] ?? 0) - total;
    return best;
  });
}

function greatestCommonDivisor(one: number, other: number): number {
  return other === 0 ? one : greatestCommonDivisor(other, one % other);
}
