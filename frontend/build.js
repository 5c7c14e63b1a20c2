// Bundles the pages' scripts and styles into frontend/static/build/, or --out DIR; with --test, runs the unit tests.
// Leaflet is not bundled: django-leaflet puts the one copy of it on the page as the global L.
import { spawnSync } from "node:child_process";
import { readFileSync, readdirSync, rmSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

const frontend = dirname(fileURLToPath(import.meta.url));
const root = dirname(frontend);
const PAGES = ["ts/map.ts", "ts/page.ts", "ts/admin.ts", "ts/scenarios/scenarios.ts", "css/site.css", "css/map.css", "css/roadbook.css", "css/scenarios.css", "css/admin.css"];
const shared = { bundle: true, target: "es2022", logLevel: "warning" };

function outputFolder() {
  const flag = process.argv.indexOf("--out");
  return flag < 0 ? join(frontend, "static", "build") : process.argv[flag + 1];
}

async function buildPages() {
  const outdir = outputFolder();
  rmSync(outdir, { recursive: true, force: true });
  const options = { ...shared, outdir, entryNames: "[name]", assetNames: "[name]", loader: { ".woff2": "file" }, minify: true };
  await build({ ...options, entryPoints: PAGES.map((file) => join(frontend, file)), format: "iife" });
  const routes = [{ in: join(frontend, "ts/routes/start.ts"), out: "routes" }, { in: join(frontend, "css/routes.css"), out: "routes" }];
  await build({ ...options, entryPoints: routes, format: "iife" });
  await build({ ...options, entryPoints: [{ in: join(frontend, "ts/sites/start.ts"), out: "sites" }], format: "iife" });
  // A module, for the map page to import when somebody edits; two files that share a name become edit.js and edit.css.
  const edit = [{ in: join(frontend, "ts/edit/start.ts"), out: "edit" }, { in: join(frontend, "css/edit.css"), out: "edit" }];
  await build({ ...options, entryPoints: edit, format: "esm" });
  for (const file of readdirSync(outdir)) {
    const path = join(outdir, file);
    console.log(`${file.padEnd(44)} ${statSync(path).size} B, ${gzipSync(readFileSync(path)).length} B gz`);
  }
}

async function runTests() {
  const tests = join(root, "tests", "frontend");
  const outdir = join(root, "var", "frontend-tests");
  rmSync(outdir, { recursive: true, force: true });
  const entryPoints = readdirSync(tests).filter((file) => file.endsWith(".test.ts")).map((file) => join(tests, file));
  await build({ ...shared, entryPoints, outdir, platform: "node", format: "esm", outExtension: { ".js": ".mjs" } });
  const built = readdirSync(outdir).map((file) => join(outdir, file));
  process.exitCode = spawnSync(process.execPath, ["--test", ...built], { stdio: "inherit", cwd: root }).status ?? 1;
}

await (process.argv.includes("--test") ? runTests() : buildPages());
