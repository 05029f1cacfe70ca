import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vite";

export default defineConfig({
  base: "./",
  plugins: [svelte()],
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
