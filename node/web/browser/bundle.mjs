// Bundles the modules of this folder: `bundle.py` starts it.
//
// Invariants: every file is named by what is in it, so that a browser may keep it for ever; the chart library is a file of
// its own, asked for only where a chart is; the licence of every package that went in stands beside the files.
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const target = join(here, "..", "static", "built");
const fresh = `${target}.new`;
const LICENCE = /^(licen[cs]e|notice|copyright)/i;

/** The names of the packages that any file of the bundle was made from. */
function packagesOf(metafile) {
  const names = Object.keys(metafile.inputs).map((path) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1]);
  return [...new Set(names.filter(Boolean))].sort();
}

/** Every licence and notice file of a package, its folder of licences too. */
async function licencesOf(name) {
  const folder = join(here, "node_modules", name);
  const own = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
  const said = [`${name} ${own.version} (${own.license})`];
  for (const entry of (await readdir(folder, { recursive: true })).sort()) {
    if (/^(?:licenses\/)?[^/]+$/.test(entry) && LICENCE.test(entry.split("/").pop()) && entry !== "licenses") {
      said.push(`--- ${entry}\n\n${await readFile(join(folder, entry), "utf8")}`);
    }
  }
  if (said.length === 1) throw new Error(`${name} comes without a licence text`);
  return said.join("\n\n");
}

await rm(fresh, { recursive: true, force: true });
await mkdir(fresh, { recursive: true });
const { metafile } = await build({
  absWorkingDir: here,
  entryPoints: ["page.js"],
  bundle: true,
  splitting: true,
  format: "esm",
  minify: true,
  charset: "utf8",
  legalComments: "none",
  target: ["chrome109", "firefox115", "safari16.4"],
  entryNames: "[name]-[hash]",
  chunkNames: "[name]-[hash]",
  outdir: fresh,
  metafile: true,
  logLevel: "warning",
});
const entries = {};
for (const [path, output] of Object.entries(metafile.outputs)) {
  const name = path.split("/").pop();
  if (output.entryPoint === "page.js") entries.page = name;
  const bytes = await readFile(join(fresh, name));
  await writeFile(join(fresh, `${name}.gz`), gzipSync(bytes, { level: 9 }));
}
const licences = await Promise.all(packagesOf(metafile).map(licencesOf));
await writeFile(join(fresh, "LICENCES.txt"), licences.join(`\n\n${"=".repeat(80)}\n\n`));
await writeFile(join(fresh, "manifest.json"), `${JSON.stringify(entries)}\n`);
await rm(target, { recursive: true, force: true });
await rename(fresh, target);
