import { listOf, quote } from "./wording.ts";

/** Longer names are no slips of the hand, and the time for each grows with its length. */
const MAX_NAME_LENGTH = 40;
/** Comparing each of many unknown names with many known ones would take quadratic time. */
const MAX_COMPARED_NAMES = 200;
/**
 * After so many problems, nobody reads further suggestions, and each takes time in proportion to
 * the document.
 */
const MAX_SUGGESTIONS = 20;

/**
 * What to write instead of a name that is not among the known ones; undefined when there is nothing
 * to propose.
 */
export function suggestName(name: string, known: () => readonly string[], problemsBefore: number): string | undefined {
  if (problemsBefore > MAX_SUGGESTIONS) return undefined;
  const names = known();
  const nearest = nearestName(name, names);
  if (nearest !== undefined) return `did you mean ${quote(nearest)}?`;
  return names.length === 0 ? undefined : `use ${listOf(names.map(quote))}`;
}

/** The known name that was probably meant, undefined when none is near. */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  if (name.length > MAX_NAME_LENGTH) return undefined;
  const wanted = name.toLowerCase();
  let nearest: string | undefined;
  let least = Math.max(1, Math.floor(name.length / 3)) + 1;
  for (const candidate of known.slice(0, MAX_COMPARED_NAMES)) {
    if (Math.abs(candidate.length - name.length) >= least) continue;
    const distance = editDistance(wanted, candidate.toLowerCase());
    if (distance < least) {
      least = distance;
      nearest = candidate;
    }
  }
  return nearest;
}

/**
 * Insertions, deletions, replacements and swaps of neighbours that lead from one text to the other.
 */
function editDistance(from: string, to: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let row = 1; row <= from.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= to.length; column += 1) {
      const replaced = (last[column - 1] ?? 0) + (from[row - 1] === to[column - 1] ? 0 : 1);
      const swapped =
        from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1]
          ? (beforeLast[column - 2] ?? Infinity) + 1
          : Infinity;
      current.push(Math.min((last[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1, replaced, swapped));
    }
    beforeLast = last;
    last = current;
  }
  return last[to.length] ?? 0;
}
