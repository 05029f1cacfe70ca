import type { VirtualHost } from "../../contract/config.ts";

/** The site's own page for a status: that of the status, of its class, or the default. */
export function errorPageFor(pages: VirtualHost["errorPages"], status: number): string | undefined {
  return pages?.[String(status)] ?? pages?.[`${String(Math.trunc(status / 100))}xx`] ?? pages?.default;
}
