/**
 * How many entries two lists have in common at the start and at the end, as the very same objects.
 * A switch changes a few of many thousand virtual hosts, and has the others from the document
 * before: whoever compares the two looks at what is between.
 */
export function commonEnds<T>(before: readonly T[], after: readonly T[]): { start: number; end: number } {
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && before[start] === after[start]) start += 1;
  let end = 0;
  while (end < shorter - start && before[before.length - 1 - end] === after[after.length - 1 - end]) end += 1;
  return { start, end };
}
