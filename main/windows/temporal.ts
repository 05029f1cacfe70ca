/**
 * The calendar arithmetic of windows needs `Temporal`, which Node has from 26 on and Electron not
 * yet. Await this before anything of it is called.
 */
export async function loadTemporal(): Promise<void> {
  if (!("Temporal" in globalThis)) await import("temporal-polyfill/global");
}
