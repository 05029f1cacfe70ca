/**
 * What two documents have in common as the very same objects. A switch changes a few of many
 * thousand virtual hosts and takes the others over from the document before: whoever compares the
 * two looks at the rest only.
 */
import type { Config } from "../../contract/config.ts";

/** How many entries two lists share at the start, and at the end. */
export function commonEnds<T>(before: readonly T[], after: readonly T[]): { start: number; end: number } {
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && before[start] === after[start]) start += 1;
  let end = 0;
  while (end < shorter - start && before[before.length - 1 - end] === after[after.length - 1 - end]) end += 1;
  return { start, end };
}

/** What stands in `after` between the entries that both lists share, each with its index. */
export function unshared<T>(before: readonly T[], after: readonly T[]): [index: number, entry: T][] {
  const { start, end } = commonEnds(before, after);
  return after.slice(start, after.length - end).map((entry, place) => [start + place, entry]);
}

/** Whether all but the virtual hosts is the same, in the same order of keys. */
export function sharesRest(before: Config, after: Config): boolean {
  const keys = Object.keys(before) as (keyof Config)[];
  const keysAfter = Object.keys(after);
  return (
    keys.length === keysAfter.length &&
    keys.every((key, index) => key === keysAfter[index] && (key === "virtualHosts" || before[key] === after[key]))
  );
}

/**
 * Whether two documents are the same as text, down to the order of keys. What they share as the
 * very same virtual hosts is not written down for that.
 */
export function isSameText(first: Config, second: Config): boolean {
  const { start, end } = commonEnds(first.virtualHosts, second.virtualHosts);
  const differing = (config: Config): string =>
    JSON.stringify({ ...config, virtualHosts: config.virtualHosts.slice(start, config.virtualHosts.length - end) });
  return differing(first) === differing(second);
}
