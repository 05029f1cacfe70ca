/** Which sites of the list are selected, and what can be done with them. */
import { SvelteSet } from "svelte/reactivity";
import { isClosable, type Site } from "../lib/sites.ts";
import type { SiteRow } from "./site-rows.ts";

export class SiteSelection {
  readonly #keys = new SvelteSet<string>();
  readonly #rows: () => readonly SiteRow[];
  readonly #sites: () => readonly Site[];
  /** Where a range begins that is selected with Shift. */
  #anchor = "";
  readonly chosen: readonly Site[] = $derived.by(() => this.#sites().filter(({ key }) => this.#keys.has(key)));

  /** @param sites all that are in the list @param rows as they are shown, for ranges */
  constructor(sites: () => readonly Site[], rows: () => readonly SiteRow[]) {
    this.#sites = sites;
    this.#rows = rows;
  }

  /** Those that can be put in maintenance. */
  get closable(): Site[] {
    return this.chosen.filter(isClosable);
  }

  /** Those that can be brought back. */
  get returnable(): Site[] {
    return this.chosen.filter(({ receipt, state }) => receipt !== undefined && state !== "unknown");
  }

  has(key: string): boolean {
    return this.#keys.has(key);
  }

  countIn(group: readonly Site[]): number {
    return group.filter(({ key }) => this.#keys.has(key)).length;
  }

  mark(group: readonly Site[], isSelected: boolean): void {
    for (const { key } of group) {
      if (isSelected) this.#keys.add(key);
      else this.#keys.delete(key);
    }
  }

  /** @param isRange everything from the site that was chosen before, too */
  markOne(site: Site, isSelected: boolean, isRange: boolean): void {
    const rows = this.#rows();
    const from = rows.findIndex(({ key }) => key === this.#anchor);
    const to = rows.findIndex(({ key }) => key === site.key);
    const between = isRange && from >= 0 ? rows.slice(Math.min(from, to), Math.max(from, to) + 1) : [];
    this.mark([site, ...between.flatMap((row) => (row.kind === "site" ? [row.site] : []))], isSelected);
    this.#anchor = site.key;
  }

  clear(): void {
    this.#keys.clear();
  }
}
