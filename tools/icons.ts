/**
 * Draws the app icon and the tray's pictures as PNG from their SVG sources with `rsvg-convert`
 * (Debian package librsvg2-bin). Run by hand after a change of `assets/icon.svg` or of the sign
 * below; the PNGs are committed: `node tools/icons.ts`.
 */
import { execFileSync } from "node:child_process";
import { join } from "node:path";

const assets = join(import.meta.dirname, "../assets");

function draw(svg: string, size: number, file: string): void {
  execFileSync("rsvg-convert", ["--width", String(size), "--height", String(size), "--output", join(assets, file)], {
    input: svg,
  });
}

/**
 * What hangs on the sign: a tick while all is live, the hands of a clock in maintenance, an
 * exclamation mark when a server is lost. A form each, not a colour alone.
 */
const LOOKS = {
  live: { light: "#197741", dark: "#4fc57f", mark: '<path d="m11.500 19.800 3.200 3.200 6-6.400"/>' },
  maintenance: { light: "#b36b00", dark: "#ffb547", mark: '<path d="M16 15.500v4.700l3.300 2"/>' },
  failed: { light: "#b3261e", dark: "#ff8a80", mark: '<path d="M16 15.200v5M16 24.400v.1"/>' },
} as const;

/** `light` and `dark` are the panel's colours. */
function sign(look: keyof typeof LOOKS, panel: "light" | "dark"): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32" fill="none" stroke-linecap="round" stroke-linejoin="round">
<path d="M16 3v3M8 11.500 16 6l8 5.500" stroke="${panel === "light" ? "#5d6675" : "#c5ccd8"}" stroke-width="2.400"/>
<rect x="2" y="11" width="28" height="18" rx="4.500" fill="${LOOKS[look][panel]}"/>
<g stroke="${panel === "light" ? "#ffffff" : "#14161a"}" stroke-width="2.800">${LOOKS[look].mark}</g></svg>`;
}

execFileSync("rsvg-convert", [
  "--width",
  "512",
  "--height",
  "512",
  "--output",
  join(assets, "icon.png"),
  join(assets, "icon.svg"),
]);
for (const look of ["live", "maintenance", "failed"] as const)
  for (const panel of ["light", "dark"] as const)
    for (const size of [16, 22, 32]) draw(sign(look, panel), size, `tray/${look}-${panel}-${String(size)}.png`);
