/** The page of a folder listing as text; pure. */
import { encodeName, showName } from "../../core/routing/file-path.ts";

export interface ListedEntry {
  /** From `textOfName`. */
  readonly name: string;
  readonly folder: boolean;
  /** Size of a file. */
  readonly bytes: number;
  /** Epoch milliseconds. */
  readonly modified: number;
}

const STYLE =
  ":root{color-scheme:light dark}body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}h1{font-size:1.25rem;overflow-wrap:anywhere}" +
  "table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.25rem .75rem .25rem 0;border-bottom:1px solid color-mix(in srgb,currentColor 15%,transparent)}" +
  "td:first-child{overflow-wrap:anywhere}.n{text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}";

/**
 * @param path Of the folder, from `filePathOf`; ends with `/`.
 * @param complete False when the folder has more entries than are shown.
 */
export function renderListing(path: string, entries: readonly ListedEntry[], complete: boolean): string {
  const title = `Index of ${escapeHtml(showName(path))}`;
  const rows = entries.map(renderRow);
  if (path !== "/") rows.unshift('<tr><td><a href="../">../</a></td><td class="n"></td><td class="n"></td></tr>');
  return (
    `<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${title}</title><style>${STYLE}</style></head>\n` +
    `<body><h1>${title}</h1>\n<table><thead><tr><th scope="col">Name</th><th scope="col" class="n">Size</th><th scope="col" class="n">Modified (UTC)</th></tr></thead>\n<tbody>\n` +
    `${rows.join("\n")}\n</tbody></table>\n${complete ? "" : `<p>Only ${String(entries.length)} entries are shown.</p>\n`}</body></html>\n`
  );
}

function renderRow({ name, folder, bytes, modified }: ListedEntry): string {
  const shown = showName(name) + (folder ? "/" : "");
  // `./` keeps a name with a colon from being read as a scheme.
  const href = `./${encodeName(name)}${folder ? "/" : ""}`;
  const date = new Date(modified).toISOString();
  return `<tr><td><a href="${href}">${escapeHtml(shown)}</a></td><td class="n">${folder ? "" : formatBytes(bytes)}</td><td class="n">${date.slice(0, 10)} ${date.slice(11, 16)}</td></tr>`;
}

function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${String(bytes)} B`;
  const units = ["kB", "MB", "GB", "TB", "PB"];
  let value = bytes / 1000;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${value < 9.95 ? value.toFixed(1) : value.toFixed(0)} ${units[unit] ?? ""}`;
}

const ESCAPES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ESCAPES[character] ?? character);
}
