// Bundles the page code: node build.ts FOLDER
//
// Classic scripts, because a page opened from disk cannot load modules.
import { copyFileSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const out = process.argv[2] ?? join(here, "dist");
const site = join(here, "src", "site");

mkdirSync(out, { recursive: true });
await build({
  entryPoints: {
    site: join(site, "main.ts"),
    theme: join(site, "theme_boot.ts"),
  },
  outdir: out,
  bundle: true,
  format: "iife",
  minify: true,
  target: "es2022",
  legalComments: "none",
  logLevel: "warning",
});
await build({
  entryPoints: [join(site, "site.css")],
  outdir: out,
  bundle: true,
  minify: true,
  logLevel: "warning",
});
copyFileSync(join(site, "icon.svg"), join(out, "icon.svg"));
