import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vitest/config";

export default defineConfig({
  plugins: [svelte()],
  // Relative addresses: the page also works below a prefix.
  base: "./",
  build: {
    outDir: "../src/tokenspace/studio/static",
    emptyOutDir: true,
    target: "es2022",
    // No inlined assets: the Content-Security-Policy allows files of this server only.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  test: { include: ["src/**/*.test.ts"], environment: "node", css: true },
});
