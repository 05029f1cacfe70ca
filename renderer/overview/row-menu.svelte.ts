/** Whose menu is open in the list of sites, and where. */
import type { Site } from "../lib/sites.ts";

export class RowMenu {
  site: Site | undefined = $state.raw();
  anchor: HTMLElement | { getBoundingClientRect: () => DOMRect } | undefined = $state.raw();
  /** What gets the focus back. */
  from: HTMLElement | undefined;

  openBelow(button: HTMLElement, of: Site): void {
    this.from = button;
    this.anchor = button;
    this.site = of;
  }

  /** At the pointer, or at what has the focus when the menu key was pressed. */
  openAt(event: MouseEvent, of: Site): void {
    event.preventDefault();
    this.from = event.target instanceof HTMLElement ? event.target : undefined;
    const { clientX, clientY } = event;
    this.anchor = { getBoundingClientRect: () => new DOMRect(clientX, clientY, 0, 0) };
    this.site = of;
  }

  close(): void {
    this.site = undefined;
  }
}
