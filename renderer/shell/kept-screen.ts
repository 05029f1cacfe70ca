/** A window that is loaded anew shows the screen that it showed before. */
import { router } from "../lib/router.svelte.ts";
import type { Screen } from "../lib/screen.ts";

/** In the window's own store, which ends with it. */
const STORED_AS = "screen";

/** A page that crashed has kept nothing: its screen may be why. */
export function keepScreen(): void {
  const kept = sessionStorage.getItem(STORED_AS);
  sessionStorage.removeItem(STORED_AS);
  if (kept !== null) router.current = JSON.parse(kept) as Screen;
  window.addEventListener("pagehide", () => sessionStorage.setItem(STORED_AS, JSON.stringify(router.current)));
}
