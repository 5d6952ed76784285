// The map of points as one document: script and style inside it, a place for the points. Made beside the page; Python and the
// page fill the place (`pictures.export_map`, `lib/points/document`).
import { copyFileSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vite";

const OUT = "../src/tokenspace/studio/static";
const NAME = "point-map.html";
const ASSET = "../src/tokenspace/assets/point_map.html";

function oneDocument() {
  return {
    name: "one-document",
    enforce: "post",
    generateBundle(_options, bundle) {
      let script = "";
      let style = "";
      for (const [name, file] of Object.entries(bundle)) {
        if (file.type === "chunk") script += file.code;
        else if (name.endsWith(".css")) style += file.source;
        delete bundle[name];
      }
      // What would end the element early; inside strings and patterns the two are the same.
      const safe = script.replace(/<\/(script)/gi, "<\\/$1").replace(/<!--/g, "<\\!--");
      const policy = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:";
      const source =
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n' +
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n' +
        `<meta http-equiv="Content-Security-Policy" content="${policy}">\n<meta name="color-scheme" content="light dark">\n` +
        `<title>%TITLE%</title>\n<style>${style}</style>\n</head>\n<body>\n` +
        `<script type="application/json" id="tokenspace-map">%MAP%</script>\n<script>${safe}</script>\n</body>\n</html>\n`;
      this.emitFile({ type: "asset", fileName: NAME, source });
    },
    writeBundle() {
      mkdirSync(dirname(ASSET), { recursive: true });
      copyFileSync(`${OUT}/${NAME}`, ASSET);
    },
  };
}

export default defineConfig({
  plugins: [svelte(), oneDocument()],
  build: {
    outDir: OUT,
    emptyOutDir: false,
    copyPublicDir: false,
    target: "es2022",
    assetsInlineLimit: 1 << 20,
    cssCodeSplit: false,
    reportCompressedSize: false,
    lib: { entry: "src/standalone/main.ts", formats: ["iife"], name: "map", fileName: () => "map.js" },
  },
});
