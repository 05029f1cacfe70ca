import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig, type Plugin } from "vite";

/**
 * bits-ui wraps every item of its command list in `<div style="display: contents">`, which the
 * page's content security policy refuses (and says so for each list). The wrapper works without.
 */
const withoutInlineStyles: Plugin = {
  name: "without-inline-styles",
  enforce: "pre",
  transform: {
    filter: { id: /bits-ui\/dist\/bits\/command\/components\/command-[a-z-]+\.svelte$/ },
    handler: (code) => code.replaceAll(' style="display: contents;"', ""),
  },
};

export default defineConfig({
  base: "./",
  plugins: [withoutInlineStyles, svelte()],
  build: {
    outDir: "../dist/app/renderer",
    emptyOutDir: true,
    // The oldest Chromium the app runs on (Electron 33).
    target: "chrome130",
    // The page's content security policy allows no inline code and no data: modules.
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 2000,
  },
});
