/**
 * Positions of a longest strictly increasing subsequence: what may stay in place when a list is
 * reordered, so that the fewest entries have to move. O(n log n).
 */
export function longestIncreasing(values: readonly number[]): Set<number> {
  /** `tails[k]`: position of the smallest value that ends an increasing run of k + 1. */
  const tails: number[] = [];
  const previous: (number | undefined)[] = [];
  for (const [position, value] of values.entries()) {
    let low = 0;
    let high = tails.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((values[tails[middle] ?? -1] ?? 0) < value) low = middle + 1;
      else high = middle;
    }
    previous.push(low === 0 ? undefined : tails[low - 1]);
    tails[low] = position;
  }
  const chosen = new Set<number>();
  for (let position = tails.at(-1); position !== undefined; position = previous[position]) chosen.add(position);
  return chosen;
}
