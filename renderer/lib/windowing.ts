/** Which rows of a long list are in view, so that only these are drawn. Pure. */

/** Where each row begins, in pixels; one entry more than rows, the last is the whole height. */
export function offsetsOf<T>(rows: readonly T[], heightOf: (row: T) => number): number[] {
  const offsets = [0];
  let top = 0;
  for (const row of rows) offsets.push((top += heightOf(row)));
  return offsets;
}

/**
 * The rows that touch `top`…`top + height`, and `spare` more on either side: from `first` up to,
 * not including, `end`.
 */
export function inView(
  offsets: readonly number[],
  top: number,
  height: number,
  spare: number,
): { first: number; end: number } {
  const rows = offsets.length - 1;
  const first = lastAtOrAbove(offsets, top);
  const last = lastAtOrAbove(offsets, top + height);
  return { first: Math.max(0, first - spare), end: Math.min(rows, last + 1 + spare) };
}

/**
 * The new scroll position that shows a row as a whole; the old one when it is in view already.
 * `hidden` pixels at the top are covered by a heading.
 */
export function scrollFor(
  offsets: readonly number[],
  row: number,
  top: number,
  height: number,
  hidden: number,
): number {
  const start = offsets[row] ?? 0;
  const end = offsets[row + 1] ?? start;
  if (start < top) return start;
  return end > top + height - hidden ? end - height + hidden : top;
}

/** Index of the last offset that is not greater than `position`. */
function lastAtOrAbove(offsets: readonly number[], position: number): number {
  let low = 0;
  let high = offsets.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((offsets[middle] ?? 0) <= position) low = middle;
    else high = middle - 1;
  }
  return low;
}
