/** Counted nouns, and words that go by a count. Pure; for the page and the main process. */

/** `1 site`, `1,204 sites`. @param many where it is more than an s: `aliases`, `sites are` */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString("en")} ${agreeing(count, one, many)}`;
}

/** The word alone, where the number is elsewhere: `is` or `are`. */
export function agreeing(count: number, one: string, many: string): string {
  return count === 1 ? one : many;
}
